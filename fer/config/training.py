"""What a learner chooses before a run."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self, get_args

from fer.config import checks
from fer.config.augmentation import AugmentationConfig
from fer.config.views import DatasetView
from fer.errors import ConfigError

Optimizer = Literal["adam", "adamw", "sgd", "rmsprop", "adadelta"]
Schedule = Literal["constant", "cosine", "plateau", "one_cycle"]
Loss = Literal["crossentropy", "focal", "squared_error", "double_softmax"]
"""What a run makes small.

"crossentropy" is the surprise at the right answer. "focal" counts easy faces for less (Lin et al., 2017,
arXiv:1708.02002, gamma 2). "squared_error" is the mean squared distance of the probabilities.
"double_softmax" is a mistake to learn from: probabilities taken for logits, `from_logits=True` on a softmax
output, as in the first reference system.
"""
Precision = Literal["float32", "mixed_bfloat16"]
"""What the layers compute in; weights are kept in float32 either way, so a run's files are the same."""
InitialWeights = Literal["random", "imagenet"]

MOST_TEACHERS = 5
"""How many models a run may learn from at once; each looks at every picture, which costs its time."""
# Of Keras' layers; the name is part of a file's name elsewhere.
_LAYER_NAME = re.compile(r"[A-Za-z0-9_]{0,60}")


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Everything that decides how a run comes out; saved as the run's `config.json`.

    Attributes:
        dataset: a registered name (`synthetic`) or a path, as `load_dataset` takes it.
        view: in which state the dataset is used, see `DatasetView`.
        architecture: a name from `fer.models.catalog`.
        epochs: passes over the training faces, 1 to 10,000.
        batch_size: faces per step, 1 to 4,096.
        learning_rate: the highest rate of the schedule, above 0 to 10.
        optimizer: one of `Optimizer`.
        schedule: "constant"; "cosine" falls to zero at the last step; "plateau" divides by ten when
            validation loss has not improved for a while; "one_cycle" climbs for three tenths of the run and
            falls to almost nothing.
        warmup_epochs: epochs in which the rate climbs from zero before the schedule begins.
        weight_decay: decoupled decay per step, times the rate ("adamw" and "sgd" only).
        loss: what is made small, see `Loss`.
        dropout: share of the features before the last layer that each step leaves out, 0 to 0.9.
        label_smoothing: share of each label spread evenly over all emotions, 0 to below 1.
        balance_classes: weigh each emotion's loss by its rarity.
        weight_averaging: momentum of an exponential moving average of the weights, which is then what is
            validated and saved; 0 switches it off.
        teacher: the name of a model that the run also learns from (knowledge distillation: Hinton et al.,
            2015, arXiv:1503.02531), or several joined by "+", whose answers are averaged; empty for none.
        teacher_share: how much of each target is the teacher's answer to the very picture that the model
            sees, the label being the rest; above 0 to 1.
        teacher_temperature: the teacher's answer is softened by it, 1 leaves it as it is; 1 to 20.
        precision: see `Precision`.
        early_stopping_patience: stop after so many epochs without a better validation accuracy; None never.
            The epochs of the head alone are not waited for.
        initial_weights: "imagenet" begins with what the backbone learned from ImageNet's photographs, for an
            architecture that is `pretrained`; the head is random.
        head_epochs: so many epochs at the beginning only the head learns, after the last feature map, and the
            backbone stays as it is; 0 to `epochs`.
        fine_tune_from: the first layer of the backbone, or the beginning of its name, that learns after
            `head_epochs`; those before it never learn. Empty for all of it.
        fine_tune_rate_fraction: the rate after `head_epochs`, as a share of what it would be, above 0 to 1.
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
    loss: Loss = "crossentropy"
    dropout: float = 0.0
    label_smoothing: float = 0.0
    balance_classes: bool = False
    weight_averaging: float = 0.0
    teacher: str = ""
    teacher_share: float = 0.5
    teacher_temperature: float = 1.0
    precision: Precision = "float32"
    early_stopping_patience: int | None = None
    initial_weights: InitialWeights = "random"
    head_epochs: int = 0
    fine_tune_from: str = ""
    fine_tune_rate_fraction: float = 0.1
    image_size: int | None = None
    subset: int | None = None
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    seed: int = 0
    name: str = ""
    view: DatasetView = field(default_factory=DatasetView)

    def __post_init__(self) -> None:
        checks.between("epochs", self.epochs, 1, 10_000)
        checks.between("batch_size", self.batch_size, 1, 4_096)
        checks.between("learning_rate", self.learning_rate, 1e-9, 10)
        checks.between("warmup_epochs", self.warmup_epochs, 0, self.epochs)
        checks.between("weight_decay", self.weight_decay, 0, 10)
        checks.between("dropout", self.dropout, 0, 0.9)
        checks.between("label_smoothing", self.label_smoothing, 0, 0.9)
        checks.between("weight_averaging", self.weight_averaging, 0, 0.99999)
        checks.between("teacher_share", self.teacher_share, 0.01, 1)
        checks.between("teacher_temperature", self.teacher_temperature, 1, 20)
        checks.between("seed", self.seed, 0, 2**31 - 1)
        if self.early_stopping_patience is not None:
            checks.between("early_stopping_patience", self.early_stopping_patience, 1, 10_000)
        if self.image_size is not None:
            checks.between("image_size", self.image_size, 32, 512)
        if self.subset is not None:
            checks.between("subset", self.subset, 1, 100_000_000)
        checks.between("head_epochs", self.head_epochs, 0, 10_000)
        checks.between("fine_tune_rate_fraction", self.fine_tune_rate_fraction, 1e-6, 1)
        if self.head_epochs > self.epochs:
            raise ConfigError(
                f"{self.head_epochs} epochs for the head alone are more than the run's {self.epochs}. Take "
                "fewer, or train for longer."
            )
        if not _LAYER_NAME.fullmatch(self.fine_tune_from):
            raise ConfigError(
                f"“{self.fine_tune_from[:60]}” cannot be the name of a layer to be fine-tuned from. Names "
                "have at most 60 letters, digits and underscores; “python -m fer blueprint NAME” lists them."
            )
        checks.one_of("initial_weights", self.initial_weights, get_args(InitialWeights))
        checks.one_of("optimizer", self.optimizer, get_args(Optimizer))
        checks.one_of("loss", self.loss, get_args(Loss))
        checks.one_of("schedule", self.schedule, get_args(Schedule))
        checks.one_of("precision", self.precision, get_args(Precision))
        if len(self.teachers) > MOST_TEACHERS:
            raise ConfigError(
                f"A run may have {MOST_TEACHERS} teachers; received {len(self.teachers)}. Leave some out."
            )
        if len(self.name) > 80:
            raise ConfigError(
                f"A run's name may have 80 characters; this one has {len(self.name)}. Shorten it."
            )

    @property
    def teachers(self) -> tuple[str, ...]:
        """The names in `teacher`, each once."""
        return tuple(dict.fromkeys(name.strip() for name in self.teacher.split("+") if name.strip()))

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` takes them back."""
        return asdict(self)

    def settings(self) -> dict[str, Any]:
        """Every setting by a name of its own: those within another one as "augmentation.noise_fraction"."""

        def flat(values: Mapping[str, Any], before: str) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for name, value in values.items():
                inside = isinstance(value, dict)
                found |= flat(value, f"{before}{name}.") if inside else {f"{before}{name}": value}
            return found

        return flat(self.as_dict(), "")

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
        return checks.from_dict(cls, values)
