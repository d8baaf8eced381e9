"""Faces followed by their pixels between searches, in turns and beside the video. The face is NASA's."""

import threading
import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from fer.detection import Box, DetectionMode, Face, TrackingDetector
from fer.detection.patch import LEAST_LIKENESS, Patch
from fer.detection.tracking_detector import FRAMES_HELD, FRAMES_PER_WHOLE_SEARCH, SEARCHES_MISSED

FACE = cv2.cvtColor(astronaut()[30:150, 165:285], cv2.COLOR_RGB2BGR)


def frame_with(*places: tuple[int, int], size: float = 1.0) -> NDArray[np.uint8]:
    """A 640×480 frame, softly shaded, with her face at each (left, top)."""
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[:] = np.linspace(90, 150, 640, dtype=np.uint8)[None, :, None]
    face = cv2.resize(FACE, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
    for left, top in places:
        frame[top : top + face.shape[0], left : left + face.shape[1]] = face
    return frame


class Knowing:
    """A detector that finds what it is told, and counts how often it is asked."""

    def __init__(self, *places: tuple[int, int]) -> None:
        self.places = places
        self.asked = 0
        self.gate: threading.Event | None = None
        self.error: Exception | None = None

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        self.asked += 1
        places = self.places
        if self.gate is not None:
            self.gate.wait(10)
        if self.error is not None:
            raise self.error
        return [Face((left, top, left + 120, top + 120), 0.9) for left, top in places]


def near(box: Box, left: int, top: int, within: float = 3) -> bool:
    return abs(box[0] - left) <= within and abs(box[1] - top) <= within


def wait_for(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def test_a_moving_face_is_followed_to_the_pixel_without_asking_the_detector() -> None:
    detector = Knowing((100, 100))
    following = TrackingDetector(detector)
    following.detect(frame_with((100, 100)))
    for step in range(1, FRAMES_PER_WHOLE_SEARCH):
        (face,) = following.detect(frame_with((100 + 15 * step, 100 + 7 * step)))
        assert near(face.box, 100 + 15 * step, 100 + 7 * step)
    assert detector.asked == 1


def test_a_mouth_found_where_the_face_is_missed_is_no_second_person() -> None:
    detector, mouth = Knowing((100, 100)), Face((135, 150, 185, 200), 0.8)
    following = TrackingDetector(detector)
    following.detect(frame_with((100, 100)))
    detector.detect = lambda image_bgr: [mouth]  # type: ignore[method-assign]
    for _ in range(2 * FRAMES_PER_WHOLE_SEARCH):
        assert len(following.detect(frame_with((100, 100)))) == 1


def test_every_few_frames_the_whole_frame_is_searched() -> None:
    detector = Knowing((100, 100))
    following = TrackingDetector(detector)
    for _ in range(3 * FRAMES_PER_WHOLE_SEARCH):
        following.detect(frame_with((100, 100)))
    assert detector.asked == 3


def test_a_face_that_comes_nearer_grows() -> None:
    following = TrackingDetector(Knowing((200, 150)))
    following.detect(frame_with((200, 150)))
    box = (0, 0, 0, 0)
    for step in range(1, FRAMES_PER_WHOLE_SEARCH):
        size = 1 + 0.03 * step
        shift = round(60 * (size - 1))
        (face,) = following.detect(frame_with((200 - shift, 150 - shift), size=size))
        box = face.box
    assert box[2] - box[0] > 122


def test_darker_is_still_the_same_face() -> None:
    patch = Patch.of(frame_with((100, 100)), (100, 100, 220, 220))
    assert patch is not None
    dark = (frame_with((110, 104)) * 0.4).astype(np.uint8)
    box, likeness = patch.find(dark, (100, 100, 220, 220))
    assert near(box, 110, 104)
    assert likeness > 0.95


def test_a_wall_is_not_the_face() -> None:
    patch = Patch.of(frame_with((100, 100)), (100, 100, 220, 220))
    assert patch is not None
    assert patch.find(frame_with(), (100, 100, 220, 220))[1] < LEAST_LIKENESS
    assert patch.find(np.full((480, 640, 3), 90, np.uint8), (100, 100, 220, 220))[1] < LEAST_LIKENESS


@pytest.mark.parametrize("box", [(-60, -60, 60, 60), (580, 420, 700, 540), (-500, 0, -400, 100)])
def test_a_face_at_the_border_or_beyond_it_does_no_harm(box: Box) -> None:
    patch = Patch.of(frame_with(), box)
    if patch is not None:
        found, _ = patch.find(frame_with(), box)
        assert found[2] > found[0]
    assert Patch.of(frame_with((0, 0)), (-500, 0, -400, 100)) is None


def test_a_face_that_is_gone_stays_for_a_blink_and_no_longer() -> None:
    detector = Knowing((100, 100))
    following = TrackingDetector(detector)
    following.detect(frame_with((100, 100)))
    detector.places = ()
    assert following.detect(frame_with()) == [], "the search that a loss brings sees nobody either"
    slow = Knowing((100, 100))
    beside = TrackingDetector(slow, DetectionMode.ASYNC)
    beside.detect(frame_with((100, 100)))
    slow.gate = threading.Event()
    seen = [len(beside.detect(frame_with())) for _ in range(FRAMES_HELD + 2)]
    slow.gate.set()
    assert seen == [1] * FRAMES_HELD + [0, 0]


def test_whoever_searches_do_not_see_any_more_is_let_go_though_the_place_looks_the_same() -> None:
    detector = Knowing((100, 100))
    following = TrackingDetector(detector)
    picture = frame_with((100, 100))  # a poster: it goes on looking like itself
    following.detect(picture)
    detector.places = ()
    seen = [len(following.detect(picture)) for _ in range(SEARCHES_MISSED * FRAMES_PER_WHOLE_SEARCH + 2)]
    assert seen[0] == 1
    assert seen[-1] == 0


def test_two_that_become_one_are_one() -> None:
    detector = Knowing((100, 100), (300, 100))
    following = TrackingDetector(detector)
    assert len(following.detect(frame_with((100, 100), (300, 100)))) == 2
    detector.places = ((200, 100),)
    for left in (140, 180, 200):
        faces = following.detect(frame_with((left, 100)))
    assert len(faces) == 1


def test_a_search_beside_the_video_is_not_waited_for_and_finds_who_came() -> None:
    detector = Knowing((100, 100))
    following = TrackingDetector(detector, DetectionMode.ASYNC)
    following.detect(frame_with((100, 100)))
    detector.places = ((100, 100), (400, 200))
    detector.gate = threading.Event()
    both = frame_with((100, 100), (400, 200))
    for _ in range(2 * FRAMES_PER_WHOLE_SEARCH):
        assert len(following.detect(both)) == 1, "the search still runs"
    assert detector.asked == 2
    detector.gate.set()
    # She has moved on since the frame that was searched.
    moved = frame_with((110, 100), (420, 210))
    boxes: list[Box] = []

    def both_are_there() -> bool:
        boxes[:] = sorted(face.box for face in following.detect(moved))
        return len(boxes) == 2

    wait_for(both_are_there)
    assert near(boxes[1], 420, 210)


def test_what_a_search_beside_the_video_raises_is_raised_to_the_one_who_asked() -> None:
    detector = Knowing((100, 100))
    following = TrackingDetector(detector, DetectionMode.ASYNC)
    picture = frame_with((100, 100))
    following.detect(picture)
    detector.error = RuntimeError("torn")

    def raised() -> bool:
        try:
            following.detect(picture)
        except RuntimeError:
            return True
        return False

    wait_for(raised)
    detector.error = None
    wait_for(lambda: len(following.detect(picture)) == 1)


def test_another_size_of_frame_begins_anew() -> None:
    detector = Knowing((100, 100))
    following = TrackingDetector(detector)
    following.detect(frame_with((100, 100)))
    following.detect(np.ascontiguousarray(frame_with((100, 100))[:400]))
    assert detector.asked == 2


def test_landmarks_move_with_their_face() -> None:
    class Marked(Knowing):
        def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
            landmarks = np.array([[130, 140], [190, 140], [160, 165], [135, 190], [185, 190]], np.float32)
            return [Face((100, 100, 220, 220), 0.9, landmarks)]

    following = TrackingDetector(Marked())
    following.detect(frame_with((100, 100)))
    (face,) = following.detect(frame_with((120, 110)))
    assert face.landmarks is not None
    assert face.landmarks[0] == pytest.approx([150, 150], abs=4)


def test_searches_in_step_with_a_film_give_the_same_faces_each_time() -> None:
    def seen() -> list[int]:
        detector = Knowing((100, 100))
        following = TrackingDetector(detector, DetectionMode.SYNCED)
        counts = [len(following.detect(frame_with((100, 100))))]
        detector.places = ((100, 100), (400, 200))
        both = frame_with((100, 100), (400, 200))
        return counts + [len(following.detect(both)) for _ in range(3 * FRAMES_PER_WHOLE_SEARCH)]

    # Begun when it is time, taken when it is time again.
    expected = [1] * (2 * FRAMES_PER_WHOLE_SEARCH) + [2] * (FRAMES_PER_WHOLE_SEARCH + 1)
    assert seen() == seen() == expected
