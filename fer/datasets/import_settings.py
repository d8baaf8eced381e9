"""Import settings of a dataset: what was chosen for reading it, kept beside it.

    data/import-settings/<name>.json

A dataset outside `data/` has a hash of its place in its file's name.
"""

import hashlib
import json
from pathlib import Path

from fer.config import AS_GUESSED, ImportSettings
from fer.errors import ConfigError, DatasetError
from fer.system import files, paths

_MOST_BYTES = 1_000_000


def import_settings_path(path: Path) -> Path:
    """Return where the choices for the dataset at `path` are kept; there is no file before any was made."""
    place = path.absolute()
    name = place.name
    if place.parent != paths.data_folder().absolute():
        digest = hashlib.sha256(str(place.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
        name = f"elsewhere-{digest[:20]}"
    return paths.import_settings_folder() / f"{name}.json"


def load_import_settings(path: Path) -> ImportSettings:
    """Return what was chosen for the dataset at `path`; `AS_GUESSED` if nothing was.

    Raises:
        DatasetError: what was kept cannot be read. Reading the dataset without it could give other labels.
    """
    place = import_settings_path(path)
    try:
        if not place.exists():
            return AS_GUESSED
        if not place.is_file() or place.stat().st_size > _MOST_BYTES:
            raise ValueError
        return ImportSettings.from_dict(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError, ConfigError) as error:
        raise DatasetError(
            f"What was chosen for reading “{path.name}” cannot be read any more. Read it without: python -m "
            f"fer import DATASET --forget. Or delete data/import-settings/{place.name}."
        ) from error


def save_import_settings(path: Path, settings: ImportSettings) -> None:
    """Remember how the dataset at `path` is read from now on.

    Raises:
        StorageError: the disk is full, or `data/` cannot be written.
    """
    if settings == AS_GUESSED:
        try:
            import_settings_path(path).unlink(missing_ok=True)
        except OSError as error:
            raise files.storage_error(import_settings_path(path), error) from error
        return
    text = json.dumps(settings.as_dict(), indent=2, ensure_ascii=False)
    files.save_text(import_settings_path(path), text + "\n")


def variant(settings: ImportSettings) -> str:
    """Return a text that tells readings of the same files apart; empty for `AS_GUESSED`."""
    return "" if settings == AS_GUESSED else json.dumps(settings.as_dict(), sort_keys=True)
