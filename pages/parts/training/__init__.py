"""Training page: the parts of station 3."""
