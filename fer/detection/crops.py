"""Face crops: bounding boxes cut out and resized, framed as the model's training faces were."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.detection.face import Box, Face

# Share of the box's side added on each of its four edges. None is needed: on 1,500 of FER-2013's
# validation faces Haar's box spans 97 % of the picture (quartiles 90 and 104 %), and a model's accuracy
# on crops with a margin of -0.1, 0, 0.06, 0.15 was 49, 55, 55, 50 %.
CROP_MARGIN = 0.0


def crop_faces(
    image_bgr: NDArray[np.uint8], faces: Sequence[Face], height: int, width: int, margin: float = CROP_MARGIN
) -> NDArray[np.uint8]:
    """Return each face on its own, (n, height, width, 3) uint8 RGB, in the order of `faces`.

    Where a crop would leave the picture, the picture's edge pixels are repeated: a black bar would be
    a feature that no training face has.

    Args:
        image_bgr: (h, w, 3) uint8.
        faces: any number, also none.
        margin: share of the box's side added on every edge; negative cuts into the box.
    """
    crops = np.empty((len(faces), height, width, 3), np.uint8)
    for face, crop in zip(faces, crops, strict=True):
        region = _region(image_bgr, _widened(face.box, margin))
        shrinking = region.shape[0] > height
        resized = cv2.resize(
            region, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
        )
        cv2.cvtColor(resized, cv2.COLOR_BGR2RGB, dst=crop)
    return crops


def shrunk(image: NDArray[np.uint8], longest: int | None) -> tuple[NDArray[np.uint8], float]:
    """Return a copy whose longer side has at most `longest` pixels, and how many times smaller it is.

    Args:
        image: (h, w, 3) uint8, or grey (h, w).
        longest: None returns the picture as it is, and 1.
    """
    height, width = image.shape[:2]
    shrunk_by = max(max(height, width) / longest, 1.0) if longest else 1.0
    if shrunk_by == 1:
        return image, 1.0
    size = (max(1, round(width / shrunk_by)), max(1, round(height / shrunk_by)))
    # Averaging over areas, because skipping pixels would turn camera noise into edges.
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), shrunk_by


def as_bgr(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return `image` with three channels: itself if it has them, a grey one repeated.

    Args:
        image: (h, w), (h, w, 1) or (h, w, 3) uint8, at least one pixel.
    """
    if image.ndim == 3 and image.shape[2] == 3:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)


def _widened(box: Box, margin: float) -> Box:
    left, top, right, bottom = box
    x, y = round((right - left) * margin), round((bottom - top) * margin)
    return left - x, top - y, right + x, bottom + y


def _region(image_bgr: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The pixels of `box`, which may reach over the picture's edges but must touch the picture."""
    height, width = image_bgr.shape[:2]
    left, top, right, bottom = box
    inside: NDArray[np.uint8] = image_bgr[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    beyond = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    if not any(beyond):
        return inside
    return np.asarray(cv2.copyMakeBorder(inside, *beyond, cv2.BORDER_REPLICATE), np.uint8)
