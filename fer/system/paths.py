"""Folders and paths: where things lie, and the names from outside that may become file names.

A learner's own things lie in the folder that the environment variable `FER_HOME` names, or in the project.
What is shipped, models and replications, belongs to the installation and is found from every home.
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


def import_settings_folder() -> Path:
    """`data/import-settings`: how single datasets are read."""
    return data_folder() / "import-settings"


def provenance_folder() -> Path:
    """Where downloaded datasets came from, a file each."""
    return data_folder() / "provenance"


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


def own_data_folders() -> tuple[Path, ...]:
    """The folders in `data/` that hold no dataset but what the program keeps there."""
    return (
        cache_folder(),
        import_settings_folder(),
        provenance_folder(),
        editions_folder(),
        augmentation_presets_folder().parent,
        calibration_folder(),
        recordings_folder(),
    )


def runs_folder() -> Path:
    """One folder per training run."""
    return home() / "models" / "runs"


def pretrained_folder() -> Path:
    """One folder per model that was published here."""
    return home() / "models" / "pretrained"


def shipped_models_folder() -> Path:
    """One folder per model that the installation ships; the learner's own where home is the project."""
    return _shipped() / "pretrained"


def pretrained_models() -> dict[str, Path]:
    """The folder of every published or shipped model by its name, in order; the learner's own goes first."""
    folders = (*shipped_models_folder().glob("[!.]*/"), *pretrained_folder().glob("[!.]*/"))
    return dict(sorted({folder.name: folder for folder in folders}.items()))


def is_shipped(folder: Path) -> bool:
    """Whether a folder belongs to the installation and not to the learner."""
    return folder.is_relative_to(_shipped()) and not folder.is_relative_to(home())


def imported_models_folder() -> Path:
    """One folder per imported model; it has been called `brought` since the first version."""
    return home() / "models" / "brought"


def replications_folder() -> Path:
    """What came of repeating published recipes here; one folder per recipe."""
    return home() / "models" / "replications"


def replication(key: str) -> Path:
    """The folder of what came of a recipe: the learner's own, or else what is shipped."""
    own = replications_folder() / key
    return own if own.exists() else _shipped() / "replications" / key


def _shipped() -> Path:
    """The installation's models and replications; the tests set `FER_SHIPPED` to have none."""
    return Path(os.environ.get("FER_SHIPPED") or PROJECT_ROOT / "models").absolute()


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
