"""A view of station 4 that is being built."""

from pages.parts.evaluation.judged import Judged


def show(judged: Judged) -> None:
    """Draw the view."""
