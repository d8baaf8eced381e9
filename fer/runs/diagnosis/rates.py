"""Learning rate: rules about training that breaks down, learns nothing, or learns too slowly.

Seen on the built-in faces, 88 steps an epoch, chance loss ln 7 = 1.946: mini_XCEPTION with SGD at 0.1 fell
from 3.78 to 1.96 within two epochs and then stood at 1.92 and 21 % for four more; with Adam at 1e-6 the loss
fell by two per cent an epoch from 3.23, still at 2.87 and 12 % after six; with Adam at 2e-3 it was at 0.90
after two and 0.15 after six; with Adam at 1 the epochs ended at 235, 87, 464, 220 and 305; with SGD at 10 the
first batches were no number. An untrained network begins above ln 7, so a loss above it proves nothing in
the first epoch.
"""

import math
from statistics import fmean

from fer.config import TrainingConfig
from fer.runs import BatchMetrics, EpochMetrics, RunStatus
from fer.runs.diagnosis import remedies
from fer.runs.diagnosis.finding import Evidence, Finding, FindingKind, Remedy
from fer.runs.diagnosis.history import TrainingHistory, falls
from fer.statistics import percent

# What `fer.training` says when it gives up a run.
NOT_A_NUMBER = "no longer a number"

# Training losses are means over thousands of faces: twice the lowest one is no accident.
_EXPLODED = 3.0
_ABOVE_CHANCE = 1.5
# Untrained networks begin at less than twice the loss of guessing.
_FAR_BEYOND_CHANCE = 10.0
# Learned a fifth of all faces, then as good as none: the weights were thrown out of where they were.
_LEARNED, _FORGOTTEN = 0.20, 0.05

# Within a twentieth of chance: the network answers with how common each emotion is, and looks at no face.
_AT_CHANCE = 0.95
_FAR_ABOVE_CHANCE = 1.2
# Rates within a factor of three of the usual one are what people try; only beyond is the rate the suspect.
_UNUSUAL = 3.0
# A loss that falls by a hundredth in each epoch is on its way.
_STEADY = 0.01
# Training losses of one epoch and the next rise by less in every sound run looked at.
_JUMP = 0.05
_JUMPS = 2
_LOOK_BACK = 6

# Two per cent of the chance loss an epoch was 1e-6; the shipped model's first epochs brought 5 to 13.
_CREEP = 0.04
_HARDLY_LEARNED = 0.75


_Seen = tuple[Evidence, str]


def divergence(history: TrainingHistory) -> Finding | None:
    """The loss is no number any more, explodes, or everything learned is lost."""
    seen = (
        _no_number(history)
        or _explosion(history)
        or _collapse(history)
        or _explosion_within_an_epoch(history)
    )
    if seen is None:
        return None
    evidence, sentence = seen
    config = history.config
    return FindingKind.DIVERGENCE.found(
        f"{sentence} The steps were too long: at a learning rate of {config.learning_rate:g} the "
        "weights jumped over every valley, each time higher up the other side.",
        (evidence,),
        _shorter_steps(
            config,
            "A tenth of the rate is the usual first try, and Keras' own advice for a loss that is no number.",
        ),
    )


def _shorter_steps(config: TrainingConfig, why: str) -> tuple[Remedy, ...]:
    above = config.learning_rate > remedies.USUAL_RATES[config.optimizer]
    usual = remedies.usual_rate(config) if above else None
    return remedies.fitting(config, remedies.scaled_rate(config, 0.1, why), usual, remedies.warm_up(config))


def _no_number(history: TrainingHistory) -> _Seen | None:
    in_batches = next((row.epoch for row in history.batches if not math.isfinite(row.loss)), None)
    gave_up = history.status is RunStatus.FAILED and NOT_A_NUMBER in history.error
    if history.broken is None and in_batches is None and not gave_up:
        return None
    last = history.batches[-1].epoch if history.batches else 1
    epoch = max(history.broken or in_batches or max(last, _last(history)), 1)
    return Evidence("loss", epoch, epoch, "no number any more"), (
        f"In epoch {epoch} the loss stopped being a number."
    )


def _explosion(history: TrainingHistory) -> _Seen | None:
    if not history.metrics:
        return None
    lowest, last = min(history.metrics, key=lambda row: row.train_loss), history.metrics[-1]
    if last.train_loss >= _FAR_BEYOND_CHANCE * history.chance_loss:
        return Evidence("loss", max(history.metrics[0].epoch, 1), last.epoch, "far beyond guessing"), (
            f"The training loss was {last.train_loss:,.1f} in epoch {last.epoch}; guessing alone would give "
            f"{history.chance_loss:.2f}."
        )
    limit = max(_EXPLODED * lowest.train_loss, _ABOVE_CHANCE * history.chance_loss)
    if last.train_loss < limit or last is lowest:
        return None
    return Evidence("loss", lowest.epoch, last.epoch, "the training loss explodes"), (
        f"The training loss rose from {lowest.train_loss:.2f} in epoch {lowest.epoch} to "
        f"{last.train_loss:.2f} in epoch {last.epoch}; guessing alone would give {history.chance_loss:.2f}."
    )


def _collapse(history: TrainingHistory) -> _Seen | None:
    if not history.metrics or history.config.augmentation.mixes:
        return None
    highest, last = max(history.metrics, key=lambda row: row.train_accuracy), history.metrics[-1]
    if (
        highest.train_accuracy < history.majority + _LEARNED
        or last.train_accuracy > history.majority + _FORGOTTEN
    ):
        return None
    return Evidence("accuracy", highest.epoch, last.epoch, "what was learned is lost"), (
        f"It had {percent(highest.train_accuracy, 0)} of its training faces right in epoch {highest.epoch}, "
        f"and {percent(last.train_accuracy, 0)} in epoch {last.epoch}."
    )


