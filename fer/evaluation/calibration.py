"""Calibration and temperature scaling: whether a model is right as often as it says, and what mends it.

A model that says 80 % and is right 60 % of the time is over-confident; its answers may be good all the same.
"""

from dataclasses import dataclass, replace
from math import exp, log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fer.evaluation.evaluation import Evaluation
from fer.evaluation.scores import log_losses
from fer.models.temperature import apply_temperature, log_softmax, logits_of
from fer.statistics import Proportion, mean_interval

BINS = 15
"""Into how many bins of confidence faces are put, as Guo et al. (2017) do."""

LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.05, 20.0
"""Between these a temperature is looked for: a model that is always right, or never, would have no end."""

# Splits that are drawn to see what luck alone does to a model that is right as often as it says.
_DRAWS = 200
# A temperature that brings less than this, in log loss, is none.
_LEAST_GAIN = 1e-9

Effect = Literal["better", "worse", "could be chance", "nothing"]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The faces whose answer was given with about the same confidence.

    Attributes:
        low: their confidence lies above it; of the first bin, at it or above.
        high: and not above this.
        count: how many they are.
        right: how many of them were named correctly.
        mean_confidence: how sure the model was of them on average; None where there is none.
    """

    low: float
    high: float
    count: int
    right: int
    mean_confidence: float | None

    @property
    def accuracy(self) -> float | None:
        """The share that was named correctly; None where there is no face."""
        return self.right / self.count if self.count else None

    @property
    def correct(self) -> Proportion | None:
        """How many were named correctly, of how many; None where there is no face."""
        return Proportion(self.right, self.count) if self.count else None

    @property
    def gap(self) -> float:
        """Confidence minus accuracy, -1 to 1: above 0 it is over-confident here; 0 where there is no face."""
        if self.accuracy is None or self.mean_confidence is None:
            return 0.0
        return self.mean_confidence - self.accuracy


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often a model is right, by how sure it says it is.

    Attributes:
        bins: equal in width, from 0 to 1, those without a face too.
    """

    bins: tuple[ReliabilityBin, ...]

    @property
    def count(self) -> int:
        """How many faces there are in all."""
        return sum(one.count for one in self.bins)

    @property
    def expected_error(self) -> float:
        """The expected calibration error, 0 to 1: how far confidence and accuracy are apart on average.

        Source:
            M. P. Naeini, G. F. Cooper and M. Hauskrecht (2015), "Obtaining Well Calibrated Probabilities
            Using Bayesian Binning"; with equal-width bins of the top probability as in Guo et al. (2017).
        """
        return sum(one.count * abs(one.gap) for one in self.bins) / self.count

    @property
    def maximum_error(self) -> float:
        """How far confidence and accuracy are apart in the worst bin, 0 to 1; a few faces can make it."""
        return max(abs(one.gap) for one in self.bins)

    @property
    def mean_gap(self) -> float:
        """Mean confidence minus accuracy over all faces, -1 to 1: above 0 the model is over-confident."""
        return sum(one.count * one.gap for one in self.bins) / self.count

    @property
    def heaviest(self) -> ReliabilityBin:
        """The bin that adds most to the expected error."""
        return max(self.bins, key=lambda one: one.count * abs(one.gap))


def reliability(evaluation: Evaluation, bins: int = BINS) -> Reliability:
    """Return how often the model is right, by how sure it says it is.

    Args:
        evaluation: of which model and faces.
        bins: how many, of equal width, over 0 to 1; a confidence on an edge counts to the lower one.
    """
    confidences = evaluation.confidences
    edges = np.linspace(0, 1, bins + 1)
    # In the confidences' own precision, or a confidence of 0.2 would lie above the edge 0.2.
    at = np.searchsorted(edges.astype(confidences.dtype), confidences, side="left") - 1
    at = np.clip(at, 0, bins - 1)
    counts = np.bincount(at, minlength=bins)
    right = np.bincount(at, weights=evaluation.is_right, minlength=bins)
    sums = np.bincount(at, weights=confidences, minlength=bins)
    return Reliability(
        tuple(
            ReliabilityBin(
                float(edges[index]),
                float(edges[index + 1]),
                int(counts[index]),
                int(right[index]),
                float(sums[index] / counts[index]) if counts[index] else None,
            )
            for index in range(bins)
        )
    )


