"""Whether one model is better than another, judged on the same faces, or whether that could be chance.

And on which faces they disagree, for a single figure does not tell.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fer.emotions import EMOTIONS, Emotion
from fer.evaluation import Evaluation
from fer.runs import Predictions

Verdict = Literal["better", "worse", "could be chance"]

_Z_95 = 1.959963984540054  # of the normal distribution
# A p-value below it is no accident.
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Two models asked about the same faces: how often one is right where the other is wrong.

    Attributes:
        count: faces both were asked about.
        only_first: faces that only the first model has right.
        only_second: faces that only the second has right.
        both: faces that both have right.
    """

    count: int
    only_first: int
    only_second: int
    both: int

    @property
    def first_accuracy(self) -> float:
        """Share of the faces that the first model has right, 0 to 1."""
        return (self.both + self.only_first) / self.count

    @property
    def second_accuracy(self) -> float:
        """Share of the faces that the second model has right, 0 to 1."""
        return (self.both + self.only_second) / self.count

    @property
    def difference(self) -> float:
        """The second accuracy minus the first, -1 to 1."""
        return (self.only_second - self.only_first) / self.count

    @property
    def interval_95(self) -> tuple[float, float]:
        """The 95 % interval of the difference, -1 to 1.

        Narrower than two intervals side by side would suggest: what both find hard cancels out.

        Source:
            D. G. Bonett and R. M. Price (2012), "Adjusted Wald confidence interval for a difference of
            binomial proportions based on paired data", Journal of Educational and Behavioral Statistics 37.
        """
        first, second, count = self.only_first + 1, self.only_second + 1, self.count + 2
        middle = (second - first) / count
        half = _Z_95 * sqrt(((first + second) / count - middle**2) / count)
        return max(middle - half, -1.0), min(middle + half, 1.0)

    @property
    def p_value(self) -> float:
        """How often two equally good models would differ at least this much, 0 to 1: McNemar's exact test.

        Faces that both have right, or both wrong, say nothing about which is better. Of the others, half
        would go to either model.

        Source:
            Q. McNemar (1947), "Note on the sampling error of the difference between correlated proportions
            or percentages", Psychometrika 12(2).
        """
        discordant = self.only_first + self.only_second
        # In whole numbers, which no count makes too large; scipy's takes longer to load than a page to draw.
        ways, splits = 0, 1
        for fewer in range(min(self.only_first, self.only_second) + 1):
            ways += splits
            splits = splits * (discordant - fewer) // (fewer + 1)
        return min(1.0, 2 * ways / (1 << discordant))

    @property
    def verdict(self) -> Verdict:
        """What may be said of the second model."""
        if self.p_value >= SIGNIFICANT:
            return "could be chance"
        return "better" if self.difference > 0 else "worse"

    @property
    def sentence(self) -> str:
        """How the second compares with the first, in plain words without their names."""
        points = f"{100 * self.difference:+.1f} points".replace("-", "−")
        low, high = (f"{100 * bound:+.1f}".replace("-", "−") for bound in self.interval_95)
        figures = f"{points} on the same {self.count:,} faces (95% interval {low} to {high})"
        if self.only_first + self.only_second == 0:
            return f"{figures}: both have the very same faces right."
        luck = f"{self.p_value:.1%}" if self.p_value >= 0.001 else "less than 0.1%"
        if self.verdict == "could be chance":
            return (
                f"{figures}. That could be chance: of two equally good models, {luck} of such comparisons "
                "come out at least this far apart."
            )
        return (
            f"{figures}. That is hardly chance: of two equally good models, {luck} of such comparisons come "
            "out this far apart."
        )


def compare_answers(
    first_is_right: NDArray[np.bool_], second_is_right: NDArray[np.bool_]
) -> PairedComparison:
    """Compare two models by which of the same faces, (n,) each and in one order, they have right.

    Raises:
        ValueError: there is no face, or one was not asked about all of them.
    """
    if first_is_right.shape != second_is_right.shape or first_is_right.size == 0:
        raise ValueError(
            f"Answers to {first_is_right.shape} and {second_is_right.shape} faces make no pairs."
        )
    return PairedComparison(
        count=int(first_is_right.size),
        only_first=int((first_is_right & ~second_is_right).sum()),
        only_second=int((~first_is_right & second_is_right).sum()),
        both=int((first_is_right & second_is_right).sum()),
    )


def compare_predictions(first: Predictions, second: Predictions) -> PairedComparison | None:
    """Compare two runs on the validation faces, of one dataset, that both were asked about.

    A face that one of them knows by another label is left out. None where no face remains.
    """
    _, at_first, at_second = np.intersect1d(first.rows, second.rows, return_indices=True)
    same = first.labels[at_first] == second.labels[at_second]
    at_first, at_second = at_first[same], at_second[same]
    if not len(at_first):
        return None
    return compare_answers(first.is_right[at_first], second.is_right[at_second])


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
