"""Annotation: a copy of the picture with each face's bounding box, label and scores drawn in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fer.detection import Box, as_bgr
from fer.emotions import Emotion
from fer.live import RecognizedFace

Color = tuple[int, int, int]
"""(blue, green, red), 0 to 255."""

WHITE, BLACK, TROUGH, UNSURE = (255, 255, 255), (18, 18, 18), (70, 70, 70), (205, 205, 205)
# How much of a face its map may cover where it is strongest.
MAP_OPACITY = 0.6
# A picture of this height gets text of this size; others in proportion, never below what can be read.
REFERENCE_HEIGHT_PIXELS, REFERENCE_TEXT_PIXELS, SMALLEST_TEXT_PIXELS = 480, 14, 9
# ... and shrinks where the face is so small that its label would cover the neighbours.
FACE_WIDTHS_PER_TEXT = 8
# How much of the picture shines through behind the bars: white text on it keeps a contrast above
# 4.5 : 1 (WCAG 2.2) even over a white wall.
PANEL_BRIGHTNESS = 0.3
# How much of a panel may lie over faces; with more, thin bars under the box take its place.
PANEL_OVERLAP_ALLOWED = 0.12


Bars = Literal["none", "largest", "each"]
"""Whose seven scores are drawn."""


@dataclass(frozen=True, slots=True)
class DrawingStyle:
    """What is drawn; a learner chooses it.

    Attributes:
        bars: whose seven scores are drawn beside the face.
        ids: write each person's number before the label, when there are several.
        emotion_maps: lay over each face where the model sees the emotion it names.
    """

    bars: Bars = "each"
    ids: bool = True
    emotion_maps: bool = False


def draw_faces(
    image_bgr: NDArray[np.uint8], faces: Sequence[RecognizedFace], style: DrawingStyle = DrawingStyle()
) -> NDArray[np.uint8]:
    """Return a copy, (h, w, 3) BGR, with each face's box, emotion, confidence and seven scores.

    Emotions are named as well as coloured. Sizes follow the picture's, so that a label reads as well
    on a phone's photograph as on a webcam frame; in a crowd they follow the face's.

    Args:
        image_bgr: (h, w, 3) uint8, or grey (h, w); never written to.
        faces: largest first; where there is no room for everyone's bars, the largest faces get them.
    """
    drawn = as_bgr(image_bgr).copy()
    sized = [(item, _sizes_for(drawn, item.face.box)) for item in faces]
    taken = [item.face.box for item in faces]
    if style.emotion_maps:  # below everything else
        for item in faces:
            _draw_map(drawn, item)
    for item, sizes in sized:
        _draw_box(drawn, item.face.box, _color_of(item.label), sizes)
    with_bars = {"none": 0, "largest": 1, "each": len(faces)}[style.bars]
    for item, sizes in [each for each in sized if not each[0].too_small][:with_bars]:
        panel = _panel_place(drawn, item, taken, sizes)
        if panel is None:
            _draw_thin_bars(drawn, item, sizes)
        else:
            taken.append(panel)
            _draw_panel(drawn, panel, item, sizes)
    for item, sizes in sized:  # last, so that nothing hides a label
        number = f"{item.track_id} " if style.ids and len(faces) > 1 else ""
        _draw_labels(drawn, number, item, sizes)
    return drawn


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Sizes in pixels."""

    text: int
    line: int

    @property
    def row(self) -> int:
        return round(self.text * 1.4)

    @property
    def gap(self) -> int:
        return max(2, self.text // 2)


def _sizes_for(image: NDArray[np.uint8], box: Box) -> _Sizes:
    scale = min(image.shape[:2]) / REFERENCE_HEIGHT_PIXELS
    text = min(REFERENCE_TEXT_PIXELS * scale, (box[2] - box[0]) / FACE_WIDTHS_PER_TEXT)
    return _Sizes(text=max(SMALLEST_TEXT_PIXELS, round(text)), line=max(1, round(2 * scale)))


def _draw_box(drawn: NDArray[np.uint8], box: Box, color: Color, sizes: _Sizes) -> None:
    left, top, right, bottom = box
    # A dark line under the coloured one: one of the two stands out from any background.
    for line, shade in ((sizes.line * 2 + 1, BLACK), (sizes.line, color)):
        cv2.rectangle(drawn, (left, top), (right - 1, bottom - 1), shade, line, cv2.LINE_AA)


def _draw_labels(drawn: NDArray[np.uint8], number: str, item: RecognizedFace, sizes: _Sizes) -> None:
    """What the model says above the box, and a second one inside it, at its lower edge."""
    if item.too_small:
        words = f"{number}{item.told}"
    elif item.label is None:
        # What it would have said comes along, small enough to be read as a guess.
        words = f"{number}unsure ({item.scores.top} {_percent(item.scores.confidence)})"
    else:
        words = f"{number}{item.label}  {_percent(item.confidence)}"
    left, top, _, bottom = item.face.box
    _draw_plate(drawn, words, _color_of(item.label), left - sizes.line, top, sizes)
    if (second := item.other_scores) is not None:
        words = f"2nd: {second.top}  {_percent(second.confidence)}"
        _draw_plate(drawn, words, _bgr(second.top), left - sizes.line, bottom, sizes)


def _draw_map(drawn: NDArray[np.uint8], item: RecognizedFace) -> None:
    """Where the model sees the emotion it names (or would name): the more, the more of its colour."""
    if item.emotion_maps is None:
        return
    emotion = item.emotion
    emotion_map = item.emotion_maps[..., list(item.scores.emotions).index(emotion)]
    left, top, right, bottom = item.face.box
    rows, columns = slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0))
    region = drawn[rows, columns]
    if region.size == 0:
        return
    # What speaks for the emotion only, relative to the place that speaks for it the most.
    strongest = max(float(emotion_map.max()), 1e-6)
    share = np.clip(emotion_map / strongest, 0, 1).astype(np.float32)
    whole = cv2.resize(share, (right - left, bottom - top), interpolation=cv2.INTER_CUBIC)
    seen = whole[
        max(-top, 0) : max(-top, 0) + region.shape[0], max(-left, 0) : max(-left, 0) + region.shape[1]
    ]
    alpha = (np.clip(seen, 0, 1) * (256 * MAP_OPACITY)).astype(np.int16)[..., None]
    color = np.array(_bgr(emotion), np.int16)
    region[...] = (region + ((color - region.astype(np.int16)) * alpha >> 8)).astype(np.uint8)


