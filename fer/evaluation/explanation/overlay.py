"""Heat map overlay: a map of places laid over its face, as an SVG with one colour for and one against.

Colour is not the only cue: places carry their signed number, and in a smoothed map unbroken lines run around
what speaks for, broken ones around what speaks against.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.evaluation.explanation.maps import enlarged
from fer.evaluation.explanation.shading import OPPOSES, SUPPORTS, css

LEAST_LOGIT, LEAST_FALL = 0.5, 0.05
"""The full colour stands for a map's strongest value, but for no less than this: logits, and probability."""
SIDE = 320
"""The width of a drawn face, in pixels; its height follows from its shape."""

# The colour hides so much of the face at most.
_STRONGEST = 0.74
# Where the lines run, as shares of the strongest value.
_LINES = (0.4, 0.8)
_BEYOND = 6


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A closed line around what is strong.

    Attributes:
        points: (n, 2) int32, x and y in pixels of the drawn face; some lie a little beyond its edges.
        supports: whether it runs around what speaks for the emotion.
    """

    points: NDArray[np.int32]
    supports: bool


def large_face(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a face of `SIDE` pixels, (h, w, 3) RGB, enlarged here because browsers differ in how they do."""
    height, width = image.shape[:2]
    grown = cv2.resize(image, (SIDE, round(SIDE * height / width)), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown if grown.ndim == 3 else cv2.cvtColor(grown, cv2.COLOR_GRAY2RGB), np.uint8)


def tint(values: NDArray[np.float32], height: int, width: int, least: float) -> NDArray[np.float32]:
    """Return a smoothed map as colours, (height, width, 4): red, green and blue of 255, opacity of 1.

    Args:
        values: (rows, columns), above 0 for, below 0 against.
        height: of what it is laid over, pixels.
        width: of the same.
        least: what the full colour stands for at least.
    """
    strength = enlarged(values, height, width) / _limit(values, least)
    colors = np.where(strength[..., np.newaxis] >= 0, np.array(SUPPORTS), np.array(OPPOSES))
    return np.dstack([colors, _STRONGEST * np.abs(strength)]).astype(np.float32)


def lines(values: NDArray[np.float32], height: int, width: int, least: float) -> Iterator[Line]:
    """Yield the lines around the strong parts of a smoothed map; arguments as for `tint`."""
    strength = enlarged(values, height, width) / _limit(values, least)
    for sign in (1, -1):
        for share in _LINES:
            # Wider than the face, so that no line is led along its edge.
            inside = np.pad((sign * strength >= share).astype(np.uint8), _BEYOND, "edge")
            offset = (-_BEYOND, -_BEYOND)
            for line in cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE, offset=offset)[0]:
                yield Line(np.asarray(line[:, 0], np.int32), sign > 0)


def overlay_svg(
    image: NDArray[np.uint8],
    values: NDArray[np.float32],
    least: float,
    *,
    as_places: bool = False,
    box: tuple[int, int, int, int] | None = None,
) -> str:
    """Return a face with a map over it, as the text of an SVG.

    Args:
        image: (h, w, 1 or 3) uint8.
        values: (rows, columns), above 0 for, below 0 against; as coarse as they are.
        least: what the full colour stands for at least.
        as_places: draw each place as it is, with its number; otherwise smoothed, with lines.
        box: (left, top, right, bottom) in pixels of the face, drawn as a frame.
    """
    face = large_face(image)
    height, width = face.shape[:2]
    parts = [_picture(cv2.cvtColor(face, cv2.COLOR_RGB2BGR), width, height)]
    parts += _places(values, height, width, least) if as_places else _smoothed(values, height, width, least)
    if box is not None:
        left, top, right, bottom = (side * width / image.shape[1] for side in box)
        frame = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"'
        parts += [
            f'<rect {frame} fill="none" stroke="{ink}" stroke-width="{wide}"/>'
            for wide, ink in ((5, "rgb(0 0 0 / .55)"), (2.5, "#fff"))
        ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}">{"".join(parts)}</svg>'
    )


def _places(values: NDArray[np.float32], height: int, width: int, least: float) -> list[str]:
    rows, columns = values.shape
    high, wide, limit = height / rows, width / columns, _limit(values, least)
    size = min(20.0, wide / 3.6)
    parts = []
    for (row, column), value in np.ndenumerate(values):
        color = css(SUPPORTS if value >= 0 else OPPOSES)
        left, top = column * wide, row * high
        number = f"{value:+.1f}".replace("-", "−")
        parts.append(
            f'<rect x="{left + 0.75:.2f}" y="{top + 0.75:.2f}" width="{wide - 1.5:.2f}" '
            f'height="{high - 1.5:.2f}" fill="{color}" fill-opacity="{_STRONGEST * abs(value) / limit:.3f}"/>'
            f'<text x="{left + wide / 2:.1f}" y="{top + high / 2:.1f}" font-size="{size:.1f}" '
            'font-family="system-ui, sans-serif" font-weight="600" text-anchor="middle" '
            'dominant-baseline="central" fill="#fff" stroke="rgb(0 0 0 / .7)" stroke-width="3" '
            f'paint-order="stroke" stroke-linejoin="round">{number}</text>'
        )
    return parts


def _smoothed(values: NDArray[np.float32], height: int, width: int, least: float) -> list[str]:
    # A quarter of the pixels is enough for colours that run into one another.
    colors = tint(values, height // 2, width // 2, least)
    rgba = np.dstack([colors[..., :3], 255 * colors[..., 3]])
    bgra = cv2.cvtColor(np.asarray(np.rint(rgba), np.uint8), cv2.COLOR_RGBA2BGRA)
    parts = [_picture(bgra, width, height)]
    for line in lines(values, height, width, least):
        points = " ".join(f"{x},{y}" for x, y in line.points[::3])
        dash = "" if line.supports else ' stroke-dasharray="8 6"'
        color = css(SUPPORTS if line.supports else OPPOSES)
        # A dark line under a light one is seen on every grey.
        parts += [
            f'<polygon points="{points}" fill="none" stroke="{ink}" stroke-width="{wide}"{dash}/>'
            for wide, ink in ((4.5, "rgb(0 0 0 / .55)"), (2.2, color))
        ]
    return parts


def _picture(pixels: NDArray[np.generic], width: int, height: int) -> str:
    encoded = b64encode(cv2.imencode(".png", np.asarray(pixels))[1].tobytes()).decode()
    return (
        f'<image href="data:image/png;base64,{encoded}" width="{width}" height="{height}" '
        'preserveAspectRatio="none"/>'
    )


def _limit(values: NDArray[np.float32], least: float) -> float:
    return max(float(np.abs(values).max()), least)
