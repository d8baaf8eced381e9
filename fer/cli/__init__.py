"""What `python -m fer` shares between its commands, and those about training runs."""
