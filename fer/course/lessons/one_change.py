"""Controlled experiment: one changed setting against overfitting, and whether the gain could be chance."""

from dataclasses import replace

from fer.config import DEFAULT_AUGMENTATION, compare_settings
from fer.course.checking import missing_run, number, passed, refused, word
from fer.course.lesson import Lesson, Question, SetUp, Solution, Station, Verdict
from fer.course.lessons.overfitting import CONFIG as OVERFITTING
from fer.course.lessons.overfitting import overfitted
from fer.course.work import Answers, RunRecord, Work
from fer.runs import diagnosis
from fer.runs.diagnosis.outcome import Difference
from fer.statistics import signed

CONFIG = replace(OVERFITTING, augmentation=DEFAULT_AUGMENTATION, name="against overfitting")
_HELPED, _CHANCE, _WORSE = "It helped", "It could be chance", "It made it worse"
_WITHIN_POINTS = 1.0


def _changed(base: RunRecord, other: RunRecord) -> set[str]:
    """The settings in which two runs differ; those of the augmentation count as one."""
    names = [one.name for one in compare_settings([base.run.config, other.run.config]) if one.differs]
    return {name.partition(".")[0] for name in names}


def _pair(work: Work) -> tuple[RunRecord, RunRecord] | None:
    """An overfitted run, and the newest finished one that differs from it in one setting."""
    for base in filter(overfitted, work.runs):
        for other in work.runs:
            changed = _changed(base, other)
            if other.is_finished and len(changed) == 1 and changed != {"seed"}:
                return base, other
    return None


def _difference(pair: tuple[RunRecord, RunRecord]) -> Difference | None:
    return diagnosis.compare_runs(pair[0].run, pair[1].run).difference


def _verdict(difference: Difference) -> str:
    if not difference.is_significant:
        return _CHANCE
    return _HELPED if difference.difference > 0 else _WORSE


def _check(work: Work, answers: Answers) -> Verdict:
    pair = _pair(work)
    if pair is None:
        base = next(filter(overfitted, work.runs), None)
        if base is None:
            return refused(
                "First overfit on purpose, as in the lesson before. This one starts from that run."
            )
        others = [_changed(base, other) for other in work.runs if other.is_finished and other is not base]
        if {"seed"} in others:
            return refused(
                "Only the seed differs. That is the same experiment drawn again, and cures nothing."
            )
        if (least := min((one for one in others if one), key=len, default=set())) and len(least) <= 4:
            return refused(
                f"Your other run differs in {len(least)} settings ({', '.join(sorted(least))}). Change "
                f"one, or "
                "nobody can say which of them helped."
            )
        return missing_run(work, "that changes one setting of the overfitted one")
    difference = _difference(pair)
    if difference is None:
        return refused("The two runs did not keep comparable answers. Train the second one anew.")
    typed, chosen = number(answers, "points"), word(answers, "verdict")
    if typed is None or not chosen:
        return refused("Type the difference in points, and choose what may be said of it.")
    points = 100 * difference.difference
    if abs(typed - points) > _WITHIN_POINTS:
        if abs(typed + points) <= _WITHIN_POINTS:
            return refused(
                "The size is right, the sign is not: subtract the accuracy before from that after."
            )
        last = 100 * (pair[1].metrics[-1].validation_accuracy - pair[0].metrics[-1].validation_accuracy)
        if abs(typed - last) <= _WITHIN_POINTS:
            return refused("That compares the last epochs. Compare the models: each run's best epoch.")
        return refused("Not quite: subtract the best validation accuracy before from the best one after.")
    if chosen != _verdict(difference):
        low, high = (100 * bound for bound in difference.interval_95)
        return refused(
            f"The points are right. The interval of the difference is {signed(low)} to {signed(high)}: "
            f"does it "
            "hold zero?"
        )
    return passed(difference.sentence)


def _solve(work: Work) -> Solution | None:
    pair = _pair(work)
    difference = None if pair is None else _difference(pair)
    if pair is None or difference is None:
        return None
    return Solution(f"{difference.sentence} {_verdict(difference)}.", pair[1].run.id)


LESSON = Lesson(
    key="one-change",
    title="Cure it by one change",
    why="Whoever changes two things at once learns nothing about either. And two runs always differ a "
    "little, "
    "by chance alone.",
    minutes=5,
    station=Station.TRAINING,
    task="Repeat the overfitted run with one setting changed that could help. Say by how many points the "
    "best "
    "validation accuracy changed, and whether that could be chance.",
    questions=(
        Question("points", "Best validation accuracy, after minus before", unit="points"),
        Question("verdict", "What may be said of it?", (_HELPED, _CHANCE, _WORSE)),
    ),
    hints=(
        "What keeps a network from learning faces by heart? Think of changed copies, or of more faces.",
        "*Set it up for me* switches the augmentation on and leaves the rest. Compare the two runs in the "
        "table.",
        "If the 95\u00a0% interval of the difference holds zero, it could be chance.",
    ),
    remember="One change at a time, the same faces, and an interval. Without it, a gain is an anecdote.",
    set_up=lambda work: SetUp(Station.TRAINING, training=CONFIG),
    check=_check,
    solve=_solve,
)
