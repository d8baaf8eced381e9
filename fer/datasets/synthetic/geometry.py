"""Curves and outlines: the lines of many faces at once, in head units.

The face is about 2 high, its middle is (0, 0), x to the picture's right, y down.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
"""(n, p): one row per face; a single column stands for all p points."""

Line = tuple[Numbers, Numbers]
"""x and y of p points of every face, each (n, p) or broadcast to it, head units."""

# Where the features lie at rest.
EYE_Y = -0.12
BROW_Y = -0.335
NOSE_Y = 0.24
MOUTH_Y = 0.53
# A closed outline's direction, all the way round, also in fewer steps for what is small; a feature's
# place from one end to the other.
ROUND = np.linspace(0, 2 * np.pi, 49)[None, :-1]
SMALL_ROUND = np.linspace(0, 2 * np.pi, 21)[None, :-1]
ACROSS = np.linspace(-1, 1, 23)[None, :]
ALONG = np.linspace(0, 1, 10)[None, :]


def ribbon(line: Line, width: ArrayLike) -> Line:
    """The outline of a stroke along `line`, `width` wide."""
    x, y = np.broadcast_arrays(*line)
    along_x, along_y = np.gradient(x, axis=1), np.gradient(y, axis=1)
    half = np.asarray(width) / 2 / np.maximum(np.hypot(along_x, along_y), 1e-9)
    return closed((x - along_y * half, y + along_x * half), (x + along_y * half, y - along_x * half))


def closed(there: Line, back: Line) -> Line:
    """The outline that goes along one line and returns along another."""
    x, y = (
        np.hstack([np.broadcast_to(a, (rows, a.shape[1])), np.broadcast_to(b, (rows, b.shape[1]))[:, ::-1]])
        for a, b in zip(np.broadcast_arrays(*there), np.broadcast_arrays(*back), strict=True)
        for rows in [max(len(a), len(b))]
    )
    return x, y


def between(x: Numbers, upper: Numbers, lower: Numbers) -> Line:
    """The outline of what lies between two curves over the same x."""
    return closed((x, upper), (x, lower))


def curve(
    start: tuple[ArrayLike, ArrayLike], bend: tuple[ArrayLike, ArrayLike], end: tuple[ArrayLike, ArrayLike]
) -> Line:
    """A smooth line from `start`, drawn towards `bend`, to `end` (a quadratic Bézier)."""
    x, y = (
        (1 - ALONG) ** 2 * np.asarray(a) + 2 * ALONG * (1 - ALONG) * np.asarray(b) + ALONG**2 * np.asarray(c)
        for a, b, c in zip(start, bend, end, strict=True)
    )
    return x, y


def ellipse(
    x: ArrayLike, y: ArrayLike, radius_x: ArrayLike, radius_y: ArrayLike, angles: Numbers = ROUND
) -> Line:
    """A closed outline round (x, y); `angles` says at which corners."""
    across, down = np.asarray(radius_x) * np.cos(angles), np.asarray(radius_y) * np.sin(angles)
    return np.asarray(x) + across, np.asarray(y) + down


def rounded(numbers: Numbers, power: ArrayLike) -> Numbers:
    """`numbers` to a power, keeping their sign: of a sine and a cosine it squares or points a circle."""
    return np.asarray(np.sign(numbers) * np.abs(numbers) ** np.asarray(power))
