"""Report: everything about the models in one file."""
