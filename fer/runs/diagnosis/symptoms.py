"""Symptoms: whether a finding itself got better, by each kind's own measure."""

from statistics import fmean

from fer.runs.diagnosis.classes import dead_in
from fer.runs.diagnosis.finding import FindingKind
from fer.runs.diagnosis.history import TrainingHistory, falls
from fer.statistics import percent

_LOOK_BACK = 8
# Smaller changes of a measure are not called changes: two points, or a twentieth of a loss.
_TWO_POINTS = 0.02


def symptom(kind: FindingKind, before: TrainingHistory, after: TrainingHistory) -> str:
    """What became of what was found, as a sentence; empty where the best accuracy is the measure."""
    match kind:
        case FindingKind.OVERFITTING:
            return _points("The distance between training and validation", _gap(before), _gap(after))
        case FindingKind.FLUCTUATION:
            return _points(
                "The largest fall-back in the last epochs", _largest_fall(before), _largest_fall(after)
            )
        case (
            FindingKind.UNDERFITTING
            | FindingKind.RATE_TOO_HIGH
            | FindingKind.RATE_TOO_LOW
            | FindingKind.DOUBLE_SOFTMAX
        ):
            return _points("Training accuracy at the end", _learned(before), _learned(after), unit="%")
        case FindingKind.DIVERGENCE:
            return _survival(after)
        case FindingKind.DEAD_CLASS:
            return _revived(before, after)
        case _:
            return ""


def _points(what: str, before: float | None, after: float | None, unit: str = " points") -> str:
    if before is None or after is None:
        return ""
    if abs(after - before) < _TWO_POINTS:
        return f"{what} stayed at {100 * after:.0f}{unit}."
    moved = "rose" if after > before else "fell"
    return f"{what} {moved} from {100 * before:.0f} to {100 * after:.0f}{unit}."


def _gap(history: TrainingHistory) -> float | None:
    if not history.metrics or history.config.augmentation.mixes:
        return None
    return fmean(row.train_accuracy - row.validation_accuracy for row in history.metrics[-3:])


def _largest_fall(history: TrainingHistory) -> float | None:
    rows = history.metrics[-(_LOOK_BACK + 1) :]
    if len(rows) < 2:
        return None
    return max(*falls([row.validation_accuracy for row in rows]), 0.0)


def _learned(history: TrainingHistory) -> float | None:
    if not history.metrics or history.config.augmentation.mixes:
        return None
    return history.metrics[-1].train_accuracy


def _survival(history: TrainingHistory) -> str:
    last = history.metrics[-1]
    if history.broken is not None or not history.is_through:
        return f"It came to epoch {last.epoch} of {history.config.epochs}."
    return f"It trained through all {last.epoch} epochs, down to a training loss of {last.train_loss:.2f}."


def _revived(before: TrainingHistory, after: TrainingHistory) -> str:
    """What the emotions that were dead at the end of the first run are recognised at in the kept epochs."""
    k = len(before.emotions)
    was, now = before.best, after.best
    if was is None or now is None or before.emotions != after.emotions:
        return ""
    counts = before.counts("validation")
    shown = []
    for index in dead_in(before.metrics[-1], k):
        if not index < min(len(was.class_accuracies), len(now.class_accuracies)):
            continue
        first, second = was.class_accuracies[index], now.class_accuracies[index]
        if first is None or second is None:
            continue
        of = f" of its {counts[index]:,} validation faces" if counts else ""
        shown.append(f"{before.emotions[index]} went from {percent(first, 0)} to {percent(second, 0)}{of}")
    if not shown:
        return ""
    text = "; ".join(shown)
    return f"{text[0].upper()}{text[1:]}."
