"""Answer checking: what the checks of several lessons share."""

import math

from fer.course.lesson import Verdict
from fer.course.work import Answers, RunRecord, Work
from fer.datasets.registry import SYNTHETIC

# What is read off a chart or typed with one digit less is as right.
READ_OFF_PER_CENT = 1.0


def passed(sentence: str) -> Verdict:
    """The task is done."""
    return Verdict(True, sentence)


def refused(sentence: str) -> Verdict:
    """The task is not done yet."""
    return Verdict(False, sentence)


def number(answers: Answers, key: str) -> float | None:
    """The number that was typed; None if nothing or no number was."""
    try:
        value = float(answers.get(key, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def word(answers: Answers, key: str) -> str:
    """The option that was chosen; empty if none was."""
    return str(answers.get(key, ""))


def is_near(value: float, expected: float, within: float = READ_OFF_PER_CENT) -> bool:
    """Whether two figures are the same to somebody who reads them off a chart."""
    return abs(value - expected) <= within + 1e-9


def missing_run(work: Work, what: str) -> Verdict:
    """Refuse for want of a run: it is still at work, it failed, or there is none."""
    if any(record.run.is_active for record in work.runs):
        return refused("Your run is still learning. Wait until it has ended, then check again.")
    return refused(f"There is no finished run {what} yet. *Set it up for me* fills the form; then start it.")


def is_on_drawn_faces(record: RunRecord) -> bool:
    """Whether a run learned from the built-in faces."""
    return record.run.config.dataset == SYNTHETIC


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun: "1 epoch", "880 corrections"."""
    return f"{count:,} {one if count == 1 else many}"
