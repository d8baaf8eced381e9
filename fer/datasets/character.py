"""Dataset statistics: mean faces, pixel deviations, histograms, and where voters disagree with labels."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets.browsing import VOTE_OUTCOMES, vote_outcomes
from fer.datasets.dataset import VOTE_NAMES, Dataset
from fer.datasets.readers.ferplus import EMOTION_OF_VOTE
from fer.emotions import EMOTIONS

# What FER+ calls our emotions; "contempt", "unknown" and "NF" are none of them.
VOTE_OF = {emotion: VOTE_NAMES[EMOTION_OF_VOTE.index(emotion)] for emotion in EMOTIONS}
# As many faces are summed at once: a copy of them as 32-bit floats takes 10 MB at 48 x 48.
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Character:
    """What the faces of each emotion have in common, and how they differ.

    Attributes:
        counts: (k,) how many faces each emotion has.
        means: (k, h, w, c) float32, the mean face of each emotion, 0 to 255; 0 for one without faces.
        deviations: (k, h, w, c) float32, the standard deviation of each pixel over the emotion's faces.
        histograms: (k, 256) how many pixels of the emotion's faces have each value, all channels together.
    """

    counts: NDArray[np.intp]
    means: NDArray[np.float32]
    deviations: NDArray[np.float32]
    histograms: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Disagreement:
    """How the labels a dataset came with stand to what FER+'s voters saw.

    Attributes:
        counts: (k, 11) faces by label (rows, in the dataset's order) and by what the votes came to (columns,
            `VOTE_OUTCOMES`).
        agreeing: share of all faces with votes whose label is what the votes came to, 0 to 1.
    """

    counts: NDArray[np.intp]
    agreeing: float


def character_of(dataset: Dataset) -> Character:
    """Return what the faces of each emotion have in common; a second for 35,887 faces."""
    k, pixels = len(dataset.emotions), int(np.prod(dataset.images.shape[1:]))
    sums, squares = np.zeros((k, pixels)), np.zeros((k, pixels))
    histograms = np.zeros((k, 256), np.int64)
    for label in range(k):
        places = np.flatnonzero(dataset.labels == label)
        for start in range(0, len(places), _AT_ONCE):
            images = dataset.images[places[start : start + _AT_ONCE]].reshape(-1, pixels)
            # From the middle, so that 32 bits are enough for the squares.
            centred = images.astype(np.float32) - 128
            sums[label] += centred.sum(axis=0)
            squares[label] += np.einsum("ij,ij->j", centred, centred)
            histograms[label] += cv2.calcHist([images], [0], None, [256], [0, 256])[:, 0].astype(np.int64)
    counts = np.bincount(dataset.labels, minlength=k)
    shared = np.maximum(counts, 1)[:, None]
    means = sums / shared
    deviations = np.sqrt(np.maximum(squares / shared - means**2, 0))
    means[counts > 0] += 128
    shape = (k, *dataset.images.shape[1:])
    return Character(
        counts,
        means.reshape(shape).astype(np.float32),
        deviations.reshape(shape).astype(np.float32),
        histograms,
    )


def vote_agreement(dataset: Dataset) -> NDArray[np.float32]:
    """Return the share of FER+'s voters who chose each face's label, (n,), NaN without votes."""
    if dataset.votes is None:
        return np.full(len(dataset), np.nan, np.float32)
    columns = np.array([EMOTION_OF_VOTE.index(emotion) for emotion in dataset.emotions])
    own = dataset.votes[np.arange(len(dataset)), columns[dataset.labels]].astype(np.float32)
    cast = dataset.votes.sum(axis=1, dtype=np.float32)
    shares = np.full(len(dataset), np.nan, np.float32)
    np.divide(own, cast, out=shares, where=cast > 0)
    return shares


def disagreement_of(dataset: Dataset) -> Disagreement | None:
    """Return how the labels stand to FER+'s votes; None without votes."""
    if dataset.votes is None:
        return None
    outcomes = vote_outcomes(dataset.votes)
    voted = outcomes >= 0
    counts = np.zeros((len(dataset.emotions), len(VOTE_OUTCOMES)), np.intp)
    np.add.at(counts, (dataset.labels[voted], outcomes[voted]), 1)
    own = [EMOTION_OF_VOTE.index(emotion) for emotion in dataset.emotions]
    agreeing = counts[np.arange(len(own)), own].sum()
    return Disagreement(counts, float(agreeing / max(counts.sum(), 1)))
