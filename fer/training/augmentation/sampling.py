"""Augmentation parameters: what happens to each face, drawn before any pixel is touched."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fer.config import AugmentationConfig, Fill


@dataclass(frozen=True, slots=True, eq=False)
class AugmentationParams:
    """What was drawn for n faces, not yet applied.

    Attributes:
        flipped: (n,) bool, mirrored left and right.
        rotation_degrees: (n,) counter-clockwise.
        shift_x_fraction: (n,) of the width, to the right.
        shift_y_fraction: (n,) of the height, down.
        zoom: (n,) factor, above 1 is larger.
        brightness_fraction: (n,) of full white, added.
        contrast: (n,) factor about mid-grey.
        erased_box: (n, 4) left, top, right, bottom as fractions of the side; right = left erases nothing.
        upside_down: (n,) bool, mirrored top and bottom.
        noise_fraction: (n,) standard deviation of the noise, of full white.
        noise_seed: (n,) where each face's noise starts from, so that it does not depend on its neighbours.
        blur_pixels: (n,) standard deviation of the blur.
        fill: what comes into view at the borders, of all of them.
    """

    flipped: NDArray[np.bool_]
    rotation_degrees: NDArray[np.float64]
    shift_x_fraction: NDArray[np.float64]
    shift_y_fraction: NDArray[np.float64]
    zoom: NDArray[np.float64]
    brightness_fraction: NDArray[np.float64]
    contrast: NDArray[np.float64]
    erased_box: NDArray[np.float64]
    upside_down: NDArray[np.bool_]
    noise_fraction: NDArray[np.float64]
    noise_seed: NDArray[np.uint32]
    blur_pixels: NDArray[np.float64]
    fill: Fill = "nearest"

    def __len__(self) -> int:
        return len(self.flipped)

    def take(self, rows: slice | NDArray[np.intp]) -> Self:
        """What was drawn for some of the faces."""
        arrays = {name: getattr(self, name)[rows] for name in self.__slots__ if name != "fill"}
        return type(self)(**arrays, fill=self.fill)


def draw(config: AugmentationConfig, count: int, rng: np.random.Generator) -> AugmentationParams:
    """Draw what happens to `count` faces, every value evenly spread over its range.

    The same number of random values is used whatever the config, so moving one slider does not
    change what the others drew.
    """
    # One row per value. New ones go below the old ones, so that an old seed draws its old pictures.
    flip, rotation, shift_x, shift_y, zoom, brightness, contrast, erase, area, aspect, left, top = rng.random(
        (12, count)
    )
    upside_down, noise, noise_seed, blur = rng.random((4, count))

    def either_way(values: NDArray[np.float64], most: float) -> NDArray[np.float64]:
        return (2 * values - 1) * most

    # Random erasing, after Zhong et al. (2017), arXiv:1708.04896: half of the faces, aspect 1:2 to 2:1.
    erased = (erase < 0.5) & (config.erase_fraction > 0)
    area = np.where(erased, area * config.erase_fraction, 0.0)
    aspect = 2.0 ** either_way(aspect, 1.0)
    width, height = np.minimum(np.sqrt(area * aspect), 1), np.minimum(np.sqrt(area / aspect), 1)
    left, top = left * (1 - width), top * (1 - height)
    return AugmentationParams(
        flipped=(flip < 0.5) & config.horizontal_flip,
        rotation_degrees=either_way(rotation, config.rotation_degrees),
        shift_x_fraction=either_way(shift_x, config.shift_x_fraction),
        shift_y_fraction=either_way(shift_y, config.shift_y_fraction),
        zoom=1 - config.zoom_out_fraction + zoom * (config.zoom_in_fraction + config.zoom_out_fraction),
        brightness_fraction=either_way(brightness, config.brightness_fraction),
        contrast=1 + either_way(contrast, config.contrast_fraction),
        erased_box=np.stack([left, top, left + width, top + height], axis=1),
        upside_down=(upside_down < 0.5) & config.vertical_flip,
        noise_fraction=noise * config.noise_fraction,
        noise_seed=(noise_seed * 2**32).astype(np.uint32),
        blur_pixels=blur * config.blur_pixels,
        fill=config.fill,
    )


def identity_params(count: int, fill: Fill = "nearest", **params: Any) -> AugmentationParams:
    """Values that leave `count` faces as they are, but for the named ones: the same value for each face."""
    resting = draw(AugmentationConfig(fill=fill), count, np.random.default_rng(0))
    thrown: dict[str, Any] = {name: np.array([value] * count) for name, value in params.items()}
    return replace(resting, **thrown)


def extremes(config: AugmentationConfig) -> dict[str, tuple[AugmentationParams, AugmentationParams]]:
    """The least and the most that each setting can draw by itself, for one face.

    Returns:
        The name of each setting that changes a face by itself, with its two ends; those switched off are
        left out. Erasing takes a square out of the middle.
    """

    def at(param: str, value: Any) -> AugmentationParams:
        return identity_params(1, config.fill, **{param: value})

    half = np.sqrt(config.erase_fraction) / 2
    nothing, square = [0.5] * 4, [0.5 - half, 0.5 - half, 0.5 + half, 0.5 + half]
    turn, across, down = config.rotation_degrees, config.shift_x_fraction, config.shift_y_fraction
    light, contrast = config.brightness_fraction, config.contrast_fraction
    ends: dict[str, tuple[str, Any, Any]] = {
        "horizontal_flip": ("flipped", False, True),
        "vertical_flip": ("upside_down", False, True),
        "rotation_degrees": ("rotation_degrees", -turn, turn),
        "shift_x_fraction": ("shift_x_fraction", -across, across),
        "shift_y_fraction": ("shift_y_fraction", -down, down),
        "zoom_in_fraction": ("zoom", 1.0, 1 + config.zoom_in_fraction),
        "zoom_out_fraction": ("zoom", 1.0, 1 - config.zoom_out_fraction),
        "brightness_fraction": ("brightness_fraction", -light, light),
        "contrast_fraction": ("contrast", 1 - contrast, 1 + contrast),
        "noise_fraction": ("noise_fraction", 0.0, config.noise_fraction),
        "blur_pixels": ("blur_pixels", 0.0, config.blur_pixels),
        "erase_fraction": ("erased_box", nothing, square),
    }
    return {
        name: (at(param, least), at(param, most))
        for name, (param, least, most) in ends.items()
        if getattr(config, name)
    }
