"""What the authors of the reference systems say their recipes reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Faces = Literal["validation", "test", "unsaid"]
Against = Literal["best", "epoch"]


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One accuracy that was published.

    Attributes:
        share: of the faces, 0 to 1.
        digits: how many digits of the percentage its authors give after the point.
        faces: which faces it is of, as far as they say.
        epoch: after how many epochs it was counted.
        against: which of our epochs it is compared with: the same one, or the best one where theirs was a
            choice among epochs too, or they do not say.
        source: where it stands.
        flaw: what is wrong or untold about how it was counted, in sentences; empty for nothing.
        needs: keys of the defects without which a run cannot be compared with it.
    """

    share: float
    digits: int
    faces: Faces
    epoch: int
    against: Against
    source: str
    flaw: str = ""
    needs: frozenset[str] = frozenset()

    @property
    def in_words(self) -> str:
        """The share as its authors give it: "67.76 %"."""
        return f"{100 * self.share:.{self.digits}f} %"


# By the key of the recipe in `fer.config.recipes`; a published recipe without any has an empty line.
PUBLISHED: Mapping[str, tuple[PublishedFigure, ...]] = {
    "s0": (
        PublishedFigure(
            0.6776,
            2,
            "validation",
            50,
            "epoch",
            "S0, Table 1, batches of 128 and 50 epochs",
            "It does not say whether the figure is of the last epoch or of the best; its table counts "
            "epochs, so the last is taken. The best of four batch sizes is told on the faces that chose it.",
        ),
    ),
    "s1": (
        PublishedFigure(
            0.6324,
            2,
            "unsaid",
            25,
            "best",
            "S1, after training",
            "It does not say whether this was counted on faces that it trained on or on validation faces.",
        ),
        PublishedFigure(0.5525, 2, "test", 25, "best", "S1, evaluation of its test folder"),
    ),
    "s1_efficientnet": (),
    "s2": (
        PublishedFigure(
            0.63,
            0,
            "validation",
            100,
            "best",
            "S2, its closing words",
            "It does not tell which faces validate: the 7,178 that it calls its test set, or others.",
        ),
    ),
    "s3_relu": (PublishedFigure(0.6409, 2, "validation", 15, "epoch", "S3, log of the ReLU run"),),
    "s3_elu": (PublishedFigure(0.5487, 2, "validation", 5, "epoch", "S3, log of the ELU run"),),
    "s4": (
        PublishedFigure(
            0.66,
            0,
            "validation",
            102,
            "best",
            "S4, name of its best weights' file",
            "A random fifth of all rows validates, so copies of validation faces are trained on.",
            frozenset({"leaking_split"}),
        ),
    ),
}
