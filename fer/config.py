"""What a learner chooses before a run: plain values, to and from JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Self, TypeVar, get_args, get_type_hints

from fer.errors import ConfigError

Optimizer = Literal["adam", "adamw", "sgd", "rmsprop", "adadelta"]
Schedule = Literal["constant", "cosine", "plateau"]
LabelSource = Literal["given", "majority", "votes"]
ConfigT = TypeVar("ConfigT")


@dataclass(frozen=True, slots=True)
class AugmentationConfig:
    """How far each training face may be changed before the model sees it; all zero changes nothing.

    Attributes:
        horizontal_flip: mirror left and right, for half of the faces.
        rotation_degrees: turn by up to this much either way, 0 to 90.
        shift_fraction: move by up to this share of the side, in x and in y, 0 to 0.5.
        zoom_fraction: scale by 1 - z to 1 + z, 0 to 0.5.
        brightness_fraction: add up to this share of full white or black, 0 to 0.5.
        contrast_fraction: scale the distance from mid-grey by 1 - c to 1 + c, 0 to 0.9.
        erase_fraction: grey out, in half of the faces, a rectangle of up to this share of the area, 0 to 0.5.
    """

    horizontal_flip: bool = False
    rotation_degrees: float = 0.0
    shift_fraction: float = 0.0
    zoom_fraction: float = 0.0
    brightness_fraction: float = 0.0
    contrast_fraction: float = 0.0
    erase_fraction: float = 0.0

    def __post_init__(self) -> None:
        for name, highest in (
            ("rotation_degrees", 90),
            ("shift_fraction", 0.5),
            ("zoom_fraction", 0.5),
            ("brightness_fraction", 0.5),
            ("contrast_fraction", 0.9),
            ("erase_fraction", 0.5),
        ):
            _between(name, getattr(self, name), 0, highest)

    @property
    def changes_anything(self) -> bool:
        """Whether a face can come out different from how it went in."""
        return self != AugmentationConfig()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` takes them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `as_dict`'s values; a field that is missing takes its default.

        Raises:
            ConfigError: a field is unknown, of another type, or out of range.
        """
        return _from_dict(cls, values)


