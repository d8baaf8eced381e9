"""Overfitting and underfitting: rules about how much was learned, and whether more would be.

Seen: the shipped model, 60 epochs on FER-2013, ends with training 2 points ahead of validation, and its
validation loss wandered up to 7 % above its lowest for six epochs before it fell on: none of that is
overfitting. 200 of the built-in faces without augmentation: 100 % of training, 23 % of validation, whose loss
rose from 1.95 in epoch 13 to 2.70 in epoch 39, by 39 %.
"""

from statistics import fmean

from fer.runs import EpochMetrics
from fer.runs.diagnosis import remedies
from fer.runs.diagnosis.finding import Evidence, Finding, FindingKind
from fer.runs.diagnosis.history import TrainingHistory
from fer.statistics import percent

# Half an epoch's head start, new people and easy labels explain a few points; ten they do not.
_FAR_AHEAD = 0.10
# And beyond what the validation faces that happen to be there explain.
_STANDARD_ERRORS = 3.0
# Of its lowest value, in each of the last three epochs; and of the chance loss, for at a loss of 0.2 a tenth
# is a handful of faces.
_LOSS_RISE, _LOSS_RISE_OF_CHANCE = 0.10, 0.05
_AT_LEAST_SINCE = 3

# A hundredth an epoch: ten more would bring ten points.
_CLIMB_AN_EPOCH = 0.01
_LOOK_BACK = 5
# Beyond, there is nothing left to be had.
_ALL_BUT_PERFECT = 0.97

# The shipped model's longest wait for a better accuracy before the rate had halved was 7 epochs.
_PLATEAU_EPOCHS = 8
# Below, a schedule that waits twelve epochs does nothing.
_LONG_ENOUGH_TO_WAIT = 25


def overfitting(history: TrainingHistory) -> Finding | None:
    """Training runs far ahead of validation, or validation loss rises while training loss falls."""
    rows = history.settled
    if len(rows) < 3:
        return None
    ahead, rising = _ahead(history, rows), _rising(history, rows)
    if ahead is None and rising is None:
        return None
    config, last = history.config, rows[-1]
    parts = []
    if ahead is not None:
        parts.append(
            f"It has {percent(last.train_accuracy, 0)} of its training faces right, but "
            f"{percent(last.validation_accuracy, 0)} of those it never saw."
        )
    if rising is not None:
        low = rising.first_epoch
        at = next(row for row in rows if row.epoch == low)
        parts.append(
            f"Since epoch {low} the training loss fell from {at.train_loss:.2f} to {last.train_loss:.2f} "
            f"while the validation loss rose from {at.validation_loss:.2f} to {last.validation_loss:.2f}."
        )
    parts.append("It is learning its faces by heart.")
    if harder := _what_makes_training_harder(history):
        parts.append(f"{harder} training harder than validation, so the true distance is wider still.")
    useful = rising.first_epoch if rising else history.best.epoch if history.best else last.epoch
    return FindingKind.OVERFITTING.found(
        " ".join(parts),
        tuple(item for item in (ahead, rising) if item is not None),
        remedies.fitting(
            config,
            remedies.more_faces(config, history.train_count),
            remedies.more_augmentation(config),
            remedies.more_dropout(config),
            remedies.smaller_model(config),
            remedies.fewer_epochs(config, useful),
            remedies.smooth_labels(config),
        ),
    )


def _ahead(history: TrainingHistory, rows: tuple[EpochMetrics, ...]) -> Evidence | None:
    if history.config.augmentation.mixes:  # accuracy on mixed faces says nothing beside that on whole ones
        return None
    gaps = [row.train_accuracy - row.validation_accuracy for row in rows]
    needed = max(_FAR_AHEAD, _STANDARD_ERRORS * history.noise(rows[-1].validation_accuracy))
    if fmean(gaps[-3:]) < needed or gaps[-1] < needed / 2:
        return None
    first = len(gaps) - 1
    while first > 0 and gaps[first - 1] >= needed:
        first -= 1
    return Evidence(
        "accuracy",
        rows[first].epoch,
        rows[-1].epoch,
        f"training is {100 * fmean(gaps[-3:]):.0f} points ahead of validation",
    )


def _rising(history: TrainingHistory, rows: tuple[EpochMetrics, ...]) -> Evidence | None:
    low = min(rows, key=lambda row: row.validation_loss)
    since = [row for row in rows if row.epoch > low.epoch]
    if len(since) < _AT_LEAST_SINCE or low.validation_loss <= 0:
        return None
    lately = since[-3:]
    rise = min(row.validation_loss for row in lately) - low.validation_loss
    if rise < max(_LOSS_RISE * low.validation_loss, _LOSS_RISE_OF_CHANCE * history.chance_loss):
        return None
    if fmean(row.train_loss for row in lately) >= low.train_loss:
        return None
    best = history.best
    if best is not None and best.epoch >= lately[0].epoch:  # more certain where it errs, and still errs less
        return None
    return Evidence("loss", low.epoch, lately[-1].epoch, "validation loss rises while training loss falls")


def _what_makes_training_harder(history: TrainingHistory) -> str:
    config = history.config
    causes = []
    if config.augmentation.changes_anything:
        causes.append("augmentation")
    if config.dropout:
        causes.append("dropout")
    if not causes:
        return ""
    return " and ".join(causes).capitalize() + (" make" if len(causes) > 1 else " makes")


