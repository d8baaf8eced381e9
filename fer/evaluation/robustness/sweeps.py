"""Robustness results: what a model answers to the same faces at every kind and level of corruption."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.evaluation.robustness.corruptions import CORRUPTIONS, CorruptionKind
from fer.statistics import Proportion

LEVELS = 5


@dataclass(frozen=True, slots=True, eq=False)
class SweepPoint:
    """The answers to n faces, all corrupted alike.

    Attributes:
        severity: how badly, in the unit of its kind.
        answers: (n,) indices into the sweep's emotions.
        mean_confidence: the mean probability of the answers, 0 to 1.
    """

    severity: float
    answers: NDArray[np.intp]
    mean_confidence: float


@dataclass(frozen=True, slots=True)
class Turn:
    """Faces that were called one emotion before they were corrupted and another one after.

    Attributes:
        before: what the untouched faces were called.
        after: what the corrupted ones are called.
        count: how many.
    """

    before: Emotion
    after: Emotion
    count: int


@dataclass(frozen=True, eq=False)
class Sweep:
    """A model's answers to the same n faces, untouched and at five levels of some corruptions.

    Attributes:
        model: the model's name.
        emotions: the k emotions it answers with.
        labels: (n,) what the faces are labelled, indices into `emotions`; n at least 1.
        seed: what the noise followed from.
        untouched: the answers to the faces as they are.
        points: five for each kind that was measured, mild to severe.
    """

    model: str
    emotions: tuple[Emotion, ...]
    labels: NDArray[np.intp]
    seed: int
    untouched: SweepPoint
    points: Mapping[CorruptionKind, tuple[SweepPoint, ...]]

    def __len__(self) -> int:
        return len(self.labels)

    def curve(self, kind: CorruptionKind) -> tuple[SweepPoint, ...]:
        """Level 0 to 5 of a kind that was measured; level 0 is the untouched face."""
        untouched = self.untouched
        neutral = SweepPoint(CORRUPTIONS[kind].neutral, untouched.answers, untouched.mean_confidence)
        return neutral, *self.points[kind]

    def is_right(self, point: SweepPoint) -> NDArray[np.bool_]:
        """(n,) whether each face was named correctly."""
        return np.asarray(point.answers == self.labels)

    def accuracy(self, point: SweepPoint) -> float:
        """The share of faces named correctly, 0 to 1."""
        return float(self.is_right(point).mean())

    def correct(self, point: SweepPoint) -> Proportion:
        """How many faces are named correctly, of how many."""
        return Proportion.from_mask(self.is_right(point))

    @cached_property
    def majority_accuracy(self) -> float:
        """What always answering the commonest emotion would score, 0 to 1."""
        return float(np.bincount(self.labels).max() / len(self))

    def recall(self, point: SweepPoint, emotion: Emotion) -> Proportion | None:
        """How many of an emotion's faces are called so; None where there is no face of it."""
        shown = self.labels == self.emotions.index(emotion)
        return Proportion.from_mask(self.is_right(point)[shown]) if shown.any() else None

    def answers_changed(self, point: SweepPoint) -> int:
        """How many answers differ from the answer to the untouched face, right or wrong."""
        return int((point.answers != self.untouched.answers).sum())

    def fallen(self, point: SweepPoint) -> NDArray[np.intp]:
        """Indices of the faces that were right before they were corrupted and are wrong now."""
        return np.flatnonzero(self.is_right(self.untouched) & ~self.is_right(point))

    def turns(self, point: SweepPoint) -> tuple[Turn, ...]:
        """From which answer to which the faces were turned, the commonest turn first."""
        k = len(self.emotions)
        pairs = np.bincount(self.untouched.answers * k + point.answers, minlength=k * k).reshape(k, k)
        np.fill_diagonal(pairs, 0)
        order = np.argsort(-pairs, axis=None, kind="stable")[: np.count_nonzero(pairs)]
        cells = [divmod(int(cell), k) for cell in order]
        return tuple(
            Turn(self.emotions[before], self.emotions[after], int(pairs[before, after]))
            for before, after in cells
        )

    def weakest_first(self) -> tuple[CorruptionKind, ...]:
        """The kinds that were measured; what leaves the least accuracy at the severest level is first."""
        return tuple(sorted(self.points, key=lambda kind: self.accuracy(self.points[kind][-1])))

    def missing(self, kinds: Sequence[CorruptionKind]) -> tuple[CorruptionKind, ...]:
        """Those of `kinds` that were not measured."""
        return tuple(kind for kind in kinds if kind not in self.points)
