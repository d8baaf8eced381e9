"""What changes when a model's answer is taken only above a threshold: one emotion against all others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.evaluation.evaluation import Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdCurve:
    """One emotion told from all others at every threshold, from above every score down to the lowest.

    Attributes:
        emotion: which one.
        thresholds: (m,) descending; the first is infinite, where no face is called this emotion.
        true_positives: (m,) faces of this emotion that score at least the threshold.
        false_positives: (m,) other faces that do.
        positives: faces of this emotion, at least 1.
        negatives: other faces, at least 1.
    """

    emotion: Emotion
    thresholds: NDArray[np.float64]
    true_positives: NDArray[np.intp]
    false_positives: NDArray[np.intp]
    positives: int
    negatives: int

    @property
    def recall(self) -> NDArray[np.float64]:
        """(m,) of the faces of this emotion, the share that is found; also the true positive rate."""
        return np.asarray(self.true_positives / self.positives)

    @property
    def false_positive_rate(self) -> NDArray[np.float64]:
        """(m,) of the other faces, the share that is taken for this emotion."""
        return np.asarray(self.false_positives / self.negatives)

    @property
    def precision(self) -> NDArray[np.float64]:
        """(m,) of the faces called this emotion, the share that is; 1 where none is called so."""
        answered = self.true_positives + self.false_positives
        return np.where(answered > 0, self.true_positives / np.maximum(answered, 1), 1.0)

    @property
    def area(self) -> float:
        """The area under the ROC curve, 0 to 1.

        It is how often a face of this emotion scores above another one, ties counting half.
        """
        return float(np.trapezoid(self.recall, self.false_positive_rate))

    @property
    def average_precision(self) -> float:
        """The mean precision over the faces of this emotion, each counted where the threshold reaches it."""
        return float(np.sum(np.diff(self.recall) * self.precision[1:]))

    def at(self, threshold: float) -> int:
        """The place on the curve where every face that scores at least `threshold` is called this emotion."""
        return int(np.searchsorted(-self.thresholds, -threshold, side="right") - 1)


def threshold_curve(evaluation: Evaluation, emotion: Emotion) -> ThresholdCurve | None:
    """Return the curve of one emotion; None where the split shows no face of it, or no other face."""
    column = evaluation.emotions.index(emotion)
    is_true = evaluation.true_labels == column
    positives = int(is_true.sum())
    if positives == 0 or positives == len(evaluation):
        return None
    scores = evaluation.probabilities[:, column].astype(np.float64)
    order = np.argsort(-scores, kind="stable")
    scores, is_true = scores[order], is_true[order]
    # Faces with the same score pass a threshold together.
    last_of_score = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    found = np.cumsum(is_true)[last_of_score]
    return ThresholdCurve(
        emotion,
        np.concatenate([[np.inf], scores[last_of_score]]),
        np.concatenate([[0], found]),
        np.concatenate([[0], 1 + last_of_score - found]),
        positives,
        len(evaluation) - positives,
    )


def threshold_curves(evaluation: Evaluation) -> tuple[ThresholdCurve, ...]:
    """Return the curve of every emotion that the split shows, in the order of `emotions`."""
    curves = (threshold_curve(evaluation, emotion) for emotion in evaluation.emotions)
    return tuple(curve for curve in curves if curve is not None)
