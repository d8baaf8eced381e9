"""How good a model is on faces it was not trained on: scores derived from its predictions, never stored.

NumPy only: every score here is a ratio of sums of the confusion matrix, and the tests hold them
against scikit-learn's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset, Split
from fer.emotions import Emotion
from fer.errors import DatasetError, ModelMismatchError
from fer.progress import Progress, silent
from fer.recognition import Recognizer

# The standard normal's 97.5 % point.
_Z_95 = 1.959963984540054

# Faces per call: large enough that Python's share vanishes, small enough that a bar moves.
_BATCH = 256


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
    """

    model: str
    split: Split
    emotions: tuple[Emotion, ...]
    true_labels: NDArray[np.intp]
    probabilities: NDArray[np.float32]

    @classmethod
    def from_predictions(
        cls,
        model: str,
        split: Split,
        emotions: Sequence[Emotion],
        true_labels: NDArray[np.intp],
        probabilities: NDArray[np.float32],
    ) -> Self:
        """Weigh the arrays at the door and return the evaluation.

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
        return cls(model, split, tuple(emotions), true_labels, probabilities)

    def __len__(self) -> int:
        return len(self.true_labels)

    @cached_property
    def predicted_labels(self) -> NDArray[np.intp]:
        """(n,) the most probable emotion of each face."""
        predicted: NDArray[np.intp] = self.probabilities.argmax(axis=1)
        return predicted

    @cached_property
    def confusion(self) -> NDArray[np.intp]:
        """(k, k) counts; rows are true, columns predicted."""
        k = len(self.emotions)
        return np.bincount(self.true_labels * k + self.predicted_labels, minlength=k * k).reshape(k, k)

    @property
    def accuracy(self) -> float:
        """The share of faces named correctly, 0 to 1."""
        return float(np.trace(self.confusion) / len(self))

    @property
    def interval_95(self) -> tuple[float, float]:
        """Where the accuracy on endless faces of this kind lies, 95 times in 100; see `wilson_interval`."""
        return wilson_interval(int(np.trace(self.confusion)), len(self))

    @property
    def majority_accuracy(self) -> float:
        """What always answering this split's most common emotion would score, 0 to 1."""
        return float(self.confusion.sum(axis=1).max() / len(self))

    @property
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

    def mistakes(self, true: Emotion, predicted: Emotion) -> NDArray[np.intp]:
        """The rows of the split that are `true` and were called `predicted`, the most confident first."""
        column = self.emotions.index(predicted)
        rows = np.flatnonzero(
            (self.true_labels == self.emotions.index(true)) & (self.predicted_labels == column)
        )
        return rows[np.argsort(-self.probabilities[rows, column], kind="stable")]


def wilson_interval(correct: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, 0 to 1, that was seen as `correct` of `count`.

    Unlike "plus or minus two standard errors" it never leaves 0 to 1 and holds for few faces too.

    Source:
        E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    share, z2 = correct / count, _Z_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z_95 / (1 + z2 / count) * sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    # The bounds are exact at 0 and 1, where rounding could step outside.
    return (0.0 if correct == 0 else middle - half), (1.0 if correct == count else middle + half)


def evaluate(
    recognizer: Recognizer, dataset: Dataset, split: Split, progress: Progress = silent
) -> Evaluation:
    """Return how the model does on one split of a dataset.

    The model's column order wins; the dataset's labels are translated by emotion name.

    Raises:
        DatasetError: the split has no face.
        ModelMismatchError: the split shows an emotion that the model cannot answer.
    """
    faces = dataset.only(split)
    if len(faces) == 0:
        there = ", ".join(dataset.counts()) or "none"
        raise DatasetError(
            f"The dataset “{dataset.name}” has no {split} faces. Choose another split; it has: {there}."
        )
    emotions = tuple(recognizer.emotions)
    shown = [dataset.emotions[label] for label in np.unique(faces.labels)]
    unknown = [emotion for emotion in shown if emotion not in emotions]
    if unknown:
        raise ModelMismatchError(
            f"The {split} faces show {', '.join(unknown)}, which this model cannot answer: it "
            f"knows {', '.join(emotions)}. Choose another model, or a dataset with those only."
        )
    # -1 stands for emotions the split does not show; it is never looked up.
    column = np.array([emotions.index(e) if e in emotions else -1 for e in dataset.emotions], np.intp)
    answers = []
    for start in range(0, len(faces), _BATCH):
        progress(start / len(faces), f"Looking at face {start + 1:,} of {len(faces):,}")
        answers.append(recognizer.predict(faces.images[start : start + _BATCH]))
    progress(1.0, "Counting")
    return Evaluation.from_predictions(
        recognizer.name, split, emotions, column[faces.labels], np.concatenate(answers)
    )
