"""Explanation picture: the face, its class activation map and its occlusion map, side by side."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fer.emotions import Emotion
from fer.evaluation.explanation.maps import EmotionMap
from fer.evaluation.explanation.occlusion import Occlusion
from fer.evaluation.explanation.overlay import LEAST_FALL, LEAST_LOGIT, SIDE, Line, large_face, lines, tint
from fer.evaluation.explanation.shading import OPPOSES, SUPPORTS
from fer.statistics import percent

_GAP, _LINE = 24, 26
_TEXT_PIXELS, _PAPER, _INK = 16, (250, 249, 246), (32, 36, 40)


def explanation_picture(
    image: NDArray[np.uint8], emotion: Emotion, shown: EmotionMap | None, occlusion: Occlusion, title: str
) -> NDArray[np.uint8]:
    """Return the picture, (h, w, 3) RGB, of an (h, w, 1 or 3) uint8 face; `shown` None leaves its map out."""
    face = large_face(image)
    height = face.shape[0]
    probability = float(occlusion.before[occlusion.emotions.index(emotion)])
    panels = [(face, f"{emotion} {percent(probability)}")]
    if shown is not None:
        rows, columns = shown.values.shape
        drawn = overlaid(face, shown.values, LEAST_LOGIT)
        panels.append((drawn, f"Emotion map, {rows} by {columns} places"))
    covered = overlaid(face, occlusion.map(emotion), LEAST_FALL)
    box, left = occlusion.strongest(emotion)
    start, end = np.rint(np.array(box) * SIDE / image.shape[1]).astype(int).reshape(2, 2).tolist()
    cv2.rectangle(covered, start, end, (255, 255, 255), 2, cv2.LINE_AA)
    panels.append((covered, f"Occlusion map, {percent(left)} with the square"))
    canvas = Image.new("RGB", (_GAP + len(panels) * (SIDE + _GAP), height + 4 * _LINE + _GAP), _PAPER)
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(_TEXT_PIXELS)
    draw.text((_GAP, _LINE * 0.6), title, _INK, font)
    for number, (panel, words) in enumerate(panels):
        at = _GAP + number * (SIDE + _GAP)
        canvas.paste(Image.fromarray(panel), (at, 2 * _LINE))
        draw.text((at, height + 2 * _LINE + 6), words, _INK, font)
    legend = height + 3 * _LINE + 14
    for at, color, words in (
        (_GAP, SUPPORTS, "speaks for it (solid lines)"),
        (_GAP + 260, OPPOSES, "speaks against it (broken lines)"),
    ):
        draw.rectangle((at, legend + 3, at + 20, legend + 15), color)
        draw.text((at + 28, legend), words, _INK, font)
    return np.asarray(canvas, np.uint8)


def overlaid(face: NDArray[np.uint8], values: NDArray[np.float32], least: float) -> NDArray[np.uint8]:
    """Return a face, (h, w, 3) RGB, with a smoothed map over it, as large as the face.
    Arguments are as for `tint`.
    """
    height, width = face.shape[:2]
    colors = tint(values, height, width, least)
    alpha = colors[..., 3:]
    drawn = np.asarray(np.rint((1 - alpha) * face + alpha * colors[..., :3]), np.uint8)
    for line in lines(values, height, width, least):
        _draw_line(drawn, line)
    return drawn


def _draw_line(drawn: NDArray[np.uint8], line: Line) -> None:
    # A dark line under a light one is seen on every grey.
    for width, ink in ((4, (20, 20, 20)), (2, SUPPORTS if line.supports else OPPOSES)):
        if line.supports:
            cv2.polylines(
                drawn, [line.points], isClosed=True, color=ink, thickness=width, lineType=cv2.LINE_AA
            )
            continue
        for start in range(0, len(line.points), 12):
            piece = [line.points[start : start + 7]]
            cv2.polylines(drawn, piece, isClosed=False, color=ink, thickness=width, lineType=cv2.LINE_AA)
