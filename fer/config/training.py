"""Training configuration: every setting that a learner chooses before a run, each declared once."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fer.config import checks, choices
from fer.config.augmentation import AugmentationConfig
from fer.config.choices import InitialWeights, Loss, Monitor, Optimizer, Precision, Schedule
from fer.config.setting_spec import PER_CENT, setting
from fer.config.views import DatasetView
from fer.errors import ConfigError

MOST_TEACHERS = 5
"""How many models a run may learn from at once; each looks at every picture, which costs its time."""
# Of Keras' layers; the name is part of a file's name elsewhere.
_LAYER_NAME = re.compile(r"[A-Za-z0-9_]{0,60}")
# Five to each power of ten, so that every step of the slider is about as far as the one before.
_LEARNING_RATES = (*(float(f"{digit}e{power}") for power in range(-5, -1) for digit in (1, 2, 3, 5, 7)), 0.1)


@dataclass(frozen=True, slots=True)
class TrainingConfig(checks.Settings):
    """Everything that decides how a run comes out; saved as the run's `config.json`.

    Each field says what it means, its range, its option and how the form asks for it: see `SettingSpec`. A
    new one needs its declaration here and the code that obeys it.

    Raises:
        ConfigError: a value is out of its range.
    """

    dataset: str = setting(
        "synthetic",
        "Dataset",
        "The faces and their labels. The training faces teach, the validation faces judge each epoch, and "
        "the test faces are kept for one last honest look.",
    )
    architecture: str = setting(
        "mini_xception",
        "Architecture",
        "Which layers a network has and how they are joined. The parameters are the numbers it learns, the "
        "multiply-adds are the work that one face costs.",
    )
    epochs: int = setting(
        10,
        "Epochs",
        "One pass over all training faces. Too few and the network has not seen enough; too many and it "
        "begins to learn its faces by heart.",
        option="passes over the training faces",
        lowest=1,
        highest=10_000,
        group="first",
        slider_to=100,
    )
    batch_size: int = setting(
        64,
        "Batch size",
        "How many faces it sees before it corrects itself. Small batches learn in more, noisier steps; large "
        "ones in fewer, steadier ones.",
        option="faces per step",
        lowest=1,
        highest=4_096,
        group="first",
        offered=(8, 16, 32, 64, 128, 256, 512),
    )
    learning_rate: float = setting(
        1e-3,
        "Learning rate",
        "How far each correction goes. Too high and the loss jumps about or is lost altogether; too low and "
        "it hardly moves.",
        option="the highest of the schedule",
        lowest=1e-9,
        highest=10,
        group="rate",
        offered=_LEARNING_RATES,
    )
    optimizer: Optimizer = setting(
        "adam",
        "Optimizer",
        "The rule that turns an error into corrected weights. Adam gives every weight a step of its own size "
        "and is a good first choice; SGD takes the same for all and wants a rate some ten times higher.",
        option="the rule that corrects the weights",
        group="corrections",
        words=choices.OPTIMIZERS,
    )
    schedule: Schedule = setting(
        "constant",
        "Schedule",
        "How the learning rate changes during the run: large steps first, small ones to settle.",
        option="how the rate changes during the run",
        group="rate",
        words=choices.SCHEDULES,
        lessons=choices.SCHEDULE_LESSONS,
    )
    plateau_factor: float = setting(
        0.1,
        "Plateau factor",
        "What the learning rate is multiplied by at each plateau: 0.1 leaves a tenth of it.",
        option="what the rate is multiplied by at each plateau",
        lowest=1e-4,
        highest=0.99,
        group="rate",
        offered=(0.1, 0.2, 0.3, 0.5, 0.7),
        asked=lambda chosen: chosen["schedule"] == "plateau",
    )
    plateau_patience: int = setting(
        12,
        "Plateau patience",
        "How many epochs without an improvement make a plateau, at which the learning rate falls.",
        option="epochs without an improvement that make a plateau",
        lowest=1,
        highest=10_000,
        group="rate",
        unit=" epochs",
        asked=lambda chosen: chosen["schedule"] == "plateau",
    )
    plateau_monitor: Monitor = setting(
        "validation_loss",
        "Plateau goes by",
        "What has to improve, or else the learning rate falls. The loss moves more smoothly than the "
        "accuracy, which counts whole faces.",
        option="what has to improve, or else the rate falls",
        group="rate",
        words=choices.MONITORS,
        asked=lambda chosen: chosen["schedule"] == "plateau",
    )
    warmup_epochs: float = setting(
        0.0,
        "Warm-up",
        "Epochs at the beginning in which the rate climbs from nothing: the first corrections of a network "
        "that knows nothing point anywhere, and should be small.",
        option="epochs in which the rate climbs from zero",
        lowest=0,
        highest=10_000,
        group="corrections",
        step=0.5,
        unit=" epochs",
    )
    weight_decay: float = setting(
        0.0,
        "Weight decay",
        "Pulls every weight a little towards zero at each step, so that none grows without need: a brake on "
        "learning by heart. Here AdamW and SGD have it.",
        option="for adamw and sgd: decoupled decay per step, times the rate",
        lowest=0,
        highest=10,
        group="corrections",
        step=0.01,
        asked=lambda chosen: chosen["optimizer"] in choices.DECAYING,
    )
    loss: Loss = setting(
        "crossentropy",
        "Loss",
        "The number that training makes small: how surprised the network was by the right answer.",
        option="the number that training makes small",
        group="target",
        words=choices.LOSSES,
        lessons=choices.LOSS_LESSONS,
    )
    dropout: float = setting(
        0.0,
        "Dropout",
        "Leaves out a random share of the features at each step, so that the network cannot rely on any one "
        "of them. More of it is a cure for overfitting, and slows learning.",
        option="share of the features before the last layer that each step leaves out",
        lowest=0,
        highest=0.9,
        group="brakes",
        slider_to=0.9,
        step=0.05,
    )
    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        "Takes a small share of each label and spreads it over all emotions: the network is asked to be "
        "sure, but never entirely. It helps where labels are often wrong.",
        option="share of each label spread over all emotions",
        lowest=0,
        highest=0.9,
        group="target",
        slider_to=0.9,
        step=0.01,
    )
    balance_classes: bool = setting(
        False,
        "Class weights",
        "Count a mistake on a rare emotion for more, so that all pull equally. Without them a network earns "
        "its accuracy by never answering “disgust”.",
        option="weigh each emotion's loss by its rarity (class weights)",
        group="target",
    )
    weight_averaging: float = setting(
        0.0,
        "Weight averaging",
        "Judges and keeps a moving average of the last many weights instead of the very last ones: the noise "
        "of single steps evens out. 0.998 looks back some 500 steps.",
        option="momentum of an exponential moving average of the weights; 0 is none",
        lowest=0,
        highest=0.99999,
        group="brakes",
        offered=(0.0, 0.9, 0.99, 0.995, 0.998, 0.999),
        words={0.0: "off"},
    )
    teacher: str = setting(
        "",
        "Teachers",
        "Trained models whose answers this one learns from besides the labels (knowledge distillation). That "
        "a face is “sad, perhaps fear” says more than “sad”. Several are averaged, and each takes its time. "
        "A teacher sees the very picture, in its own size.",
        option="learn from this model's answers too (knowledge distillation: Hinton et al., 2015, "
        "arXiv:1503.02531); several joined by + are averaged",
        metavar="MODEL",
    )
    teacher_share: float = setting(
        0.5,
        "Their share of the target",
        "How much of what is to be answered is the teachers' opinion of the very picture; the label is the "
        "rest. At 1 the labels are not looked at.",
        option="of each target that is the teachers' answer, the label being the rest",
        lowest=0.01,
        highest=1,
        group="teacher",
        slider_to=1,
        step=0.01,
        asked=lambda chosen: bool(chosen["teacher"]),
    )
    teacher_temperature: float = setting(
        1.0,
        "Temperature of their answers",
        "Above 1 the teachers' answers are softened, so that more is seen of what else they took a face for. "
        "Worth it where they are very sure.",
        option="softens the teachers' answers; 1 leaves them as they are",
        lowest=1,
        highest=20,
        group="teacher",
        slider_to=20,
        step=0.5,
        asked=lambda chosen: bool(chosen["teacher"]),
    )
    precision: Precision = setting(
        "float32",
        "Precision",
        "In bfloat16 a layer's products have three digits instead of seven, which a graphics card computes "
        "faster; the weights keep all of theirs. On a processor it may even be slower: measure it.",
        option="what the layers compute in",
        group="teacher",
        words=choices.PRECISIONS,
    )
    early_stopping_patience: int | None = setting(
        None,
        "Early stopping",
        "Ends the run after so many epochs in which validation did not improve. The weights of the most "
        "accurate epoch are kept either way; it only saves time.",
        option="stop after so many epochs without an improvement, those of the head alone not counted",
        lowest=1,
        highest=10_000,
        group="brakes",
        unit=" epochs",
        words={None: "never"},
    )
    early_stopping_monitor: Monitor = setting(
        "validation_accuracy",
        "Early stopping goes by",
        "What has to improve, or else the run ends. By the loss a run ends sooner: it rises again when a "
        "network grows too sure, while the accuracy still climbs.",
        option="what has to improve, or else the run ends",
        group="brakes",
        words=choices.MONITORS,
        asked=lambda chosen: chosen["early_stopping_patience"] is not None,
    )
    initial_weights: InitialWeights = setting(
        "random",
        "First weights",
        "Random ones know nothing. ImageNet's come from a million photographs of things: edges, textures and "
        "shapes are known already, faces are not. Keras downloads them once.",
        option="what the backbone of a pretrained architecture begins with; the head is random",
        group="transfer",
        words=choices.INITIAL_WEIGHTS,
    )
    head_epochs: int = setting(
        0,
        "Epochs for the head alone",
        "First only the new last layer learns, while the layers before it stay as they are: its first, wild "
        "corrections would spoil what they know.",
        option="epochs at the beginning in which only the head learns",
        lowest=0,
        highest=10_000,
        group="transfer",
    )
    fine_tune_from: str = setting(
        "",
        "Fine-tuned from",
        "The first layer that learns with the head afterwards. Early layers see edges, which faces have too; "
        "the later ones see things, and have more to learn anew.",
        option="after them the backbone learns from this layer or block on, those before it never",
        metavar="LAYER",
        group="transfer",
        words={"": "the first layer: all of it"},
    )
    fine_tune_rate_fraction: float = setting(
        0.1,
        "Rate of fine-tuning",
        "The learning rate after the head's epochs, as a share of what it would be: small, so that what is "
        "known is adjusted and not overwritten.",
        option="the rate after them, as a share of what it would be",
        lowest=1e-6,
        highest=1,
        group="transfer",
        offered=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
        unit=PER_CENT,
        asked=lambda chosen: chosen["head_epochs"] > 0,
    )
    image_size: int | None = setting(
        None,
        "Image size",
        "The side, in pixels, to which faces are scaled for the network. Twice the side is four times the "
        "work.",
        option="side of the model's input in pixels; the architecture's own if left out",
        lowest=32,
        highest=512,
        group="extent",
        step=8,
        unit=" pixels",
        words={None: "the network's own"},
    )
    subset: int | None = setting(
        None,
        "Only so many faces",
        "Trains on a subset, each emotion keeping its share, and validates on as small a share, with 20 "
        "faces of each emotion at least: quicker, and worse.",
        option="train on at most so many faces, and validate on as small a share, 20 of each emotion at "
        "least",
        lowest=1,
        highest=100_000_000,
        group="extent",
        words={None: "all of them"},
    )
    whole_validation: bool = setting(
        False,
        "All validation faces",
        "Validates on every validation face although it learns from a subset: a surer figure, and most of "
        "the time of a short run.",
        option="validate on every validation face although a subset is learned from",
        group="extent",
        asked=lambda chosen: chosen["subset"] is not None,
    )
    augmentation: AugmentationConfig = setting(
        AugmentationConfig,
        "Augmentation",
        "Shows each face a little differently every time, turned, moved or mirrored, so that the network "
        "learns the expression and not the photograph.",
    )
    seed: int = setting(
        0,
        "Seed",
        "Where all chance of a run starts from. The same seed draws the same first weights, the same order "
        "and the same augmentation.",
        option="every random draw follows from it",
        lowest=0,
        highest=2**31 - 1,
        group="extent",
    )
    name: str = setting(
        "",
        "Name",
        "What you will recognise the run by.",
        option="what you call the run",
        metavar="TEXT",
        highest=80,
        group="name",
    )
    view: DatasetView = setting(
        DatasetView,
        "Edition, labels and splits",
        "In which state the faces are used: with your corrections, with which labels, and who is learned "
        "from.",
    )

    def __post_init__(self) -> None:
        checks.within_bounds(self)
        checks.between("warmup_epochs", self.warmup_epochs, 0, self.epochs)
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
        if len(self.teachers) > MOST_TEACHERS:
            raise ConfigError(
                f"A run may have {MOST_TEACHERS} teachers; received {len(self.teachers)}. Leave some out."
            )

    @property
    def teachers(self) -> tuple[str, ...]:
        """The names in `teacher`, each once."""
        return tuple(dict.fromkeys(name.strip() for name in self.teacher.split("+") if name.strip()))

    def steps_of(self, faces: int) -> int:
        """Return how often an epoch of so many training faces corrects the weights."""
        return -(-faces // self.batch_size)

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
