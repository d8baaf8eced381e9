"""`fer.live.drawing`: what must be seen in the picture, and what must stay untouched."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from fer.detection import Box, Face
from fer.emotions import EMOTIONS, Emotion, EmotionScores
from fer.live import RecognizedFace
from fer.live.drawing import UNSURE, Bars, DrawingStyle, draw_faces


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


FACE: Box = (200, 150, 350, 300)


def grey() -> NDArray[np.uint8]:
    return np.full((480, 640, 3), 127, np.uint8)


def test_unsure_looks_like_none_of_the_emotions() -> None:
    unsure = replace(recognized(FACE), label=None)
    drawn = draw_faces(grey(), [unsure], DrawingStyle(bars="none"))
    assert sum(pixels_coloured(drawn, emotion) for emotion in EMOTIONS) == 0
    assert (drawn == UNSURE).all(axis=2).sum() > 1500


def test_the_label_is_the_one_that_is_held_and_not_the_likeliest_of_this_frame() -> None:
    held = replace(recognized(FACE, Emotion.HAPPY), label=Emotion.SAD)
    drawn = draw_faces(grey(), [held], DrawingStyle(bars="none"))
    assert pixels_coloured(drawn, Emotion.SAD) > 1500
    assert pixels_coloured(drawn, Emotion.HAPPY) == 0


def test_bars_are_drawn_for_those_who_are_asked_for() -> None:
    faces = [recognized((40, 60, 160, 180)), recognized((340, 60, 440, 160), number=2)]
    second_panel = np.s_[60:200, 445:]
    drawn = {bars: draw_faces(grey(), faces, DrawingStyle(bars=bars)) for bars in get_args(Bars)}
    changed = {bars: (image != drawn["none"]).any(axis=2) for bars, image in drawn.items()}
    assert changed["largest"].any()
    assert not changed["largest"][second_panel].any()
    assert changed["each"][second_panel].any()


def test_numbers_can_be_left_out() -> None:
    faces = [recognized((40, 60, 160, 180)), recognized((340, 60, 440, 160), number=2)]
    with_numbers, without = (
        draw_faces(grey(), faces, DrawingStyle(bars="none", ids=ids)) for ids in (True, False)
    )
    assert not np.array_equal(with_numbers, without)


def test_a_second_models_answer_stands_beside_the_first() -> None:
    other = recognized(FACE, Emotion.FEAR).scores
    drawn = draw_faces(grey(), [replace(recognized(FACE), other_scores=other)], DrawingStyle(bars="none"))
    assert pixels_coloured(drawn, Emotion.FEAR) > 1000
    assert pixels_coloured(drawn, Emotion.HAPPY) > 1500


@pytest.mark.parametrize("box", [FACE, (-60, -40, 90, 110), (560, 400, 700, 540)])
def test_a_map_colours_the_place_that_speaks_for_the_emotion(box: Box) -> None:
    maps = np.full((3, 3, 7), -1, np.float32)
    maps[1, 1, EMOTIONS.index(Emotion.HAPPY)] = 2
    item = replace(recognized(box), emotion_maps=maps)
    plain, mapped = (
        draw_faces(grey(), [item], DrawingStyle(bars="none", emotion_maps=shown)) for shown in (False, True)
    )
    change = np.abs(mapped.astype(int) - plain).sum(axis=2)
    x, y = (box[0] + box[2]) // 2, (box[1] + box[3]) // 2
    assert change[max(y - 10, 0) : y + 10, max(x - 10, 0) : x + 10].min() > 30, "the middle of the face"
    outside = change.copy()
    outside[max(box[1], 0) : max(box[3], 0), max(box[0], 0) : max(box[2], 0)] = 0
    assert not outside.any()
