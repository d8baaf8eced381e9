"""Optimization steps: changes of how long they are, how many, and of how many faces each."""

from collections.abc import Mapping

from fer.config import Optimizer, TrainingConfig
from fer.config.choices import OPTIMIZERS
from fer.runs.diagnosis.finding import Remedy

USUAL_RATES: Mapping[Optimizer, float] = {
    "adam": 1e-3,
    "adamw": 1e-3,
    "rmsprop": 1e-3,
    "sgd": 1e-2,
    "adadelta": 1.0,
}
"""Where people begin: Keras' defaults; of Adadelta its inventor's (Zeiler, 2012), a thousand times Keras'."""

# Batches of 64 to 128 train fastest on two cores; far beyond, an epoch has too few steps.
_LARGEST_BATCH = 512
_FEWEST_STEPS = 5


def scaled_rate(config: TrainingConfig, factor: float, why: str) -> Remedy:
    """`factor` times the rate."""
    return _rate(config, config.learning_rate * factor, why)


def longer_steps(config: TrainingConfig, why: str) -> Remedy | None:
    """Three times the rate, where it is not above the usual one already."""
    return scaled_rate(config, 3, why) if config.learning_rate <= USUAL_RATES[config.optimizer] else None


def usual_rate(config: TrainingConfig) -> Remedy:
    """The rate at which people begin with this optimizer."""
    return _rate(
        config,
        USUAL_RATES[config.optimizer],
        f"Where people usually begin with {OPTIMIZERS[config.optimizer].split()[0]}.",
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
        "settle: in the last third of its 100 epochs mini_xception's best validation accuracy rose from "
        "65.5 to 66.8\u00a0%.",
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
    epochs = max(epochs, 1, round(config.warmup_epochs), config.head_epochs)
    if epochs > 0.8 * config.epochs:
        return None
    constant = config.schedule == "constant"
    return Remedy(
        f"{epochs} {'epoch' if epochs == 1 else 'epochs'} instead of {config.epochs}",
        {"epochs": epochs},
        "The first reference system's advice. The best epoch's weights are kept anyway, so "
        + (
            "at a constant rate this saves time and can hardly change the model."
            if constant
            else "what changes is the schedule: the rate has fallen by then."
        ),
    )


def larger_batch(config: TrainingConfig, train_count: int | None) -> Remedy | None:
    """Batches of twice the size."""
    size = 2 * config.batch_size
    if size > _LARGEST_BATCH or (train_count is not None and train_count < _FEWEST_STEPS * size):
        return None
    return Remedy(
        f"Batches of {size} instead of {config.batch_size}",
        {"batch_size": size},
        "The first reference system's advice: a mean over more faces points more steadily the same way. "
        "There are half as many steps.",
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
