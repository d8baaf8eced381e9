"""Colour maps: feature maps and filters as small pictures, grey or in two colours around zero."""

import numpy as np
from numpy.typing import NDArray

# What speaks for an emotion, or adds, and what speaks against it, or subtracts: the theme's petrol and amber,
# stronger, because they lie over the greys of a face. They stay apart under the common colour blindnesses.
SUPPORTS, OPPOSES = (31, 181, 168), (224, 138, 30)
"""(red, green, blue), 0 to 255."""
_ZERO = (28, 31, 35)
# A single bright place must not leave all others black.
_BRIGHT = 99.5


def css(color: tuple[int, int, int]) -> str:
    """Return a colour as a page and an SVG write it, "#rrggbb"."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def grey_pictures(maps: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return maps as grey RGB pictures, (n, h, w, 3): 0 is black, the strongest of all of them white.

    Args:
        maps: (n, h, w), nothing below 0.
    """
    limit = _limit(maps)
    grey = np.clip(255 * maps / limit, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., np.newaxis], 3, axis=3)


def signed_pictures(maps: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return maps as RGB pictures, (n, h, w, 3): 0 is dark, above it `SUPPORTS`, below it `OPPOSES`.

    Args:
        maps: (n, h, w); all of them share one scale.
    """
    strength = np.clip(np.abs(maps) / _limit(maps), 0, 1)[..., np.newaxis]
    colors = np.where(maps[..., np.newaxis] >= 0, np.array(SUPPORTS), np.array(OPPOSES))
    return np.asarray(np.rint(strength * colors + (1 - strength) * np.array(_ZERO)), np.uint8)


def _limit(maps: NDArray[np.float32]) -> float:
    return max(float(np.percentile(np.abs(maps), _BRIGHT)), 1e-6) if maps.size else 1.0
