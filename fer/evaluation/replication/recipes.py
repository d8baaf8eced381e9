"""Published recipes: the accuracy that the authors of a reference system report, and its repetition."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from fer.config import TrainingConfig
from fer.config.recipes import PRESETS, Defect, Preset
from fer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One accuracy that was published.

    Attributes:
        percent: as its authors give it, "67.76".
        faces: which faces it is of, as far as they say.
        epoch: after how many epochs it was counted.
        against: which of our epochs it is compared with: the same one, or the best one where theirs was a
            choice among epochs too, or they do not say.
        source: where it stands.
        flaw: what is wrong or untold about how it was counted, in sentences; empty for nothing.
        needs: keys of the defects without which a run cannot be compared with it.
    """

    percent: str
    faces: Literal["validation", "test", "unsaid"]
    epoch: int
    against: Literal["best", "epoch"]
    source: str
    flaw: str = ""
    needs: frozenset[str] = frozenset()

    @property
    def share(self) -> float:
        """Of the faces, 0 to 1."""
        return float(f"{self.percent}e-2")

    @property
    def in_words(self) -> str:
        """The share as its authors give it, with a no-break space: "67.76 %"."""
        return f"{self.percent}\u00a0%"


# By the key of the recipe in `fer.config.recipes`; a published recipe without any has an empty line.
PUBLISHED: Mapping[str, tuple[PublishedFigure, ...]] = {
    "s0": (
        PublishedFigure(
            *("67.76", "validation", 50, "epoch", "S0, Table 1, batches of 128 and 50 epochs"),
            "It does not say whether the figure is of the last epoch or of the best; its table counts "
            "epochs, so the last is taken. The best of four batch sizes is told on the faces that chose it.",
        ),
    ),
    "s1": (
        PublishedFigure(
            *("63.24", "unsaid", 25, "best", "S1, after training"),
            "It does not say whether this was counted on faces that it trained on or on validation faces.",
        ),
        PublishedFigure("55.25", "test", 25, "best", "S1, evaluation of its test folder"),
    ),
    "s1_efficientnet": (),
    "s2": (
        PublishedFigure(
            *("63", "validation", 100, "best", "S2, its closing words"),
            "It does not tell which faces validate: the 7,178 that it calls its test set, or others.",
        ),
    ),
    "s3_relu": (PublishedFigure("64.09", "validation", 15, "epoch", "S3, log of the ReLU run"),),
    "s3_elu": (PublishedFigure("54.87", "validation", 5, "epoch", "S3, log of the ELU run"),),
    "s4": (
        PublishedFigure(
            *("66", "validation", 102, "best", "S4, name of its best weights' file"),
            "A random fifth of all rows validates, so copies of validation faces are trained on.",
            frozenset({"leaking_split"}),
        ),
    ),
}

BATCH_SIZES, EPOCHS = (32, 64, 128, 256), (50, 100)
# In percent. Source: S0, Table 1. Those of 100 epochs are given without digits, all called overfitting.
TABLE_CELLS: Mapping[tuple[int, int], str] = {
    (32, 50): "65.22",
    (32, 100): "59",
    (64, 50): "66.31",
    (64, 100): "66",
    (128, 50): "67.76",
    (128, 100): "66",
    (256, 50): "64.12",
    (256, 100): "67",
}
TABLE_KEY = "s0-table"


@dataclass(frozen=True, slots=True)
class Variant:
    """A published recipe, and which of its mistakes are repeated; or a row of S0's Table 1.

    Attributes:
        preset: the recipe.
        defects: the mistakes that are repeated; none for the recipe done right.
        batch_size: of a row of the table; None for the recipe's own.
    """

    preset: Preset
    defects: tuple[Defect, ...] = ()
    batch_size: int | None = None

    @property
    def key(self) -> str:
        """Its name for a program and a folder: "s0", "s0+double_softmax" or "s0_table_64"."""
        if self.batch_size is not None:
            return f"s0_table_{self.batch_size}"
        return "+".join([self.preset.key, *(defect.key for defect in self.defects)])

    @property
    def command(self) -> str:
        """What starts it, after `python -m fer replicate`."""
        return self.key if self.batch_size is None else TABLE_KEY

    @property
    def title(self) -> str:
        """Its name for a person."""
        if self.batch_size is not None:
            return f"S0's Table 1, batches of {self.batch_size}"
        repeated = ", ".join(defect.title[0].lower() + defect.title[1:] for defect in self.defects)
        return f"{self.preset.title}, {repeated}" if repeated else self.preset.title

    @property
    def figures(self) -> tuple[PublishedFigure, ...]:
        """What was published of the recipe; empty for nothing, and for a row, whose cells know their own."""
        return PUBLISHED[self.preset.key] if self.batch_size is None else ()

    def config(self, dataset: str) -> TrainingConfig:
        """The settings of a run that repeats it, on a dataset as it came."""
        titles = frozenset(defect.title for defect in self.defects)
        config = self.preset.configured(TrainingConfig(dataset=dataset), titles)
        if self.batch_size is None:
            return config
        name = f"S0's table, batches of {self.batch_size}"
        return replace(config, batch_size=self.batch_size, epochs=EPOCHS[-1], name=name)


VARIANTS = tuple(
    Variant(preset, defects)
    for preset in PRESETS
    if preset.key in PUBLISHED
    for defects in ((), *((defect,) for defect in preset.defects))
)
TABLE_ROWS = tuple(Variant(VARIANTS[0].preset, (), batch_size) for batch_size in BATCH_SIZES)


def variant(key: str) -> Variant:
    """Return what is called `key`.

    Raises:
        ConfigError: nothing is.
    """
    known = {each.key: each for each in VARIANTS}
    if key not in known:
        raise ConfigError(f"No published recipe is called “{key[:60]}”. There are {', '.join(known)}.")
    return known[key]
