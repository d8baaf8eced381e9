"""`fer.drawing`: what must be seen in the picture, and what must stay untouched."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from fer.drawing import draw_faces
from fer.emotions import EMOTIONS, Emotion, EmotionScores
from fer.faces import Box, Face
from fer.live import RecognizedFace


def recognized(box: Box, top: Emotion = Emotion.HAPPY, share: float = 0.7, number: int = 1) -> RecognizedFace:
    probabilities = np.full(7, (1 - share) / 6, np.float32)
    probabilities[EMOTIONS.index(top)] = share
    return RecognizedFace(Face(box, confidence=1.0), EmotionScores(EMOTIONS, probabilities), number, top)


def pixels_coloured(image_bgr: NDArray[np.uint8], emotion: Emotion) -> int:
    """How many pixels have exactly the emotion's colour."""
    red, green, blue = bytes.fromhex(emotion.color[1:])
    return int((image_bgr == (blue, green, red)).all(axis=2).sum())


@pytest.mark.parametrize("background", [0, 127, 255])
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_box_and_label_carry_the_emotions_colour_on_any_background(emotion: Emotion, background: int) -> None:
    drawn = draw_faces(
        np.full((480, 640, 3), background, np.uint8), [recognized((200, 150, 350, 300), emotion)]
    )
    assert pixels_coloured(drawn, emotion) > 1500
    assert (drawn[294:304, 220:330] == 18).all(axis=2).any(), "a dark line goes with the coloured one"


def test_all_seven_scores_are_drawn() -> None:
    shares = np.array([0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.1], np.float32)
    item = RecognizedFace(
        Face((100, 100, 250, 250), 1.0), EmotionScores(EMOTIONS, shares), 1, EMOTIONS[int(np.argmax(shares))]
    )
    drawn = draw_faces(np.zeros((480, 640, 3), np.uint8), [item])
    bars = {emotion: pixels_coloured(drawn[:, 260:], emotion) for emotion in EMOTIONS}
    assert all(bars.values())
    assert bars[Emotion.SURPRISE] > bars[Emotion.ANGRY]


def test_the_picture_itself_stays_as_it_was() -> None:
    image_bgr = np.full((480, 640, 3), 60, np.uint8)
    image_bgr.flags.writeable = False
    drawn = draw_faces(image_bgr, [recognized((10, 10, 200, 200))])
    assert drawn is not image_bgr and (image_bgr == 60).all() and (drawn != 60).any()


def test_without_faces_the_copy_is_plain() -> None:
    image_bgr = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    drawn = draw_faces(image_bgr, [])
    assert np.array_equal(drawn, image_bgr) and not np.shares_memory(drawn, image_bgr)


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 1, 3), (8, 300, 3), (300, 8, 3), (40, 40), (480, 640), (2000, 3000, 3)]
)
def test_faces_of_any_size_are_drawn_anywhere_in_pictures_of_any_size(shape: tuple[int, ...]) -> None:
    height, width = shape[:2]
    boxes: Sequence[Box] = [
        (0, 0, width, height),
        (0, 0, 1, 1),
        (width - 1, height - 1, width, height),
        (width // 2, 0, width, max(height // 2, 1)),
        (0, height // 2, max(width // 3, 1), height),
    ]
    drawn = draw_faces(
        np.zeros(shape, np.uint8), [recognized(box, number=index) for index, box in enumerate(boxes)]
    )
    assert drawn.shape == (height, width, 3) and drawn.dtype == np.uint8


def test_thirty_faces_are_all_boxed() -> None:
    boxes = [
        (20 + 60 * column, 20 + 90 * row, 68 + 60 * column, 68 + 90 * row)
        for row in range(3)
        for column in range(10)
    ]
    drawn = draw_faces(
        np.zeros((320, 640, 3), np.uint8),
        [recognized(box, number=index) for index, box in enumerate(boxes, 1)],
    )
    assert all(drawn[bottom - 3 : bottom + 2, left:right].any() for left, _, right, bottom in boxes)


def test_sizes_grow_with_the_picture() -> None:
    small = draw_faces(np.zeros((240, 320, 3), np.uint8), [recognized((100, 80, 180, 160))])
    large = draw_faces(np.zeros((960, 1280, 3), np.uint8), [recognized((400, 320, 720, 640))])
    share_small, share_large = (
        pixels_coloured(image, Emotion.HAPPY) / image[..., 0].size for image in (small, large)
    )
    assert share_large == pytest.approx(share_small, rel=0.6)
