"""Evaluation metrics: every figure of an evaluation with its formula, its plain words and its interval."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fer.evaluation.curves import mean_area
from fer.evaluation.evaluation import Evaluation
from fer.models.temperature import LEAST_PROBABILITY
from fer.statistics import Proportion, mean_interval, percent, percent_range

# How many splits of the same size are drawn to see how far a figure moves by luck.
_DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Score:
    """One figure.

    Attributes:
        key: its name for a program.
        title: its name for a person.
        formula: LaTeX.
        words: what it says, in a sentence or two.
        is_share: whether it reads as a percentage.
        best: what a perfect model has, 0 or 1.
        value: None where it cannot be computed.
        interval_95: where the figure of endless faces of this kind lies, 95 times in 100; None where it
            cannot be told.
    """

    key: str
    title: str
    formula: str
    words: str
    is_share: bool = True
    best: int = 1
    value: float | None = None
    interval_95: tuple[float, float] | None = None

    @property
    def value_in_words(self) -> str:
        """The value as it is written for people; a dash where there is none."""
        if self.value is None:
            return "–"
        return percent(self.value) if self.is_share else f"{self.value:.3f}".replace("-", "−")

    @property
    def interval_in_words(self) -> str:
        """The interval as it is written for people; empty where there is none."""
        if self.interval_95 is None:
            return ""
        low, high = self.interval_95
        return percent_range(low, high) if self.is_share else f"{low:.3f}–{high:.3f}".replace("-", "−")


_SCORES = (
    Score(
        "accuracy",
        "Accuracy",
        r"\frac{\text{right answers}}{\text{all faces}}",
        "How often it is right. Common emotions weigh more than rare ones.",
    ),
    Score(
        "balanced_accuracy",
        "Balanced accuracy",
        r"\frac{1}{k}\sum_{i=1}^{k}\text{recall}_i",
        "The mean recall: every emotion counts the same, however rare. Always saying “happy” gets one in "
        "seven.",
    ),
    Score(
        "macro_precision",
        "Macro precision",
        r"\frac{1}{k}\sum_{i=1}^{k}\frac{TP_i}{TP_i + FP_i}",
        "When it names an emotion, how often is that true? The mean over the emotions.",
    ),
    Score(
        "macro_recall",
        "Macro recall",
        r"\frac{1}{k}\sum_{i=1}^{k}\frac{TP_i}{TP_i + FN_i}",
        "Of the faces of an emotion, how many does it find? The mean over the emotions, which is the "
        "balanced accuracy by its other name.",
    ),
    Score(
        "macro_f1",
        "Macro F1",
        r"\frac{1}{k}\sum_{i=1}^{k}\frac{2\,TP_i}{2\,TP_i + FP_i + FN_i}",
        "High only where precision and recall both are; the mean over the emotions, each counting the "
        "same, however rare.",
    ),
    Score(
        "weighted_precision",
        "Weighted precision",
        r"\sum_{i=1}^{k}\frac{n_i}{n}\,\text{precision}_i",
        "The mean precision, each emotion weighing as much as it has faces.",
    ),
    Score(
        "weighted_recall",
        "Weighted recall",
        r"\sum_{i=1}^{k}\frac{n_i}{n}\,\text{recall}_i",
        "Weighed like that, the mean recall is nothing but the accuracy.",
    ),
    Score(
        "weighted_f1",
        "Weighted F1",
        r"\sum_{i=1}^{k}\frac{n_i}{n}\,\text{F1}_i",
        "The mean F1, each emotion weighing as much as it has faces.",
    ),
    Score(
        "log_loss",
        "Log loss",
        r"-\frac{1}{n}\sum_{j=1}^{n}\ln p_j(\text{label}_j)",
        "What it would pay for its confidence: little for a label called likely, much for one called "
        "impossible. Guessing all seven alike costs 1.95.",
        is_share=False,
        best=0,
    ),
    Score(
        "top_2",
        "Top-2 accuracy",
        r"\frac{\text{label among the two likeliest}}{\text{all faces}}",
        "How often its first or second choice is right.",
    ),
    Score(
        "kappa",
        "Cohen's kappa",
        r"\frac{p_o - p_e}{1 - p_e}",
        "How far it agrees with the labels beyond what chance would give: 0 is chance, 1 is always. "
        "$p_o$ is the accuracy, $p_e$ the accuracy of answers as frequent as its own but drawn blindly.",
        is_share=False,
    ),
    Score(
        "roc_auc",
        "ROC-AUC, one against the rest",
        r"\frac{1}{k}\sum_{i=1}^{k} P(p_i(\text{of the emotion}) > p_i(\text{of another face}))",
        "How often a face of an emotion scores higher for it than a face of another; the mean over the "
        "emotions. A coin gets one half.",
        is_share=False,
    ),
    Score(
        "mean_confidence",
        "Mean confidence",
        r"\frac{1}{n}\sum_{j=1}^{n}\max_i p_{ji}",
        "How sure it says it is. It is right {accuracy} of the time; where the two differ, its confidence "
        "cannot be taken at its word.",
    ),
)


def scores_of(evaluation: Evaluation) -> tuple[Score, ...]:
    """Return every figure of an evaluation, the accuracy first.

    Intervals of shares of faces are Wilson's; of what is a ratio of such shares, the middle 95 % of 2,000
    splits drawn from this one (bootstrap, seeded); of a mean over faces, the normal approximation.
    """
    own, resampled = evaluation.confusion[None].astype(np.float64), _resampled(evaluation)
    losses, confidences = log_losses(evaluation), evaluation.confidences.astype(np.float64)
    correct, among_two = evaluation.correct, Proportion.from_mask(top_two(evaluation))
    found: dict[str, tuple[float | None, tuple[float, float] | None]] = {
        "accuracy": (correct.share, correct.interval_95),
        "weighted_recall": (correct.share, correct.interval_95),
        "log_loss": (float(losses.mean()), mean_interval(losses)),
        "top_2": (among_two.share, among_two.interval_95),
        "roc_auc": mean_area(evaluation),
        "mean_confidence": (float(confidences.mean()), mean_interval(confidences)),
    }
    for key, figure in _RATIOS.items():
        low, high = np.percentile(figure(resampled), [2.5, 97.5])
        found[key] = (float(figure(own)[0]), (float(low), float(high)))
    accuracy = percent(correct.share)
    return tuple(
        replace(
            score,
            words=score.words.replace("{accuracy}", accuracy),
            value=found[score.key][0],
            interval_95=found[score.key][1],
        )
        for score in _SCORES
    )


def top_two(evaluation: Evaluation) -> NDArray[np.bool_]:
    """(n,) whether the label is among the two most probable emotions; of equals, the later column goes first.

    That is how scikit-learn breaks ties.
    """
    columns = np.argsort(evaluation.probabilities, axis=1, kind="stable")[:, -2:]
    return np.asarray((columns == evaluation.true_labels[:, None]).any(axis=1))


def log_losses(evaluation: Evaluation) -> NDArray[np.float64]:
    """(n,) what each face costs: minus the logarithm of the probability of its label, rows summing to 1.

    A probability of 0 for what is true would cost infinitely much; scikit-learn stops there too.
    """
    probabilities = evaluation.probabilities.astype(np.float64)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    at_labels = probabilities[np.arange(len(evaluation)), evaluation.true_labels]
    return np.asarray(-np.log(np.clip(at_labels, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)))


# Below, `cells` are m confusion matrices, (m, k, k); rows are true, columns predicted. An emotion without a
# face is not counted.


def _resampled(evaluation: Evaluation) -> NDArray[np.float64]:
    """Confusion matrices of as many faces, drawn from these with replacement."""
    rng = np.random.default_rng(0)
    shares = evaluation.confusion.ravel() / len(evaluation)
    draws = rng.multinomial(len(evaluation), shares, _DRAWS)
    return draws.reshape(_DRAWS, *evaluation.confusion.shape).astype(np.float64)


def _hits(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.diagonal(cells, axis1=1, axis2=2))


def _precisions(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(_hits(cells) / np.maximum(cells.sum(axis=1), 1))


def _f1s(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(2 * _hits(cells) / np.maximum(cells.sum(axis=1) + cells.sum(axis=2), 1))


def _macro(cells: NDArray[np.float64], figures: NDArray[np.float64]) -> NDArray[np.float64]:
    shown = cells.sum(axis=2) > 0
    return np.asarray((figures * shown).sum(axis=1) / shown.sum(axis=1))


def _weighted(cells: NDArray[np.float64], figures: NDArray[np.float64]) -> NDArray[np.float64]:
    support = cells.sum(axis=2)
    return np.asarray((figures * support).sum(axis=1) / support.sum(axis=1))


def _balanced_accuracy(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    return _macro(cells, _hits(cells) / np.maximum(cells.sum(axis=2), 1))


def _kappa(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    n = cells.sum(axis=(1, 2))
    observed = _hits(cells).sum(axis=1) / n
    by_chance = (cells.sum(axis=1) * cells.sum(axis=2)).sum(axis=1) / n**2
    # One emotion only, and always named: chance agrees as well, and nothing is left to be better at.
    return np.asarray(np.where(by_chance < 1, (observed - by_chance) / np.maximum(1 - by_chance, 1e-12), 0.0))


# What is computed from the confusion matrix alone.
_RATIOS: Mapping[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "balanced_accuracy": _balanced_accuracy,
    "macro_precision": lambda cells: _macro(cells, _precisions(cells)),
    "macro_recall": _balanced_accuracy,
    "macro_f1": lambda cells: _macro(cells, _f1s(cells)),
    "weighted_precision": lambda cells: _weighted(cells, _precisions(cells)),
    "weighted_f1": lambda cells: _weighted(cells, _f1s(cells)),
    "kappa": _kappa,
}
