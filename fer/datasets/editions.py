"""Editions: what a learner mended in a dataset, kept beside it and never in it.

    data/editions/<dataset>/<edition>.json

An edition is a list of changes, each to one face: left out, or given another label. It is a small file
that a person can read, and it knows each face by its pixels, so that it never mends the wrong one.
"""

from dataclasses import dataclass
from typing import Literal

from fer.emotions import Emotion

Action = Literal["exclude", "relabel"]


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
        at: when, UTC, ISO 8601.
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
