"""Readers: one for each form in which faces with labels come, every one giving a `Dataset`."""
