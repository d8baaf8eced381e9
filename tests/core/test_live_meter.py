"""What a camera sent, what of it was handled, and what failed."""

import pytest

from fer.live.meter import Meter


def sent(meter: Meter, *moments: float) -> Meter:
    for moment in moments:
        meter.note_frame_time(moment)
    return meter


def test_frames_that_follow_one_another_have_dropped_none() -> None:
    figures = sent(Meter(), *(number / 30 for number in range(90))).figures()
    assert figures.dropped == 0
    assert figures.frames_per_second_sent == pytest.approx(30, rel=0.01)


def test_a_gap_of_four_intervals_has_dropped_three() -> None:
    moments = [number / 30 for number in range(10)] + [13 / 30, 14 / 30]
    assert sent(Meter(), *moments).figures().dropped == 3


def test_a_camera_that_slows_down_is_believed_after_a_while() -> None:
    fast = [number / 30 for number in range(30)]
    slow = [1 + number / 15 for number in range(1, 200)]
    meter = sent(Meter(), *fast, *slow)
    before = meter.figures().dropped
    sent(meter, *(slow[-1] + number / 15 for number in range(1, 100)))
    assert meter.figures().dropped == before
    assert meter.figures().frames_per_second_sent == pytest.approx(15, rel=0.01)


@pytest.mark.parametrize("jump", [-50.0, 0.0, 3600.0])
def test_a_clock_that_is_set_anew_has_dropped_nothing(jump: float) -> None:
    moments = [number / 30 for number in range(30)]
    assert sent(Meter(), *moments, moments[-1] + jump, moments[-1] + jump + 1 / 30).figures().dropped == 0


def test_a_frame_that_failed_is_counted_with_its_reason() -> None:
    meter = Meter()
    meter.note_reading(0.01)
    meter.note_error("It was torn.")
    figures = meter.figures()
    assert (figures.frames, figures.errors, figures.last_error) == (2, 1, "It was torn.")
    assert figures.latency_seconds == 0.01
