"""What can be repeated: each published recipe, without its mistakes and with each of them."""

from dataclasses import dataclass

from fer.config import TrainingConfig
from fer.config.recipes import PRESETS, Defect, Preset
from fer.errors import ConfigError
from fer.evaluation.replication.published import PUBLISHED, PublishedFigure


@dataclass(frozen=True, slots=True)
class Variant:
    """A published recipe, and which of its mistakes are repeated.

    Attributes:
        preset: the recipe.
        defects: the mistakes that are repeated; none for the recipe done right.
    """

    preset: Preset
    defects: tuple[Defect, ...] = ()

    @property
    def key(self) -> str:
        """Its name for a program and a folder: "s0", or "s0+double_softmax"."""
        return "+".join([self.preset.key, *(defect.key for defect in self.defects)])

    @property
    def command(self) -> str:
        """What starts it, after `python -m fer replicate`."""
        return self.key

    @property
    def title(self) -> str:
        """Its name for a person."""
        repeated = ", ".join(defect.title[0].lower() + defect.title[1:] for defect in self.defects)
        return f"{self.preset.title}, {repeated}" if repeated else self.preset.title

    @property
    def figures(self) -> tuple[PublishedFigure, ...]:
        """What was published of the recipe; may be empty."""
        return PUBLISHED[self.preset.key]

    def config(self, dataset: str) -> TrainingConfig:
        """The settings of a run that repeats it, on a dataset as it came."""
        titles = frozenset(defect.title for defect in self.defects)
        return self.preset.configured(TrainingConfig(dataset=dataset), titles)


VARIANTS = tuple(
    Variant(preset, defects)
    for preset in PRESETS
    if preset.key in PUBLISHED
    for defects in ((), *((defect,) for defect in preset.defects))
)


def variant(key: str) -> Variant:
    """Return what is called `key`.

    Raises:
        ConfigError: nothing is.
    """
    known = {each.key: each for each in VARIANTS}
    if key not in known:
        raise ConfigError(f"No published recipe is called “{key[:60]}”. There are {', '.join(known)}.")
    return known[key]
