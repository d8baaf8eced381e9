"""Augmentation parameters in words: what was drawn for a face, in full and in short."""

import numpy as np

from fer.config import AugmentationConfig
from fer.config.setting_spec import PER_CENT
from fer.statistics import percent
from fer.training.augmentation import AugmentationParams

_MINUS = "\N{MINUS SIGN}"


def in_short(config: AugmentationConfig, params: AugmentationParams, index: int) -> tuple[str, ...]:
    """What was drawn for one face, in lines as they fit under it; only what the config lets vary."""
    turned = [_signed(params.rotation_degrees[index], "°")] if config.rotation_degrees else []
    zooms = config.zoom_in_fraction or config.zoom_out_fraction
    turned += [f"×{params.zoom[index]:.2f}"] if zooms else []
    mirrored = ["⇄"] if params.flipped[index] else []
    mirrored += ["⇅"] if params.upside_down[index] else []
    moved = []
    if config.shift_x_fraction:
        moved.append(_towards(params.shift_x_fraction[index], "→", "←"))
    if config.shift_y_fraction:
        moved.append(_towards(params.shift_y_fraction[index], "↓", "↑"))
    lines = [" ".join(turned + mirrored), " ".join(moved)]
    if config.brightness_fraction:
        lines.append(f"light {_signed(100 * params.brightness_fraction[index], PER_CENT)}")
    if config.contrast_fraction:
        lines.append(f"contrast ×{params.contrast[index]:.2f}")
    if config.noise_fraction:
        lines.append(f"noise {percent(params.noise_fraction[index], 0)}")
    if config.blur_pixels:
        lines.append(f"blur {params.blur_pixels[index]:.1f} px")
    if config.erase_fraction:
        share = _erased_share(params, index)
        lines.append(f"erased {percent(share, 0)}" if share else "whole")
    return tuple(line for line in lines if line) or ("unchanged",)


def in_words(params: AugmentationParams, index: int) -> str:
    """What was drawn for one face, as a screen reader says it."""
    across, down = params.shift_x_fraction[index], params.shift_y_fraction[index]
    words = ["mirrored"] if params.flipped[index] else []
    words += ["upside down"] if params.upside_down[index] else []
    light, erased = params.brightness_fraction[index], _erased_share(params, index)
    drawn = (
        (params.rotation_degrees[index], f"rotated {_signed(params.rotation_degrees[index], '°')}"),
        (params.zoom[index] - 1, f"zoomed {params.zoom[index]:.2f}×"),
        (across, f"moved {percent(abs(across), 0)} {'right' if across > 0 else 'left'}"),
        (down, f"moved {percent(abs(down), 0)} {'down' if down > 0 else 'up'}"),
        (light, f"brightness {_signed(100 * light, PER_CENT)}"),
        (params.contrast[index] - 1, f"contrast × {params.contrast[index]:.2f}"),
        (params.noise_fraction[index], f"noise {percent(params.noise_fraction[index], 0)}"),
        (params.blur_pixels[index], f"blur {params.blur_pixels[index]:.1f} pixels"),
        (erased, f"erased {percent(erased, 0)}"),
    )
    words += [said for value, said in drawn if not np.isclose(value, 0)]
    return ", ".join(words) or "unchanged"


def _erased_share(params: AugmentationParams, index: int) -> float:
    left, top, right, bottom = params.erased_box[index]
    return float((right - left) * (bottom - top))


def _signed(value: float, unit: str) -> str:
    return f"{round(value):+d}{unit}".replace("-", _MINUS)


def _towards(share: float, ahead: str, back: str) -> str:
    return f"{ahead if share >= 0 else back}{percent(abs(share), 0)}"
