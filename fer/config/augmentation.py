"""Data augmentation settings: how far each training face may be changed before the model sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from fer.config import checks
from fer.config.setting_spec import PER_CENT, setting, specs_of

Fill = Literal["nearest", "reflect", "black"]
"""What comes into view at the borders of a moved face: its edge repeated, itself mirrored, or nothing."""


def _share(title: str, text: str, highest: float, group: str, short: str = "") -> Any:
    """Declare a share of 1, which a slider shows in per cent."""
    return setting(
        0.0, title, text, lowest=0, highest=highest, group=group, unit=PER_CENT, step=1, short=short or title
    )


@dataclass(frozen=True, slots=True)
class AugmentationConfig(checks.Settings):
    """How far each training face may be changed before the model sees it; all zero changes nothing.

    Each number is the most that is drawn, 0 to its `highest`; what its sentence says of it stands beside its
    slider. Angles are in degrees, shares of 1 of the width, height, full white or area; `zoom_in_fraction` z
    scales by up to 1 + z, `zoom_out_fraction` by down to 1 - z; noise and blur are Gaussian, the numbers
    being standard deviations; the shares of mixed faces follow Beta(a, a).
    """

    horizontal_flip: bool = setting(
        False,
        "Mirror half of the faces",
        "Left for right: a mirrored smile is still a smile. Twice the faces for nothing.",
    )
    vertical_flip: bool = setting(
        False,
        "Upside down, half of them",
        "Right for cells under a microscope, wrong for faces. Try it and see.",
    )
    rotation_degrees: float = setting(
        0.0,
        "Rotation",
        "Turned by up to this much either way: heads tilt.",
        lowest=0,
        highest=90,
        group="moves",
        unit="°",
        step=1,
    )
    shift_x_fraction: float = _share(
        "Shift across",
        "Moved to either side by up to this share of the width: no crop is exact.",
        0.5,
        "moves",
        "Across",
    )
    shift_y_fraction: float = _share(
        "Shift up and down",
        "The same upwards and downwards; a lost mouth takes the label along.",
        0.5,
        "moves",
        "Up, down",
    )
    zoom_in_fraction: float = _share(
        "Zoom in", "Made larger by up to this much: the face comes near.", 0.5, "moves"
    )
    zoom_out_fraction: float = _share(
        "Zoom out",
        "Made smaller: the detector's box was generous. The borders have to be filled.",
        0.5,
        "moves",
    )
    fill: Fill = setting(
        "nearest",
        "What fills the borders",
        "A moved face leaves a gap: its edge repeated, a mirror image, or black, which a model can learn by "
        "mistake.",
        words={"nearest": "Edge", "reflect": "Mirror", "black": "Black"},
    )
    brightness_fraction: float = _share(
        "Brightness",
        "Up to this share of white added or taken away: rooms differ.",
        0.5,
        "light",
        "Light",
    )
    contrast_fraction: float = _share(
        "Contrast",
        "The distance from mid-grey stretched or squeezed by up to this much.",
        0.9,
        "light",
    )
    noise_fraction: float = _share(
        "Noise",
        "Grain as from a camera in the dark. A little goes far: fine creases drown first.",
        0.3,
        "flaws",
    )
    blur_pixels: float = setting(
        0.0,
        "Blur",
        "Out of focus, or too far away: edges spread over so many pixels.",
        lowest=0,
        highest=3,
        group="flaws",
        unit=" px",
        step=0.1,
    )
    erase_fraction: float = _share(
        "Erase",
        "Half of the faces lose a rectangle of up to this share: a hand, a scarf, a microphone.",
        0.5,
        "flaws",
        "Erased",
    )
    mixup_alpha: float = setting(
        0.0,
        "Mixup",
        "Two faces blended, and their labels too. Near 0 mostly one of them, at 1 any blend; 0.2 is usual.",
        lowest=0,
        highest=1,
        group="mixing",
        step=0.05,
    )
    cutmix_alpha: float = setting(
        0.0,
        "CutMix",
        "A rectangle of another face pasted in; the label counts the area. 1 is usual: any size.",
        lowest=0,
        highest=1,
        group="mixing",
        step=0.05,
    )

    def __post_init__(self) -> None:
        checks.within_bounds(self)

    @property
    def changes_anything(self) -> bool:
        """Whether a face can come out different from how it went in."""
        return self != AugmentationConfig(fill=self.fill)

    @property
    def mixes(self) -> bool:
        """Whether faces are mixed with one another, and their labels with them."""
        return self.mixup_alpha > 0 or self.cutmix_alpha > 0

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """See `Settings.from_dict`; the first version had one value where there are two now."""
        if isinstance(values, Mapping):
            values = dict(values)
            for old, new in _ONCE_ONE.items():
                if old in values:
                    value = values.pop(old)
                    values = dict.fromkeys(new, value) | values
        return super(AugmentationConfig, cls).from_dict(values)


HIGHEST: dict[str, float] = {
    name: spec.highest for name, spec in specs_of(AugmentationConfig).items() if spec.highest is not None
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

STRONG_AUGMENTATION = AugmentationConfig(
    horizontal_flip=True,
    rotation_degrees=20,
    shift_x_fraction=0.2,
    shift_y_fraction=0.2,
    zoom_in_fraction=0.2,
    zoom_out_fraction=0.2,
)
"""What the reference system S0 trained with."""

TURN_AND_ZOOM = AugmentationConfig(
    horizontal_flip=True, rotation_degrees=10, zoom_in_fraction=0.1, zoom_out_fraction=0.1
)
"""Flip, turn and zoom: S1 and S2 name what they do, and not how much of it."""
