"""Where things lie: the only module that knows the names `data/` and `models/`.

Set the environment variable `FER_HOME` to keep both somewhere else (the tests do).
"""

import os
import re
from pathlib import Path

from fer.errors import FerError

PROJECT_ROOT = Path(__file__).resolve().parents[2]


def home() -> Path:
    """The folder that holds `data/` and `models/`, absolute: `FER_HOME`, or the project itself."""
    return Path(os.environ.get("FER_HOME") or PROJECT_ROOT).expanduser().absolute()


def data_folder() -> Path:
    """Everything a learner brings or downloads."""
    return home() / "data"


def cache_folder() -> Path:
    """What can be made again: decoded datasets. Safe to delete at any time."""
    return data_folder() / "cache"


def editions_folder() -> Path:
    """What learners mended in their datasets, one folder per dataset."""
    return data_folder() / "editions"


def augmentation_presets_folder() -> Path:
    """Augmentation settings that learners saved under a name, one file each."""
    return data_folder() / "presets" / "augmentation"


def calibration_folder() -> Path:
    """Temperatures that were fitted to models, one file each."""
    return data_folder() / "calibration"


def recordings_folder() -> Path:
    """Clips and pictures of the camera that somebody asked to keep."""
    return data_folder() / "recordings"


def films_folder() -> Path:
    """Films that are being read, and what came of them; a folder each."""
    return cache_folder() / "films"


def runs_folder() -> Path:
    """One folder per training run."""
    return home() / "models" / "runs"


def pretrained_folder() -> Path:
    """One folder per shipped model."""
    return home() / "models" / "pretrained"


def imported_models_folder() -> Path:
    """One folder per model that came from elsewhere."""
    return home() / "models" / "brought"


def replications_folder() -> Path:
    """What came of repeating published recipes; one folder per recipe."""
    return home() / "models" / "replications"


def detectors_folder() -> Path:
    """Downloaded face detector weights."""
    return home() / "models" / "detectors"


def given(text: str | Path) -> Path:
    """The absolute path that a person typed; `~` is their own folder, `~name` that of another user."""
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:  # there is no such user: a folder may be called like this
        return Path(text).absolute()


def child(folder: Path, name: str) -> Path:
    """Return `folder / name`, for a name that came from outside.

    Raises:
        FerError: the name would leave the folder, or holds characters that some file system forbids.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,119}", name) or name.endswith((".", " ")):
        raise FerError(
            f"“{name[:60]}” cannot be a file name here. Use letters, digits, dots, dashes and spaces, "
            "beginning with a letter or digit."
        )
    return folder / name
