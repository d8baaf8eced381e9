"""Learning-rate schedules and early stopping: plain functions of where a run is."""

import math
from collections.abc import Sequence

from fer.config import TrainingConfig
from fer.runs.run import EpochMetrics, best_epoch

# The shares of fastai's and PyTorch's one-cycle policy, after Smith (2018), arXiv:1803.09820.
ONE_CYCLE_CLIMB = 0.3
ONE_CYCLE_START = 1 / 25
ONE_CYCLE_END = 1e-4


def learning_rate(config: TrainingConfig, epochs_done: float, metrics: Sequence[EpochMetrics]) -> float:
    """Return the rate for the next step.

    Args:
        config: its `learning_rate` is the highest value. Once its `head_epochs` are over the same course goes
            on at the `fine_tune_rate_fraction` of it.
        epochs_done: how far the run is, in epochs and fractions of one.
        metrics: the epochs so far; "plateau" goes by what its `plateau_monitor` names of them.
    """
    peak, warmup = config.learning_rate, config.warmup_epochs
    if 0 < config.head_epochs <= epochs_done:
        peak *= config.fine_tune_rate_fraction
        # Another part of the network learns now: it has not stood still yet.
        metrics = [row for row in metrics if row.epoch > config.head_epochs]
    if epochs_done < warmup:
        # Never quite zero: the first step would teach nothing.
        return peak * max(epochs_done / warmup, 1e-3)
    share = min((epochs_done - warmup) / max(config.epochs - warmup, 1e-9), 1.0)
    match config.schedule:
        case "constant":
            return peak
        case "plateau":
            return peak * config.plateau_factor ** _plateaus(config, metrics)
        case "cosine":
            return peak * _half_cosine(share)
        case "one_cycle":
            if share < ONE_CYCLE_CLIMB:
                climbed = 1 - _half_cosine(share / ONE_CYCLE_CLIMB)
                return peak * (ONE_CYCLE_START + (1 - ONE_CYCLE_START) * climbed)
            fallen = _half_cosine((share - ONE_CYCLE_CLIMB) / (1 - ONE_CYCLE_CLIMB))
            return peak * max(fallen, ONE_CYCLE_END)


def _half_cosine(share: float) -> float:
    """From 1 at 0 down to 0 at 1, flat at both ends."""
    return 0.5 * (1 + math.cos(math.pi * share))


def _plateaus(config: TrainingConfig, metrics: Sequence[EpochMetrics]) -> int:
    """How many times what is watched had not improved for the whole patience."""
    best, waited, count = math.inf, 0, 0
    for row in metrics:
        # What is to fall; of the accuracy, the opposite.
        watched = (
            row.validation_loss if config.plateau_monitor == "validation_loss" else -row.validation_accuracy
        )
        if watched < best:
            best, waited = watched, 0
        else:
            waited += 1
            if waited >= config.plateau_patience:
                waited, count = 0, count + 1
    return count


def early_stop(config: TrainingConfig, metrics: Sequence[EpochMetrics]) -> str:
    """Why a run with these epochs behind it stops before its next one, a sentence; empty where it goes on.

    The epochs of the head alone are not waited for.
    """
    patience = config.early_stopping_patience
    if config.early_stopping_monitor == "validation_loss":
        best, better = (
            min(metrics, key=lambda row: row.validation_loss, default=None),
            "lower validation loss",
        )
    else:  # between epochs that are equally accurate the loss decides
        best, better = best_epoch(metrics), "better validation accuracy"
    if patience is None or best is None or metrics[-1].epoch - max(best.epoch, config.head_epochs) < patience:
        return ""
    return f"Stopping early: no {better} for {patience} epochs."
