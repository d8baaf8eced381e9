"""Preprocessing: the one way from pixels to a model's input, in training, evaluation and live.

It is written down beside the weights (`card.json`, `config.json`), so that a model never meets
pixels prepared in another way than those it learned from.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.errors import ConfigError

Scale = Literal["zero_to_one", "minus_one_to_one"]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How face crops become model input.

    Attributes:
        image_height: rows of the input, pixels.
        image_width: columns of the input, pixels.
        channels: 1 (grey) or 3 (the grey face three times, or colour as it came).
        scale: "zero_to_one" divides by 255; "minus_one_to_one" divides by 127.5 and subtracts 1.
    """

    image_height: int = 48
    image_width: int = 48
    channels: Literal[1, 3] = 1
    scale: Scale = "minus_one_to_one"

    def __post_init__(self) -> None:
        if (
            not all(type(side) is int for side in self.input_shape)  # a file may hold 48.0, or true
            or self.channels not in (1, 3)
            or self.scale not in get_args(Scale)
            or not (8 <= self.image_height <= 1024 and 8 <= self.image_width <= 1024)
        ):
            raise ConfigError(
                f"A model input of {self.image_height}×{self.image_width} pixels, {self.channels} "
                f"channels, scale “{self.scale}” is not one this project can prepare. Use 8 to 1024 "
                "pixels, 1 or 3 channels, and zero_to_one or minus_one_to_one."
            )

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(height, width, channels), as `build` of an architecture takes it."""
        return self.image_height, self.image_width, self.channels

    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return model input, (n, image_height, image_width, channels) float32.

        Args:
            images: (n, h, w, c) uint8 with c 1 or 3 (RGB).
        """
        images = _with_channels(images, self.channels)
        height, width = images.shape[1:3]
        if (height, width) != (self.image_height, self.image_width):
            images = _resized(images, self.image_height, self.image_width)
        scaled = images.astype(np.float32)
        if self.scale == "zero_to_one":
            scaled *= np.float32(1 / 255)
        else:
            scaled *= np.float32(1 / 127.5)
            scaled -= np.float32(1)
        return scaled

    def pictures(self, inputs: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return model input as it looks, (n, h, w, c) uint8; `apply` undone but for the size.

        Args:
            inputs: (n, h, w, c) float32, as `apply` or the training's batches give it.
        """
        levels = inputs * 255 if self.scale == "zero_to_one" else (inputs + 1) * 127.5
        return np.rint(np.clip(levels, 0, 255)).astype(np.uint8)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` takes them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Rebuild from `as_dict`'s values.

        Raises:
            ConfigError: a field is missing, unknown or out of range.
        """
        try:
            return cls(**values)
        except TypeError as error:
            raise ConfigError(
                f"The saved preprocessing {values!r} does not have the expected fields; "
                "the file was edited or belongs to another version."
            ) from error


def _with_channels(images: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    if images.shape[3] == channels:
        return images
    if channels == 3:
        return np.repeat(images, 3, axis=3)
    # ITU-R BT.601 luma, as cv2.cvtColor(RGB2GRAY): one tall picture turns a loop into a call.
    n, height, width, _ = images.shape
    if n == 0:  # which OpenCV refuses
        return images[..., :1]
    grey = cv2.cvtColor(images.reshape(n * height, width, 3), cv2.COLOR_RGB2GRAY)
    return np.asarray(grey, np.uint8).reshape(n, height, width, 1)


def _resized(images: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    resized = np.empty((len(images), height, width, images.shape[3]), np.uint8)
    shrinking = images.shape[1] > height
    interpolation = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    for source, target in zip(images, resized, strict=True):
        target[...] = cv2.resize(source, (width, height), interpolation=interpolation).reshape(target.shape)
    return resized
