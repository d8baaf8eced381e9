"""Model comparison: two models' confusion matrices of the same faces, and where they disagree."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.emotions import EMOTIONS, Emotion
from fer.evaluation import Evaluation
from fer.statistics import SIGNIFICANT, PairedComparison


@dataclass(frozen=True, slots=True, eq=False)
class ConfusionDifference:
    """Two models' confusion matrices of the same faces, in one order of emotions.

    Attributes:
        emotions: the k that at least one of the models can answer.
        first: (k, k) counts of the first model; rows are true, columns predicted.
        second: (k, k) counts of the second.
    """

    emotions: tuple[Emotion, ...]
    first: NDArray[np.intp]
    second: NDArray[np.intp]

    @property
    def points(self) -> NDArray[np.float64]:
        """(k, k) the share of its row in each cell, the second model's minus the first's, -1 to 1."""
        faces = np.maximum(self.first.sum(axis=1, keepdims=True), 1)  # the same faces, so the same rows
        return np.asarray((self.second - self.first) / faces)


@dataclass(frozen=True, slots=True, eq=False)
class Disagreement:
    """Who calls the faces of one emotion by one name: a cell of both models' matrices.

    Attributes:
        asked: how many faces are of the emotion.
        both: indices of the faces that both models call so.
        only_first: indices of those that only the first does, its most confident first.
        only_second: indices of those that only the second does, its most confident first.
    """

    asked: int
    both: NDArray[np.intp]
    only_first: NDArray[np.intp]
    only_second: NDArray[np.intp]

    @property
    def could_be_chance(self) -> bool:
        """Whether equally frequent answers would differ as one-sidedly at least once in twenty times."""
        one_sided = PairedComparison(
            count=max(self.asked, 1),
            only_first=len(self.only_first),
            only_second=len(self.only_second),
            both=len(self.both),
        )
        return one_sided.p_value >= SIGNIFICANT


def compare_confusions(first: Evaluation, second: Evaluation) -> ConfusionDifference:
    """Return two models' confusion matrices in one order of emotions, whatever the order of their columns.

    Raises:
        ValueError: they were not asked about the same faces.
    """
    _check_same_faces(first, second)
    emotions = tuple(e for e in EMOTIONS if e in first.emotions or e in second.emotions)
    return ConfusionDifference(emotions, _confusion_in(emotions, first), _confusion_in(emotions, second))


def disagreement(first: Evaluation, second: Evaluation, true: Emotion, predicted: Emotion) -> Disagreement:
    """Return which of the faces that are `true` only one of two models calls `predicted`.

    Raises:
        ValueError: they were not asked about the same faces.
    """
    _check_same_faces(first, second)
    by_first, by_second = (
        one.faces_of(true, predicted) if {true, predicted} <= set(one.emotions) else np.empty(0, np.intp)
        for one in (first, second)
    )
    return Disagreement(
        asked=int((first.true_labels == first.emotions.index(true)).sum()) if true in first.emotions else 0,
        both=by_first[np.isin(by_first, by_second)],
        only_first=by_first[~np.isin(by_first, by_second)],
        only_second=by_second[~np.isin(by_second, by_first)],
    )


def _confusion_in(emotions: tuple[Emotion, ...], evaluation: Evaluation) -> NDArray[np.intp]:
    place = [emotions.index(emotion) for emotion in evaluation.emotions]
    confusion = np.zeros((len(emotions), len(emotions)), np.intp)
    confusion[np.ix_(place, place)] = evaluation.confusion
    return confusion


def _check_same_faces(first: Evaluation, second: Evaluation) -> None:
    if not np.array_equal(first.rows, second.rows):
        raise ValueError(
            f"Answers to {len(first)} and {len(second)} faces are compared face by face, and these are not "
            "the same faces in the same order."
        )
