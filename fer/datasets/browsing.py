"""Looking through a dataset: which rows to show, and what its counts mean."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Dataset, Split
from fer.datasets.portrait import draw_face
from fer.datasets.synthetic import EMOTION_ACTION_UNITS, random_appearance
from fer.emotions import EMOTIONS, Emotion

# Seven people whose faces show their expression well; any other number gives seven others.
_PORTRAIT_SEED = 1


@dataclass(frozen=True, slots=True)
class Imbalance:
    """How unevenly the emotions of one split are spread.

    Attributes:
        most: the commonest emotion.
        least: the rarest of those that are there.
        ratio: how many faces of `most` there are for each of `least`, at least 1.
        majority_accuracy: what always answering `most` scores, 0 to 1.
        missing: the emotions without a face.
    """

    most: Emotion
    least: Emotion
    ratio: float
    majority_accuracy: float
    missing: tuple[Emotion, ...]


def imbalance(counts: Mapping[Emotion, int]) -> Imbalance:
    """Return how uneven the counts of one split are; at least one must be above 0."""
    there = {emotion: count for emotion, count in counts.items() if count}
    most, least = max(there, key=there.__getitem__), min(there, key=there.__getitem__)
    return Imbalance(
        most,
        least,
        there[most] / there[least],
        there[most] / sum(there.values()),
        tuple(emotion for emotion, count in counts.items() if not count),
    )


def rows_of(
    dataset: Dataset,
    split: Split | None = None,
    emotion: Emotion | None = None,
    *,
    shuffle_seed: int | None = None,
) -> NDArray[np.intp]:
    """Return the rows of a dataset that match, (m,).

    Args:
        dataset: which.
        split: only this one; None for all.
        emotion: only this one; None for all.
        shuffle_seed: the order follows from it; None keeps the dataset's own.
    """
    wanted = np.ones(len(dataset), bool)
    if split is not None:
        wanted &= dataset.splits == split
    if emotion is not None:
        wanted &= dataset.labels == dataset.emotions.index(emotion)
    rows = np.flatnonzero(wanted)
    return rows if shuffle_seed is None else np.random.default_rng(shuffle_seed).permutation(rows)


def portraits(size: int = 144, seed: int = _PORTRAIT_SEED) -> NDArray[np.uint8]:
    """Return seven drawn people, one per emotion in `EMOTIONS`' order, (7, size, size, 1) uint8.

    Each shows the action units that at least half of the people show who pose that emotion, at full strength.
    """
    rng = np.random.default_rng(seed)
    people = [random_appearance(rng) for _ in EMOTIONS]
    expressions = [
        {unit: 1.0 for unit, share in EMOTION_ACTION_UNITS[emotion].items() if share >= 0.5}
        for emotion in EMOTIONS
    ]
    drawn = [draw_face(person, units, size) for person, units in zip(people, expressions, strict=True)]
    return np.stack(drawn)[..., np.newaxis]
