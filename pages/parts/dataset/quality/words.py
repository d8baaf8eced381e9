"""Quality issues in words: short names, what ranks it, and how a score is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from fer.datasets.quality import QualityIssue


@dataclass(frozen=True, slots=True)
class Words:
    """How one kind of issue is spoken of.

    Attributes:
        title: its name, as short as it can be.
        measure: what ranks the faces, for an axis and a slider.
        format: how a score is written, as `%` takes it.
        reason: what an edition notes for a face that is mended; the score follows.
        severity: how much it matters to a model, 3 the most.
        weight: why, in two or three words.
    """

    title: str
    measure: str
    format: str
    reason: str
    severity: int
    weight: str

    def score(self, value: float) -> str:
        """A score as it is shown."""
        return self.format % value


# The gravest first.
WORDS: Mapping[QualityIssue, Words] = {
    QualityIssue.LEAK: Words("Data leakage", "Likeness", "%.3f", "leak", 3, "flatter the score"),
    QualityIssue.WRONG_LABEL: Words(
        "Label noise", "Score", "%.2f", "suspected wrong label, score", 3, "teach errors"
    ),
    QualityIssue.EXACT_DUPLICATE: Words(
        "Exact duplicates", "Likeness", "%.3f", "exact duplicate", 2, "count twice"
    ),
    QualityIssue.NEAR_DUPLICATE: Words(
        "Near-duplicates", "Likeness", "%.3f", "near duplicate", 2, "count twice"
    ),
    QualityIssue.NOT_A_FACE: Words(
        "Not a face", "Score", "%.2f", "suspected not to be a face, score", 2, "nothing to learn"
    ),
    QualityIssue.BLANK: Words("Blank", "Contrast", "%.1f", "blank, contrast", 2, "nothing to see"),
    QualityIssue.DARK: Words("Too dark", "Brightness", "%.0f", "too dark, brightness", 1, "hard to read"),
    QualityIssue.BRIGHT: Words(
        "Too bright", "Brightness", "%.0f", "too bright, brightness", 1, "hard to read"
    ),
    QualityIssue.BLURRED: Words("Blurred", "Sharpness", "%.0f", "blurred, sharpness", 1, "hard to read"),
}