def underfitting(history: TrainingHistory) -> Finding | None:
    """Both accuracies are low and close, and climb no more."""
    rows = tuple(row for row in history.settled if row.epoch > history.config.warmup_epochs)
    if len(rows) < _LOOK_BACK or (not history.is_over and len(rows) < 2 * _LOOK_BACK):
        return None
    best = max(row.validation_accuracy for row in rows)
    last = rows[-1]
    mixes = history.config.augmentation.mixes
    if best >= history.low or (not mixes and fmean(row.train_accuracy for row in rows[-3:]) >= history.low):
        return None
    gap = fmean(row.train_accuracy - row.validation_accuracy for row in rows[-3:])
    if _climbs(history, rows) or (not mixes and gap >= _FAR_AHEAD):
        return None
    config = history.config
    training = "" if mixes else f" {percent(last.train_accuracy, 0)} of its training faces right and"
    return FindingKind.UNDERFITTING.found(
        f"After {last.epoch} epochs it has{training} {percent(last.validation_accuracy, 0)} of validation's, "
        "and gets no better. Always answering the commonest emotion would have "
        f"{percent(history.majority, 0)}. Not even the faces it is shown are learned: the model is too "
        "simple, its steps too short, or its task made too hard.",
        (Evidence("accuracy", rows[-_LOOK_BACK].epoch, last.epoch, "low, and no longer rising"),),
        remedies.fitting(
            config,
            remedies.longer_steps(
                config, "The opposite of the first reference system's advice: longer steps get further."
            ),
            remedies.weaker_augmentation(config),
            remedies.less_dropout(config),
            remedies.larger_model(config),
            remedies.more_epochs(config),
        ),
    )


def too_few_epochs(history: TrainingHistory) -> Finding | None:
    """The last epochs were the best ones, and each brought something."""
    rows = history.metrics
    if not history.is_through or len(rows) < 2 or not _climbs(history, rows):
        return None
    best, last = history.best, rows[-1]
    if best is None or best.epoch < last.epoch - 1 or best.validation_accuracy >= _ALL_BUT_PERFECT:
        return None
    first = rows[-min(_LOOK_BACK + 1, len(rows))]
    config = history.config
    return FindingKind.TOO_FEW_EPOCHS.found(
        f"From epoch {first.epoch} to {last.epoch} validation rose from "
        f"{percent(first.validation_accuracy, 0)} to {percent(last.validation_accuracy, 0)}, and it rose to "
        "the end: it was stopped while it learned.",
        (Evidence("accuracy", first.epoch, last.epoch, "still rising"),),
        remedies.fitting(
            config,
            remedies.more_epochs(config),
            remedies.longer_steps(config, "Longer steps get further in as many epochs, if they do not jump."),
            remedies.weaker_augmentation(config),
        ),
    )


def _climbs(history: TrainingHistory, rows: tuple[EpochMetrics, ...]) -> bool:
    """Whether training and validation still rise, validation by more than chance."""
    window = rows[-(_LOOK_BACK + 1) :]
    epochs = len(window) - 1
    gained = window[-1].validation_accuracy - window[0].validation_accuracy
    learned = window[-1].train_accuracy - window[0].train_accuracy
    half = -(-epochs // 2)
    lately = window[-1].validation_accuracy - window[-1 - half].validation_accuracy
    # Two accuracies on the same faces differ by chance by at most the square root of two standard errors.
    by_chance = 2 * 2**0.5 * history.noise(window[-1].validation_accuracy)
    return (
        gained > max(by_chance, _CLIMB_AN_EPOCH * epochs)
        and lately > _CLIMB_AN_EPOCH * half
        and learned > _CLIMB_AN_EPOCH * epochs
    )


def plateau(history: TrainingHistory) -> Finding | None:
    """Nothing better for long, at a rate that stays as high as it was."""
    rows, config = history.settled, history.config
    if config.schedule != "constant" or len(rows) <= _PLATEAU_EPOCHS:
        return None
    best = max(rows, key=lambda row: row.validation_accuracy)
    lowest = min(rows, key=lambda row: row.validation_loss)
    waited = rows[-1].epoch - max(best.epoch, lowest.epoch)
    if waited < _PLATEAU_EPOCHS or best.validation_accuracy >= _ALL_BUT_PERFECT:
        return None
    half = _PLATEAU_EPOCHS // 2
    before = fmean(row.validation_accuracy for row in rows[-2 * half : -half])
    lately = fmean(row.validation_accuracy for row in rows[-half:])
    if lately > before + history.noise(lately):  # climbing again, below an early stroke of luck
        return None
    since = max(best.epoch, lowest.epoch)
    return FindingKind.PLATEAU.found(
        f"Validation has not been better than {percent(best.validation_accuracy, 0)} for {waited} epochs, "
        f"and the rate is still {rows[-1].learning_rate:g}. Steps of that length circle the bottom of the "
        "valley without going down to it.",
        (
            Evidence("accuracy", since, rows[-1].epoch, "no better validation"),
            Evidence("learning_rate", since, rows[-1].epoch, "as high as at the start"),
        ),
        remedies.fitting(
            config,
            remedies.cosine_schedule(config),
            remedies.plateau_schedule(config) if config.epochs >= _LONG_ENOUGH_TO_WAIT else None,
            remedies.average_weights(config),
        ),
    )
