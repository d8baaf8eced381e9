"""Augmentation parameters in words: what was drawn for a face."""

import numpy as np

from fer.config.setting_spec import PER_CENT
from fer.statistics import percent
from fer.training.augmentation import AugmentationParams

_MINUS = "\N{MINUS SIGN}"


def in_words(params: AugmentationParams, index: int) -> tuple[str, ...]:
    """What was drawn for one face: "rotated +10°", "mirrored"; only what changes it, at least "unchanged"."""
    across, down = params.shift_x_fraction[index], params.shift_y_fraction[index]
    light, erased = params.brightness_fraction[index], _erased_share(params, index)
    drawn = (
        (params.rotation_degrees[index], f"rotated {_signed(params.rotation_degrees[index], '°')}"),
        (params.zoom[index] - 1, f"zoomed {params.zoom[index]:.2f}×"),
        (params.flipped[index], "mirrored"),
        (params.upside_down[index], "upside down"),
        (across, f"moved {percent(abs(across), 0)} {'right' if across > 0 else 'left'}"),
        (down, f"moved {percent(abs(down), 0)} {'down' if down > 0 else 'up'}"),
        (light, f"brightness {_signed(100 * light, PER_CENT)}"),
        (params.contrast[index] - 1, f"contrast {params.contrast[index]:.2f}×"),
        (params.noise_fraction[index], f"noise {percent(params.noise_fraction[index], 0)}"),
        (params.blur_pixels[index], f"blur {params.blur_pixels[index]:.1f} pixels"),
        (erased, f"erased {percent(erased, 0)}"),
    )
    return tuple(words for value, words in drawn if not np.isclose(value, 0)) or ("unchanged",)


def _erased_share(params: AugmentationParams, index: int) -> float:
    left, top, right, bottom = params.erased_box[index]
    return float((right - left) * (bottom - top))


def _signed(value: float, unit: str) -> str:
    return f"{round(value):+d}{unit}".replace("-", _MINUS)
