"""Saliency in words: in which ninth of the face the strongest of a map lies.

A map is read at the coarsest grid it could have, thirds of the face, so that nothing is said more exactly
than it is known.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# What lies there in the mean of FER-2013's faces, and in any face that is cropped as they are.
ROWS = (
    ("upper third", "the forehead and the brows"),
    ("middle third", "the eyes and the nose"),
    ("lower third", "the mouth and the chin"),
)
COLUMNS = ("left", "middle", "right")


@dataclass(frozen=True, slots=True)
class Place:
    """One ninth of a face.

    Attributes:
        row: 0 for the upper third, 2 for the lower.
        column: 0 for the left, as one looks at the picture.
        value: the map's mean there, in the map's own unit.
    """

    row: int
    column: int
    value: float

    @property
    def third(self) -> str:
        """ "lower third"."""
        return ROWS[self.row][0]

    @property
    def usually(self) -> str:
        """What usually lies in that third: "the mouth and the chin"."""
        return ROWS[self.row][1]

    @property
    def side(self) -> str:
        """ "left", "middle" or "right", as one looks at the picture."""
        return COLUMNS[self.column]


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a map is strongest.

    Attributes:
        supports: the ninth that speaks most for the emotion; None where none does.
        opposes: the ninth that speaks most against it, its value below 0; None where none does.
    """

    supports: Place | None
    opposes: Place | None


def read_map(values: NDArray[np.float32], least: float) -> Reading:
    """Return where a map is strongest.

    Args:
        values: (h, w), above 0 speaks for, below 0 against.
        least: what is nearer to 0 than this counts as nothing, in the map's unit.
    """
    ninths = np.asarray(cv2.resize(values, (3, 3), interpolation=cv2.INTER_AREA), np.float32)
    supports, opposes = _place(ninths, int(ninths.argmax())), _place(ninths, int(ninths.argmin()))
    return Reading(
        supports if supports.value >= least else None, opposes if opposes.value <= -least else None
    )


def _place(ninths: NDArray[np.float32], index: int) -> Place:
    row, column = divmod(index, 3)
    return Place(row, column, float(ninths[row, column]))
