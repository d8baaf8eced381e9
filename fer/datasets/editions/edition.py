"""Edition: a dataset's corrections as values, and how the faces they mean are found again."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Dataset
from fer.emotions import Emotion
from fer.errors import EditionError

Action = Literal["exclude", "relabel"]
REASON_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one face.

    Attributes:
        row: the face's place in its source, counted from 0 (`Dataset.rows`).
        action: "exclude" or "relabel".
        label: the emotion it has in the source.
        new_label: the emotion it was given; None when it was left out.
        reason: why, in a few words; may be empty.
        face: a short hash of its pixels.
        at: when, UTC, ISO 8601; the faces changed in one gesture share it.
    """

    row: int
    action: Action
    label: Emotion
    new_label: Emotion | None
    reason: str
    face: str
    at: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A named list of changes to one dataset, oldest first, at most one per face.

    Attributes:
        name: what the learner calls it.
        dataset: the name of the dataset it belongs to.
        changes: what was done.
    """

    name: str
    dataset: str
    changes: tuple[Change, ...] = ()

    def __len__(self) -> int:
        return len(self.changes)

    @property
    def excluded(self) -> int:
        """How many faces are left out."""
        return sum(change.action == "exclude" for change in self.changes)

    @property
    def relabelled(self) -> int:
        """How many faces have another label."""
        return len(self.changes) - self.excluded


def face_hash(image: NDArray[np.uint8]) -> str:
    """Return what an edition knows a face by: 16 hexadecimal digits of its size and its pixels."""
    digest = hashlib.blake2b(repr(image.shape).encode(), digest_size=8)
    digest.update(image.tobytes())
    return digest.hexdigest()


def places_of(dataset: Dataset, edition: Edition) -> NDArray[np.intp]:
    """Return where the face of each change lies in the dataset's arrays, (len(edition),).

    Raises:
        EditionError: a face is not there, or another picture lies in its row.
    """
    if not edition.changes:
        return np.empty(0, np.intp)
    order = np.argsort(dataset.rows, kind="stable")
    wanted = np.array([change.row for change in edition.changes], np.intp)
    found = np.searchsorted(dataset.rows, wanted, sorter=order)
    places = order[np.minimum(found, len(order) - 1)] if len(order) else np.zeros(len(wanted), np.intp)
    for change, place in zip(edition.changes, places, strict=True):
        if not len(order) or dataset.rows[place] != change.row:
            raise EditionError(
                f"The edition “{edition.name}” changes row {change.row:,}, and “{dataset.name}” has no such "
                "row. Open the dataset it was made for, or undo that change."
            )
        if face_hash(dataset.images[place]) != change.face:
            raise EditionError(
                f"The edition “{edition.name}” changes row {change.row:,}, but another picture lies there "
                f"now in “{dataset.name}”. Open the dataset it was made for, or undo that change."
            )
    return np.asarray(places, np.intp)


def short_name(dataset_name: str) -> str:
    """A dataset's name for a sentence: without the folders, where it is a path."""
    return Path(dataset_name).name
