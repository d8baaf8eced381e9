"""Learning-rate schedules and early stopping: plain functions of where a run is."""

import math
from collections.abc import Sequence

from fer.config import TrainingConfig
from fer.runs.run import EpochMetrics, best_epoch

# The plateau rule of the fourth reference system: a tenth after twelve epochs without a better loss.
PLATEAU_FACTOR = 0.1
PLATEAU_PATIENCE = 12
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
        metrics: the epochs so far ("plateau" goes by their validation losses).
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
            return peak * PLATEAU_FACTOR ** _plateaus([row.validation_loss for row in metrics])
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


def _plateaus(losses: Sequence[float]) -> int:
    """How many times the loss had not improved for the whole patience."""
    best, waited, count = math.inf, 0, 0
    for loss in losses:
        if loss < best:
            best, waited = loss, 0
        else:
            waited += 1
            if waited >= PLATEAU_PATIENCE:
                waited, count = 0, count + 1
    return count


def early_stop(config: TrainingConfig, metrics: Sequence[EpochMetrics]) -> str:
    """Why a run with these epochs behind it stops before its next one, a sentence; empty where it goes on.

    The epochs of the head alone are not waited for.
    """
    patience, best = config.early_stopping_patience, best_epoch(metrics)
    if patience is None or best is None:
        return ""
    if metrics[-1].epoch - max(best.epoch, config.head_epochs) < patience:
        return ""
    return f"Stopping early: no better validation accuracy for {patience} epochs."
