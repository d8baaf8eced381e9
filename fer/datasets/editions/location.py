"""Edition files: where a dataset's editions lie, however it is called, and which names are taken."""

import hashlib
import re
from contextlib import suppress
from pathlib import Path

from fer.config import TrainingConfig
from fer.errors import EditionError, FerError
from fer.system import paths

SUFFIX = ".json"
# It has no file that could be looked for.
BUILT_IN = TrainingConfig().dataset


def edition_path(dataset_name: str, name: str) -> Path:
    """Where an edition lies, or would lie.

    Raises:
        EditionError: the name cannot be a file's.
    """
    try:
        return paths.child(folder_of(dataset_name), name + SUFFIX)
    except FerError as error:
        raise EditionError(
            f"“{name[:60]}” cannot be the name of an edition. Use letters, digits, dots, dashes and "
            "spaces, beginning with a letter or digit."
        ) from error


def folder_of(dataset_name: str) -> Path:
    """Where a dataset's editions lie; the same, however the dataset was called."""
    name = _own_name(dataset_name)
    if not Path(name).is_absolute():
        with suppress(FerError):
            return paths.child(paths.editions_folder(), name)
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).name)[:60].strip("-._") or "dataset"
    return paths.editions_folder() / f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _own_name(dataset_name: str) -> str:
    """One name for each dataset, found as `load_dataset` finds it: in `data/`, with its suffix, or a path."""
    data, path = paths.data_folder(), Path(dataset_name)
    if dataset_name.startswith("~"):
        path = paths.given(dataset_name)
    if not path.is_absolute():
        if data.is_dir() and not _exists(data / dataset_name):
            fitting = (child.name for child in data.glob("*") if child.stem == dataset_name)
            dataset_name = min(fitting, default=dataset_name)
        if _exists(data / dataset_name) or dataset_name == BUILT_IN or not _exists(path):
            return dataset_name
        path = path.absolute()
    return path.name if path.parent == data else str(path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than any file's
        return False


def names_taken(folder: Path) -> set[str]:
    """The names of the editions in a folder, in small letters."""
    # Some file systems do not tell "Mine" from "mine".
    return {path.stem.casefold() for path in folder.glob(f"[!.]*{SUFFIX}")}


def refuse_taken(path: Path) -> None:
    """Raise EditionError where an edition lies already, in small or capital letters."""
    if path.stem.casefold() in names_taken(path.parent):
        raise EditionError(f"There is an edition “{path.stem}” already. Choose another name.")
