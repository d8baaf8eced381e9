"""The curves of several runs in one figure."""

import math

import pytest

from fer.emotions import Emotion
from fer.figures.comparison import MOST_CURVES, NamedCurve, comparison_figure
from fer.figures.style import QUIET
from fer.runs import EpochMetrics


def curve(letter: str, *accuracies: float, title: str = "A run", seconds: float = 30.0) -> NamedCurve:
    rows = [
        EpochMetrics(epoch, 1.0, 0.5, 2.0 - accuracy, accuracy, 1e-3, seconds)
        for epoch, accuracy in enumerate(accuracies, start=1)
    ]
    return NamedCurve(letter, title, rows)


def test_each_run_is_a_curve_of_the_chosen_measure() -> None:
    curves = [curve("A", 0.3, 0.4), curve("B", 0.5, 0.6, 0.7)]
    figure = comparison_figure(curves, "validation_accuracy")
    assert [list(trace.y) for trace in figure.data] == [[0.3, 0.4], [0.5, 0.6, 0.7]]
    assert [list(trace.x) for trace in figure.data] == [[1, 2], [1, 2, 3]]
    losses = comparison_figure(curves, "validation_loss")
    assert list(losses.data[0].y) == pytest.approx([1.7, 1.6])
    assert figure.layout.yaxis.tickformat != losses.layout.yaxis.tickformat


def test_over_minutes_a_slow_run_is_drawn_out() -> None:
    figure = comparison_figure([curve("A", 0.3, 0.4, seconds=90)], "validation_accuracy", "minutes")
    assert list(figure.data[0].x) == [1.5, 3.0]
    assert "minutes" in figure.layout.xaxis.title.text


def test_curves_are_told_apart_without_colours_and_none_looks_like_an_emotion() -> None:
    curves = [curve(letter, 0.3, 0.4) for letter in "ABCDEFGH"]
    figure = comparison_figure(curves, "validation_accuracy")
    assert len(figure.data) == MOST_CURVES
    assert len({trace.marker.symbol for trace in figure.data}) == MOST_CURVES
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == MOST_CURVES
    # Grey, which is neutral's too, is everywhere the colour of what stands back.
    assert {trace.line.color for trace in figure.data} & {emotion.color for emotion in Emotion} <= {QUIET}
    assert [note.text for note in figure.layout.annotations] == [f"<b>{letter}</b>" for letter in "ABCDEFGH"]


def test_letters_at_one_place_stand_side_by_side() -> None:
    curves = [curve("A", 0.1, 0.5), curve("B", 0.2, 0.5), curve("C", 0.3, 0.9)]
    first, second, third = comparison_figure(curves, "validation_accuracy").layout.annotations
    assert second.xshift > first.xshift == third.xshift


def test_what_is_no_number_leaves_a_gap_and_a_run_without_epochs_its_place() -> None:
    curves = [curve("A", 0.3, math.nan, 0.5), curve("B")]
    figure = comparison_figure(curves, "validation_accuracy")
    assert list(figure.data[0].y) == [0.3, None, 0.5]
    assert figure.data[1].name.startswith("B")
    assert [note.text for note in figure.layout.annotations] == ["<b>A</b>"]
    assert not comparison_figure([curve("A")], "train_loss").layout.annotations


def test_a_hover_and_the_legend_name_the_run_as_it_was_typed() -> None:
    figure = comparison_figure(
        [curve("A", 0.3, title="<b>50%{y}</b> & more" + "!" * 60)], "validation_accuracy"
    )
    name = figure.data[0].name
    assert "&lt;b&gt;50% {y}" in name
    assert "&amp; more" in name
    assert name.endswith("…")
    assert "%{y}" not in figure.data[0].hovertemplate.replace("%{y:.1%}", "")


def test_corrections_are_an_axis_too() -> None:
    small, large = (
        NamedCurve(letter, "A run", curve(letter, 0.3, 0.4).metrics, steps)
        for letter, steps in (("A", 175), ("B", 11))
    )
    figure = comparison_figure([small, large], "validation_accuracy", "corrections")
    assert [list(trace.x) for trace in figure.data] == [[175, 350], [11, 22]]
    assert figure.layout.xaxis.title.text == "corrections of the weights"
