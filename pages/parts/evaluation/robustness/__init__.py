"""Robustness: corruptions of one face and of the whole split."""
