"""Contrast enhancement (CLAHE): dim pictures made brighter before faces are sought in them and read."""

import cv2
import numpy as np
from numpy.typing import NDArray

# OpenCV's own tile grid; at 2 a wall's noise is lifted by no more than twice.
_TILES = (8, 8)
_CLIP_LIMIT = 2.0
# The middle grey that a dim picture is brought to before its tiles are equalised, and the most that gamma
# correction may do on the way.
_MIDDLE = 0.45
_STRONGEST_GAMMA = 0.4


def lift_contrast(image_bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture brighter where it is dim and with its contrast evened out, (h, w, 3) BGR.

    Colours keep their hue. A picture that is bright already is only evened out, never darkened.

    Args:
        image_bgr: (h, w, 3) uint8, never written to.

    Source:
        Contrast-limited adaptive histogram equalisation: Zuiderveld (1994), Graphics Gems IV.
    """
    luma_and_colour = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2YCrCb)
    luma = np.ascontiguousarray(luma_and_colour[..., 0])
    mean = max(float(luma[::4, ::4].mean()) / 255, 1 / 255)
    if mean < _MIDDLE:
        gamma = max(np.log(_MIDDLE) / np.log(mean), _STRONGEST_GAMMA)
        luma = cv2.LUT(luma, np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8))
    # Made for each call: it keeps buffers, and two cameras may not share them.
    luma_and_colour[..., 0] = cv2.createCLAHE(_CLIP_LIMIT, _TILES).apply(luma)
    return np.asarray(cv2.cvtColor(luma_and_colour, cv2.COLOR_YCrCb2BGR), np.uint8)
