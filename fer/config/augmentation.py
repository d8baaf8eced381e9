"""How far each training face may be changed before the model sees it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, get_args

from fer.config import checks

Fill = Literal["nearest", "reflect", "black"]
"""What comes into view at the borders of a moved face: its edge repeated, itself mirrored, or nothing."""


@dataclass(frozen=True, slots=True)
class AugmentationConfig:
    """How far each training face may be changed before the model sees it; all zero changes nothing.

    Attributes:
        horizontal_flip: mirror left and right, for half of the faces.
        vertical_flip: mirror top and bottom, for half of the faces.
        rotation_degrees: turn by up to this much either way, 0 to 90.
        shift_x_fraction: move by up to this share of the width either way, 0 to 0.5.
        shift_y_fraction: move by up to this share of the height either way, 0 to 0.5.
        zoom_in_fraction: scale by up to 1 + z, 0 to 0.5.
        zoom_out_fraction: scale by down to 1 - z, 0 to 0.5.
        fill: what comes into view at the borders, see `Fill`.
        brightness_fraction: add up to this share of full white or black, 0 to 0.5.
        contrast_fraction: scale the distance from mid-grey by 1 - c to 1 + c, 0 to 0.9.
        noise_fraction: add to each pixel Gaussian noise whose standard deviation is up to this share of full
            white, 0 to 0.3.
        blur_pixels: blur with a Gaussian of up to this standard deviation, in pixels, 0 to 3.
        erase_fraction: grey out, in half of the faces, a rectangle of up to this share of the area, 0 to 0.5.
        mixup_alpha: blend each face, and its label, with another one's; the shares follow Beta(a, a), 0 to 1.
        cutmix_alpha: paste a rectangle of another face, and its share of the label; the area's share follows
            Beta(a, a), 0 to 1. With both, each batch throws a coin.
    """

    horizontal_flip: bool = False
    vertical_flip: bool = False
    rotation_degrees: float = 0.0
    shift_x_fraction: float = 0.0
    shift_y_fraction: float = 0.0
    zoom_in_fraction: float = 0.0
    zoom_out_fraction: float = 0.0
    fill: Fill = "nearest"
    brightness_fraction: float = 0.0
    contrast_fraction: float = 0.0
    noise_fraction: float = 0.0
    blur_pixels: float = 0.0
    erase_fraction: float = 0.0
    mixup_alpha: float = 0.0
    cutmix_alpha: float = 0.0

    def __post_init__(self) -> None:
        for name, highest in HIGHEST.items():
            checks.between(name, getattr(self, name), 0, highest)
        checks.one_of("fill", self.fill, get_args(Fill))

    @property
    def changes_anything(self) -> bool:
        """Whether a face can come out different from how it went in."""
        return self != AugmentationConfig(fill=self.fill)

    @property
    def mixes(self) -> bool:
        """Whether faces are mixed with one another, and their labels with them."""
        return self.mixup_alpha > 0 or self.cutmix_alpha > 0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` takes them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `as_dict`'s values; a field that is missing takes its default.

        Raises:
            ConfigError: a field is unknown, of another type, or out of range.
        """
        if isinstance(values, Mapping):
            values = dict(values)
            # Runs and cards of the first version had one value where there are two now.
            for old, new in _ONCE_ONE.items():
                if old in values:
                    value = values.pop(old)
                    values = dict.fromkeys(new, value) | values
        return checks.from_dict(cls, values)


HIGHEST: dict[str, float] = {
    "rotation_degrees": 90,
    "shift_x_fraction": 0.5,
    "shift_y_fraction": 0.5,
    "zoom_in_fraction": 0.5,
    "zoom_out_fraction": 0.5,
    "brightness_fraction": 0.5,
    "contrast_fraction": 0.9,
    "noise_fraction": 0.3,
    "blur_pixels": 3,
    "erase_fraction": 0.5,
    "mixup_alpha": 1,
    "cutmix_alpha": 1,
}
"""The most that each number of an `AugmentationConfig` may be; the least is 0."""

_ONCE_ONE = {
    "shift_fraction": ("shift_x_fraction", "shift_y_fraction"),
    "zoom_fraction": ("zoom_in_fraction", "zoom_out_fraction"),
}

DEFAULT_AUGMENTATION = AugmentationConfig(
    horizontal_flip=True,
    rotation_degrees=10,
    shift_x_fraction=0.1,
    shift_y_fraction=0.1,
    zoom_in_fraction=0.1,
    zoom_out_fraction=0.1,
)
"""What the mini_XCEPTION authors trained with: flip, ±10°, ±10 % shift and zoom."""
