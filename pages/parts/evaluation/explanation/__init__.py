"""Explanation: what a model looked at in one face."""
