"""Corrections of many faces at once, as the pages make them, and what was done to one."""

from collections.abc import Sequence

from fer.datasets import Dataset
from fer.datasets.editions import Change, Edition, Mending, mend
from fer.emotions import Emotion


def exclude(dataset: Dataset, edition_name: str, places: Sequence[int], reason: str = "") -> Edition:
    """Leave out the faces at these places, and return the edition as it is now."""
    return mend(dataset, edition_name, [Mending(int(place), None, reason) for place in places])


def relabel(
    dataset: Dataset, edition_name: str, places: Sequence[int], emotion: Emotion, reason: str = ""
) -> Edition:
    """Give the faces at these places another label, and return the edition as it is now."""
    return mend(dataset, edition_name, [Mending(int(place), emotion, reason) for place in places])


def change_of(edition: Edition, row: int) -> Change | None:
    """What was done to the face at `row` of the source; None for nothing."""
    return next((change for change in edition.changes if change.row == row), None)
