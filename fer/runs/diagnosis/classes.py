"""Class accuracy: a rule about single emotions.

Seen: mini_XCEPTION on the built-in faces with a doubled softmax has 63 % right after six epochs and 0, 0, 0,
0, 0 and 4 % of disgust; with plain cross-entropy 1 % of disgust after the first epoch and 36 % after the
second, so two epochs are no evidence.
"""

from statistics import fmean, median

from fer.runs import EpochMetrics
from fer.runs.diagnosis import remedies
from fer.runs.diagnosis.finding import Evidence, Finding, FindingKind
from fer.runs.diagnosis.history import TrainingHistory
from fer.statistics import percent

# Hardly ever right: fewer than one in twenty, in each of the last three epochs.
_DEAD = 0.05
_EPOCHS = 3
# None of five is to be expected of an emotion that is right every second time once in 32 such emotions.
_FEWEST_FACES = 5
# Half of the others are: the model has begun to tell emotions apart.
_LEARNED = 0.3
_AHEAD_OF_CHANCE = 0.15
# Rarer than two thirds of an even share: balancing changes something.
_RARE = 2 / 3


def dead_classes(history: TrainingHistory) -> Finding | None:
    """Emotions that are never or hardly ever right while others are learned."""
    emotions, counts = history.emotions, history.counts("validation")
    rows = [row for row in history.settled if len(row.class_accuracies) == len(emotions)]
    if len(rows) < _EPOCHS or rows[-1] is not history.metrics[-1]:
        return None
    dead = [
        index
        for index in range(len(emotions))
        if all(_is_dead(row, index) for row in rows[-_EPOCHS:])
        and (counts is None or counts[index] >= _FEWEST_FACES)
    ]
    others = [
        share
        for index, share in enumerate(rows[-1].class_accuracies)
        if index not in dead and share is not None
    ]
    if not dead or not others or median(others) < _LEARNED:
        return None
    if rows[-1].validation_accuracy < history.majority + _AHEAD_OF_CHANCE:
        return None
    first = len(rows) - _EPOCHS
    while first > 0 and all(_is_dead(rows[first - 1], index) for index in dead):
        first -= 1
    names = " and ".join(filter(None, [", ".join(emotions[i] for i in dead[:-1]), emotions[dead[-1]]]))
    learned_from = history.counts("train")
    rare = learned_from is None or any(learned_from[index] < _RARE * fmean(learned_from) for index in dead)
    config, last = history.config, rows[-1]
    few = ""
    if learned_from is not None and rare:
        few = (
            f" It learns from {sum(learned_from[i] for i in dead):,} such faces among {sum(learned_from):,}."
        )
    asked = f" of {sum(counts[i] for i in dead):,}" if counts else ""
    return Finding(
        FindingKind.DEAD_CLASS,
        FindingKind.DEAD_CLASS.headline if len(dead) == 1 else "Emotions it never recognises",
        f"Since epoch {rows[first].epoch} hardly a face{asked} that shows {names} was recognised in "
        f"validation, while it has {percent(last.validation_accuracy, 0)} of all faces right.{few} Never "
        "giving that answer costs it little.",
        (Evidence("classes", rows[first].epoch, last.epoch, f"{names} at zero"),),
        remedies.fitting(
            config,
            remedies.balance_emotions(config) if rare else None,
            remedies.focal_loss(config),
            remedies.right_loss(config) if config.loss == "double_softmax" else None,
            remedies.more_epochs(config),
        ),
    )


def dead_in(row: EpochMetrics, count: int) -> tuple[int, ...]:
    """The emotions, as indices, of `count` that are hardly ever right in one epoch."""
    return tuple(index for index in range(min(count, len(row.class_accuracies))) if _is_dead(row, index))


def _is_dead(row: EpochMetrics, index: int) -> bool:
    share = row.class_accuracies[index]
    return share is not None and share <= _DEAD
