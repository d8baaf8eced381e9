"""Galleries: the faces worth looking at first."""
