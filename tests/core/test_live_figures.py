"""The camera's last minute as figures: areas, the strip of labels, gaps, and shares."""

import numpy as np
import pytest

from fer import figures
from fer.emotions import EMOTIONS, Emotion, EmotionScores
from fer.live import PersonHistory


def person(seconds: list[float], labels: list[Emotion | None] | None = None) -> PersonHistory:
    probabilities = np.full((len(seconds), 7), 0.1, np.float32)
    probabilities[:, 3] = 0.4
    return PersonHistory(
        1, EMOTIONS, np.array(seconds), probabilities, tuple(labels or [Emotion.HAPPY] * len(seconds))
    )


def test_the_areas_add_up_to_one_at_every_moment() -> None:
    figure = figures.timeline_figure(person([-2.0, -1.5, -1.0, -0.5, 0.0]))
    areas = [trace for trace in figure.data if trace.stackgroup]
    assert [trace.name for trace in areas] == [emotion.capitalize() for emotion in EMOTIONS]
    assert np.sum([trace.y for trace in areas], axis=0) == pytest.approx(np.ones(5))
    assert tuple(figure.layout.xaxis.range) == (-60, 0)


def test_the_strip_shows_the_label_that_was_told_and_unsure_in_a_colour_of_its_own() -> None:
    figure = figures.timeline_figure(person([-1.0, -0.5, 0.0], [Emotion.SAD, None, Emotion.HAPPY]))
    strip = next(trace for trace in figure.data if trace.mode == "markers")
    assert list(strip.marker.color) == [Emotion.SAD.color, figures.UNSURE_COLOR, Emotion.HAPPY.color]
    assert list(strip.text) == ["Sad", "Unsure", "Happy"]


def test_while_the_person_was_out_of_view_there_is_a_gap() -> None:
    figure = figures.timeline_figure(person([-20.0, -19.9, -5.0, 0.0]))
    happy = next(trace for trace in figure.data if trace.name == "Happy")
    assert np.isnan(np.array(happy.y, float)).sum() == 2
    assert len(happy.x) == len(happy.y) == 6


def test_a_share_has_a_part_of_the_bar_and_a_name_where_there_is_room() -> None:
    figure = figures.shares_figure(
        {"Person 1": {Emotion.HAPPY: 0.9, None: 0.1}, "Person 2": {Emotion.SAD: 1.0}}
    )
    parts = {trace.name: trace for trace in figure.data}
    assert set(parts) == {"Happy", "Sad", "Unsure"}
    assert list(parts["Happy"].x) == [0.9, 0.0]
    assert list(parts["Happy"].text) == ["Happy 90\u00a0%", ""]
    assert list(parts["Unsure"].text) == ["", ""]
    assert list(parts["Sad"].y) == ["Person 1", "Person 2"]


def test_nobody_makes_an_empty_figure() -> None:
    assert len(figures.shares_figure({}).data) == 0
    assert figures.timeline_figure(person([])).data


def test_two_models_scores_stand_below_one_another() -> None:
    first = EmotionScores(EMOTIONS, np.full(7, 1 / 7, np.float32))
    second = EmotionScores(EMOTIONS[::-1], np.array([0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], np.float32))
    figure = figures.scores_figure(first, second, names=("one", "two"))
    assert len(figure.data) == 2
    neutral = list(figure.data[1].y).index("Neutral")
    assert figure.data[1].x[neutral] == pytest.approx(0.4)
    assert "two" in figure.data[1].hovertemplate[0]
    assert len(figures.scores_figure(first).data) == 1
