"""Convolution filters: what a filter of the first layer looks for, in words."""

import numpy as np
from numpy.typing import NDArray

# How like its pattern a filter must be (the cosine of the angle between them) to be called after it; a filter
# between two neighbouring patterns has 0.71 of each.
_ALIKE = 0.72


def filter_words(kernel: NDArray[np.float32]) -> str:
    """Return what a filter answers to: "light above dark", "brightness", or "a mixture".

    Args:
        kernel: (h, w, c), at least 2×2; its channels are added, as for a grey face.
    """
    weights = kernel.sum(axis=2)
    length = float(np.linalg.norm(weights))
    if length == 0:
        return "nothing"
    likeness = {
        words: float((weights * pattern).sum()) / length for words, pattern in _patterns(weights.shape)
    }
    words = max(likeness, key=likeness.__getitem__)
    return words if likeness[words] >= _ALIKE else "a mixture"


def _patterns(shape: tuple[int, ...]) -> list[tuple[str, NDArray[np.float64]]]:
    """Each pattern as (h, w) of length 1, with the words for it."""
    down, right = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    middle = np.exp(-2 * (down**2 + right**2))
    shapes = {
        "brightness": np.ones(shape),
        "darkness": -np.ones(shape),
        "light below dark": down,
        "light above dark": -down,
        "light right of dark": right,
        "light left of dark": -right,
        "light at the lower right": down + right,
        "light at the upper left": -down - right,
        "light at the lower left": down - right,
        "light at the upper right": right - down,
        "a light spot": middle - middle.mean(),
        "a dark spot": middle.mean() - middle,
        "a light line across": -(down**2) + (down**2).mean(),
        "a dark line across": down**2 - (down**2).mean(),
        "a light upright line": -(right**2) + (right**2).mean(),
        "a dark upright line": right**2 - (right**2).mean(),
    }
    return [(words, pattern / np.linalg.norm(pattern)) for words, pattern in shapes.items()]
