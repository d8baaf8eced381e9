"""Command line: the commands of `python -m fer`, a module for each subject."""
