"""Bounding box: where a face is, and the protocol that every face detector follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels of the picture; right and bottom lie just outside."""


class Search(StrEnum):
    """For what faces are sought."""

    CAMERA = "camera"  # the frames of a camera or a film, several a second
    PICTURE = "picture"  # a picture of its own: it may take longer, and its faces may be small


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """Where a face is.

    Attributes:
        box: (left, top, right, bottom), pixels.
        confidence: how sure the detector is, 0 to 1; comparable within one detector only.
        landmarks: (5, 2) float pixels (eyes, nose, corners of the mouth), if the detector gives them.
    """

    box: Box
    confidence: float
    landmarks: NDArray[np.float32] | None = None

    @property
    def area(self) -> int:
        """Pixels inside the box."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)


def largest_first(faces: Iterable[Face]) -> list[Face]:
    """Return the faces by the area of their boxes."""
    return sorted(faces, key=lambda face: face.area, reverse=True)


class FaceDetector(Protocol):
    """Anything that finds faces; safe to call from several threads."""

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        """Return the faces, largest first; an empty list when there is none.

        Args:
            image_bgr: (h, w, 3) uint8, never written to.
        """
        ...
