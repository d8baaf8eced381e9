"""How sure one can be of a share that was seen on some of endless faces."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

# The standard normal's 97.5 % point.
Z_95 = 1.959963984540054


def wilson_interval(correct: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, 0 to 1, that was seen as `correct` of `count`.

    Unlike "plus or minus two standard errors" it never leaves 0 to 1 and holds for few faces too.

    Source:
        E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    share, z2 = correct / count, Z_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z_95 / (1 + z2 / count) * sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    # The bounds are exact at 0 and 1, where rounding could step outside.
    return (0.0 if correct == 0 else middle - half), (1.0 if correct == count else middle + half)


def mean_interval(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the 95 % interval of a mean of `values`, by the normal approximation; None for fewer than 2."""
    if len(values) < 2:
        return None
    half = Z_95 * float(values.std(ddof=1)) / sqrt(len(values))
    return float(values.mean()) - half, float(values.mean()) + half
