"""Dataset view: the state in which a dataset is used, its edition, labels and splits."""

from dataclasses import dataclass
from typing import Literal, get_args

from fer.config import checks
from fer.errors import ConfigError
from fer.statistics import percent

LabelSource = Literal["given", "majority", "votes"]


@dataclass(frozen=True, slots=True)
class SplitPlan(checks.Settings):
    """How the faces are divided anew, each emotion alike.

    Attributes:
        validation_fraction: share of the divided faces that judge each epoch, 0.01 to 0.5.
        test_fraction: share of them kept for the last look, 0 to 0.5; only when `keep_test` is off.
        keep_test: the test faces stay what they are, and only the others are divided. Off, official test
            faces may come to be trained on.
        seed: who goes where follows from it.
    """

    validation_fraction: float = 0.1
    test_fraction: float = 0.0
    keep_test: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        checks.between("validation_fraction", self.validation_fraction, 0.01, 0.5)
        checks.between("test_fraction", self.test_fraction, 0, 0.5)
        checks.between("seed", self.seed, 0, 2**31 - 1)
        if self.validation_fraction + self.test_fraction > 0.9:
            raise ConfigError(
                "Validation and test cannot take "
                f"{percent(self.validation_fraction + self.test_fraction, 0)} of the faces: a "
                "tenth at least must be left to learn from. Lower one of them."
            )
        if self.keep_test and self.test_fraction:
            raise ConfigError(
                f"The test faces cannot stay what they are and be drawn anew (a share of "
                f"{self.test_fraction:g}). Set the test share to 0, or let the test faces be divided too."
            )


@dataclass(frozen=True, slots=True)
class DatasetView(checks.Settings):
    """In which state a dataset is used: as it came, or mended, voted on and divided anew.

    Attributes:
        edition: name of the edition whose exclusions and new labels apply; empty for none.
        labels: "given"; "majority" takes the label most FER+ voters chose; "votes" trains on the shares of
            their votes and counts the majority as right.
        splits: how to divide anew; None keeps the splits as they came.
        skip_bad: leave out rows that cannot be read instead of refusing the file.
    """

    edition: str = ""
    labels: LabelSource = "given"
    splits: SplitPlan | None = None
    skip_bad: bool = False

    def __post_init__(self) -> None:
        checks.one_of("labels", self.labels, get_args(LabelSource))

    def as_options(self) -> list[str]:
        """Return the options by which a command takes its dataset in this state."""
        words = ["--edition", self.edition] if self.edition else []
        words += ["--labels", self.labels] if self.labels != "given" else []
        words += ["--skip-bad"] if self.skip_bad else []
        if plan := self.splits:
            # Written in full: a rounded share would draw other splits.
            words += ["--split-validation", repr(plan.validation_fraction), "--split-seed", str(plan.seed)]
            words += [] if plan.keep_test else ["--pool", "--split-test", repr(plan.test_fraction)]
        return words


AS_IT_CAME = DatasetView()
"""The view that changes nothing."""