def expected_error_by_luck(evaluation: Evaluation, bins: int = BINS) -> float:
    """Return the expected error that a model exactly as right as it says stays below, 95 times in 100.

    On few faces even such a model does not get 0: its confidences are taken as the truth, and labels drawn by
    them, again and again (seeded).
    """
    rng = np.random.default_rng(0)
    confidences = evaluation.confidences.astype(np.float64)
    at = np.clip(np.ceil(confidences * bins).astype(np.intp) - 1, 0, bins - 1)
    in_bin = np.eye(bins)[at]
    right = rng.random((_DRAWS, len(evaluation))) < confidences
    gaps = np.abs(confidences @ in_bin - right.astype(np.float64) @ in_bin)
    return float(np.percentile(gaps.sum(axis=1) / len(evaluation), 95))


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature, and what it does to a model's confidence on some faces.

    Attributes:
        temperature: T; above 1 the model is made less sure, below 1 surer.
        log_loss_before: at T = 1.
        log_loss_after: at this T.
        expected_error_before: the expected calibration error, 0 to 1, at T = 1.
        expected_error_after: at this T.
        count: how many faces.
        loss_change_95: the 95 % interval of the change of the log loss, paired face by face; None for one
            face.
    """

    temperature: float
    log_loss_before: float
    log_loss_after: float
    expected_error_before: float
    expected_error_after: float
    count: int
    loss_change_95: tuple[float, float] | None = None

    @property
    def effect(self) -> Effect:
        """What may be said of it, going by the log loss."""
        if self.temperature == 1 or self.log_loss_before == self.log_loss_after:
            return "nothing"
        if self.loss_change_95 is None or self.loss_change_95[0] <= 0 <= self.loss_change_95[1]:
            return "could be chance"
        return "better" if self.log_loss_after < self.log_loss_before else "worse"

    @property
    def is_at_limit(self) -> bool:
        """Whether the search ended at one of its limits: the faces do not say how far to go."""
        return self.temperature in (LEAST_TEMPERATURE, MOST_TEMPERATURE)


def fit_temperature(evaluation: Evaluation) -> Temperature:
    """Return the temperature that makes the log loss on these faces least, and what it does to them.

    Judge it on other faces: on these it can only look good. See `temperature_effect`.

    Source:
        Guo et al. (2017), section 4.2. The loss is convex in 1 / T, so the least one that is found is the
        least there is.
    """
    from scipy.optimize import minimize_scalar  # takes longer to load than a page to draw

    logits, labels = logits_of(evaluation.probabilities), evaluation.true_labels
    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        return -float(log_softmax(logits / exp(log_temperature))[rows, labels].mean())

    bounds = (log(LEAST_TEMPERATURE), log(MOST_TEMPERATURE))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    least = float(found.fun)
    # Where all answers are level, every temperature is as good; then none is needed.
    if loss(0.0) - least < _LEAST_GAIN:
        return temperature_effect(evaluation, 1.0)
    # Faces that are all right, or all wrong, would go on gaining for ever.
    for bound, limit in zip(bounds, (LEAST_TEMPERATURE, MOST_TEMPERATURE), strict=True):
        if loss(bound) - least < _LEAST_GAIN:
            return temperature_effect(evaluation, limit)
    return temperature_effect(evaluation, exp(float(found.x)))


def temperature_effect(evaluation: Evaluation, temperature: float) -> Temperature:
    """Return what a temperature that was fitted elsewhere does to the confidence on these faces."""
    after = at_temperature(evaluation, temperature)
    losses_before, losses_after = log_losses(evaluation), log_losses(after)
    return Temperature(
        temperature,
        float(losses_before.mean()),
        float(losses_after.mean()),
        reliability(evaluation).expected_error,
        reliability(after).expected_error,
        len(evaluation),
        mean_interval(losses_after - losses_before),
    )


def held_out_temperature(evaluation: Evaluation, seed: int = 0) -> Temperature | None:
    """Fit on one half of the faces, drawn at random, and return what that does to the other half.

    So one split is enough for an honest figure. None for fewer than two faces. The halves follow from `seed`.
    """
    if len(evaluation) < 2:
        return None
    order = np.random.default_rng(seed).permutation(len(evaluation))
    half = len(order) // 2
    fitted = fit_temperature(_only(evaluation, np.sort(order[:half])))
    return temperature_effect(_only(evaluation, np.sort(order[half:])), fitted.temperature)


def at_temperature(evaluation: Evaluation, temperature: float) -> Evaluation:
    """Return the same answers, with the confidence they have at a temperature."""
    if temperature == 1:
        return evaluation
    return replace(evaluation, probabilities=apply_temperature(evaluation.probabilities, temperature))


def _only(evaluation: Evaluation, indices: NDArray[np.intp]) -> Evaluation:
    return replace(
        evaluation,
        true_labels=evaluation.true_labels[indices],
        probabilities=evaluation.probabilities[indices],
        rows=evaluation.rows[indices],
    )
