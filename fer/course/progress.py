"""Course progress: which lessons are done, kept in one small file of the learner's.

    data/course.json

It says nothing of any face or emotion: a teacher may collect these files (`fer.course.board`).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from fer.system import files, paths

State = Literal["open", "done", "skipped"]
_STATES = ("open", "done", "skipped")
_VERSION = 1
_MOST_BYTES = 200_000
_MOST_LESSONS = 200
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """How far a learner is in one lesson.

    Attributes:
        state: open, done or skipped.
        tries: how often it was checked.
        hints: how many hints were opened, 0 to 3.
        solved: whether the solution was opened before the lesson was done.
        done_at: when it was done, UTC, ISO 8601; empty before.
    """

    state: State = "open"
    tries: int = 0
    hints: int = 0
    solved: bool = False
    done_at: str = ""

    def __post_init__(self) -> None:
        numbers = (self.tries, self.hints)
        if self.state not in _STATES or not all(type(n) is int and 0 <= n < 10**6 for n in numbers):
            raise ValueError("no lesson's progress")
        if type(self.solved) is not bool or type(self.done_at) is not str or len(self.done_at) > _MOST_TEXT:
            raise ValueError("no lesson's progress")


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """How far a learner is.

    Attributes:
        current: the key of the lesson in hand; empty before the course was begun.
        is_shown: whether the strip with the task stands on the pages; a learner may put it away.
        lessons: what is known of each lesson, by its key.
        marks: steps that no other file tells of, by name; see `Work.marks`.
    """

    current: str = ""
    is_shown: bool = True
    lessons: Mapping[str, LessonProgress] = field(default_factory=dict)
    marks: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """How many lessons are done."""
        return sum(one.state == "done" for one in self.lessons.values())

    def of(self, key: str) -> LessonProgress:
        """What is known of a lesson."""
        return self.lessons.get(key, LessonProgress())

    def with_current(self, key: str) -> Self:
        """The same with another lesson in hand; empty for none."""
        return replace(self, current=key)

    def shown(self, is_shown: bool) -> Self:
        """The same with the strip shown, or put away."""
        return replace(self, is_shown=is_shown)

    def with_lesson(self, key: str, **changes: Any) -> Self:
        """The same with something changed about one lesson."""
        return replace(self, lessons={**self.lessons, key: replace(self.of(key), **changes)})

    def with_done(self, key: str) -> Self:
        """The same with a lesson done, now; one that was done before keeps its time."""
        if self.of(key).state == "done":
            return self
        return self.with_lesson(key, state="done", done_at=datetime.now(UTC).isoformat(timespec="seconds"))

    def with_mark(self, name: str, value: str | float) -> Self:
        """The same with a step remembered."""
        return replace(self, marks={**self.marks, name: value})


def progress_path() -> Path:
    """Where the learner's progress is kept."""
    return paths.data_folder() / "course.json"


def load_progress() -> CourseProgress:
    """Return the learner's progress; none at all if it cannot be read.

    A damaged file is left as it is until the next step is saved: progress is worth a lesson's click, not an
    error on every page.
    """
    return read_progress(progress_path()) or CourseProgress()


def read_progress(path: Path) -> CourseProgress | None:
    """Return the progress in a file; None if there is none, or it cannot be read."""
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        return _progress_from(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def _progress_from(values: Mapping[str, Any]) -> CourseProgress:
    """Rebuild from the JSON that `save_progress` wrote.

    Raises:
        ValueError, TypeError, AttributeError, KeyError: it is none.
    """
    lessons = {
        _text(key): LessonProgress(**one) for key, one in list(values["lessons"].items())[:_MOST_LESSONS]
    }
    marks = {
        _text(name): value if isinstance(value, int | float) else _text(value)
        for name, value in list(values.get("marks", {}).items())[:_MOST_LESSONS]
    }
    return CourseProgress(_text(values["current"]), bool(values["is_shown"]), lessons, marks)


def save_progress(progress: CourseProgress) -> None:
    """Keep the learner's progress.

    Raises:
        StorageError: the disk is full, or `data/` cannot be written.
    """
    values = {"version": _VERSION, **asdict(progress)}
    files.save_text(progress_path(), json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise ValueError("no short text")
    return value
