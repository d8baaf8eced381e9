"""Every figure against scikit-learn's own, every interval against what it promises."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics

from fer.datasets import Split
from fer.emotions import EMOTIONS, Emotion
from fer.evaluation import Evaluation, scores_of, threshold_curve, threshold_curves
from fer.evaluation.scores import top_two


def evaluation_with(labels: NDArray[np.intp], probabilities: NDArray[np.float64]) -> Evaluation:
    return Evaluation.from_predictions(
        "model", Split.TEST, EMOTIONS, labels.astype(np.intp), probabilities.astype(np.float32)
    )


def some_evaluation(count: int = 900, seed: int = 0, *, ties: bool = False) -> Evaluation:
    """Answers that are often right, sometimes barely; with `ties`, on a coarse scale."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(7, count, p=[0.14, 0.02, 0.14, 0.25, 0.17, 0.11, 0.17])
    logits = rng.normal(0, 1, (count, 7))
    logits[np.arange(count), labels] += 1.2
    if ties:
        logits = np.round(logits)
    probabilities = np.exp(logits)
    return evaluation_with(labels, probabilities / probabilities.sum(axis=1, keepdims=True))


def in_64_bits(evaluation: Evaluation) -> NDArray[np.float64]:
    probabilities = evaluation.probabilities.astype(np.float64)
    return probabilities / probabilities.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("ties", [False, True])
def test_every_score_is_scikit_learns_to_the_last_digit(ties: bool) -> None:
    evaluation = some_evaluation(ties=ties)
    true, predicted = evaluation.true_labels, evaluation.predicted_labels
    probabilities = in_64_bits(evaluation)
    # Of equal probabilities scikit-learn's top-k takes the later column, its argmax the first.
    expected = {
        "accuracy": metrics.accuracy_score(true, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(true, predicted),
        "log_loss": metrics.log_loss(true, probabilities, labels=range(7)),
        "top_2": metrics.top_k_accuracy_score(true, evaluation.probabilities, k=2, labels=range(7)),
        "kappa": metrics.cohen_kappa_score(true, predicted),
        "roc_auc": metrics.roc_auc_score(true, probabilities, multi_class="ovr", average="macro"),
        "mean_confidence": float(evaluation.probabilities.max(axis=1).mean()),
    }
    for average in ("macro", "weighted"):
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(true, predicted, average=average)
        expected |= {f"{average}_precision": precision, f"{average}_recall": recall, f"{average}_f1": f1}
    found = {score.key: score.value for score in scores_of(evaluation)}
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-12 if key != "mean_confidence" else 1e-6), key


def test_an_emotion_without_faces_is_left_out_of_every_mean() -> None:
    whole = some_evaluation()
    kept = whole.true_labels != 1
    evaluation = Evaluation.from_predictions(
        "model", Split.TEST, EMOTIONS, whole.true_labels[kept], whole.probabilities[kept]
    )
    shown = [0, 2, 3, 4, 5, 6]
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        evaluation.true_labels, evaluation.predicted_labels, labels=shown, average="macro"
    )
    found = {score.key: score.value for score in scores_of(evaluation)}
    assert found["macro_precision"] == pytest.approx(precision, rel=1e-12)
    assert found["macro_recall"] == pytest.approx(recall, rel=1e-12)
    assert found["balanced_accuracy"] == found["macro_recall"]
    assert found["macro_f1"] == pytest.approx(f1, rel=1e-12)
    assert [curve.emotion for curve in threshold_curves(evaluation)] == [EMOTIONS[label] for label in shown]


@pytest.mark.parametrize("ties", [False, True])
def test_threshold_curves_are_scikit_learns(ties: bool) -> None:
    evaluation = some_evaluation(ties=ties)
    for column, emotion in enumerate(EMOTIONS):
        curve = threshold_curve(evaluation, emotion)
        assert curve is not None
        true, scores = evaluation.true_labels == column, evaluation.probabilities[:, column]
        false_rate, true_rate, thresholds = metrics.roc_curve(true, scores, drop_intermediate=False)
        np.testing.assert_allclose(curve.false_positive_rate, false_rate, rtol=1e-12)
        np.testing.assert_allclose(curve.recall, true_rate, rtol=1e-12)
        np.testing.assert_allclose(curve.thresholds, thresholds, rtol=1e-6)
        assert curve.area == pytest.approx(metrics.roc_auc_score(true, scores), rel=1e-12)
        assert curve.average_precision == pytest.approx(
            metrics.average_precision_score(true, scores), rel=1e-12
        )


def test_a_place_on_the_curve_counts_the_faces_at_or_above_a_threshold() -> None:
    evaluation = some_evaluation(ties=True)
    curve = threshold_curve(evaluation, Emotion.HAPPY)
    assert curve is not None
    scores, true = evaluation.probabilities[:, 3], evaluation.true_labels == 3
    for threshold in (0.0, 0.2, float(scores[5]), 0.5, 1.0):
        place = curve.at(threshold)
        assert curve.true_positives[place] == (true & (scores >= threshold)).sum()
        assert curve.false_positives[place] == (~true & (scores >= threshold)).sum()


def test_a_split_of_one_emotion_has_no_curve_and_no_area() -> None:
    probabilities = np.full((3, 7), 1 / 7)
    evaluation = evaluation_with(np.array([3, 3, 3]), probabilities)
    assert threshold_curves(evaluation) == ()
    found = {score.key: score for score in scores_of(evaluation)}
    assert found["roc_auc"].value is None
    assert found["roc_auc"].interval_95 is None
    assert found["kappa"].value == 0.0


def test_one_face_is_enough_for_figures_without_a_warning() -> None:
    evaluation = evaluation_with(np.array([2]), np.full((1, 7), 1 / 7))
    found = {score.key: score for score in scores_of(evaluation)}
    assert found["accuracy"].value == 0.0
    assert found["log_loss"].value == pytest.approx(np.log(7), rel=1e-6)
    assert found["log_loss"].interval_95 is None


@pytest.mark.parametrize("key", ["macro_f1", "balanced_accuracy", "kappa", "roc_auc", "log_loss"])
def test_intervals_hold_the_figure_of_endless_faces_about_95_times_in_100(key: str) -> None:
    endless = {score.key: score.value for score in scores_of(some_evaluation(60_000, seed=1))}[key]
    assert endless is not None
    hits = 0
    for seed in range(60):
        interval = {
            score.key: score.interval_95 for score in scores_of(some_evaluation(400, seed=100 + seed))
        }
        bounds = interval[key]
        assert bounds is not None
        hits += bounds[0] <= endless <= bounds[1]
    # 95 % of 60 is 57; fewer than 51 would happen once in a thousand.
    assert hits >= 51


def test_probability_zero_for_the_truth_costs_much_but_not_infinitely_much() -> None:
    probabilities = np.zeros((2, 7))
    probabilities[:, 0] = 1
    evaluation = evaluation_with(np.array([0, 1]), probabilities)
    loss = next(score.value for score in scores_of(evaluation) if score.key == "log_loss")
    assert loss is not None
    assert 5 < loss < 20


def test_top_two_counts_two() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2, 0, 0, 0, 0]] * 3)
    np.testing.assert_array_equal(
        top_two(evaluation_with(np.array([0, 1, 2]), probabilities)), [True, True, False]
    )
