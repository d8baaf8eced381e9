"""`fer.detection`: finding, following, cutting out. The one real face is NASA's, from scikit-image."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from fer.detection import (
    FAST,
    FULL_RESOLUTION,
    THOROUGH,
    Box,
    Face,
    FaceDetector,
    FaceTracker,
    HaarDetector,
    HaarSettings,
    as_bgr,
    crop_faces,
)
from fer.detection.tracking import FRAMES_UNTIL_FORGOTTEN, intersections_over_union, overlap
from fer.errors import FaceDetectorError


@pytest.fixture(scope="module")
def astronaut_bgr() -> NDArray[np.uint8]:
    picture = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR)
    picture.flags.writeable = False
    return picture


def faces_at(*boxes: Box) -> list[Face]:
    return [Face(box, confidence=0.9) for box in boxes]


@pytest.mark.parametrize("settings", [FAST, THOROUGH, FULL_RESOLUTION], ids=["fast", "thorough", "full"])
def test_a_real_face_is_found_where_it_is(astronaut_bgr: NDArray[np.uint8], settings: HaarSettings) -> None:
    detector: FaceDetector = HaarDetector(settings)
    face = detector.detect(astronaut_bgr)[0]
    left, top, right, bottom = face.box
    assert left < 225 < right and top < 110 < bottom  # the tip of her nose
    assert 60 < right - left < 180
    assert 0.5 <= face.confidence <= 1


def test_faces_come_largest_first_and_lie_within_the_picture(astronaut_bgr: NDArray[np.uint8]) -> None:
    small = cv2.resize(astronaut_bgr[:300], None, fx=0.6, fy=0.6)
    both = np.zeros((300, 512 + small.shape[1], 3), np.uint8)
    both[: small.shape[0], : small.shape[1]] = small
    both[:, small.shape[1] :] = astronaut_bgr[:300]
    faces = HaarDetector(THOROUGH).detect(both)
    assert len(faces) >= 2
    assert [face.area for face in faces] == sorted((face.area for face in faces), reverse=True)
    for face in faces:
        left, top, right, bottom = face.box
        assert 0 <= left < right <= both.shape[1] and 0 <= top < bottom <= both.shape[0]


@pytest.mark.parametrize("settings", [FAST, THOROUGH, FULL_RESOLUTION], ids=["fast", "thorough", "full"])
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (900, 1, 3), (20, 20, 3), (480, 640, 3)])
def test_a_picture_without_a_face_gives_none_however_small(
    shape: tuple[int, ...], settings: HaarSettings
) -> None:
    assert HaarDetector(settings).detect(np.full(shape, 127, np.uint8)) == []


def test_an_opencv_without_cascades_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(cv2, "CascadeClassifier")
    with pytest.raises(FaceDetectorError, match="below 5"):
        HaarDetector()


def test_a_missing_cascade_file_is_a_sentence() -> None:
    with pytest.raises(FaceDetectorError, match="Reinstall"):
        HaarDetector(cascade="nothing.xml")


def test_crops_are_rgb_of_the_size_asked_for() -> None:
    image_bgr = np.zeros((100, 100, 3), np.uint8)
    image_bgr[20:40, 20:40] = (255, 0, 0)  # a blue face
    image_bgr[60:90, 50:80] = (0, 0, 255)  # a red one
    crops = crop_faces(image_bgr, faces_at((20, 20, 40, 40), (50, 60, 80, 90)), 48, 32, margin=0)
    assert crops.shape == (2, 48, 32, 3)
    assert (crops[0] == (0, 0, 255)).all() and (crops[1] == (255, 0, 0)).all()


@pytest.mark.parametrize("box", [(0, 0, 40, 40), (70, 70, 100, 100), (-20, 40, 30, 90), (90, -15, 120, 15)])
def test_a_crop_over_the_edge_repeats_the_edge_and_never_turns_black(box: Box) -> None:
    crops = crop_faces(np.full((100, 100, 3), 200, np.uint8), faces_at(box), 48, 48, margin=0.3)
    assert (crops == 200).all()


def test_no_faces_make_no_crops() -> None:
    assert crop_faces(np.zeros((10, 10, 3), np.uint8), [], 48, 48).shape == (0, 48, 48, 3)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3)])
def test_grey_pictures_are_given_three_channels(shape: tuple[int, ...]) -> None:
    assert as_bgr(np.zeros(shape, np.uint8)).shape == (5, 7, 3)


def test_a_face_keeps_its_id_while_it_moves_whatever_order_faces_come_in() -> None:
    tracker = FaceTracker()
    first = tracker.update(faces_at((0, 0, 100, 100), (300, 0, 400, 100)))
    assert first == [1, 2]
    assert tracker.update(faces_at((310, 5, 410, 105), (12, 4, 112, 104))) == [2, 1]


def test_two_neighbours_are_never_given_one_id() -> None:
    tracker = FaceTracker()
    tracker.update(faces_at((0, 0, 100, 100)))
    ids = tracker.update(faces_at((0, 0, 100, 100), (20, 0, 120, 100)))
    assert ids[0] == 1 and ids[1] != 1


def test_a_face_missed_for_a_moment_comes_back_as_itself_and_after_long_as_someone_new() -> None:
    tracker = FaceTracker()
    here = faces_at((0, 0, 100, 100))
    tracker.update(here)
    for _ in range(FRAMES_UNTIL_FORGOTTEN):
        tracker.update([])
    assert tracker.update(here) == [1]
    for _ in range(FRAMES_UNTIL_FORGOTTEN + 1):
        tracker.update([])
    assert tracker.ids == set()
    assert tracker.update(here) == [2]


def test_overlaps_are_those_of_the_textbook() -> None:
    others = [(0, 0, 10, 10), (5, 0, 15, 10), (50, 50, 60, 60)]
    overlaps = intersections_over_union([(0, 0, 10, 10)], others)
    assert [overlap((0, 0, 10, 10), other) for other in others] == pytest.approx(overlaps[0])
    assert overlaps == pytest.approx(np.array([[1, 1 / 3, 0]]))
    assert intersections_over_union([], [(0, 0, 1, 1)]).shape == (0, 1)


def test_two_people_who_cross_keep_their_ids() -> None:
    tracker = FaceTracker()
    tracker.update(faces_at((0, 0, 100, 100), (300, 60, 400, 160)))
    for step in range(1, 11):
        ids = tracker.update(
            faces_at((30 * step, 0, 30 * step + 100, 100), (300 - 30 * step, 60, 400 - 30 * step, 160))
        )
        assert ids == [1, 2]


def test_a_sudden_move_is_the_same_person_and_another_size_is_not() -> None:
    tracker = FaceTracker()
    tracker.update(faces_at((100, 100, 200, 200)))
    assert tracker.update(faces_at((220, 120, 320, 220))) == [1], "no overlap, but a side away"
    assert tracker.update(faces_at((230, 120, 270, 160)))[0] != 1
    assert tracker.update(faces_at((600, 120, 700, 220)))[0] not in (1, 2)
