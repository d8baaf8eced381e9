"""Single changes that could cure a finding, worked out from the run's own settings.

Each function returns one change, or None where there is nothing left to change that way. Who gives the
advice is said with it; whether it helps, only the experiment tells.

Seen against overfitting, mini_XCEPTION on 700 of the built-in faces, 40 epochs, 46.9 % of 700 validation faces:
mild augmentation 88.1 %, four times the faces 88.1 %, dropout 0.3 44.7 % (could be chance), label smoothing 0.1
43.0 % (worse, p = 0.03). All four are common advice.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, Optimizer, TrainingConfig
from fer.diagnosis.finding import Remedy
from fer.errors import ConfigError
from fer.zoo.catalog import ARCHITECTURES, Architecture

USUAL_RATES: Mapping[Optimizer, float] = {
    "adam": 1e-3,
    "adamw": 1e-3,
    "rmsprop": 1e-3,
    "sgd": 1e-2,
    "adadelta": 1.0,
}
"""Where people begin: Keras' defaults; of Adadelta its inventor's (Zeiler, 2012), a thousand times Keras'."""

# No rule offers more: whoever may press ten buttons presses none.
_MOST = 5
# Beyond, a batch trains no better on a processor and leaves too few steps (FACTS: 64 to 128 are best).
_LARGEST_BATCH = 512
_FEWEST_STEPS = 5
# What the first reference system trained with.
_STRONG_AUGMENTATION = AugmentationConfig(
    horizontal_flip=True,
    rotation_degrees=20,
    shift_x_fraction=0.2,
    shift_y_fraction=0.2,
    zoom_in_fraction=0.2,
    zoom_out_fraction=0.2,
)
_FIRST = "The first reference system"


def apply_remedy(config: TrainingConfig, remedy: Remedy) -> TrainingConfig:
    """Return the settings with exactly that one thing changed; the seed stays.

    Raises:
        ConfigError: the change is out of range.
    """
    return replace(config, **remedy.change)


def fitting(config: TrainingConfig, *candidates: Remedy | None) -> tuple[Remedy, ...]:
    """Those of `candidates` that the settings can take and that change them, at most `_MOST`, in order."""
    fit: list[Remedy] = []
    for remedy in candidates:
        if remedy is None:
            continue
        try:
            changed = apply_remedy(config, remedy)
            if changed != config and all(remedy.change != other.change for other in fit):
                fit.append(remedy)
        except ConfigError:
            continue
    return tuple(fit[:_MOST])


# ── the learning rate ────────────────────────────────────────────────────────────────────────────


def scaled_rate(config: TrainingConfig, factor: float, why: str) -> Remedy:
    """`factor` times the rate."""
    return _rate(config, config.learning_rate * factor, why)


def usual_rate(config: TrainingConfig) -> Remedy:
    """The rate at which people begin with this optimizer."""
    return _rate(
        config,
        USUAL_RATES[config.optimizer],
        f"Where people usually begin with {_OPTIMIZER_TITLES[config.optimizer]}.",
    )


def warm_up(config: TrainingConfig) -> Remedy | None:
    """An epoch in which the rate climbs from zero."""
    if config.warmup_epochs or config.epochs < 2:
        return None
    return Remedy(
        "One warm-up epoch instead of none",
        {"warmup_epochs": 1.0},
        "Goyal et al. (2017): the first steps, taken by untrained weights, are the ones that do harm. With a "
        "warm-up they are small.",
    )


def cosine_schedule(config: TrainingConfig) -> Remedy | None:
    """A rate that falls to zero by the end."""
    return _schedule(
        config,
        "cosine",
        "Loshchilov and Hutter (2017); the shipped model learned so. Ever smaller steps let the weights "
        "settle: the shipped model won 2 of its 65 points in the last third of the fall.",
    )


def plateau_schedule(config: TrainingConfig) -> Remedy | None:
    """A rate that is divided by ten where nothing improves."""
    return _schedule(
        config,
        "plateau",
        "Two of the reference systems train so: after twelve epochs without a better validation loss the "
        "rate falls to a tenth.",
    )


def _schedule(config: TrainingConfig, name: str, why: str) -> Remedy | None:
    if config.schedule != "constant":
        return None
    return Remedy(f"{name.capitalize()} schedule instead of a constant rate", {"schedule": name}, why)


