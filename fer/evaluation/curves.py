"""ROC and precision-recall curves: an answer taken only above a threshold, one emotion against the others."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.evaluation.evaluation import Evaluation
from fer.statistics import Z_95, Proportion, wilson_interval


@dataclass(frozen=True, slots=True)
class ThresholdFigures:
    """One emotion told from all others at one threshold, in faces.

    Attributes:
        threshold: a face that scores at least this for the emotion is called so.
        true_positives: faces of the emotion that are called so.
        false_positives: other faces that are: false alarms.
        false_negatives: faces of the emotion that are missed.
        true_negatives: other faces that are left alone.
    """

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def called(self) -> int:
        """How many faces are called this emotion."""
        return self.true_positives + self.false_positives

    @property
    def precision(self) -> Proportion | None:
        """Of the faces called this emotion, those that are; None where none is called so."""
        return Proportion(self.true_positives, self.called) if self.called else None

    @property
    def recall(self) -> Proportion:
        """Of the faces of this emotion, those that are found."""
        return Proportion(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def false_positive_rate(self) -> float:
        """Of the other faces, the share that is taken for this emotion."""
        return self.false_positives / (self.false_positives + self.true_negatives)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 0 where no face of the emotion is found."""
        return (
            2 * self.true_positives / (2 * self.true_positives + self.false_positives + self.false_negatives)
        )


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
    def share(self) -> float:
        """Of all faces, the share that is of this emotion: the average precision of a blind guess."""
        return self.positives / (self.positives + self.negatives)

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

    def figures_at(self, threshold: float) -> ThresholdFigures:
        """What becomes of all faces where those that score at least `threshold` are called so."""
        place = self.at(threshold)
        found, alarms = int(self.true_positives[place]), int(self.false_positives[place])
        return ThresholdFigures(threshold, found, alarms, self.positives - found, self.negatives - alarms)

    @property
    def average_precision_interval_95(self) -> tuple[float, float]:
        """Where the average precision on endless faces of this kind lies, about 95 times in 100, 0 to 1.

        It spreads much as a share of the faces of this emotion does; Wilson's interval of such a share,
        rather than the plain binomial one, stays within 0 and 1.

        Source:
            K. Boyd, K. H. Eng and C. D. Page (2013), "Area under the Precision-Recall Curve: Point Estimates
            and Confidence Intervals".
        """
        return wilson_interval(self.average_precision * self.positives, self.positives)

    def best_among(self, thresholds: NDArray[np.float64]) -> float:
        """That one of `thresholds`, at least one, whose F1 is highest; the highest of equals."""
        ordered = np.sort(thresholds)[::-1]
        return float(
            ordered[int(np.argmax([self.figures_at(threshold).f1 for threshold in ordered.tolist()]))]
        )


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


def around_threshold(
    evaluation: Evaluation, emotion: Emotion, threshold: float, most: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the faces that only just score `threshold` for an emotion, and those that only just do not.

    At most `most` of either; the nearest come first.
    """
    scores = evaluation.probabilities[:, evaluation.emotions.index(emotion)]
    order = np.argsort(scores, kind="stable")
    # As a curve counts them, in its precision.
    middle = int(np.searchsorted(scores[order].astype(np.float64), threshold, side="left"))
    return order[middle : middle + most], order[max(middle - most, 0) : middle][::-1]


def area_interval(evaluation: Evaluation, curve: ThresholdCurve) -> tuple[float, float] | None:
    """Return the 95 % interval of the area under one emotion's ROC curve; None for fewer than 3 faces.

    Source:
        See `mean_area`.
    """
    return _around(curve.area, _pulls(evaluation, curve))


def mean_area(evaluation: Evaluation) -> tuple[float | None, tuple[float, float] | None]:
    """Return the mean area under the ROC curves and its 95 % interval; None where there is no curve.

    Source:
        E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson (1988), "Comparing the areas under two or more
        correlated ROC curves": each face's share in an area is how many faces of the other side it is
        rightly above or below; the spread of these shares is the spread of the area.
    """
    curves = threshold_curves(evaluation)
    if not curves:
        return None, None
    mean = float(np.mean([curve.area for curve in curves]))
    return mean, _around(mean, np.mean([_pulls(evaluation, curve) for curve in curves], axis=0))


def _pulls(evaluation: Evaluation, curve: ThresholdCurve) -> NDArray[np.float64]:
    """(n,) how much each face moves the area under one emotion's curve."""
    column = evaluation.emotions.index(curve.emotion)
    scores, area = evaluation.probabilities[:, column], curve.area
    is_true = evaluation.true_labels == column
    pulls = np.empty(len(evaluation))
    pulls[is_true] = (_placement(scores[is_true], scores[~is_true]) - area) / is_true.mean()
    pulls[~is_true] = (1 - _placement(scores[~is_true], scores[is_true]) - area) / (~is_true).mean()
    return pulls


def _around(area: float, pulls: NDArray[np.float64]) -> tuple[float, float] | None:
    if len(pulls) < 3:
        return None
    half = Z_95 * float(pulls.std(ddof=1)) / sqrt(len(pulls))
    return max(area - half, 0.0), min(area + half, 1.0)


def _placement(scores: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """For each score, the share of `others` below it, ties counting half."""
    ranked = np.sort(others)
    below = np.searchsorted(ranked, scores, side="left")
    not_above = np.searchsorted(ranked, scores, side="right")
    return np.asarray((below + not_above) / 2 / len(others))
