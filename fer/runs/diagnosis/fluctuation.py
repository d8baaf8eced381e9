"""Fluctuation: validation accuracy that jumps, and too few faces to tell one change from chance.

Seen: the shipped model on 3,589 validation faces (standard error 0.8 points) fell by more than the 2.3 points
that chance explains in 2 of its 59 steps, and by more than 3 in none; mini_XCEPTION with Adam at a constant
2e-3 on the built-in faces fell from 93 to 84 % and from 94 to 88 % on its way to 97 % in ten epochs.
"""

from fer.runs.diagnosis import remedies
from fer.runs.diagnosis.finding import Evidence, Finding, FindingKind
from fer.runs.diagnosis.history import TrainingHistory, falls
from fer.statistics import Z_95

# Below, nobody would call it a jump, however many faces prove it.
_JUMP = 0.03
# Two accuracies of n faces each differ by chance with sqrt(2) standard errors; twice that is 1 in 20. On the
# same faces, as here, they differ by less.
_BY_CHANCE = 2 * 2**0.5
_LOOK_BACK = 8
_FEWEST_STEPS = 4
# A third of the steps: one fall in ten epochs is every run's.
_SHARE = 1 / 3
_FEWEST_JUMPS = 2

# An accuracy that is known to no more than five points either way tells no change of settings from luck.
_WIDE = 0.05


def fluctuation(history: TrainingHistory) -> Finding | None:
    """Validation accuracy falls back again and again, by more than its faces explain."""
    rows = history.settled[-(_LOOK_BACK + 1) :]
    if len(rows) <= _FEWEST_STEPS:
        return None
    fell = falls([row.validation_accuracy for row in rows])
    jumps = [
        (fall, row.epoch)
        for fall, row in zip(fell, rows[1:], strict=True)
        if fall > max(_JUMP, _BY_CHANCE * history.noise(row.validation_accuracy))
    ]
    if len(jumps) < max(_FEWEST_JUMPS, _SHARE * len(fell)):
        return None
    config, count = history.config, history.validation_count
    chance = _BY_CHANCE * history.noise(rows[-1].validation_accuracy)
    faces = f"{count:,} validation faces" if count else "the validation faces"
    return FindingKind.FLUCTUATION.found(
        f"In {len(jumps)} of the last {len(fell)} epochs validation fell back, by up to "
        f"{100 * max(fall for fall, _ in jumps):.0f} points. With {faces}, chance explains "
        f"{100 * chance:.1f} points at most: the steps are too long, or too few faces decide each of them.",
        (Evidence("accuracy", rows[0].epoch, rows[-1].epoch, "validation jumps"),),
        remedies.fitting(
            config,
            remedies.scaled_rate(
                config, 0.3, "The first reference system's advice against fluctuation: shorter steps."
            ),
            remedies.larger_batch(config, history.train_count),
            remedies.cosine_schedule(config),
            remedies.average_weights(config),
        ),
    )


def small_validation(history: TrainingHistory) -> Finding | None:
    """So few faces judge that most differences could be chance."""
    best, count = history.best, history.validation_count
    if best is None or count is None:
        return None
    half = Z_95 * history.noise(0.5)
    if half <= _WIDE:
        return None
    return FindingKind.SMALL_VALIDATION.found(
        f"{count:,} faces judge each epoch, so an accuracy near one half is known to {100 * half:.0f} points "
        "either way. Smaller differences, between epochs and between runs, can be chance. Bring more faces, "
        "or give validation a larger share of them on the dataset page.",
        (Evidence("accuracy", 1, max(history.metrics[-1].epoch, 1), f"{count:,} faces judge"),),
    )
