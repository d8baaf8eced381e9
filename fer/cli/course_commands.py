"""Course command: how far a learner or a class is, and the lesson sheet for a teacher."""

import argparse
from pathlib import Path
from typing import Any

from fer.cli import terminal
from fer.cli.commands import Add, Answer
from fer.course import LESSONS, CourseProgress, load_progress
from fer.course.board import read_board
from fer.course.sheet import lesson_sheet
from fer.system import files

SHEET_BEGIN, SHEET_END = "<!-- lessons -->", "<!-- end of the lessons -->"


def course(options: argparse.Namespace) -> Answer:
    """The course: a learner's progress, a class's, or the lesson sheet."""
    if options.write is not None:
        files.replace_between(options.write, SHEET_BEGIN, SHEET_END, lesson_sheet())
        return {"written": str(options.write)}, f"Written: {options.write}"
    if options.board is not None:
        return _board(options.board)
    known = load_progress()
    rows = [["", "lesson", "minutes", ""]]
    for number, lesson in enumerate(LESSONS, start=1):
        rows.append([str(number), lesson.title, str(lesson.minutes), known.of(lesson.key).state])
    told = f"{known.done} of {len(LESSONS)} lessons done"
    return {"done": known.done, "of": len(LESSONS), "lessons": _states(known)}, (
        f"{told}\n{terminal.table(rows)}"
    )


def _board(folder: Path) -> Answer:
    seats = read_board(folder)
    rows = [["", "done", "now", "tries"]]
    learners: list[dict[str, Any]] = []
    for seat in seats:
        known = seat.progress
        name = "".join(character if character.isprintable() else "?" for character in seat.name)
        if known is None:
            rows.append([name, "", "cannot be read", ""])
            learners.append({"name": seat.name, "readable": False})
            continue
        tries = sum(one.tries for one in known.lessons.values())
        rows.append([name, f"{known.done} of {len(LESSONS)}", seat.current, str(tries)])
        learners.append(
            {"name": seat.name, "readable": True, "current": known.current, "lessons": _states(known)}
        )
    return {"learners": learners}, terminal.table(rows)


def _states(known: CourseProgress) -> dict[str, str]:
    return {lesson.key: known.of(lesson.key).state for lesson in LESSONS}


def add_to(add: Add) -> None:
    """Register the command."""
    sub = add("course", course)
    sub.add_argument(
        "--board",
        metavar="FOLDER",
        type=Path,
        help="show a class: a folder with each learner's data/course.json, as anna.json or anna/course.json",
    )
    sub.add_argument(
        "--write", metavar="FILE", type=Path, help="write the lesson sheet between its marks there"
    )
