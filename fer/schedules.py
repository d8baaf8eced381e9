"""How the learning rate moves during a run: a plain function of where the run is."""

import math
from collections.abc import Sequence

from fer.config import TrainingConfig
from fer.runs import EpochMetrics

# The plateau rule of the fourth reference system: a tenth after twelve epochs without a better loss.
PLATEAU_FACTOR = 0.1
PLATEAU_PATIENCE = 12


def learning_rate(config: TrainingConfig, epochs_done: float, metrics: Sequence[EpochMetrics]) -> float:
    """Return the rate for the next step.

    Args:
        config: its `learning_rate` is the highest value.
        epochs_done: how far the run is, in epochs and fractions of one.
        metrics: the epochs so far ("plateau" goes by their validation losses).
    """
    peak = config.learning_rate
    if config.schedule == "constant":
        return peak
    if config.schedule == "plateau":
        return peak * PLATEAU_FACTOR ** _plateaus([row.validation_loss for row in metrics])
    if epochs_done < config.warmup_epochs:
        # Never quite zero: the first step would teach nothing.
        return peak * max(epochs_done / config.warmup_epochs, 1e-3)
    share = (epochs_done - config.warmup_epochs) / max(config.epochs - config.warmup_epochs, 1e-9)
    return peak * 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))


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
