"""Scores: every figure of the models with its interval."""
