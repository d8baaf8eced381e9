"""Class board: how far each learner of a class is, read from a folder of progress files.

A file is what `fer.course.progress` keeps in each learner's home, collected under a name by the teacher. It
holds lessons, tries and times, and nothing of a face or an emotion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fer.course.lessons import LESSONS
from fer.course.progress import CourseProgress, read_progress
from fer.errors import FerError

_MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Seat:
    """One learner on the board.

    Attributes:
        name: of the file, or of the folder around it, without its ending.
        progress: how far the learner is; None where the file cannot be read.
    """

    name: str
    progress: CourseProgress | None

    @property
    def current(self) -> str:
        """The title of the lesson in hand; empty without one."""
        key = "" if self.progress is None else self.progress.current
        return next((lesson.title for lesson in LESSONS if lesson.key == key), "")


def read_board(folder: Path) -> list[Seat]:
    """Return a seat for each progress file in a folder, by name: `anna.json`, or `anna/course.json`.

    Raises:
        FerError: there is no such folder, or no progress file in it.
    """
    if not folder.is_dir():
        raise FerError(f"There is no folder “{folder}”. Collect each learner's data/course.json in one.")
    seats = [Seat(name, read_progress(path)) for name, path in _files(folder)]
    if not seats:
        raise FerError(
            f"In “{folder.name}” there is no progress file. Collect each learner's data/course.json "
            f"there, as "
            "anna.json or anna/course.json."
        )
    return seats


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Progress files by the names they go by; links are not followed."""
    found: list[tuple[str, Path]] = []
    for path in folder.iterdir():
        if path.is_symlink() or path.name.startswith("."):
            continue
        if path.suffix == ".json" and path.is_file():
            found.append((path.stem, path))
        elif path.is_dir():
            inside = (path / "course.json", path / "data" / "course.json")
            found += [(path.name, place) for place in inside if place.is_file() and not place.is_symlink()]
        if len(found) >= _MOST_FILES:
            break
    yield from sorted(found, key=lambda pair: pair[0].casefold())
