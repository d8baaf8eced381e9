"""A run's figures: what they show, what they leave out, and what they mark."""

import json
import math

import pytest

from fer import figures
from fer.emotions import EMOTIONS
from fer.runs import BatchMetrics, EpochMetrics
from fer.runs.diagnosis import Evidence

NAN = float("nan")


def epochs(*accuracies: float, losses: tuple[float, ...] = (), classes: bool = True) -> list[EpochMetrics]:
    """Epochs of these validation accuracies; each emotion a hundredth better than the one before it."""
    return [
        EpochMetrics(
            number,
            1.0 / number,
            0.5,
            losses[number - 1] if losses else 1.0,
            accuracy,
            1e-3,
            2.0,
            tuple(accuracy + index / 100 for index in range(7)) if classes else (),
        )
        for number, accuracy in enumerate(accuracies, start=1)
    ]


def batch(epoch: int, number: int, of: int = 4, **changes: float) -> BatchMetrics:
    values = {"loss": 2.0, "accuracy": 0.25, "images_per_second": 100.0, "elapsed_seconds": 30.0 * epoch}
    return BatchMetrics(epoch, number, of, **{**values, **changes})  # type: ignore[arg-type]


def sendable(figure: object) -> bool:
    """Whether a browser can read it: JSON knows no NaN."""
    json.dumps(figure.to_plotly_json(), allow_nan=False)  # type: ignore[attr-defined]
    return True


def test_the_curves_show_both_splits_and_ring_the_epoch_that_is_kept() -> None:
    figure = figures.curves_figure(epochs(0.4, 0.6, 0.5), [], 10, "accuracy")
    _, training, validation, ring = figure.data
    assert (training.name, list(training.y)) == ("training", [0.5, 0.5, 0.5])
    assert (validation.name, list(validation.x), list(validation.y)) == (
        "validation",
        [1, 2, 3],
        [0.4, 0.6, 0.5],
    )
    assert (list(ring.x), list(ring.y)) == ([2], [0.6])
    assert [note.text for note in figure.layout.annotations] == ["best: 60.0\u00a0%"]


def test_within_an_epoch_the_mean_since_the_last_point_is_drawn() -> None:
    rows = [batch(1, 2, recent_loss=2.5), batch(1, 4, recent_loss=2.1), batch(2, 2, recent_loss=1.9)]
    thin = figures.curves_figure([], rows, 10, "loss").data[0]
    assert list(thin.x) == [0.5, 1.0, 1.5]
    assert list(thin.y) == [2.5, 2.1, 1.9]


def test_of_an_earlier_version_the_running_mean_is_drawn_with_gaps_between_epochs() -> None:
    rows = [batch(1, 2), batch(1, 4), batch(2, 2, loss=1.5)]
    thin = figures.curves_figure([], rows, 10, "loss").data[0]
    assert list(thin.y) == [None, 2.0, 2.0, None, 1.5]


def test_many_points_are_thinned_and_the_newest_stays() -> None:
    rows = [batch(1, number, 5000, recent_accuracy=0.5) for number in range(1, 5001)]
    thin = figures.curves_figure([], rows, 10, "accuracy").data[0]
    assert 200 < len(thin.x) <= 501
    assert thin.x[-1] == 1.0


@pytest.mark.parametrize("broken", [NAN, math.inf, -math.inf])
def test_a_loss_that_is_no_number_leaves_a_gap(broken: float) -> None:
    metrics = epochs(0.4, 0.5, 0.3, losses=(1.0, broken, 0.9))
    rows = [batch(1, 4, recent_loss=1.0), batch(2, 4, loss=broken, recent_loss=broken)]
    figure = figures.curves_figure(metrics, rows, 10, "loss")
    assert list(figure.data[0].y) == [1.0, None]
    assert list(figure.data[2].y) == [1.0, None, 0.9]
    assert len(figure.data) == 3  # nothing to ring: the kept epoch has no loss
    assert sendable(figure)


def test_a_loss_beyond_all_measure_does_not_press_the_others_flat() -> None:
    metrics = epochs(0.4, 0.5, losses=(1.5, 4e7))
    assert figures.curves_figure(metrics, [], 10, "loss").layout.yaxis.type == "log"
    assert figures.curves_figure(epochs(0.4, 0.5), [], 10, "loss").layout.yaxis.type is None


def test_readings_are_the_newest_smallest_and_largest_and_count_the_epoch_under_way() -> None:
    metrics, rows = epochs(0.4, 0.6, 0.5), [batch(4, 2, accuracy=0.7)]
    training, validation = figures.curve_readings(metrics, rows, "accuracy")
    assert (training.now, training.least, training.most) == (0.7, 0.5, 0.7)
    assert (validation.now, validation.least, validation.most) == (0.5, 0.4, 0.6)


def test_a_reading_that_is_no_number_is_none_and_the_others_stay() -> None:
    training, validation = figures.curve_readings(epochs(0.4, 0.5, losses=(1.2, NAN)), [], "loss")
    assert (validation.now, validation.least, validation.most) == (None, 1.2, 1.2)
    assert training.now == 0.5
    assert figures.curve_readings([], [], "loss")[1].most is None


