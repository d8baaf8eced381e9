"""Template matching: a face's pixels, found again in the next frame far faster than by detection."""

from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.detection.face import Box

# The side of a patch. Its place is found to a fraction of one of its pixels.
SIDE_PIXELS = 32
# From one frame to the next a face moves by less than this share of its side,
REACH = 0.35
# and its side changes by one of these factors.
GROWTHS = (1.0, 0.95, 1.05)
# By how much more alike the patch must be at another size before that is believed.
_GROWTH_LEAD = 0.01
# Correlation from which on it is the same face; another place in the picture is seldom above 0.5.
LEAST_LIKENESS = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """The grey pixels of a face as it was detected.

    Attributes:
        pixels: (32, 32) uint8.
    """

    pixels: NDArray[np.uint8]

    @classmethod
    def of(cls, image_bgr: NDArray[np.uint8], box: Box) -> Self | None:
        """Return the pixels within `box`; None if it does not touch the picture."""
        pixels = _cut(image_bgr, box, (SIDE_PIXELS, SIDE_PIXELS))
        return None if pixels is None else cls(pixels)

    def find(self, image_bgr: NDArray[np.uint8], box: Box, *, may_grow: bool = True) -> tuple[Box, float]:
        """Return the box near `box` that looks most like the patch, and how much: -1 to 1.

        Args:
            image_bgr: (h, w, 3) uint8, never written to.
            box: where the face was last.
            may_grow: also look for it a little larger and a little smaller, for three times the work.

        Source:
            Normalised cross-correlation, as in Lewis (1995), "Fast Normalized Cross-Correlation".
        """
        best_box, best = box, -1.0
        for growth in GROWTHS if may_grow else GROWTHS[:1]:
            found, likeness = self._find_at(image_bgr, box, growth)
            if likeness > best + (_GROWTH_LEAD if growth != GROWTHS[0] else 0.0):
                best_box, best = found, likeness
        return best_box, best

    def _find_at(self, image_bgr: NDArray[np.uint8], box: Box, growth: float) -> tuple[Box, float]:
        left, top, right, bottom = box
        width, height = (right - left) * growth, (bottom - top) * growth
        x, y = (left + right) / 2, (top + bottom) / 2
        # So large that the patch can move by its reach either way, in steps of one patch pixel.
        steps = round(SIDE_PIXELS * REACH)
        side = SIDE_PIXELS + 2 * steps
        across, down = width * side / SIDE_PIXELS / 2, height * side / SIDE_PIXELS / 2
        region = (round(x - across), round(y - down), round(x + across), round(y + down))
        searched = _cut(image_bgr, region, (side, side))
        if searched is None:
            return box, -1.0
        likenesses = cv2.matchTemplate(searched, self.pixels, cv2.TM_CCOEFF_NORMED)
        _, likeness, _, (column, row) = cv2.minMaxLoc(likenesses)
        if not np.isfinite(likeness):  # a patch or a region of one grey
            return box, -1.0
        moved_x = (column + _peak(likenesses[row], column) - steps) * width / SIDE_PIXELS
        moved_y = (row + _peak(likenesses[:, column], row) - steps) * height / SIDE_PIXELS
        x, y = x + moved_x, y + moved_y
        found = (round(x - width / 2), round(y - height / 2), round(x + width / 2), round(y + height / 2))
        return found, float(likeness)


def _cut(image_bgr: NDArray[np.uint8], box: Box, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """The grey pixels within `box` at `size`; beyond the picture its edge is repeated."""
    height, width = image_bgr.shape[:2]
    left, top, right, bottom = box
    # An edge beyond the picture must not count from its other end.
    rows = slice(max(top, 0), max(min(bottom, height), 0))
    columns = slice(max(left, 0), max(min(right, width), 0))
    inside = image_bgr[rows, columns]
    if inside.size == 0:
        return None
    # Shrunk before anything else: the fewer pixels, the less to do. At most by halves of what is thrown away.
    shrink = max((right - left) // (2 * size[0]), 1)
    if shrink > 1:
        inside = inside[::shrink, ::shrink]
        left, top, right, bottom = (round(edge / shrink) for edge in box)
        height, width = -(-height // shrink), -(-width // shrink)
    grey = cv2.cvtColor(inside, cv2.COLOR_BGR2GRAY)
    beyond = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    if any(beyond):
        grey = cv2.copyMakeBorder(grey, *beyond, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _peak(values: NDArray[Any], place: int) -> float:
    """How far from `place`, -0.5 to 0.5, the top of a parabola through it and its neighbours lies."""
    if not 0 < place < len(values) - 1:
        return 0.0
    before, top, after = values[place - 1 : place + 2].tolist()
    curvature = before - 2 * top + after
    return 0.0 if curvature >= 0 else min(max(0.5 * (before - after) / curvature, -0.5), 0.5)
