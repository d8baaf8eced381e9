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


# Of how much of the smaller box lies in the other. A mouth taken for a face, or a face found twice, shares
# nearly all of it. Two people of one size cheek to cheek share a fifth, and one half hidden by the other a
# half, because the boxes are a fifth wider than faces.
SAME_PERSON_SHARE = 0.6


def one_per_person(faces: Iterable[Face]) -> list[Face]:
    """Return the faces, largest first, without those that lie in or over a surer one: nobody has two faces.

    A face on a picture that somebody holds before their own is lost by this; a mouth, an ear or a collar
    taken for a face is far more frequent.

    Source:
        Greedy non-maximum suppression, by the share of the smaller box instead of the union's.
    """
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: face.confidence, reverse=True):
        if all(shared(face.box, other.box) <= SAME_PERSON_SHARE for other in kept):
            kept.append(face)
    return largest_first(kept)


def shared(a: Box, b: Box) -> float:
    """Return how much of the smaller of two boxes lies in the other, 0 to 1."""
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    if across <= 0 or down <= 0:
        return 0.0
    return across * down / min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))


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
