"""Loose picture forms: whether the labels of pictures stand in a list or in their names, or why neither."""

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Literal

from fer.config import ImportSettings
from fer.datasets.dataset import Dataset
from fer.datasets.readers.list_files import doubt_about_lists, load_listed_pictures, looks_listed
from fer.datasets.readers.loose_pictures import is_picture, walk
from fer.datasets.readers.name_patterns import HOW_TO_CHOOSE, load_named_pictures, looks_named
from fer.datasets.readers.vocabulary import quoted
from fer.errors import MalformedDatasetError, UnlabelledDatasetError
from fer.system.progress import Progress

LooseForm = Literal["list", "file names"]
LOADERS: dict[LooseForm, Callable[[Path, Progress, bool, ImportSettings], Dataset]] = {
    "list": load_listed_pictures,
    "file names": load_named_pictures,
}
"""What reads each of them."""
_MOST_ENTRIES = 50_000


def chosen_form(how: ImportSettings) -> LooseForm | None:
    """Where the learner said that the labels stand; None where that is guessed."""
    if how.list_file:
        return "list"
    return "file names" if how.name_pattern else None


def guessed_form(folder: Path) -> LooseForm | None:
    """Where the labels of the pictures below a folder stand; None where they are in neither place."""
    if looks_listed(folder):
        return "list"
    return "file names" if looks_named(folder) else None


def not_understood(folder: Path) -> MalformedDatasetError:
    """Why a folder is no dataset, and what helps; an `UnlabelledDatasetError` where it has pictures."""
    pictures = (entry for entry in walk(folder, _MOST_ENTRIES) if is_picture(entry.name))
    first = next(pictures, None)
    if first is not None and (doubt := doubt_about_lists(folder)) is not None:
        return doubt
    if first is not None:
        return UnlabelledDatasetError(
            f"{quoted(folder.name[:50])} holds pictures, and nothing says what they show: no folder, no "
            f"list, no name like {quoted(Path(first.path).name[:50])}. {HOW_TO_CHOOSE}"
        )
    with os.scandir(folder) as entries:
        names = sorted(
            entry.name for entry in islice(entries, _MOST_ENTRIES) if not entry.name.startswith(".")
        )
    holds = f"holds no pictures and no table of faces, only {quoted(names[0])}" if names else "is empty"
    if len(names) > 1:
        holds += " and others"
    return MalformedDatasetError(
        f"“{folder.name}” {holds}. Put a table of faces in, or pictures laid out as train/happy/001.png."
    )
