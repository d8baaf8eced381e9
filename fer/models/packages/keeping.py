"""Imported models: where packages and models from elsewhere lie, and how they are removed."""

import re
import shutil
import unicodedata
from pathlib import Path

from fer.errors import ModelError, ModelNotFoundError
from fer.models.card import CARD_FILE
from fer.models.packages.inspecting import MOST_BYTES, ModelFile, inspect, too_large
from fer.models.packages.writing import SUFFIX
from fer.system import files, paths

_LONGEST_NAME = 40


def receive_package(file_name: str, content: bytes) -> tuple[Path, ModelFile]:
    """Keep an uploaded file, if it can be a model, where the process that builds its network finds it.

    Returned are its place, called by the letters and digits of the browser's name, and what it holds.

    Raises:
        ModelError, UnknownArchitectureError, ConfigError: see `inspect`; nothing is kept then.
        StorageError: it cannot be written.
    """
    if len(content) > MOST_BYTES:
        raise ModelError(too_large("The file", len(content)))
    path = paths.cache_folder() / "arriving" / f"{plain_name(file_name)}{SUFFIX}"
    files.save_bytes(path, content)
    try:
        return path, inspect(path)
    except Exception:
        path.unlink(missing_ok=True)
        raise


def plain_name(text: str) -> str:
    """What a folder may be called after a title or a file's name: "Müller's net.zip" gives "mullers-net"."""
    text = unicodedata.normalize("NFKD", text.removesuffix(SUFFIX).rpartition("/")[2])
    text = re.sub(r"\.[a-zA-Z0-9]{1,5}$", "", text).replace("'", "").replace("’", "")
    plain = re.sub(r"[^a-z0-9]+", "-", text.encode("ascii", "ignore").decode().lower()).strip("-")
    return plain[:_LONGEST_NAME].strip("-") or "model"


def free_name(name: str) -> str:
    """The name, or with a number behind it the first that no model here has."""
    number, free = 1, name
    shipped, own = paths.pretrained_models(), (paths.runs_folder(), paths.imported_models_folder())
    while free in shipped or any((folder / free).exists() for folder in own):
        number += 1
        free = f"{name}-{number}"
    return free


def imported_models() -> list[str]:
    """The names of the models that came from elsewhere, in order."""
    return sorted(path.parent.name for path in paths.imported_models_folder().glob(f"[!.]*/{CARD_FILE}"))


def remove_imported(name: str) -> None:
    """Remove a model that came from elsewhere.

    Raises:
        ModelNotFoundError: there is none of that name; shipped models and runs are not removed here.
    """
    folder = paths.child(paths.imported_models_folder(), name)
    if name not in imported_models():
        raise ModelNotFoundError(
            f"There is no model “{name[:60]}” that came from elsewhere. Those are: "
            f"{', '.join(imported_models()) or 'none'}."
        )
    # Gone from every list in one step, whatever becomes of the rest.
    leaving = folder.with_name(f".leaving-{name}")
    shutil.rmtree(leaving, ignore_errors=True)
    files.move(folder, leaving)
    shutil.rmtree(leaving, ignore_errors=True)