@dataclass(frozen=True, slots=True)
class SplitPlan:
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
        _between("validation_fraction", self.validation_fraction, 0.01, 0.5)
        _between("test_fraction", self.test_fraction, 0, 0.5)
        _between("seed", self.seed, 0, 2**31 - 1)
        if self.validation_fraction + self.test_fraction > 0.9:
            raise ConfigError(
                f"Validation and test cannot take {self.validation_fraction + self.test_fraction:.0%} "
                "of the faces: a tenth at least must be left to learn from. Lower one of them."
            )
        if self.keep_test and self.test_fraction:
            raise ConfigError(
                f"The test faces cannot stay what they are and be drawn anew (a share of "
                f"{self.test_fraction:g}). Set the test share to 0, or let the test faces be divided too."
            )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from plain values; a field that is missing takes its default.

        Raises:
            ConfigError: a field is unknown, of another type, or out of range.
        """
        return _from_dict(cls, values)


@dataclass(frozen=True, slots=True)
class DatasetView:
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
        _one_of("labels", self.labels, get_args(LabelSource))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from plain values; a field that is missing takes its default.

        Raises:
            ConfigError: a field is unknown, of another type, or out of range.
        """
        if isinstance(values, Mapping) and values.get("splits") is not None:
            values = {**values, "splits": SplitPlan.from_dict(values["splits"])}
        return _from_dict(cls, values)


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Everything that decides how a run comes out; saved as the run's `config.json`.

    Attributes:
        dataset: a registered name (`synthetic`) or a path, as `load_dataset` takes it.
        view: in which state the dataset is used, see `DatasetView`.
        architecture: a name from `fer.zoo.catalog`.
        epochs: passes over the training faces, 1 to 10,000.
        batch_size: faces per step, 1 to 4,096.
        learning_rate: the highest rate of the schedule, above 0 to 10.
        optimizer: one of `Optimizer`.
        schedule: "constant"; "cosine" falls to zero at the last step; "plateau" divides by ten when
            validation loss has not improved for a while.
        warmup_epochs: epochs in which the rate climbs from zero, for "cosine".
        weight_decay: decoupled decay per step, times the rate ("adamw" only).
        label_smoothing: share of each label spread evenly over all emotions, 0 to below 1.
        balance_classes: weigh each emotion's loss by its rarity.
        weight_averaging: momentum of an exponential moving average of the weights, which is then what is
            validated and saved; 0 switches it off.
        early_stopping_patience: stop after so many epochs without a better validation accuracy; None never.
        image_size: side of the model's input in pixels; None takes the architecture's own.
        subset: train on at most so many faces; None takes all.
        augmentation: see `AugmentationConfig`.
        seed: every random draw of the run follows from it.
        name: what the learner calls it; may be empty.
    """

    dataset: str = "synthetic"
    architecture: str = "mini_xception"
    epochs: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    optimizer: Optimizer = "adam"
    schedule: Schedule = "constant"
    warmup_epochs: float = 0.0
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    balance_classes: bool = False
    weight_averaging: float = 0.0
    early_stopping_patience: int | None = None
    image_size: int | None = None
    subset: int | None = None
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    seed: int = 0
    name: str = ""
    view: DatasetView = field(default_factory=DatasetView)

    def __post_init__(self) -> None:
        _between("epochs", self.epochs, 1, 10_000)
        _between("batch_size", self.batch_size, 1, 4_096)
        _between("learning_rate", self.learning_rate, 1e-9, 10)
        _between("warmup_epochs", self.warmup_epochs, 0, self.epochs)
        _between("weight_decay", self.weight_decay, 0, 10)
        _between("label_smoothing", self.label_smoothing, 0, 0.9)
        _between("weight_averaging", self.weight_averaging, 0, 0.99999)
        _between("seed", self.seed, 0, 2**31 - 1)
        if self.early_stopping_patience is not None:
            _between("early_stopping_patience", self.early_stopping_patience, 1, 10_000)
        if self.image_size is not None:
            _between("image_size", self.image_size, 32, 512)
        if self.subset is not None:
            _between("subset", self.subset, 1, 100_000_000)
        _one_of("optimizer", self.optimizer, get_args(Optimizer))
        _one_of("schedule", self.schedule, get_args(Schedule))
        if len(self.name) > 80:
            raise ConfigError(
                f"A run's name may have 80 characters; this one has {len(self.name)}. Shorten it."
            )

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` takes them back."""
        return asdict(self)

    def to_json(self) -> str:
        """The text of `config.json`."""
        return json.dumps(self.as_dict(), indent=2) + "\n"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `as_dict`'s values; a field that is missing takes its default.

        Raises:
            ConfigError: a field is unknown, of another type, or out of range.
        """
        if isinstance(values, Mapping) and "augmentation" in values:
            values = {**values, "augmentation": AugmentationConfig.from_dict(values["augmentation"])}
        if isinstance(values, Mapping) and "view" in values:
            values = {**values, "view": DatasetView.from_dict(values["view"])}
        return _from_dict(cls, values)


def _from_dict(cls: type[ConfigT], values: Mapping[str, Any]) -> ConfigT:
    if not isinstance(values, Mapping):
        raise ConfigError(f"Settings must be names with values; received {values!r}.")
    known = [f.name for f in fields(cls)]  # type: ignore[arg-type]
    unknown = [name for name in values if name not in known]
    if unknown:
        raise ConfigError(f"Unknown setting “{unknown[0]}”. The settings are {', '.join(known)}.")
    hints = get_type_hints(cls)
    for name, value in values.items():
        if not _fits(value, hints[name]):
            raise ConfigError(f"The setting “{name}” cannot be {value!r}. Correct it or leave it out.")
    return cls(**values)


def _fits(value: Any, hint: Any) -> bool:
    """Whether `value` has the type of an annotation of this module; a whole number is a fine float."""
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint is type(None):
        return value is None
    if isinstance(hint, type):
        return isinstance(value, hint)
    options = get_args(hint)
    if all(isinstance(option, str) for option in options):  # a Literal
        return value in options
    return any(_fits(value, option) for option in options)


def _between(name: str, value: float, lowest: float, highest: float) -> None:
    if not lowest <= value <= highest:  # also catches NaN
        raise ConfigError(
            f"{name.replace('_', ' ').capitalize()} must be {lowest:.10g} to {highest:.10g}; "
            f"received {value}."
        )


def _one_of(name: str, value: str, options: tuple[str, ...]) -> None:
    if value not in options:
        raise ConfigError(
            f"{name.replace('_', ' ').capitalize()} must be one of {', '.join(options)}; received “{value}”."
        )


DEFAULT_AUGMENTATION = AugmentationConfig(
    horizontal_flip=True, rotation_degrees=10, shift_fraction=0.1, zoom_fraction=0.1
)
"""What the mini_XCEPTION authors trained with: flip, ±10°, ±10 % shift and zoom."""

AS_IT_CAME = DatasetView()
"""The view that changes nothing."""
