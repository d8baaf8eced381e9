"""Test set: one last look at the test faces, and its 95 % interval."""

from fer.course.checking import is_near, number, passed, refused, word
from fer.course.lesson import Lesson, Question, SetUp, Solution, Station, Verdict
from fer.course.work import Answers, Work
from fer.statistics import percent_range, wilson_interval

MARK = "test."
"""Followed by a run's id and ".looks", ".right" or ".count": the test faces it was shown, and how often."""
_ONCE = "Every choice made after a look fits the model to the test faces"
_BIASED = "The test faces wear out technically"
_RANDOM = "The answers change from look to look"


def _looked(work: Work) -> tuple[str, int, int, int] | None:
    """The newest run whose test faces were looked at: its id, looks, right answers, faces."""
    for record in work.runs:
        right, count = (work.marks.get(f"{MARK}{record.run.id}.{what}") for what in ("right", "count"))
        if isinstance(right, int | float) and isinstance(count, int | float) and count > 0:
            looks = work.marks.get(f"{MARK}{record.run.id}.looks", 1)
            return record.run.id, int(looks), int(right), int(count)
    return None


def _check(work: Work, answers: Answers) -> Verdict:
    looked = _looked(work)
    if looked is None:
        if work.finished() is None:
            return refused("Train a model first. Then take its one look at the test faces.")
        return refused("You have not looked at the test faces yet. Choose your model first: then look once.")
    _, looks, right, count = looked
    low, high = (100 * bound for bound in wilson_interval(right, count))
    typed_low, typed_high, why = number(answers, "low"), number(answers, "high"), word(answers, "why")
    if typed_low is None or typed_high is None or not why:
        return refused("Type both ends of the interval, and say why one looks only once.")
    accuracy = 100 * right / count
    if typed_low > typed_high:
        return refused("The lower end comes first.")
    if is_near(typed_low, accuracy, 0.2) and is_near(typed_high, accuracy, 0.2):
        return refused("That is the accuracy itself. Its interval says where the true figure may lie.")
    if is_near(typed_low, 0.95 * accuracy) and not is_near(typed_low, low):
        return refused("95\u00a0% of the accuracy is not the 95\u00a0% interval. Read it beside the figure.")
    if not (is_near(typed_low, low) and is_near(typed_high, high)):
        return refused(f"Not quite. The interval stands beside the test accuracy, for {count:,} faces.")
    if why == _RANDOM:
        return refused("The same weights always answer the same. Think of what you would do with the figure.")
    if why != _ONCE:
        return refused(
            "The faces do not change. What changes is you: think of what you would do with the figure."
        )
    times = "once" if looks == 1 else f"{looks} times: more than once, and that belongs beside the figure"
    return passed(
        f"Between {percent_range(low / 100, high / 100)} of new faces like these, with 95\u00a0% "
        f"confidence. You "
        f"looked {times}."
    )


def _solve(work: Work) -> Solution | None:
    looked = _looked(work)
    if looked is None:
        return None
    run, _, right, count = looked
    low, high = wilson_interval(right, count)
    return Solution(f"{right:,} of {count:,} test faces are right: {percent_range(low, high)}.", run)


def _set_up(work: Work) -> SetUp:
    record = work.finished()
    return SetUp(
        Station.EVALUATION,
        view="Figures",
        dataset="" if record is None else record.run.config.dataset,
        models=() if record is None else (record.run.id,),
    )


LESSON = Lesson(
    key="last-look",
    title="One last look at the test faces",
    why="Every choice you made was made on validation faces, so they flatter your model a little. The "
    "test faces "
    "have had no say yet.",
    minutes=3,
    station=Station.EVALUATION,
    task="Choose the model you would hand in, and take its one look at the test faces. Give the 95\u00a0% "
    "interval of its accuracy.",
    questions=(
        Question("low", "The interval's lower end", unit="%"),
        Question("high", "The interval's upper end", unit="%"),
        Question("why", "Why only one look?", (_RANDOM, _BIASED, _ONCE)),
    ),
    hints=(
        "Choose by validation accuracy. Only then open the test faces.",
        "*One last look* stands below the validation figures. It is counted.",
        "The interval stands beside the accuracy: two percentages with a dash between.",
    ),
    remember="Report the test accuracy with its interval and the number of looks. A difference within the "
    "interval is no difference.",
    set_up=_set_up,
    check=_check,
    solve=_solve,
)
