"""Confusion matrix: which emotion is called which, and the faces behind each cell."""
