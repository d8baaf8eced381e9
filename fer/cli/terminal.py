"""Terminal output: progress in one line, tables, times."""

import shutil
import sys
import time
from collections.abc import Sequence

from fer.system.progress import Progress

listeners: list[Progress] = []
"""Who else hears of progress: the page that started this process as a job."""


def show_progress(fraction: float, message: str) -> None:
    """Rewrite one line on a terminal; write nothing into a log. A job's page hears of it as well."""
    for listener in listeners:
        listener(fraction, message)
    if sys.stderr.isatty():
        # A line that wraps could not be rewritten.
        line = f"{fraction:4.0%}  {message}"[: shutil.get_terminal_size().columns - 1]
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def show_time_left() -> Progress:
    """Return a `show_progress` that says how long the work still takes, counted from now."""
    started = time.monotonic()

    def progress(fraction: float, message: str) -> None:
        seconds = time.monotonic() - started
        # A page that follows a job reckons for itself.
        known = fraction > 0.02 and seconds > 1 and not listeners
        left = f", {duration(seconds * (1 - fraction) / fraction)} left" if known else ""
        show_progress(fraction, message + left)

    return progress


def part_of(start: float, end: float, prefix: str = "") -> Progress:
    """Return a progress that fills the line from `start` to `end`, 0 to 1 each."""
    return lambda fraction, message: show_progress(start + (end - start) * fraction, prefix + message)


def note(sentence: str) -> None:
    """Print a sentence beside the answer, which a program may read; nothing if there is none."""
    if sentence:
        clear_progress()
        print(sentence, file=sys.stderr)


def clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