def _draw_plate(
    drawn: NDArray[np.uint8], words: str, color: Color, left: int, bottom: int, sizes: _Sizes
) -> None:
    """Words on a plate of `color` whose lower edge is at row `bottom`."""
    text = _text_mask(words, round(sizes.text * 1.15))
    padding = sizes.gap
    width, height = text.shape[1] + 2 * padding, text.shape[0] + padding
    # Inside the box where the picture ends.
    plate = _moved_inside((left, bottom - height, left + width, bottom), drawn)
    if plate is None:
        return
    _fill(drawn, plate, color)
    _blend(drawn, text, plate[0] + padding, plate[1] + padding // 2, _readable_on(color))


def _draw_panel(drawn: NDArray[np.uint8], panel: Box, item: RecognizedFace, sizes: _Sizes) -> None:
    """A line per emotion: name, bar, percentage."""
    left, top, right, _ = panel
    _darken(drawn, panel)
    ascent, _ = _line_metrics(sizes.text)
    bar_left = left + sizes.gap + _names_width(tuple(item.scores.emotions), sizes.text) + sizes.gap
    bar_right = right - sizes.gap - _text_mask(_percent(1), sizes.text).shape[1] - sizes.gap
    for row, (emotion, probability) in enumerate(item.scores.as_dict().items()):
        line_top = top + sizes.gap + row * sizes.row
        name, percent = _text_mask(emotion, sizes.text), _text_mask(_percent(probability), sizes.text)
        _blend(drawn, name, left + sizes.gap, line_top, WHITE)
        _blend(drawn, percent, right - sizes.gap - percent.shape[1], line_top, WHITE)
        # From the height of a small letter down to the line it stands on.
        bar_top, bar_bottom = line_top + ascent // 4, line_top + ascent + 1
        _fill(drawn, (bar_left, bar_top, bar_right, bar_bottom), TROUGH)
        filled = bar_left + round((bar_right - bar_left) * probability)
        _fill(drawn, (bar_left, bar_top, filled, bar_bottom), _bgr(emotion))


def _draw_thin_bars(drawn: NDArray[np.uint8], item: RecognizedFace, sizes: _Sizes) -> None:
    """Seven upright bars under the box, each on its emotion's first letters if they fit."""
    left, top, right, bottom = item.face.box
    step = (right - left) // len(item.scores.emotions)
    letters = [_text_mask(emotion[:3], SMALLEST_TEXT_PIXELS) for emotion in item.scores.emotions]
    letters_height = letters[0].shape[0] if max(mask.shape[1] for mask in letters) < step else 0
    height = (bottom - top) // 6
    if step < 3 or height < 6:
        return  # a face this small has room for its label only
    # At the picture's lower edge it moves up over the box, as little as it must: the mouth tells the most.
    strip = _moved_inside((left, bottom, right, bottom + height + letters_height + 2), drawn)
    if strip is None:
        return
    _darken(drawn, strip)
    floor = strip[3] - letters_height
    for column, (emotion, probability) in enumerate(item.scores.as_dict().items()):
        x = left + column * step
        _fill(drawn, (x + 1, floor - max(1, round(height * probability)), x + step, floor), _bgr(emotion))
        if letters_height:
            _blend(drawn, letters[column], x + (step - letters[column].shape[1]) // 2, floor, WHITE)


def _panel_place(
    drawn: NDArray[np.uint8], item: RecognizedFace, taken: Sequence[Box], sizes: _Sizes
) -> Box | None:
    """Beside the box, right or left, whichever hides less of faces and panels; None if both hide much."""
    emotions = tuple(item.scores.emotions)
    width = sizes.text * 5 + _names_width(emotions, sizes.text) * 2
    height = sizes.row * len(emotions) + 2 * sizes.gap
    left, top, right, _ = item.face.box
    places = [
        _moved_inside(place, drawn)
        for place in (
            (right + sizes.gap, top, right + sizes.gap + width, top + height),
            (left - sizes.gap - width, top, left - sizes.gap, top + height),
        )
    ]
    fitting = [
        (sum(_shared_area(place, other) for other in taken), place) for place in places if place is not None
    ]
    if not fitting:
        return None
    hidden, best = min(fitting, key=lambda found: found[0])
    return best if hidden <= PANEL_OVERLAP_ALLOWED * width * height else None


def _moved_inside(box: Box, drawn: NDArray[np.uint8]) -> Box | None:
    """The same box moved into the picture; None if the picture is smaller than the box."""
    height, width = drawn.shape[:2]
    left, top, right, bottom = box
    if right - left > width or bottom - top > height:
        return None
    x = min(max(left, 0), width - (right - left))
    y = min(max(top, 0), height - (bottom - top))
    return x, y, x + right - left, y + bottom - top


def _shared_area(a: Box, b: Box) -> int:
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def _darken(drawn: NDArray[np.uint8], box: Box) -> None:
    left, top, right, bottom = box
    region = drawn[max(top, 0) : bottom, max(left, 0) : right]
    region[...] = cv2.convertScaleAbs(region, alpha=PANEL_BRIGHTNESS)


def _fill(drawn: NDArray[np.uint8], box: Box, color: Color) -> None:
    left, top, right, bottom = box
    drawn[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = color


def _blend(drawn: NDArray[np.uint8], mask: NDArray[np.uint8], left: int, top: int, color: Color) -> None:
    """Paint `color` through `mask` (0 to 255), its upper left corner at (left, top) inside the picture."""
    region = drawn[top : top + mask.shape[0], left : left + mask.shape[1]]
    share = mask[: region.shape[0], : region.shape[1], None].astype(np.uint16)
    region[...] = (region * (255 - share) + np.array(color, np.uint16) * share) // 255


@lru_cache(maxsize=2048)
def _text_mask(text: str, pixels: int) -> NDArray[np.uint8]:
    """The text, white on black, (about 1.2 × pixels, w) uint8; the same few words come back every frame.

    Pillow's own font, because OpenCV's stroke letters are hard to read at this size.
    """
    font = ImageFont.load_default(pixels)
    left, _, right, _ = font.getbbox(text)
    ascent, descent = _line_metrics(pixels)
    image = Image.new("L", (round(right - left) + 1, ascent + descent))
    ImageDraw.Draw(image).text((-left, ascent), text, fill=255, font=font, anchor="ls")
    return np.asarray(image)


@lru_cache(maxsize=64)
def _line_metrics(pixels: int) -> tuple[int, int]:
    """How far letters reach above and below the line they stand on."""
    font = ImageFont.load_default(pixels)
    _, top, _, bottom = font.getbbox("Ahpgy%", anchor="ls")
    return round(-top) + 1, round(bottom)


@lru_cache(maxsize=64)
def _names_width(emotions: tuple[Emotion, ...], pixels: int) -> int:
    return max(int(_text_mask(emotion, pixels).shape[1]) for emotion in emotions)


def _percent(share: float) -> str:
    """A share, 0 to 1, as it is drawn: with a plain space, for the font knows no other."""
    return f"{share:.0%}".replace("%", " %")


def _color_of(label: Emotion | None) -> Color:
    """The label's own; a grey that is none of theirs for unsure."""
    return UNSURE if label is None else _bgr(label)


@lru_cache(maxsize=16)
def _bgr(emotion: Emotion) -> Color:
    red, green, blue = bytes.fromhex(emotion.color[1:])
    return blue, green, red


def _readable_on(color: Color) -> Color:
    """Black or white, whichever stands out more; the weights are ITU-R BT.601's for brightness."""
    blue, green, red = color
    return BLACK if 0.114 * blue + 0.587 * green + 0.299 * red > 128 else WHITE
