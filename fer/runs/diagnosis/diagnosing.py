"""Diagnosis: the rules that are asked, in order, and what is said when all is well."""

from collections.abc import Callable, Mapping, Sequence

from fer.runs import BatchMetrics, EpochMetrics, Run, RunStatus
from fer.runs.diagnosis import classes, fits, fluctuation, losses, rates, remedies
from fer.runs.diagnosis.finding import Finding, FindingKind
from fer.runs.diagnosis.history import TrainingHistory
from fer.statistics import percent

# What matters most comes first.
_RULES: tuple[Callable[[TrainingHistory], Finding | None], ...] = (
    rates.divergence,
    losses.double_softmax,
    rates.rate_too_high,
    rates.rate_too_low,
    fits.overfitting,
    fits.underfitting,
    classes.dead_classes,
    fluctuation.fluctuation,
    fits.too_few_epochs,
    fits.plateau,
    fluctuation.small_validation,
)
# A cause is said, and what follows from it is not said again.
_CUT_SHORT = frozenset({FindingKind.TOO_FEW_EPOCHS, FindingKind.PLATEAU})
_UNLEARNED = frozenset({FindingKind.UNDERFITTING, FindingKind.PLATEAU, FindingKind.DEAD_CLASS})
_EXPLAINS: Mapping[FindingKind, frozenset[FindingKind]] = {
    FindingKind.DIVERGENCE: frozenset(FindingKind) - {FindingKind.DIVERGENCE, FindingKind.DOUBLE_SOFTMAX},
    FindingKind.DOUBLE_SOFTMAX: _UNLEARNED | {FindingKind.RATE_TOO_HIGH},
    FindingKind.RATE_TOO_HIGH: _UNLEARNED | _CUT_SHORT | {FindingKind.FLUCTUATION},
    FindingKind.RATE_TOO_LOW: _UNLEARNED | _CUT_SHORT,
    FindingKind.OVERFITTING: _CUT_SHORT,
    FindingKind.UNDERFITTING: _CUT_SHORT,
}
# More would be a lecture.
_MOST = 3
# Of a run under way, epochs that must be behind it before "all is well" means anything.
_ENOUGH_EPOCHS = 3


def diagnose(
    run: Run, metrics: Sequence[EpochMetrics], batches: Sequence[BatchMetrics] = ()
) -> tuple[Finding, ...]:
    """Return what the curves of a run tell, what matters most first; nothing before there is evidence.

    Cheap enough to be asked every second. Where all is well, one finding says so.
    """
    history = TrainingHistory.of(run, metrics, batches)
    found = [finding for rule in _RULES if (finding := rule(history)) is not None]
    explained = frozenset[FindingKind]().union(*(_EXPLAINS.get(item.kind, ()) for item in found))
    said = [item for item in found if item.kind not in explained][:_MOST]
    if all(item.kind is FindingKind.SMALL_VALIDATION for item in said) and _can_praise(history):
        said.insert(0, _healthy(history))
    return tuple(said)


def _can_praise(history: TrainingHistory) -> bool:
    if history.status in (RunStatus.FAILED, RunStatus.LOST, RunStatus.QUEUED):
        return False
    best = history.best
    return (
        len(history.settled) >= _ENOUGH_EPOCHS
        and best is not None
        and best.validation_accuracy >= history.low
    )


def _healthy(history: TrainingHistory) -> Finding:
    last, best, config = history.metrics[-1], history.best, history.config
    assert best is not None
    if not history.is_over:
        return Finding(
            FindingKind.HEALTHY,
            f"{FindingKind.HEALTHY.headline} so far",
            f"Training accuracy is at {percent(last.train_accuracy, 0)}, validation accuracy at "
            f"{percent(last.validation_accuracy, 0)}. Both curves are steady and still improving.",
        )
    return FindingKind.HEALTHY.found(
        f"Both curves are steady: training accuracy {percent(last.train_accuracy, 0)} at the end, validation "
        f"accuracy {percent(best.validation_accuracy, 0)} at best, in epoch {best.epoch}. To get further, "
        "try one change at a time.",
        (),
        remedies.fitting(
            config,
            remedies.cosine_schedule(config),
            remedies.more_augmentation(config) if not config.augmentation.changes_anything else None,
            remedies.average_weights(config),
            remedies.larger_model(config),
            remedies.more_epochs(config),
        )[:3],
    )
