"""Augmentation page: the parts of station 2, its views and the settings beside them."""
