"""Robustness: how dark faces may get before a model fails, and training against it."""

from dataclasses import replace

from fer.config import TrainingConfig
from fer.course.checking import missing_run, number, passed, refused
from fer.course.lesson import Lesson, Question, SetUp, Solution, Station, Verdict
from fer.course.lessons.first_run import CONFIG as FIRST
from fer.course.work import Answers, RunRecord, Work
from fer.evaluation.robustness import CorruptionKind, Sweep
from fer.statistics import SIGNIFICANT, compare_answers, percent

_KIND = CorruptionKind.DARKNESS
_WITHIN_POINTS = 3.0
# Points that the share taken away at a level may be typed beside it.
_STRONGEST = 5


def config_against_the_dark() -> TrainingConfig:
    """The first run's settings, with faces of other brightness among the augmented copies."""
    against = replace(FIRST.augmentation, brightness_fraction=0.5)
    return replace(FIRST, augmentation=against, name="against the dark")


def _measured(work: Work) -> list[tuple[RunRecord, Sweep]]:
    """The learner's runs whose robustness against the dark is known, oldest first."""
    found = [(record, sweep) for record in reversed(work.runs) if (sweep := work.sweep(record)) is not None]
    return [(record, sweep) for record, sweep in found if _KIND in sweep.points]


def _trained_on_brightness(record: RunRecord) -> bool:
    return record.run.config.augmentation.brightness_fraction > 0


def _check(work: Work, answers: Answers) -> Verdict:
    plain = [pair for pair in _measured(work) if not _trained_on_brightness(pair[0])]
    if not plain:
        if work.finished() is None:
            return missing_run(work, "to break")
        return refused("Measure your first model under *Robustness* on the evaluation page.")
    _, sweep = plain[-1]
    curve = sweep.curve(_KIND)
    half = sweep.accuracy(curve[0]) / 2
    broken = next((point for point in curve if sweep.accuracy(point) < half), None)
    typed = number(answers, "share")
    if typed is None:
        return refused("Type how much of the light is taken away when accuracy has halved, in per cent.")
    if broken is None:
        if typed < 100 * curve[-1].severity:
            return refused("At that level it still has more than half of its accuracy. Look further right.")
    elif abs(typed - 100 * broken.severity) > _WITHIN_POINTS:
        before = curve[curve.index(broken) - 1]
        if 100 * before.severity < typed < 100 * broken.severity:
            pass  # read off the line between two levels
        elif abs(typed - 100 * (1 - broken.severity)) <= _WITHIN_POINTS:
            return refused("That is the light that is left. Type the share that is taken away.")
        elif typed < 100 * broken.severity:
            return refused(f"There accuracy is still above {percent(half, 0)}, half of the untouched faces'.")
        else:
            return refused("It has halved before that. Take the first level below half.")
    trained = [pair for pair in _measured(work) if _trained_on_brightness(pair[0])]
    if not trained:
        return refused(
            "The level is right. Now train against it: *Set it up for me* adds brightness to the "
            "augmentation. "
            "Measure the new model too."
        )
    return _compared(sweep, trained[-1][1])


def _compared(before: Sweep, after: Sweep) -> Verdict:
    darkest, darkest_after = before.curve(_KIND)[_STRONGEST], after.curve(_KIND)[_STRONGEST]
    told = (
        f"In the deepest dark {percent(before.accuracy(darkest), 0)} before and "
        f"{percent(after.accuracy(darkest_after), 0)} after"
    )
    if len(before) != len(after):
        return refused("The two were measured on different numbers of faces. Measure both on the same ones.")
    comparison = compare_answers(before.is_right(darkest), after.is_right(darkest_after))
    if comparison.difference <= 0:
        return refused(f"{told}: it did not help. Is the brightness in the augmentation high enough?")
    if comparison.p_value >= SIGNIFICANT:
        return refused(f"{told}: that could be chance. Train longer, or with a wider range of brightness.")
    return passed(f"{told}: more than chance would bring. It has learned that light does not matter.")


def _solve(work: Work) -> Solution | None:
    plain = [pair for pair in _measured(work) if not _trained_on_brightness(pair[0])]
    if not plain:
        return None
    record, sweep = plain[-1]
    curve = sweep.curve(_KIND)
    broken = next(
        (point for point in curve if sweep.accuracy(point) < sweep.accuracy(curve[0]) / 2), curve[-1]
    )
    return Solution(
        f"{percent(sweep.accuracy(curve[0]), 0)} in daylight, {percent(sweep.accuracy(broken), 0)} when "
        f"{percent(broken.severity, 0)} of the light is taken away.",
        record.run.id,
    )


def _set_up(work: Work) -> SetUp:
    if _measured(work) and work.finished(_trained_on_brightness) is None:
        return SetUp(Station.TRAINING, training=config_against_the_dark())
    record = work.finished()
    return SetUp(
        Station.EVALUATION,
        view="Robustness",
        dataset="" if record is None else record.run.config.dataset,
        models=() if record is None else (record.run.id,),
    )


LESSON = Lesson(
    key="robustness",
    title="Break it: how dark may it get?",
    why="A model is only as good as the pictures it will meet. Webcams in the evening are darker than any "
    "training set.",
    minutes=7,
    station=Station.EVALUATION,
    task="Measure your model on faces that get darker, and say at which level its accuracy has halved. Then "
    "train against it with brightness in the augmentation, and measure again.",
    questions=(Question("share", "Light taken away when accuracy has halved", unit="%"),),
    hints=(
        "*Robustness* measures nine kinds of damage at five levels. Look at the curve for darkness.",
        "Halve the accuracy on untouched faces, and find the first level whose accuracy is below.",
        "Faces of changed brightness among the training copies teach that light does not matter: the "
        "setting is "
        "*Brightness* in the augmentation.",
    ),
    remember="Test a model on what it will meet. What breaks it can often be trained against, if you know "
    "it.",
    set_up=_set_up,
    check=_check,
    solve=_solve,
)
