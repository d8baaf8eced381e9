"""Confidence against accuracy, by hand, against scikit-learn and SciPy, and where nothing can be fitted."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from fer.datasets import Split
from fer.emotions import EMOTIONS, Emotion
from fer.evaluation import Evaluation, scores_of, threshold_curve
from fer.evaluation.calibration import (
    LEAST_TEMPERATURE,
    MOST_TEMPERATURE,
    apply_temperature,
    at_temperature,
    expected_error_by_luck,
    fit_temperature,
    held_out_temperature,
    reliability,
    temperature_effect,
)
from fer.evaluation.curves import ThresholdCurve, area_interval, around_threshold
from fer.models.temperature import LEAST_PROBABILITY
from fer.statistics import Proportion


def evaluation_with(labels: NDArray[np.intp], probabilities: NDArray[np.float64]) -> Evaluation:
    return Evaluation.from_predictions(
        "model", Split.VALIDATION, EMOTIONS, labels.astype(np.intp), probabilities.astype(np.float32)
    )


def answering(*answers: tuple[float, bool]) -> Evaluation:
    """One face per answer: how sure it is of "happy", and whether the face is."""
    probabilities = np.zeros((len(answers), 7))
    for row, (confidence, _) in enumerate(answers):
        probabilities[row] = (1 - confidence) / 6
        probabilities[row, 3] = confidence
    return evaluation_with(np.array([3 if right else 0 for _, right in answers]), probabilities)


def drawn(temperature: float, count: int = 4_000, seed: int = 0) -> Evaluation:
    """Labels drawn from softmax(logits), told with the confidence of softmax(logits · temperature).

    Above 1 that is over-confident, at 1 exactly right, below 1 under-confident.
    """
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (count, 7))
    truth = softmax(logits, axis=1)
    labels = (truth.cumsum(axis=1) < rng.random((count, 1))).sum(axis=1).clip(0, 6)
    return evaluation_with(labels, softmax(logits * temperature, axis=1))


def test_bins_hold_what_was_said_and_what_was_right() -> None:
    evaluation = answering((0.75, True), (0.75, False), (0.72, True), (0.95, True), (0.3, False))
    found = reliability(evaluation, bins=10)
    assert [one.count for one in found.bins] == [0, 0, 1, 0, 0, 0, 0, 3, 0, 1]
    seventies = found.bins[7]
    assert (seventies.low, seventies.high) == pytest.approx((0.7, 0.8))
    assert seventies.right == 2
    assert seventies.mean_confidence == pytest.approx(0.74)
    assert seventies.accuracy == pytest.approx(2 / 3)
    assert seventies.correct is not None and seventies.correct.interval_95 == pytest.approx(
        (0.2077, 0.9385), abs=1e-4
    )
    assert found.bins[0].accuracy is None and found.bins[0].correct is None and found.bins[0].gap == 0
    # By hand: (3 · |0.74 − 2/3| + 1 · |0.95 − 1| + 1 · |0.3 − 0|) / 5
    assert found.expected_error == pytest.approx((3 * (0.74 - 2 / 3) + 0.05 + 0.3) / 5, rel=1e-6)
    assert found.maximum_error == pytest.approx(0.3, rel=1e-6)
    assert found.mean_gap == pytest.approx(np.mean([0.75, 0.75, 0.72, 0.95, 0.3]) - 3 / 5, rel=1e-6)
    assert found.heaviest is found.bins[2]
    assert reliability(evaluation, 10).expected_error == found.expected_error
    assert reliability(evaluation, 10).maximum_error == found.maximum_error


def test_a_confidence_on_an_edge_counts_to_the_bin_below_and_no_face_is_lost() -> None:
    found = reliability(answering((0.2, False), (0.4, True), (0.6, True), (1.0, True)), bins=5)
    assert [one.count for one in found.bins] == [1, 1, 1, 0, 1]
    many = drawn(1.3)
    assert sum(one.count for one in reliability(many).bins) == len(many)


def test_bins_are_scikit_learns() -> None:
    evaluation = drawn(1.6)
    shares, confidences = calibration_curve(evaluation.is_right, evaluation.confidences, n_bins=15)
    filled = [one for one in reliability(evaluation).bins if one.count]
    np.testing.assert_allclose([one.accuracy for one in filled], shares, rtol=1e-12)
    np.testing.assert_allclose([one.mean_confidence for one in filled], confidences, rtol=1e-6)


def test_luck_alone_explains_the_error_of_a_model_that_is_as_right_as_it_says() -> None:
    below = [reliability(told).expected_error < expected_error_by_luck(told) for told in few(1.0)]
    # 95 % of 40 is 38; fewer than 34 would happen once in a thousand.
    assert sum(below) >= 34
    assert all(reliability(told).expected_error > expected_error_by_luck(told) for told in few(2.0))


def few(temperature: float) -> list[Evaluation]:
    return [drawn(temperature, 500, seed) for seed in range(40)]


@pytest.mark.parametrize(("told_at", "fitted"), [(2.0, 2.0), (1.0, 1.0), (0.5, 0.5)])
def test_the_temperature_that_made_a_model_too_sure_is_found(told_at: float, fitted: float) -> None:
    evaluation = drawn(told_at, 20_000)
    found = fit_temperature(evaluation)
    assert found.temperature == pytest.approx(fitted, rel=0.04)
    assert found.count == 20_000 and not found.is_at_limit
    assert found.log_loss_after <= found.log_loss_before
    if told_at != 1:
        assert found.effect == "better"
        assert found.expected_error_after < 0.25 * found.expected_error_before


def test_label_smoothing_makes_a_model_less_sure_than_it_may_be() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 7, 3_000)
    answers = np.where(rng.random(3_000) < 0.97, labels, (labels + 1) % 7)
    smoothed = np.full((3_000, 7), 0.3 / 7)
    smoothed[np.arange(3_000), answers] += 0.7
    found = fit_temperature(evaluation_with(labels, smoothed))
    assert found.temperature < 0.9
    assert found.expected_error_after < found.expected_error_before


def test_the_fit_is_scipys_least_log_loss_found_another_way() -> None:
    evaluation = drawn(1.7)
    logits = np.log(evaluation.probabilities.astype(np.float64))
    rows = np.arange(len(evaluation))
    other = minimize(
        lambda inverse: -log_softmax(logits * inverse[0], axis=1)[rows, evaluation.true_labels].mean(),
        x0=[1.0],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-13},
    )
    found = fit_temperature(evaluation)
    assert found.temperature == pytest.approx(1 / other.x[0], rel=1e-4)
    assert found.log_loss_after == pytest.approx(other.fun, rel=1e-6)
    told = evaluation.probabilities.astype(np.float64)
    told /= told.sum(axis=1, keepdims=True)
    expected = log_loss(evaluation.true_labels, told, labels=range(7))
    assert found.log_loss_before == pytest.approx(expected, rel=1e-12)


def test_before_is_the_log_loss_that_the_figures_show() -> None:
    evaluation = drawn(1.7, 300)
    shown = next(score.value for score in scores_of(evaluation) if score.key == "log_loss")
    assert temperature_effect(evaluation, 1.5).log_loss_before == shown


def test_applied_probabilities_are_scipys_softmax() -> None:
    probabilities = drawn(1.0, 200).probabilities
    expected = softmax(np.log(probabilities.astype(np.float64)) / 1.8, axis=1)
    found = apply_temperature(probabilities, 1.8)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(apply_temperature(probabilities[0], 1.8), found[0])
    assert apply_temperature(probabilities, 1.0) is probabilities


@pytest.mark.parametrize("temperature", [LEAST_TEMPERATURE, 0.5, 3.0, MOST_TEMPERATURE])
def test_no_temperature_changes_an_answer(temperature: float) -> None:
    evaluation = drawn(3.0, 2_000)
    # Two that differ in the last bit only, the higher one in the later column; and level ones.
    evaluation.probabilities[0] = 0.1
    evaluation.probabilities[0, 2], evaluation.probabilities[0, 5] = 0.25, np.nextafter(np.float32(0.25), 1)
    evaluation.probabilities[1] = np.float32(1 / 7)
    evaluation.probabilities[2], evaluation.probabilities[2, 4] = 0, 1
    after = at_temperature(evaluation, temperature)
    np.testing.assert_array_equal(after.probabilities.argmax(axis=1), evaluation.probabilities.argmax(axis=1))
    assert after.accuracy == evaluation.accuracy
    assert np.isfinite(after.probabilities).all()
    np.testing.assert_allclose(after.probabilities.sum(axis=1), 1, atol=1e-5)


def test_a_probability_of_zero_comes_to_life_only_as_far_as_the_log_loss_takes_it() -> None:
    certain = np.zeros((1, 7), np.float32)
    certain[0, 3] = 1
    softened = apply_temperature(certain, 2.0)
    assert softened[0, 0] == pytest.approx(np.sqrt(LEAST_PROBABILITY), rel=0.01)
    assert apply_temperature(certain, 0.5)[0, 3] == pytest.approx(1)


@pytest.mark.parametrize("confidence", [0.6, 1.0])
def test_a_model_that_is_always_right_may_be_as_sure_as_it_likes(confidence: float) -> None:
    found = fit_temperature(answering(*[(confidence, True)] * 5))
    assert found.temperature == LEAST_TEMPERATURE
    assert found.is_at_limit
    assert found.log_loss_after <= found.log_loss_before


@pytest.mark.parametrize("confidence", [0.6, 1.0])
def test_a_model_that_is_never_right_is_cooled_to_the_limit(confidence: float) -> None:
    found = fit_temperature(answering(*[(confidence, False)] * 5))
    assert found.temperature == MOST_TEMPERATURE
    assert found.is_at_limit
    assert found.log_loss_after < found.log_loss_before


def test_one_face_gives_figures_without_an_interval() -> None:
    found = fit_temperature(answering((0.6, True)))
    assert found.count == 1 and found.loss_change_95 is None
    assert found.effect in ("could be chance", "nothing")
    assert held_out_temperature(answering((0.6, True))) is None


def test_level_answers_need_no_temperature() -> None:
    level = evaluation_with(np.arange(7), np.full((7, 7), 1 / 7))
    found = fit_temperature(level)
    assert found.temperature == 1 and found.effect == "nothing"


def test_a_temperature_of_another_model_is_said_to_make_things_worse() -> None:
    assert temperature_effect(drawn(1.0), 3.0).effect == "worse"
    assert temperature_effect(drawn(1.0), 1.0).effect == "nothing"
    assert temperature_effect(drawn(1.0, 300), 1.001).effect == "could be chance"


def test_held_out_faces_are_not_those_it_was_fitted_on() -> None:
    evaluation = drawn(2.0)
    found = held_out_temperature(evaluation, seed=3)
    assert found is not None
    assert found.count == len(evaluation) // 2
    assert found.temperature != fit_temperature(evaluation).temperature
    assert found.temperature == pytest.approx(2.0, rel=0.1)
    assert found == held_out_temperature(evaluation, seed=3) != held_out_temperature(evaluation, seed=4)


def test_figures_at_a_threshold_count_faces() -> None:
    evaluation = answering((0.9, True), (0.8, False), (0.62, True), (0.4, True), (0.1, False))
    curve = threshold_curve(evaluation, Emotion.HAPPY)
    assert curve is not None
    figures = curve.figures_at(0.62)
    assert (figures.true_positives, figures.false_positives) == (2, 1)
    assert (figures.false_negatives, figures.true_negatives) == (1, 1)
    assert figures.precision == Proportion(2, 3) and figures.recall == Proportion(2, 3)
    assert figures.f1 == pytest.approx(2 / 3) and figures.false_positive_rate == 0.5
    assert figures.called == 3
    nobody = curve.figures_at(0.95)
    assert nobody.precision is None and nobody.recall.share == 0 and nobody.f1 == 0
    # At 0.3, three of three are found beside one false alarm: F1 6/7, the best there is.
    assert curve.best_among(np.array([0.05, 0.3, 0.7, 0.95])) == 0.3


def test_areas_and_average_precisions_stay_in_their_intervals_about_95_times_in_100() -> None:
    def curve_of(evaluation: Evaluation) -> ThresholdCurve:
        curve = threshold_curve(evaluation, Emotion.SAD)
        assert curve is not None
        return curve

    endless = drawn(1.0, 60_000, seed=1)
    true, scores = endless.true_labels == 4, endless.probabilities[:, 4]
    area, precision = roc_auc_score(true, scores), average_precision_score(true, scores)
    areas = precisions = 0
    for seed in range(100):
        evaluation = drawn(1.0, 400, seed=100 + seed)
        curve = curve_of(evaluation)
        bounds = area_interval(evaluation, curve)
        assert bounds is not None
        areas += bounds[0] <= area <= bounds[1]
        low, high = curve.average_precision_interval_95
        precisions += low <= precision <= high
    # 95 of 100 are expected; fewer than 88 would happen once in some hundred.
    assert areas >= 88
    assert precisions >= 88


def test_the_faces_around_a_threshold_come_nearest_first_and_are_counted_as_on_the_curve() -> None:
    evaluation = answering((0.9, True), (0.8, False), (0.62, True), (0.4, True), (0.1, False))
    above, below = around_threshold(evaluation, Emotion.HAPPY, 0.5, most=2)
    assert above.tolist() == [2, 1] and below.tolist() == [3, 4]
    score = float(evaluation.probabilities[2, 3])
    above, below = around_threshold(evaluation, Emotion.HAPPY, score, most=9)
    assert above.tolist() == [2, 1, 0] and below.tolist() == [3, 4]
    curve = threshold_curve(evaluation, Emotion.HAPPY)
    assert curve is not None and curve.figures_at(score).called == 3
    above, below = around_threshold(evaluation, Emotion.HAPPY, 0.95, most=9)
    assert above.tolist() == [] and below.tolist() == [0, 1, 2, 3, 4]


def test_too_few_faces_give_no_interval_of_an_area() -> None:
    evaluation = answering((0.9, True), (0.2, False))
    curve = threshold_curve(evaluation, Emotion.HAPPY)
    assert curve is not None
    assert area_interval(evaluation, curve) is None
    assert curve.average_precision_interval_95[1] == 1.0
