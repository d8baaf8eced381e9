"""Confusion matrix and predictions: a model's answers on one split beside the truth.

NumPy only, because scikit-learn takes longer to load than a page to draw; the tests hold every score against
scikit-learn's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fer.datasets import Split
from fer.emotions import Emotion, EmotionScores
from fer.errors import ModelMismatchError
from fer.evaluation.test_time_augmentation import TTA
from fer.statistics import Proportion


@dataclass(frozen=True, slots=True)
class ClassReport:
    """How one emotion fares.

    Attributes:
        emotion: which one.
        precision: of the faces called this, the share that are; 0 where the model never says it.
        recall: of the faces that are this, the share that were called so.
        f1: the harmonic mean of the two.
        support: how many faces of the split are this. At 0 the other three are None: nothing was asked.
    """

    emotion: Emotion
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """One emotion called another.

    Attributes:
        true: what the faces show.
        predicted: what the model said.
        count: how many.
        share: of the faces that show `true`, 0 to 1.
    """

    true: Emotion
    predicted: Emotion
    count: int
    share: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A model's answers on one split, beside the truth.

    Attributes:
        model: the model's name, pretrained or a run's id.
        split: which faces.
        emotions: the k emotions, in the column order of `probabilities`.
        true_labels: (n,) indices into `emotions`, n at least 1.
        probabilities: (n, k), each row summing to 1.
        rows: (n,) each face's row in its source, as `Dataset.rows`.
        tta: whether the answers to several looks at a face were averaged.
    """

    model: str
    split: Split
    emotions: tuple[Emotion, ...]
    true_labels: NDArray[np.intp]
    probabilities: NDArray[np.float32]
    rows: NDArray[np.intp]
    tta: TTA = TTA.NONE

    @classmethod
    def from_predictions(
        cls,
        model: str,
        split: Split,
        emotions: Sequence[Emotion],
        true_labels: NDArray[np.intp],
        probabilities: NDArray[np.float32],
        *,
        rows: NDArray[np.intp] | None = None,
        tta: TTA = TTA.NONE,
    ) -> Self:
        """Weigh the arrays at the door and return the evaluation; without `rows`, they count from 0.

        Raises:
            ModelMismatchError: the shapes do not fit one another, or a label is not one of `emotions`.
        """
        n, k = len(true_labels), len(emotions)
        if n == 0 or probabilities.shape != (n, k):
            raise ModelMismatchError(
                f"{n} faces and {k} emotions need {n} × {k} probabilities, and at least one face; "
                f"received {probabilities.shape}. Check that the model fits the dataset."
            )
        if true_labels.min() < 0 or true_labels.max() >= k:
            raise ModelMismatchError(
                f"Labels must be 0 to {k - 1}; received {true_labels.min()} to "
                f"{true_labels.max()}. Check that the model knows the dataset's emotions."
            )
        if rows is None:
            rows = np.arange(n, dtype=np.intp)
        if rows.shape != (n,):
            raise ModelMismatchError(f"{n} faces need {n} rows; received {len(rows)}.")
        return cls(model, split, tuple(emotions), true_labels, probabilities, rows, tta)

    def __len__(self) -> int:
        return len(self.true_labels)

    @cached_property
    def predicted_labels(self) -> NDArray[np.intp]:
        """(n,) the most probable emotion of each face."""
        predicted: NDArray[np.intp] = self.probabilities.argmax(axis=1)
        return predicted

    @cached_property
    def is_right(self) -> NDArray[np.bool_]:
        """(n,) whether each face was named correctly."""
        return np.asarray(self.predicted_labels == self.true_labels)

    @cached_property
    def confidences(self) -> NDArray[np.float32]:
        """(n,) the probability of each face's answer, 0 to 1."""
        confidences: NDArray[np.float32] = self.probabilities.max(axis=1)
        return confidences

    def scores(self, index: int) -> EmotionScores:
        """What the model says of one face."""
        return EmotionScores(self.emotions, self.probabilities[index])

    @cached_property
    def confusion(self) -> NDArray[np.intp]:
        """(k, k) counts; rows are true, columns predicted."""
        k = len(self.emotions)
        return np.bincount(self.true_labels * k + self.predicted_labels, minlength=k * k).reshape(k, k)

    @property
    def accuracy(self) -> float:
        """The share of faces named correctly, 0 to 1."""
        return self.correct.share

    @property
    def correct(self) -> Proportion:
        """How many faces are named correctly, of how many."""
        return Proportion(int(np.trace(self.confusion)), len(self))

    @property
    def majority_accuracy(self) -> float:
        """What always answering this split's most common emotion would score, 0 to 1."""
        return float(self.confusion.sum(axis=1).max() / len(self))

    @cached_property
    def class_reports(self) -> tuple[ClassReport, ...]:
        """One report per emotion, in the order of `emotions`."""
        correct = np.diag(self.confusion)
        support, answered = self.confusion.sum(axis=1), self.confusion.sum(axis=0)
        # Where a divisor would be 0, so is `correct`: dividing by 1 instead gives the 0 that is meant.
        precision = correct / np.maximum(answered, 1)
        recall = correct / np.maximum(support, 1)
        f1 = 2 * correct / np.maximum(support + answered, 1)
        return tuple(
            ClassReport(emotion, float(precision[i]), float(recall[i]), float(f1[i]), int(support[i]))
            if support[i]
            else ClassReport(emotion, None, None, None, 0)
            for i, emotion in enumerate(self.emotions)
        )

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the emotions the split shows, each counting the same however rare, 0 to 1."""
        return float(np.mean([report.f1 for report in self.class_reports if report.f1 is not None]))

    def commonest_mistakes(self, most: int) -> tuple[Mistake, ...]:
        """At most `most` kinds of mistake, those that take the largest share of an emotion's faces first."""
        support = np.maximum(self.confusion.sum(axis=1, keepdims=True), 1)
        shares = self.confusion / support
        np.fill_diagonal(shares, 0)
        order = np.argsort(-shares, axis=None, kind="stable")[:most]
        pairs = [divmod(int(cell), len(self.emotions)) for cell in order]
        return tuple(
            Mistake(
                self.emotions[row],
                self.emotions[column],
                int(self.confusion[row, column]),
                float(shares[row, column]),
            )
            for row, column in pairs
            if shares[row, column]
        )

    def faces_of(self, true: Emotion, predicted: Emotion) -> NDArray[np.intp]:
        """Indices of the faces that are `true` and were called `predicted`, the most confident first.

        One cell of the confusion matrix; on its diagonal they are right.
        """
        column = self.emotions.index(predicted)
        rows = np.flatnonzero(
            (self.true_labels == self.emotions.index(true)) & (self.predicted_labels == column)
        )
        return rows[np.argsort(-self.probabilities[rows, column], kind="stable")]
