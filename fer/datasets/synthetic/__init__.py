"""Synthetic dataset: drawn faces that need no download and show no real person."""
