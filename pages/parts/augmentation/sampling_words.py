"""Augmentation parameters in words: what was drawn for a face, in full and in short."""

import numpy as np

from fer.config import AugmentationConfig
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
        lines.append(f"light {_signed(100 * params.brightness_fraction[index], '%')}")
    if config.contrast_fraction:
        lines.append(f"contrast ×{params.contrast[index]:.2f}")
    if config.noise_fraction:
        lines.append(f"noise {100 * params.noise_fraction[index]:.0f}%")
    if config.blur_pixels:
        lines.append(f"blur {params.blur_pixels[index]:.1f} px")
    if config.erase_fraction:
        share = _erased_share(params, index)
        lines.append(f"erased {100 * share:.0f}%" if share else "whole")
    return tuple(line for line in lines if line) or ("unchanged",)


def in_words(params: AugmentationParams, index: int) -> str:
    """What was drawn for one face, as a screen reader says it."""
    across, down = params.shift_x_fraction[index], params.shift_y_fraction[index]
    words = ["mirrored"] if params.flipped[index] else []
    words += ["upside down"] if params.upside_down[index] else []
    words += [
        f"{name} {value}"
        for name, value, drawn in (
            ("turned", _signed(params.rotation_degrees[index], "°"), params.rotation_degrees[index]),
            ("moved", f"{100 * abs(across):.0f}% {'right' if across > 0 else 'left'}", across),
            ("moved", f"{100 * abs(down):.0f}% {'down' if down > 0 else 'up'}", down),
            ("zoom", f"× {params.zoom[index]:.2f}", params.zoom[index] - 1),
            (
                "brightness",
                _signed(100 * params.brightness_fraction[index], "%"),
                params.brightness_fraction[index],
            ),
            ("contrast", f"× {params.contrast[index]:.2f}", params.contrast[index] - 1),
            ("noise", f"{100 * params.noise_fraction[index]:.0f}%", params.noise_fraction[index]),
            ("blur", f"{params.blur_pixels[index]:.1f} pixels", params.blur_pixels[index]),
            ("erased", f"{100 * _erased_share(params, index):.0f}%", _erased_share(params, index)),
        )
        if not np.isclose(drawn, 0)
    ]
    return ", ".join(words) or "unchanged"


def _erased_share(params: AugmentationParams, index: int) -> float:
    left, top, right, bottom = params.erased_box[index]
    return float((right - left) * (bottom - top))


def _signed(value: float, unit: str) -> str:
    return f"{round(value):+d}{unit}".replace("-", _MINUS)


def _towards(share: float, ahead: str, back: str) -> str:
    return f"{ahead if share >= 0 else back}{abs(100 * share):.0f}%"
