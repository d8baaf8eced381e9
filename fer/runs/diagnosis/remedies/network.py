"""Model and loss: changes of the network, and of what it is asked to minimise."""

from typing import Any

from fer.config import TrainingConfig
from fer.models.catalog import ARCHITECTURES, Architecture
from fer.runs.diagnosis.finding import Remedy
from fer.statistics import percent


def more_dropout(config: TrainingConfig) -> Remedy | None:
    """The next higher dropout."""
    dropout = next((value for value in (0.3, 0.5) if value > config.dropout + 0.05), None)
    if dropout is None:
        return None
    return Remedy(
        f"Dropout {dropout:g} instead of {config.dropout:g}",
        {"dropout": dropout},
        "The first reference system's advice (Srivastava et al., 2014): each step leaves out "
        f"{percent(dropout, 0)} of the last features, so that the model cannot rely on any one of them.",
    )


def less_dropout(config: TrainingConfig) -> Remedy | None:
    """No dropout."""
    if config.dropout == 0:
        return None
    return Remedy(
        f"No dropout instead of {config.dropout:g}",
        {"dropout": 0.0},
        "The opposite of the first reference system's advice against overfitting: what keeps a model from "
        "learning by heart also keeps it from learning.",
    )


def smaller_model(config: TrainingConfig) -> Remedy | None:
    """The largest architecture that is smaller than the run's."""
    return _model(
        config,
        larger=False,
        why="The first reference system's advice: a smaller model can learn less by heart, and is faster.",
    )


def larger_model(config: TrainingConfig) -> Remedy | None:
    """The smallest architecture that is larger than the run's."""
    return _model(
        config,
        larger=True,
        why="The opposite of the first reference system's advice against overfitting: a larger model can "
        "tell more apart, and takes longer.",
    )


def _model(config: TrainingConfig, *, larger: bool, why: str) -> Remedy | None:
    own = ARCHITECTURES.get(config.architecture)
    if own is None:
        return None

    def size(entry: Architecture) -> int:
        return entry.parameters

    def fits(entry: Architecture) -> bool:
        if larger:
            return size(entry) > size(own)
        # Fewer weights on a larger picture are no less work.
        larger_picture = entry.preprocessing.image_height > own.preprocessing.image_height
        return size(entry) < size(own) and not larger_picture

    others = [entry for entry in ARCHITECTURES.values() if fits(entry)]
    if not others:
        return None
    other = min(others, key=size) if larger else max(others, key=size)
    return Remedy(
        f"{other.title} instead of {own.title}",
        {"architecture": other.name, **_without_its_backbone(config)},
        f"{why} {other.parameters:,} weights instead of {own.parameters:,}.",
    )


def _without_its_backbone(config: TrainingConfig) -> dict[str, Any]:
    """The changes by which a config no longer speaks of one network's backbone: it fits no other."""
    plain = {"initial_weights": "random", "head_epochs": 0, "fine_tune_from": ""}
    return {name: value for name, value in plain.items() if getattr(config, name) != value}


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
