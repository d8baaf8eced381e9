"""Augmentation recommendations: which data augmentation trains a model against a corruption."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from fer.config import HIGHEST, AugmentationConfig
from fer.evaluation.robustness.corruptions import CORRUPTIONS, CorruptionKind
from fer.evaluation.robustness.pixels import EYES, MOUTH


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to add to the augmentation against one corruption.

    Attributes:
        words: what each training face may then meet, and how far, a sentence without its full stop.
        caveat: in which way the augmentation is only a relative of the corruption, a sentence; empty where it
            is the same thing.
    """

    words: str
    caveat: str = ""


RECOMMENDATIONS: Mapping[CorruptionKind, Recommendation] = {
    CorruptionKind.DARKNESS: Recommendation(
        "brightness and contrast change, together up to level 3 of a sweep: less of both is less light",
        "They are drawn apart, and either way: many faces come out pale or hard instead of dark.",
    ),
    CorruptionKind.BRIGHTNESS: Recommendation("light is added or taken away, up to level 3 of a sweep"),
    CorruptionKind.NOISE: Recommendation("each pixel is off by chance, up to level 3 of a sweep"),
    CorruptionKind.BLUR: Recommendation("fine edges are washed out, up to level 3 of a sweep"),
    CorruptionKind.LOW_RESOLUTION: Recommendation(
        "fine edges are washed out, about as far as level 3 of a sweep",
        "There is no augmentation that takes pixels away; blur is its nearest relative, and smoother.",
    ),
    CorruptionKind.ROTATION: Recommendation("the head is turned either way, up to level 3 of a sweep"),
    CorruptionKind.SIDE_SHIFT: Recommendation("the face moves across, either way, up to level 3 of a sweep"),
    CorruptionKind.EYES_COVERED: Recommendation(
        "in half of the faces a rectangle is erased, at most as large as the bar at level 5",
        "It falls anywhere, on the eyes only now and then.",
    ),
    CorruptionKind.MOUTH_COVERED: Recommendation(
        "in half of the faces a rectangle is erased, at most as large as the bar at level 5",
        "It falls anywhere, on the mouth only now and then.",
    ),
}


def train_against(
    kind: CorruptionKind, augmentation: AugmentationConfig, side_pixels: int
) -> AugmentationConfig:
    """Return the augmentation with one corruption in it, up to its middle level or the most there may be.

    What the augmentation does already it goes on doing, and never less of it than before.

    Args:
        kind: which corruption.
        augmentation: what the model was trained with so far.
        side_pixels: side of the model's input, for what is counted in pixels.
    """
    middle = CORRUPTIONS[kind].levels[2]
    changes = {
        name: max(getattr(augmentation, name), round(min(value, HIGHEST[name]), 3))
        for name, value in _FIELDS[kind](middle, side_pixels).items()
    }
    return replace(augmentation, **changes)


# What each corruption is, at a severity s, in the fields of an `AugmentationConfig`.
_FIELDS: Mapping[CorruptionKind, Callable[[float, int], dict[str, float]]] = {
    # v (1 - s) is (v - mid-grey) (1 - s) + mid-grey - s/2 of full white: contrast and brightness at once.
    CorruptionKind.DARKNESS: lambda s, side: {"brightness_fraction": s / 2, "contrast_fraction": s},
    CorruptionKind.BRIGHTNESS: lambda s, side: {"brightness_fraction": s},
    CorruptionKind.NOISE: lambda s, side: {"noise_fraction": s},
    CorruptionKind.BLUR: lambda s, side: {"blur_pixels": s * side},
    # Averaging s pixels (variance s²/12) and joining the means by lines (s²/6) blurs as a Gaussian of s/2.
    CorruptionKind.LOW_RESOLUTION: lambda s, side: {"blur_pixels": s / 2},
    CorruptionKind.ROTATION: lambda s, side: {"rotation_degrees": s},
    CorruptionKind.SIDE_SHIFT: lambda s, side: {"shift_x_fraction": s},
    CorruptionKind.EYES_COVERED: lambda s, side: {"erase_fraction": EYES[1] - EYES[0]},
    CorruptionKind.MOUTH_COVERED: lambda s, side: {"erase_fraction": MOUTH[1] - MOUTH[0]},
}
