"""One face along a corruption, and the figures of where models break."""

from pathlib import Path

import numpy as np
import pytest

from fer.emotions import EMOTIONS, Emotion
from fer.errors import ConfigError
from fer.evaluation.robustness import CORRUPTIONS, CorruptionKind, SeverityScan, Sweep, severity_scan, sweep
from fer.figures.robustness import (
    NamedSweep,
    all_kinds_figure,
    change_figure,
    recalls_figure,
    severity_figure,
    severity_scan_figure,
)
from fer.models.inference import Recognizer
from tests.conftest import dataset_of
from tests.core import grey_level

DARKNESS, ROTATION = CorruptionKind.DARKNESS, CorruptionKind.ROTATION


@pytest.fixture
def recognizer(tmp_path: Path) -> Recognizer:
    return Recognizer(grey_level.save_model(tmp_path / "grey"))


@pytest.fixture
def swept(recognizer: Recognizer) -> Sweep:
    return sweep(recognizer, dataset_of([0, 1, 3, 3, 6, 6, 6]), [DARKNESS, ROTATION])


def test_a_face_that_gets_darker_is_called_one_grey_after_the_other(recognizer: Recognizer) -> None:
    along = severity_scan(recognizer, grey_level.flat(Emotion.NEUTRAL), DARKNESS)
    assert along.probabilities.shape == (len(CORRUPTIONS[DARKNESS].severities), 7)
    changes = along.answer_changes
    assert [(change.before, change.after) for change in changes] == [
        (EMOTIONS[label], EMOTIONS[label - 1]) for label in range(6, 0, -1)
    ]
    assert [change.is_first for change in changes] == [True, False, False, False, False, False]
    # Half-way between two greys, 13/14 and 11/14 of white, is at 12/13 of the light.
    assert changes[0].severity == pytest.approx(1 - 12 / 13, abs=0.011)
    assert along.scores(0.0).top is Emotion.NEUTRAL
    assert along.scores(0.96).top is Emotion.ANGRY


def test_each_way_from_the_untouched_face_has_a_first_change() -> None:
    severities = CORRUPTIONS[ROTATION].severities
    answers = np.where(severities < -29, 3, np.where(severities > 46, 1, 0))
    along = SeverityScan(ROTATION, EMOTIONS, np.eye(7, dtype=np.float32)[answers])
    assert [(f.severity, f.before, f.after, f.is_first) for f in along.answer_changes] == [
        (-28.75, Emotion.ANGRY, Emotion.HAPPY, True),
        (46.25, Emotion.ANGRY, Emotion.DISGUST, True),
    ]


def test_what_is_switched_on_besides_stays_at_every_severity(recognizer: Recognizer) -> None:
    face = grey_level.flat(Emotion.NEUTRAL)
    along = severity_scan(recognizer, face, ROTATION, {DARKNESS: 0.96, ROTATION: 45.0})
    assert set(along.probabilities.argmax(axis=1).tolist()) == {0}
    with pytest.raises(ConfigError, match="Darkness goes from"):
        severity_scan(recognizer, face, ROTATION, {DARKNESS: 2.0})


def test_the_curve_of_one_face_marks_where_it_changes_and_where_the_slider_stands(
    recognizer: Recognizer,
) -> None:
    along = severity_scan(recognizer, grey_level.flat(Emotion.NEUTRAL), DARKNESS)
    figure = severity_scan_figure(along, 0.3)
    assert [trace.name for trace in figure.data[:7]] == [emotion.capitalize() for emotion in EMOTIONS]
    assert figure.data[7].x == (0.3,)
    assert figure.data[7].y[0] == pytest.approx(along.scores(0.3).confidence)
    lines = [shape.x0 for shape in figure.layout.shapes]
    assert lines == [*(change.severity for change in along.answer_changes), 0.3]
    assert [note.text for note in figure.layout.annotations] == ["neutral → surprise"]


def test_accuracy_against_severity_begins_with_the_untouched_faces(swept: Sweep) -> None:
    figure = severity_figure([NamedSweep("", "Grey", swept)], DARKNESS)
    band, line = figure.data
    assert line.x == (0.0, *CORRUPTIONS[DARKNESS].levels)
    assert line.y == tuple(swept.accuracy(point) for point in swept.curve(DARKNESS))
    low, high = swept.correct(swept.untouched).interval_95
    assert (band.y[0], band.y[-1]) == (high, low)
    assert figure.layout.shapes[0].y0 == pytest.approx(3 / 7)
    assert not figure.layout.showlegend


def test_three_models_are_told_apart_without_colours_and_their_names_are_no_markup(swept: Sweep) -> None:
    named = [NamedSweep(letter, "<b>%{x}</b>" * 9, swept) for letter in "ABC"]
    figure = severity_figure(named, DARKNESS)
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert len({(trace.line.dash, trace.marker.symbol) for trace in lines}) == 3
    assert all("<b>" not in trace.name and "%{" not in trace.name for trace in lines)
    assert figure.layout.showlegend


def test_every_kind_gets_a_small_chart_on_one_scale(swept: Sweep) -> None:
    figure = all_kinds_figure(
        [NamedSweep("A", "One", swept), NamedSweep("B", "Two", swept)], [DARKNESS, ROTATION]
    )
    assert [note.text for note in figure.layout.annotations] == ["Darkness", "Rotation"]
    assert [trace.x for trace in figure.data] == [(0, 1, 2, 3, 4, 5)] * 4
    assert [trace.showlegend for trace in figure.data] == [True, True, False, False]
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range == (0, 1)


def test_emotions_without_a_face_have_no_curve(swept: Sweep) -> None:
    figure = recalls_figure(swept, DARKNESS)
    assert [trace.name for trace in figure.data] == ["Angry (1)", "Disgust (1)", "Happy (2)", "Neutral (3)"]
    assert figure.data[3].y[0] == 1.0
    assert figure.data[3].y[-1] == 0.0


def test_bars_show_the_changed_face_and_marks_the_untouched_one(recognizer: Recognizer) -> None:
    along = severity_scan(recognizer, grey_level.flat(Emotion.NEUTRAL), DARKNESS)
    figure = change_figure(along.scores(0.0), along.scores(0.96))
    bars, marks = figure.data
    assert bars.x[0] == pytest.approx(1, abs=0.05)
    assert marks.x[6] == pytest.approx(1, abs=0.05)
