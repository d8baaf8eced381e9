"""One viewer's camera: every frame comes back, and nothing is kept that nobody asked for."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fer.detection import Face
from fer.live import LiveRecognizer, LiveSettings
from fer.live.drawing import DrawingStyle
from fer.live.streaming import Stream
from fer.models.inference import Recognizer
from tests.core import grey_level
from tests.core.filmed import frame_bgr


class Pointing:
    """A detector that finds one face, at the left."""

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        return [Face((20, 60, 120, 160), 0.9)]


@pytest.fixture
def stream(fer_home: Path) -> Stream:
    recognizer = Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / "grey"))
    return Stream(LiveRecognizer(recognizer, LiveSettings(), detector=Pointing()), DrawingStyle(bars="none"))


def files_in(home: Path) -> set[Path]:
    return {path for path in home.rglob("*") if path.is_file()}


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_frame_comes_back_mirrored_and_drawn_on_and_stays_as_it_was(stream: Stream) -> None:
    frame = frame_bgr(0)
    before = frame.copy()
    drawn = stream.show(frame)
    assert np.array_equal(frame, before)
    assert np.array_equal(drawn[200:, :], before[200:, ::-1]), "below the face, nothing but the mirror"
    assert (drawn[50:170, 10:130] != before[50:170, ::-1][:, 10:130]).any()
    stream.mirrored = False
    assert np.array_equal(stream.show(frame)[200:], before[200:])
    assert stream.shown is not None


def test_a_frame_that_cannot_be_read_comes_back_as_it_was_and_is_counted(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream.mirrored = False
    frame = frame_bgr(0)
    with monkeypatch.context() as patched:
        patched.setattr(stream.live.recognizer, "predict", lambda images: 1 / 0)
        assert stream.show(frame) is frame
    assert stream.live.figures().errors == 1
    assert "ZeroDivisionError" in stream.live.figures().last_error
    assert stream.show(frame) is not frame, "the next one gets its chance"


def test_the_cameras_clock_tells_what_was_dropped(stream: Stream) -> None:
    for moment in (0.0, 0.1, 0.2, 0.6):
        stream.show(frame_bgr(0), moment)
    assert stream.live.figures().dropped == 3


def test_nothing_is_written_unless_somebody_asks(stream: Stream, fer_home: Path) -> None:
    before = files_in(fer_home)
    for number in range(5):
        stream.show(frame_bgr(number), number / 10)
    stream.freeze()
    stream.frozen = None
    stream.live.start_baseline()
    stream.show(frame_bgr(1))
    stream.stop_recording()
    stream.end()
    until(lambda: stream.recorder is None)
    assert files_in(fer_home) == before


def test_a_recording_holds_what_was_shown_between_start_and_stop(stream: Stream, fer_home: Path) -> None:
    stream.show(frame_bgr(0))
    stream.start_recording()
    first = stream.recorder
    stream.start_recording()
    assert stream.recorder is first, "pressed twice is once"
    for number in range(4):
        stream.show(frame_bgr(number))
    stream.stop_recording()
    kept = stream.recording
    assert kept is not None
    assert (kept.frames, kept.faces) == (4, 4)
    stream.show(frame_bgr(5))
    stream.stop_recording()
    assert stream.recording == kept
    assert {path.name for path in files_in(kept.folder)} == {"clip.mp4", "faces.csv"}


def test_a_camera_that_stops_while_it_records_loses_nothing(stream: Stream) -> None:
    stream.start_recording()
    for number in range(3):
        stream.show(frame_bgr(number))
    stream.end()
    until(lambda: stream.recording is not None)
    assert stream.recording is not None and stream.recording.frames == 3
    assert stream.live.latest() is None


def test_a_frozen_frame_stays_while_the_camera_goes_on(stream: Stream) -> None:
    stream.show(frame_bgr(0))
    stream.freeze()
    assert stream.frozen is not None
    number = stream.frozen.reading.frame_number
    stream.show(frame_bgr(1))
    assert stream.frozen.reading.frame_number == number
    stream.frozen = None
    assert stream.frozen is None
