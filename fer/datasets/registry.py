"""Which datasets there are, and loading one by its name or path."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from fer import paths
from fer.config import AS_IT_CAME, DatasetView
from fer.datasets.cache import cached, file_state
from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.editions import Edition
from fer.datasets.fer_csv import load_fer_csv
from fer.datasets.folders import listing_fingerprint, load_folders, looks_like_folders
from fer.datasets.parquet import load_parquet
from fer.datasets.views import apply_view
from fer.errors import DatasetError, DatasetNotFoundError, MalformedDatasetError
from fer.progress import Progress, silent

Kind = Literal["built-in", "csv", "folders", "parquet"]
SYNTHETIC = "synthetic"

FER_2013 = Source(
    title="FER-2013",
    url="https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge",
    license="web photographs without a clear licence; for research and teaching only",
    citation="Goodfellow et al. (2013), Challenges in Representation Learning: A report on three machine "
    "learning contests, arXiv:1307.0414",
)
# What tells the genuine file from one that only has its form: the faces of each emotion, and of each split.
_FER_2013_LABELS = [4953, 547, 5121, 8989, 6077, 4002, 6198]
_FER_2013_SPLITS = {Split.TRAIN: 28709, Split.VALIDATION: 3589, Split.TEST: 3589}


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """A dataset that `load_dataset` knows by name.

    Attributes:
        name: what `load_dataset` takes.
        title: what a person reads.
        kind: how it is kept.
        path: where it lies; None for the built-in one.
    """

    name: str
    title: str
    kind: Kind
    path: Path | None


def list_datasets() -> list[DatasetEntry]:
    """The datasets that have a name: the built-in one, then what lies in `data/`, by name."""
    entries = [DatasetEntry(SYNTHETIC, "Built-in drawn faces", "built-in", None)]
    folder = paths.data_folder()
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path != paths.cache_folder() and not path.name.startswith(".") and (kind := _kind(path)):
            entries.append(DatasetEntry(path.name, path.name, kind, path))
    return entries


def load_dataset(
    name: str,
    progress: Progress = silent,
    *,
    view: DatasetView = AS_IT_CAME,
    edition: Edition | None = None,
) -> Dataset:
    """Return the dataset of that name, or at that path, from the cache if it was loaded before.

    Args:
        name: "synthetic", a name in `data/` (with its suffix or without), or the path of a FER-2013 CSV, of a
            Parquet table or of class folders.
        progress: told how far the reading is.
        view: in which state: mended, voted on, divided anew.
        edition: taken instead of the saved one that `view` names; a run keeps a copy of its own.

    Returns:
        Its `name` is what was asked for; a path is made absolute, so that it can be asked for from anywhere.

    Raises:
        DatasetNotFoundError: nothing has that name, and nothing is at that path.
        MalformedDatasetError: it is there, but is not what its name promises.
    """
    if name == SYNTHETIC:
        # Imported here: drawing faces is nobody else's business.
        from fer.datasets.synthetic import load_synthetic

        return apply_view(load_synthetic(progress), view, edition)
    found = [entry.path for entry in list_datasets() if entry.path is not None]
    # A whole name goes before one without its suffix.
    path = next(
        (
            path
            for path in sorted(found, key=lambda path: path.name != name)
            if name in (path.name, path.stem)
        ),
        None,
    )
    if path is None:
        path = Path(name).expanduser().absolute()
        name = str(path)
    try:
        dataset = _load_path(path, progress)
    except OSError as error:
        raise DatasetError(
            f"“{path}” cannot be read: {error.strerror or error}. Check that the file is "
            "there and that you may read it."
        ) from error
    return apply_view(replace(dataset, name=name), view, edition)


def read_dataset(path: Path, progress: Progress = silent) -> Dataset:
    """Read the CSV, Parquet table or folders at `path`, past the cache; see `load_dataset`."""
    readers: dict[Kind, Callable[[Path, Progress], Dataset]] = {
        "csv": load_fer_csv,
        "parquet": load_parquet,
        "folders": load_folders,
    }
    kind = _kind(path)
    if kind is None and path.is_dir():
        kind = "folders"  # whose reader says what is missing
    if kind is None:
        raise MalformedDatasetError(
            f"“{path.name}” is neither a .csv, a .parquet nor a folder. Choose a "
            "FER-2013 CSV, a Parquet table of pictures, or folders like train/happy."
        )
    dataset = readers[kind](path, progress)
    return replace(dataset, source=FER_2013) if _is_fer_2013(dataset) else dataset


def _is_fer_2013(dataset: Dataset) -> bool:
    counts = {split: sum(of_emotion.values()) for split, of_emotion in dataset.counts().items()}
    return counts == _FER_2013_SPLITS and np.bincount(dataset.labels).tolist() == _FER_2013_LABELS


def _load_path(path: Path, progress: Progress) -> Dataset:
    if not path.exists():
        known = ", ".join(f"“{entry.name}”" for entry in list_datasets())
        raise DatasetNotFoundError(
            f"There is no dataset “{path.name}”, and no file or folder {path}. Known "
            f"are {known}; put a file into the folder data, or give a path."
        )
    state = listing_fingerprint(path) if path.is_dir() else file_state(path)
    dataset = cached(path, state, lambda: read_dataset(path, progress))
    progress(1.0, f"Loaded {path.name}")
    return dataset


def _kind(path: Path) -> Kind | None:
    if path.is_dir():
        return "folders" if looks_like_folders(path) else None
    suffixes: dict[str, Kind] = {".csv": "csv", ".parquet": "parquet"}
    return suffixes.get(path.suffix.lower())