def _rate(config: TrainingConfig, rate: float, why: str) -> Remedy:
    rate = float(f"{rate:.3g}")  # 1e-4, not 0.00010000000000000002
    return Remedy(f"Learning rate {rate:g} instead of {config.learning_rate:g}", {"learning_rate": rate}, why)


_OPTIMIZER_TITLES: Mapping[Optimizer, str] = {
    "adam": "Adam",
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
    "adadelta": "Adadelta",
}

# ── how much it sees ─────────────────────────────────────────────────────────────────────────────


def more_faces(config: TrainingConfig, train_count: int | None = None) -> Remedy | None:
    """Four times as many faces, where only some are trained on."""
    if config.subset is None or (train_count is not None and train_count < config.subset):
        return None
    return Remedy(
        f"Up to {4 * config.subset:,} faces instead of {config.subset:,}",
        {"subset": 4 * config.subset},
        "One of the reference systems names more data first. Nothing cures learning by heart as surely as "
        "more than can be learned by heart; an epoch takes longer for it.",
    )


def more_augmentation(config: TrainingConfig) -> Remedy | None:
    """The next stronger augmentation; what is on already stays on."""
    own = config.augmentation
    for label, wanted in (
        ("Mild augmentation", DEFAULT_AUGMENTATION),
        ("Strong augmentation", _STRONG_AUGMENTATION),
        ("A fifth of half the faces greyed out", replace(_STRONG_AUGMENTATION, erase_fraction=0.2)),
    ):
        stronger = _at_least(own, wanted)
        if stronger != own:
            was = "what it had" if own.changes_anything else "none"
            return Remedy(
                f"{label} instead of {was}",
                {"augmentation": stronger},
                f"{_AUGMENTERS[label]} Every epoch then shows other pictures of the same faces. Training "
                "accuracy falls; that is meant.",
            )
    return None


_AUGMENTERS = {
    "Mild augmentation": "Flip, ±10°, a tenth of shift and zoom, as mini_XCEPTION's authors trained.",
    "Strong augmentation": f"Flip, ±20°, a fifth of shift and zoom, as {_FIRST.lower()} trained.",
    "A fifth of half the faces greyed out": "Random erasing (Zhong et al., 2020).",
}


def _at_least(own: AugmentationConfig, wanted: AugmentationConfig) -> AugmentationConfig:
    return replace(
        own,
        **{name: max(value, getattr(own, name)) for name, value in asdict(wanted).items() if name != "fill"},
    )


def more_epochs(config: TrainingConfig) -> Remedy:
    """Twice as many epochs."""
    epochs = min(2 * config.epochs, 10_000)
    return Remedy(
        f"{epochs} epochs instead of {config.epochs}",
        {"epochs": epochs},
        "One of the reference systems finds the number of epochs by trial: while validation rises, more of "
        "them help. This starts afresh, with a schedule as long as the run; to go on from here, extend "
        "this run.",
    )


def fewer_epochs(config: TrainingConfig, epochs: int) -> Remedy | None:
    """As many epochs as did any good."""
    epochs = max(epochs, 1, round(config.warmup_epochs))
    if epochs > 0.8 * config.epochs:
        return None
    constant = config.schedule == "constant"
    return Remedy(
        f"{_epochs(epochs)} instead of {config.epochs}",
        {"epochs": epochs},
        f"{_FIRST}'s advice. The best epoch's weights are kept anyway, so "
        + (
            "at a constant rate this saves time and can hardly change the model."
            if constant
            else "what changes is the schedule: the rate has fallen by then."
        ),
    )


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count} epochs"


# ── the network and the steps ────────────────────────────────────────────────────────────────────


def more_dropout(config: TrainingConfig) -> Remedy | None:
    """The next higher dropout."""
    dropout = next((value for value in (0.3, 0.5) if value > config.dropout + 0.05), None)
    if dropout is None:
        return None
    return Remedy(
        f"Dropout {dropout:g} instead of {config.dropout:g}",
        {"dropout": dropout},
        f"{_FIRST}'s advice (Srivastava et al., 2014): each step leaves out {dropout:.0%} of the last "
        "features, so that the model cannot rely on any one of them.",
    )


def smaller_model(config: TrainingConfig) -> Remedy | None:
    """The largest architecture that is smaller than the run's."""
    return _model(
        config,
        larger=False,
        why=f"{_FIRST}'s advice: a smaller model can learn less by heart, and is faster.",
    )