def _explosion_within_an_epoch(history: TrainingHistory) -> _Seen | None:
    """Told before the epoch is over, from what was lately measured."""
    done = _last(history)
    rows = [row for row in history.batches if row.epoch > done and row.recent_loss is not None]
    if not rows:
        return None
    lately = _recent(rows[-1])
    lowest = min(map(_recent, rows))
    if not lately >= max(_EXPLODED * lowest, 2 * _ABOVE_CHANCE * history.chance_loss):
        return None
    epoch = max(rows[-1].epoch, 1)
    return Evidence("loss", epoch, epoch, "the training loss explodes"), (
        f"Within epoch {epoch} the training loss rose from {lowest:.2f} to {lately:.2f}."
    )


def rate_too_high(history: TrainingHistory) -> Finding | None:
    """The loss stays where guessing is, or jumps, and the rate is not a small one."""
    rows, config = history.warm, history.config
    if len(rows) < 2 or config.learning_rate * _UNUSUAL <= _usual(history):
        return None
    seen = _stuck(history, rows) or _jumping(history, rows)
    if seen is None:
        return None
    evidence, sentence = seen
    usual = _usual(history)
    usually = (
        f", and people usually begin at {usual:g} with this optimizer" if usual < config.learning_rate else ""
    )
    return FindingKind.RATE_TOO_HIGH.found(
        f"{sentence} That is what steps do that are too long: the rate is {config.learning_rate:g}{usually}.",
        (evidence,),
        _shorter_steps(
            config,
            "Steps a tenth as long find into valleys that longer ones jump over (the first reference system: "
            "lower the rate).",
        ),
    )


def _stuck(history: TrainingHistory, rows: tuple[EpochMetrics, ...]) -> _Seen | None:
    last = rows[-1].train_loss
    lately = falls([row.train_loss for row in rows[-5:]])
    if all(fall >= _STEADY * last for fall in lately):
        return None
    far = last >= _FAR_ABOVE_CHANCE * history.chance_loss
    unusual = history.config.learning_rate >= _UNUSUAL * _usual(history)
    # Mixed faces are harder: their loss is near that of guessing while much is learned.
    at_chance = (
        last >= (1.0 if history.config.augmentation.mixes else _AT_CHANCE) * history.chance_loss and unusual
    )
    if not (far or at_chance):
        return None
    return Evidence("loss", rows[0].epoch, rows[-1].epoch, "no better than guessing"), (
        f"After {rows[-1].epoch} epochs the training loss is {last:.2f}; guessing alone would give "
        f"{history.chance_loss:.2f}."
    )


def _jumping(history: TrainingHistory, rows: tuple[EpochMetrics, ...]) -> _Seen | None:
    lately = rows[-(_LOOK_BACK + 1) :]
    rises = [-fall for fall in falls([row.train_loss for row in lately])]
    # Of few faces the mean itself moves: single losses scatter by about half the loss of guessing.
    by_chance = 3 * 2**0.5 * 0.5 / (history.train_count or 2_000) ** 0.5
    jumps = [rise for rise in rises if rise > max(_JUMP, by_chance) * history.chance_loss]
    if len(jumps) < _JUMPS:
        return None
    return Evidence("loss", lately[0].epoch, lately[-1].epoch, "the training loss jumps"), (
        f"Even the training loss, a mean over all faces, jumped up {len(jumps)} times in the last "
        f"{len(rises)} epochs, by up to {max(jumps):.2f}."
    )


def rate_too_low(history: TrainingHistory) -> Finding | None:
    """The loss falls in every epoch, but so little that the run would not see the end of it."""
    config = history.config
    # A falling schedule ends in small steps; only what the full rate does is judged.
    rows = [row for row in history.warm if row.learning_rate >= config.learning_rate / 2]
    if len(rows) < 3 or config.learning_rate * _UNUSUAL > _usual(history):
        return None
    lately = rows[-6:]
    fell = falls([row.train_loss for row in lately])
    steady = sum(fall < 0 for fall in fell) <= len(fell) // 4
    # On the way down to guessing nothing is learned yet, however far there is to fall.
    last_loss = rows[-1].train_loss
    creeping = fmean(fell) < _CREEP * history.chance_loss or last_loss >= history.chance_loss
    if not (steady and creeping and last_loss >= _HARDLY_LEARNED * history.chance_loss):
        return None
    first, last = lately[0], lately[-1]
    return FindingKind.RATE_TOO_LOW.found(
        f"The training loss falls slowly and steadily, by {fmean(fell):.3f} an epoch from "
        f"{first.train_loss:.2f} to {last.train_loss:.2f}, and it has {percent(last.train_accuracy, 0)} of "
        "its training faces right. The steps point the right way and are too short: the rate is "
        f"{config.learning_rate:g}, and people usually begin at {_usual(history):g} with this optimizer.",
        (Evidence("loss", first.epoch, last.epoch, "falls in small, even steps"),),
        remedies.fitting(
            config,
            remedies.scaled_rate(config, 10, "Steps ten times as long get as far in a tenth of the epochs."),
            remedies.usual_rate(config),
        ),
    )


def _usual(history: TrainingHistory) -> float:
    return remedies.USUAL_RATES[history.config.optimizer]


def _last(history: TrainingHistory) -> int:
    return history.metrics[-1].epoch if history.metrics else 0


def _recent(row: BatchMetrics) -> float:
    return row.loss if row.recent_loss is None else row.recent_loss
