"""Quality issues: what an inspection finds, per kind the faces that show it, worst first."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class QualityIssue(StrEnum):
    """What can be wrong with a face, or with two."""

    LEAK = "leak"  # the same picture in two splits
    EXACT_DUPLICATE = "exact_duplicate"  # every pixel the same
    NEAR_DUPLICATE = "near_duplicate"  # the same photograph, a little changed
    WRONG_LABEL = "wrong_label"  # a model that never saw the face is sure of another emotion
    NOT_A_FACE = "not_a_face"
    BLANK = "blank"  # hardly any contrast
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """The m faces that show one issue, worst first.

    Attributes:
        issue: which.
        faces: (m,) intp, places in the arrays of the dataset that was inspected.
        scores: (m,) float32, the measure that ranks them, in the unit its lesson names.
        partners: (m,) intp, for duplicates and leaks the place of the other face; else -1.
        suggestions: (m,) intp, for wrong labels the label that is suggested; else -1.
    """

    issue: QualityIssue
    faces: NDArray[np.intp]
    scores: NDArray[np.float32]
    partners: NDArray[np.intp]
    suggestions: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.faces)


def nobody(count: int) -> NDArray[np.intp]:
    """Partners or suggestions of so many findings that have none."""
    return np.full(count, -1, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class FaceMeasures:
    """What can be told of every face by looking at it alone; each (n,) float32.

    Attributes:
        brightness: mean pixel value, 0 (black) to 255 (white).
        contrast: standard deviation of the pixel values, 0 to about 127.
        sharpness: the Laplacian's energy as a percentage of the gradient's, 0 to some thousand: low for a
            blurred picture, high for a crisp or noisy one, whatever its contrast.
    """

    brightness: NDArray[np.float32]
    contrast: NDArray[np.float32]
    sharpness: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """All that was found in one dataset.

    Attributes:
        measures: of every face.
        suspicion: (n,) float32, how little the face's own label is believed: 1 minus the probability a model
            that never saw it gives the label; NaN without one.
        findings: one entry per issue that was looked for, in `QualityIssue`'s order; may hold no face.
        facts: what was measured on the way, by name: a model's accuracy, thresholds, seconds.
    """

    measures: FaceMeasures
    suspicion: NDArray[np.float32]
    findings: Mapping[QualityIssue, Findings]
    facts: Mapping[str, float]