def larger_model(config: TrainingConfig) -> Remedy | None:
    """The smallest architecture that is larger than the run's."""
    return _model(
        config,
        larger=True,
        why=f"What {_FIRST.lower()} advises, turned round: a larger model can tell more apart, and takes "
        "longer.",
    )


def _model(config: TrainingConfig, *, larger: bool, why: str) -> Remedy | None:
    own = ARCHITECTURES.get(config.architecture)
    if own is None:
        return None

    def size(entry: Architecture) -> int:
        return entry.parameters

    others = [e for e in ARCHITECTURES.values() if (size(e) > size(own) if larger else size(e) < size(own))]
    if not others:
        return None
    other = min(others, key=size) if larger else max(others, key=size)
    return Remedy(
        f"{other.title} instead of {own.title}",
        {"architecture": other.name},
        f"{why} {other.parameters:,} weights instead of {own.parameters:,}.",
    )


def larger_batch(config: TrainingConfig, train_count: int | None) -> Remedy | None:
    """Batches of twice the size."""
    size = 2 * config.batch_size
    if size > _LARGEST_BATCH or (train_count is not None and train_count < _FEWEST_STEPS * size):
        return None
    return Remedy(
        f"Batches of {size} instead of {config.batch_size}",
        {"batch_size": size},
        f"{_FIRST}'s advice: a mean over more faces points more steadily the same way. There are half as "
        "many steps.",
    )


def average_weights(config: TrainingConfig) -> Remedy | None:
    """A moving average of the weights."""
    if config.weight_averaging:
        return None
    return Remedy(
        "Moving average of the weights, 0.99 instead of none",
        {"weight_averaging": 0.99},
        "Polyak and Juditsky (1992); the shipped model learned so. The mean of the last hundred steps lies "
        "nearer the middle than any one of them.",
    )


# ── what is made small ───────────────────────────────────────────────────────────────────────────


def right_loss(config: TrainingConfig) -> Remedy:
    """Cross-entropy of the probabilities as they are."""
    return Remedy(
        "Cross-entropy instead of the doubled softmax",
        {"loss": "crossentropy"},
        "Keras' documentation: from_logits=True is for outputs without softmax. This model's output is one.",
    )


def focal_loss(config: TrainingConfig) -> Remedy | None:
    """A loss that turns to hard faces."""
    if config.loss != "crossentropy":
        return None
    return Remedy(
        "Focal loss instead of cross-entropy",
        {"loss": "focal"},
        "Lin et al. (2017): faces that are easy count for less, so that the rare and hard ones pull.",
    )


def balance_emotions(config: TrainingConfig) -> Remedy | None:
    """Each emotion's loss weighed by its rarity."""
    if config.balance_classes:
        return None
    return Remedy(
        "Emotions balanced instead of as they come",
        {"balance_classes": True},
        "One of the reference systems trains so: a rare face then counts for more, and "
        "never answering with its emotion no longer pays. The others may lose a little.",
    )


def smooth_labels(config: TrainingConfig) -> Remedy | None:
    """Labels that leave a little to the other emotions."""
    if config.label_smoothing:
        return None
    return Remedy(
        "Label smoothing 0.1 instead of 0",
        {"label_smoothing": 0.1},
        "Szegedy et al. (2016): many of FER-2013's labels are doubtful, and this asks the model never to be "
        "quite sure. Its losses can then not be compared with unsmoothed ones, its accuracies can.",
    )


# ── less of what makes learning hard ─────────────────────────────────────────────────────────────


def weaker_augmentation(config: TrainingConfig) -> Remedy | None:
    """The mild augmentation, where the run's goes beyond it."""
    mild = DEFAULT_AUGMENTATION
    if _at_least(config.augmentation, mild) in (config.augmentation, mild) and config.augmentation not in (
        mild,
        AugmentationConfig(fill=config.augmentation.fill),
    ):
        return Remedy(
            "Mild augmentation instead of its own",
            {"augmentation": replace(mild, fill=config.augmentation.fill)},
            "Flip, ±10°, a tenth of shift and zoom, as mini_XCEPTION's authors trained. Faces that are "
            "turned until nobody could read them teach nothing.",
        )
    return None


def less_dropout(config: TrainingConfig) -> Remedy | None:
    """No dropout."""
    if config.dropout == 0:
        return None
    return Remedy(
        f"No dropout instead of {config.dropout:g}",
        {"dropout": 0.0},
        "The first reference system's advice against overfitting, turned round: what keeps a model from "
        "learning by heart also keeps it from learning.",
    )
