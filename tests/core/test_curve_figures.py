"""Threshold curves and reliability diagrams as figures: what a line, a mark and a bar stand for."""

from operator import attrgetter

import numpy as np
import pytest

from fer.emotions import Emotion
from fer.evaluation import Evaluation, threshold_curve
from fer.evaluation.calibration import reliability
from fer.figures import CurveLine, precision_recall_figure, reliability_figure, roc_figure
from tests.core.test_calibration import answering, drawn


def line_of(evaluation: Evaluation, emotion: Emotion, rank: int = 0) -> CurveLine:
    curve = threshold_curve(evaluation, emotion)
    assert curve is not None
    return CurveLine(curve, f"model {rank}", rank)


def test_marks_lie_on_their_curves_at_the_threshold() -> None:
    lines = [line_of(drawn(1.0, 500, seed), Emotion.SAD, seed) for seed in range(3)]
    for figure, of in (
        (roc_figure(lines, 0.4), ("false_positive_rate", "recall.share")),
        (precision_recall_figure(lines, 0.4), ("recall.share", "precision.share")),
    ):
        marks = [trace for trace in figure.data if trace.mode == "markers"]
        places = [line.curve.figures_at(0.4) for line in lines]
        assert [(mark.x[0], mark.y[0]) for mark in marks] == [
            pytest.approx(attrgetter(*of)(here)) for here in places
        ]
        assert len({mark.marker.symbol for mark in marks}) == 3


def test_a_curve_of_thousands_of_faces_is_drawn_with_what_a_screen_can_show() -> None:
    line = line_of(drawn(1.0, 20_000), Emotion.SAD)
    drawn_line = next(trace for trace in roc_figure([line]).data if trace.name == line.name)
    assert len(drawn_line.x) < 1_000
    assert (drawn_line.x[0], drawn_line.y[0]) == (0, 0) and (drawn_line.x[-1], drawn_line.y[-1]) == (1, 1)
    # No point of the curve is further from one that is drawn than a pixel or two.
    points = np.column_stack([line.curve.false_positive_rate, line.curve.recall])[::50]
    shown = np.column_stack([drawn_line.x, drawn_line.y])
    assert np.linalg.norm(points[:, None] - shown, axis=2).min(axis=1).max() < 0.005


def test_a_blind_guess_is_the_diagonal_and_the_share_of_the_emotion() -> None:
    evaluation = answering((0.9, True), (0.8, False), (0.6, True), (0.1, False))
    line = line_of(evaluation, Emotion.HAPPY)
    assert list(roc_figure([line]).data[0].y) == [0, 1]
    assert list(precision_recall_figure([line]).data[0].y) == [0.5, 0.5]
    # Of several emotions each has a share of its own, and one line would be wrong for all but one.
    other = line_of(evaluation, Emotion.ANGRY)
    assert all(trace.line.dash == "solid" for trace in precision_recall_figure([line, other]).data)


def test_a_precision_recall_curve_begins_with_the_first_face_that_is_found() -> None:
    evaluation = answering((0.9, False), (0.8, True), (0.6, True), (0.1, False))
    figure = precision_recall_figure([line_of(evaluation, Emotion.HAPPY)])
    assert (figure.data[1].x[0], figure.data[1].y[0]) == (0.5, 0.5)


def test_bars_are_as_high_as_the_model_is_right_with_their_intervals() -> None:
    found = reliability(answering((0.75, True), (0.75, False), (0.95, True)), bins=10)
    figure = reliability_figure(found)
    bars, diagonal, counts = figure.data
    assert bars.x == pytest.approx([0.75, 0.95]) and list(bars.y) == [0.5, 1.0]
    assert list(counts.y) == [2, 1]
    assert (list(diagonal.x), list(diagonal.y)) == ([0, 1], [0, 1])
    correct = found.bins[7].correct
    assert correct is not None
    low, high = correct.interval_95
    assert bars.error_y.array[0] == pytest.approx(high - 0.5)
    assert bars.error_y.arrayminus[0] == pytest.approx(0.5 - low)
    assert "1 of 2 faces" in bars.hovertemplate[0]
    assert max(bars.marker.opacity) < 0.5, "bars of a few faces are pale"
