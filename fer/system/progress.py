"""Progress: how long work tells whoever waits, as a fraction done and a few plain words."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the fraction done, 0 to 1, and what is being done, in plain words."""


def silent(fraction: float, message: str) -> None:
    """A `Progress` for callers who show nothing."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """The `Progress` of one step of longer work, that fills it from `start` to `end`."""
    return lambda fraction, message: progress(start + fraction * (end - start), message)
