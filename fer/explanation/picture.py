"""One face explained, as one picture: the face, its emotion map and its occlusion map, side by side."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fer.emotions import Emotion
from fer.explanation.maps import EmotionMap, enlarged
from fer.explanation.occlusion import Occlusion
from fer.explanation.shading import OPPOSES, SUPPORTS

_SIDE, _GAP, _LINE = 336, 24, 26
_TEXT_PIXELS, _PAPER, _INK = 16, (250, 249, 246), (32, 36, 40)
# The colour hides so much of the face at most, and the lines run at these shares of the strongest value.
_STRONGEST, _LINES = 0.7, (0.4, 0.8)
# The full colour stands for no less than this: in logits, and as a probability.
_LEAST_LOGIT, _LEAST_FALL = 0.5, 0.05


def explanation_picture(
    image: NDArray[np.uint8],
    emotion: Emotion,
    shown: EmotionMap | None,
    occlusion: Occlusion,
    title: str,
) -> NDArray[np.uint8]:
    """Return the picture, (h, w, 3) RGB.

    Args:
        image: (h, w, 1 or 3) uint8.
        emotion: what is explained.
        shown: its emotion map; None for a model without.
        occlusion: of the same face and model.
        title: above it all.
    """
    face = _large(image)
    probability = float(occlusion.before[occlusion.emotions.index(emotion)])
    panels = [(face, f"{emotion} {probability:.1%}")]
    if shown is not None:
        rows, columns = shown.values.shape
        panels.append(
            (
                overlaid(face, shown.values, _LEAST_LOGIT),
                f"Emotion map, {rows}×{columns} places: what raised it",
            )
        )
    box, left = occlusion.strongest(emotion)
    covered = overlaid(face, occlusion.map(emotion), _LEAST_FALL)
    scale = _SIDE / np.array([image.shape[1], image.shape[0]] * 2)
    start, end = np.rint(np.array(box) * scale).astype(int).reshape(2, 2).tolist()
    cv2.rectangle(covered, start, end, (255, 255, 255), 2, cv2.LINE_AA)
    panels.append((covered, f"Occlusion map; the square covered leaves {left:.1%}"))
    width = _GAP + len(panels) * (_SIDE + _GAP)
    canvas = Image.new("RGB", (width, _SIDE + 4 * _LINE + _GAP), _PAPER)
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(_TEXT_PIXELS)
    draw.text((_GAP, _LINE * 0.6), title, _INK, font)
    for number, (panel, words) in enumerate(panels):
        at = _GAP + number * (_SIDE + _GAP)
        canvas.paste(Image.fromarray(panel), (at, 2 * _LINE))
        draw.text((at, _SIDE + 2 * _LINE + 6), words, _INK, font)
    legend = _SIDE + 3 * _LINE + 14
    for at, color, words in (
        (_GAP, SUPPORTS, "speaks for it (solid lines)"),
        (_GAP + 260, OPPOSES, "speaks against it (broken lines)"),
    ):
        draw.rectangle((at, legend + 3, at + 20, legend + 15), color)
        draw.text((at + 28, legend), words, _INK, font)
    return np.asarray(canvas, np.uint8)


def overlaid(face: NDArray[np.uint8], values: NDArray[np.float32], least: float) -> NDArray[np.uint8]:
    """Return a face with a map over it, as large as the face.

    Args:
        face: (h, w, 3) RGB.
        values: (rows, columns), above 0 for, below 0 against.
        least: the full colour stands for the largest value, but for no less than this.
    """
    large = enlarged(values, *face.shape[:2])
    strength = large / max(float(np.abs(values).max()), least)
    alpha = (_STRONGEST * np.abs(strength))[..., np.newaxis]
    colors = np.where(strength[..., np.newaxis] >= 0, np.array(SUPPORTS), np.array(OPPOSES))
    drawn = np.asarray(np.rint((1 - alpha) * face + alpha * colors), np.uint8)
    for sign, color in ((1, SUPPORTS), (-1, OPPOSES)):
        for share in _LINES:
            inside = (sign * strength >= share).astype(np.uint8)
            lines, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
            for line in lines:
                _draw_line(drawn, np.asarray(line[:, 0], np.int32), color, broken=sign < 0)
    return drawn


def _draw_line(
    drawn: NDArray[np.uint8], points: NDArray[np.int32], color: tuple[int, int, int], *, broken: bool
) -> None:
    # A dark line under a light one is seen on every grey.
    for width, ink in ((4, (20, 20, 20)), (2, color)):
        if not broken:
            cv2.polylines(drawn, [points], isClosed=True, color=ink, thickness=width, lineType=cv2.LINE_AA)
            continue
        for start in range(0, len(points), 12):
            piece = [points[start : start + 7]]
            cv2.polylines(drawn, piece, isClosed=False, color=ink, thickness=width, lineType=cv2.LINE_AA)


def _large(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grown = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown if grown.ndim == 3 else cv2.cvtColor(grown, cv2.COLOR_GRAY2RGB), np.uint8)