def test_evidence_is_shaded_and_named_on_its_own_curve_only() -> None:
    evidence = [
        Evidence("loss", 3, 5, "validation loss rises while the training loss falls"),
        Evidence("accuracy", 1, 1, "jumps"),
    ]
    figure = figures.curves_figure(epochs(*[0.5] * 5), [], 10, "loss", evidence)
    shade = figure.layout.shapes[0]
    assert (shade.x0, shade.x1) == (2.5, 5.5)
    said = [note.text.replace("<br>", " ") for note in figure.layout.annotations]
    assert "validation loss rises while the training loss falls" in said
    assert "jumps" not in said
    assert max(len(line) for note in figure.layout.annotations for line in note.text.split("<br>")) <= 30


def test_two_marks_do_not_stand_on_one_another() -> None:
    evidence = [Evidence("accuracy", 1, 5, "one"), Evidence("accuracy", 2, 5, "two")]
    notes = figures.curves_figure(epochs(*[0.5] * 5), [], 5, "accuracy", evidence).layout.annotations
    assert len({note.yshift for note in notes if note.text in ("one", "two")}) == 2


def test_the_learning_rate_is_drawn_within_epochs_where_it_is_known() -> None:
    fine = figures.learning_rate_figure(epochs(0.5), [batch(1, 2, learning_rate=1e-3)], 5).data[0]
    coarse = figures.learning_rate_figure(epochs(0.5, 0.6), [batch(1, 2)], 5).data[0]
    assert (list(fine.x), list(fine.y)) == ([0.5], [1e-3])
    assert (list(coarse.x), list(coarse.y)) == ([0.5, 1.5], [1e-3, 1e-3])


def test_a_learning_rate_gets_a_point_only_where_there_is_room_for_one() -> None:
    rows = [batch(1, number, 900, learning_rate=1e-3) for number in range(1, 901)]
    before, after = (figures.learning_rate_figure([], rows[:count], 100).data[0] for count in (890, 891))
    assert 2 <= len(before.x) <= 31
    assert list(before.x) == list(after.x)  # so that nothing is drawn anew


def test_a_schedule_that_falls_far_is_drawn_in_powers_of_ten() -> None:
    plateau = [batch(1, n, 30, learning_rate=1e-3 if n <= 10 else 1e-5) for n in range(1, 31)]
    cosine = [
        batch(1, n, 30, learning_rate=1e-3 * (1 + math.cos(math.pi * n / 30)) / 2) for n in range(1, 31)
    ]
    assert figures.learning_rate_figure([], plateau, 5).layout.yaxis.type == "log"
    assert figures.learning_rate_figure([], cosine, 5).layout.yaxis.type is None


def test_each_emotion_has_a_chart_with_its_newest_figure_and_its_number_of_faces() -> None:
    figure = figures.class_accuracies_figure(epochs(0.3, 0.5), EMOTIONS, [40] * 6 + [7], 10, columns=4)
    words = {note.text for note in figure.layout.annotations}
    assert "<b>disgust</b><br>51\u00a0% of 40" in words
    assert "<b>neutral</b><br>56\u00a0% of 7" in words
    assert "<b>all faces</b><br>50\u00a0% of 247" in words
    lines = {trace.name: trace for trace in figure.data if trace.name}
    assert list(lines) == [*EMOTIONS, "all faces"]
    assert all(lines[emotion].line.color == emotion.color for emotion in EMOTIONS)
    assert list(lines["fear"].y) == pytest.approx([0.32, 0.52])


def test_an_emotion_without_faces_and_an_epoch_that_did_not_tell_leave_gaps() -> None:
    shares = (None, 0.2, NAN, 0.4, 0.5, 0.6, 0.7)
    metrics = [*epochs(0.3, classes=False), EpochMetrics(2, 1.0, 0.5, 1.0, 0.5, 1e-3, 2.0, shares)]
    figure = figures.class_accuracies_figure(metrics, EMOTIONS, None, 10, columns=2)
    lines = {trace.name: list(trace.y) for trace in figure.data if trace.name}
    assert lines["angry"] == [None, None]
    assert lines["disgust"] == [None, 0.2]
    assert lines["fear"] == [None, None]
    assert "<b>angry</b><br>–" in {note.text for note in figure.layout.annotations}
    assert sendable(figure)


def test_a_mark_stands_on_the_emotion_it_names() -> None:
    evidence = [Evidence("classes", 1, 2, "disgust was never recognised")]
    figure = figures.class_accuracies_figure(epochs(0.3, 0.5), EMOTIONS, None, 10, 4, evidence)
    assert [shape.xref for shape in figure.layout.shapes] == ["x2"]


def test_the_machine_is_drawn_over_minutes_that_go_on_after_a_resume() -> None:
    rows = [
        batch(1, 4, elapsed_seconds=60.0, cpu_percent=80.0, memory_megabytes=1500.0),
        batch(2, 4, elapsed_seconds=120.0),
        batch(3, 4, elapsed_seconds=30.0),
    ]
    speed, processor, memory = figures.load_figure(rows).data
    assert list(speed.x) == [1.0, 2.0, 2.5]
    assert list(processor.y) == [80.0, None, None]
    assert list(memory.y) == [1.5, None, None]
    assert [reading.most for reading in figures.load_readings(rows)] == [100.0, 80.0, 1.5]
    assert sendable(figures.load_figure([batch(1, 1, images_per_second=math.inf, elapsed_seconds=NAN)]))


def test_nothing_yet_is_a_frame_without_lines() -> None:
    for measure in ("accuracy", "loss"):
        assert sendable(figures.curves_figure([], [], 10, measure))  # type: ignore[arg-type]
    assert sendable(figures.learning_rate_figure([], [], 10))
    assert sendable(figures.load_figure([]))
