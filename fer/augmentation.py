"""Augmentation in two halves: drawing the dice, and applying them.

The preview page and the training process call the same two functions, so what a learner sees is what
the model learns from: the same config and generator give the same pixels.
"""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.config import AugmentationConfig


@dataclass(frozen=True, slots=True, eq=False)
class AugmentationDraw:
    """The dice of n faces, thrown but not yet applied.

    Attributes:
        flipped: (n,) bool, mirrored left and right.
        rotation_degrees: (n,) counter-clockwise.
        shift_x_fraction: (n,) of the width, to the right.
        shift_y_fraction: (n,) of the height, down.
        zoom: (n,) factor, above 1 is larger.
        brightness_fraction: (n,) of full white, added.
        contrast: (n,) factor about mid-grey.
        erased_box: (n, 4) left, top, right, bottom as fractions of the side; right = left erases nothing.
    """

    flipped: NDArray[np.bool_]
    rotation_degrees: NDArray[np.float64]
    shift_x_fraction: NDArray[np.float64]
    shift_y_fraction: NDArray[np.float64]
    zoom: NDArray[np.float64]
    brightness_fraction: NDArray[np.float64]
    contrast: NDArray[np.float64]
    erased_box: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.flipped)

    def take(self, rows: slice | NDArray[np.intp]) -> Self:
        """The dice of some of the faces."""
        return type(self)(*(getattr(self, name)[rows] for name in self.__slots__))


def draw(config: AugmentationConfig, count: int, rng: np.random.Generator) -> AugmentationDraw:
    """Throw the dice for `count` faces, every value evenly spread over its range.

    The same number of random values is used whatever the config, so moving one slider does not
    change what the others drew.
    """
    flip, rotation, shift_x, shift_y, zoom, brightness, contrast, erase, area, aspect, left, top = rng.random(
        (12, count)
    )

    def either_way(values: NDArray[np.float64], most: float) -> NDArray[np.float64]:
        return (2 * values - 1) * most

    # Random erasing, after Zhong et al. (2017), arXiv:1708.04896: half of the faces, aspect 1:2 to 2:1.
    erased = (erase < 0.5) & (config.erase_fraction > 0)
    area = np.where(erased, area * config.erase_fraction, 0.0)
    aspect = 2.0 ** either_way(aspect, 1.0)
    width, height = np.minimum(np.sqrt(area * aspect), 1), np.minimum(np.sqrt(area / aspect), 1)
    left, top = left * (1 - width), top * (1 - height)
    return AugmentationDraw(
        flipped=(flip < 0.5) & config.horizontal_flip,
        rotation_degrees=either_way(rotation, config.rotation_degrees),
        shift_x_fraction=either_way(shift_x, config.shift_x_fraction),
        shift_y_fraction=either_way(shift_y, config.shift_y_fraction),
        zoom=1 - config.zoom_out_fraction + zoom * (config.zoom_in_fraction + config.zoom_out_fraction),
        brightness_fraction=either_way(brightness, config.brightness_fraction),
        contrast=1 + either_way(contrast, config.contrast_fraction),
        erased_box=np.stack([left, top, left + width, top + height], axis=1),
    )


def apply(images: NDArray[np.uint8], dice: AugmentationDraw) -> NDArray[np.uint8]:
    """Return changed copies of `images`, (n, h, w, c) uint8, one fused warp each.

    Borders that come into view repeat the edge pixels; the mean of the face fills what is erased.
    """
    n, height, width, _ = images.shape
    if len(dice) != n:
        raise ValueError(f"{n} images need {n} draws; received {len(dice)}.")
    changed = np.empty_like(images)
    matrices = _matrices(dice, height, width)
    for image, target, matrix in zip(images, changed, matrices, strict=True):
        target[...] = cv2.warpAffine(
            image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ).reshape(target.shape)
    lit = np.flatnonzero((dice.brightness_fraction != 0) | (dice.contrast != 1))
    if len(lit):
        values = changed[lit].astype(np.float32)
        contrast = dice.contrast[lit].astype(np.float32)[:, None, None, None]
        brightness = dice.brightness_fraction[lit].astype(np.float32)[:, None, None, None]
        values = (values - 127.5) * contrast + 127.5 + 255 * brightness
        changed[lit] = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    scale = np.array([width, height, width, height])
    for index in np.flatnonzero(dice.erased_box[:, 2] > dice.erased_box[:, 0]):
        left, top, right, bottom = np.rint(dice.erased_box[index] * scale).astype(int)
        changed[index, top:bottom, left:right] = np.rint(changed[index].mean(axis=(0, 1))).astype(np.uint8)
    return changed


def _matrices(dice: AugmentationDraw, height: int, width: int) -> NDArray[np.float64]:
    """(n, 2, 3) for cv2.warpAffine: flip, then turn and zoom about the centre, then shift."""
    angle = np.deg2rad(dice.rotation_degrees)
    cosine, sine = dice.zoom * np.cos(angle), dice.zoom * np.sin(angle)
    mirror = np.where(dice.flipped, -1.0, 1.0)
    center_x, center_y = (width - 1) / 2, (height - 1) / 2
    matrices = np.empty((len(dice), 2, 3))
    # Rows follow cv2.getRotationMatrix2D (y points down, so a positive angle turns counter-clockwise).
    matrices[:, 0, 0], matrices[:, 0, 1] = cosine * mirror, sine
    matrices[:, 1, 0], matrices[:, 1, 1] = -sine * mirror, cosine
    matrices[:, 0, 2] = center_x - matrices[:, 0, 0] * center_x - matrices[:, 0, 1] * center_y
    matrices[:, 1, 2] = center_y - matrices[:, 1, 0] * center_x - matrices[:, 1, 1] * center_y
    matrices[:, 0, 2] += dice.shift_x_fraction * width
    matrices[:, 1, 2] += dice.shift_y_fraction * height
    return matrices
