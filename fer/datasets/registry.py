"""Dataset registry: which datasets there are, and loading one by its name or path."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from fer.config import AS_GUESSED, AS_IT_CAME, DatasetView, ImportSettings
from fer.datasets.cache import cached, file_state, is_kept, keep
from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.editions import Edition, load_edition
from fer.datasets.import_settings import load_import_settings, save_import_settings, variant
from fer.datasets.provenance import source_of
from fer.datasets.readers.archives import load_archive
from fer.datasets.readers.ferplus import join_votes, looks_like_votes, votes_beside
from fer.datasets.readers.folders import holds_emotions, listing_fingerprint, load_folders, looks_like_folders
from fer.datasets.readers.list_files import is_list
from fer.datasets.readers.loose_forms import LOADERS, chosen_form, guessed_form, not_understood
from fer.datasets.readers.loose_pictures import tree_fingerprint
from fer.datasets.readers.parquet import load_parquet
from fer.datasets.readers.signatures import PARQUET, is_archive, signature_at, without_suffix
from fer.datasets.readers.signatures import SUFFIXES as ARCHIVE_SUFFIXES
from fer.datasets.readers.tables import find_tables, load_tables, looks_like_table, tables_fingerprint
from fer.datasets.readers.wide_csv import load_csv
from fer.datasets.views import apply_view
from fer.errors import DatasetError, DatasetNotFoundError, MalformedDatasetError
from fer.system import paths
from fer.system.progress import Progress, silent

Kind = Literal[
    "built-in",
    "csv",
    "folders",
    "parquet",
    "tables",
    "archive",
    "list",
    "file names",
    "votes",
    "not understood",
]
SYNTHETIC = "synthetic"
_MOST_NAMED = 5
# Looking into a folder of 100,000 pictures takes half a second, and a page lists them with every click.
_LISTED_ANEW_S = 10
# What lies beside datasets and is none: what people write about them, and what desktops leave behind.
_NO_DATASET = ("readme", "license", "licence", "copying", "citation", "thumbs", "desktop", "__macosx")

FER_2013 = Source(
    title="FER-2013",
    url="https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge",
    license="web photographs without a clear licence; for research and teaching only",
    citation="Goodfellow et al. (2013), Challenges in Representation Learning: A report on three machine "
    "learning contests, arXiv:1307.0414",
)
# Text that may be a table as well as anything else.
_TEXT_SUFFIXES = ("", ".tsv", ".txt", ".tab", ".dat", ".data")
# What tells the genuine file from one that only has its form: the faces of each emotion, and of each split.
_FER_2013_LABELS = [4953, 547, 5121, 8989, 6077, 4002, 6198]
_FER_2013_SPLITS = {Split.TRAIN: 28709, Split.VALIDATION: 3589, Split.TEST: 3589}


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """A dataset that `load_dataset` knows by name.

    Attributes:
        name: what `load_dataset` takes.
        title: what a person reads.
        kind: how it is kept. "votes" is no dataset: FER+'s votes, which join FER-2013; they are never listed.
            "not understood" is none as it lies there; `load_dataset` says why.
        path: where it lies; None for the built-in one.
    """

    name: str
    title: str
    kind: Kind
    path: Path | None


def list_datasets() -> list[DatasetEntry]:
    """What has a name: the built-in dataset, what lies in `data/`, and last what is not understood there."""
    entries = [DatasetEntry(SYNTHETIC, "Built-in drawn faces", "built-in", None)]
    folder = paths.data_folder()
    found = map(entry_at, sorted(folder.iterdir()) if folder.is_dir() else [])
    entries += (entry for entry in found if entry is not None and entry.kind != "votes")
    return sorted(entries, key=lambda entry: entry.kind == "not understood")


def entry_at(path: Path) -> DatasetEntry | None:
    """The entry of what lies at a path in `data/`; None for what nobody takes for a dataset."""
    if not _may_be_dataset(path):
        return None
    how = AS_GUESSED
    with suppress(DatasetError):
        how = load_import_settings(path)
    try:
        kind = _kind_at(path, how, _stamp(path))
    except OSError:  # a folder that may not be looked into
        kind = None
    if kind == "csv" and looks_like_votes(path):
        kind = "votes"
    if kind == "list" and not path.is_dir():  # its pictures would be all that lie in data/
        kind = None
    return DatasetEntry(path.name, path.name, kind or "not understood", path)


def _may_be_dataset(path: Path) -> bool:
    if path in paths.own_data_folders() or path.name.startswith(".") or not os.path.lexists(path):
        return False
    return path.stem.lower() not in _NO_DATASET and path.suffix.lower() != ".md"


def _stamp(path: Path) -> tuple[int, float]:
    """When a folder was last written, and a time that stands still for seconds; pages list all the time.

    A folder that was written just now may be written again in the same tick of its clock.
    """
    now, written = time.time(), path.stat().st_mtime_ns
    is_settled = path.is_dir() and now - written / 1e9 > _LISTED_ANEW_S
    return written, now // _LISTED_ANEW_S if is_settled else now


def load_dataset(
    name: str,
    progress: Progress = silent,
    *,
    view: DatasetView = AS_IT_CAME,
    edition: Edition | None = None,
    how: ImportSettings | None = None,
) -> Dataset:
    """Return the dataset of that name, or at that path, from the cache if it was loaded before.

    Args:
        name: "synthetic", a name in `data/` (with its suffix or without), or the path of a CSV, of a Parquet
            table, of class folders, of a folder of tables, or of an archive with any of these.
        view: in which state: bad faces left out, mended, voted on, divided anew.
        edition: taken instead of the saved one that `view` names; a run keeps a copy of its own.
        how: it is read so instead of as was chosen for it.

    Returns:
        Its `name` is what was asked for; a path is made absolute, so that it can be asked for from anywhere.

    Raises:
        DatasetNotFoundError: nothing has that name, and nothing is at that path.
        PartlyBadDatasetError: some of its faces are bad and others are good; not if the view leaves them out.
        MalformedDatasetError: it is there, but is not what its name promises.
    """
    if edition is None and view.edition:
        edition = load_edition(name, view.edition)  # a wrong name is said before minutes of reading
    if name == SYNTHETIC:
        # Imported here: drawing faces is nobody else's business.
        from fer.datasets.synthetic.loading import load_synthetic

        return apply_view(load_synthetic(progress), view, edition)
    path = place_of_dataset(name)
    if path.parent != paths.data_folder() or name not in (path.name, without_suffix(path.name)):
        name = str(path)
    try:
        dataset = _load_path(path, progress, view.skip_bad, how or load_import_settings(path))
        if dataset.votes is None and view.labels != "given":
            dataset = _with_votes(dataset, path, needed=True)
    except OSError as error:
        raise DatasetError(
            f"“{error.filename or path}” cannot be read: {error.strerror or error}. Check that the file is "
            "there and that you may read it."
        ) from error
    return apply_view(replace(dataset, name=name), view, edition)


def load_dataset_as(
    name: str, how: ImportSettings, progress: Progress = silent, *, view: DatasetView = AS_IT_CAME
) -> Dataset:
    """Load a dataset in another way, which is remembered if it can be read so; see `load_dataset`.

    Raises:
        FerError: it cannot; then what was chosen before is still chosen.
    """
    # Read first: what cannot be read, or is stopped after an hour of cutting faces out, is not remembered.
    dataset = load_dataset(name, progress, view=view, how=how)
    save_import_settings(place_of_dataset(name), how)
    return dataset


def uncut(name: str, skip_bad: bool = False) -> ImportSettings | None:
    """Return how a dataset is read, if loading it would cut faces out of photographs first, for minutes.

    Returns:
        None if it would not, or if there is no such dataset.
    """
    with suppress(DatasetError, OSError):
        path = place_of_dataset(name)
        how = load_import_settings(path)
        if how.cut_faces and not is_kept(path, _state(path, _kind(path, how)), _variant(skip_bad, how)):
            return how
    return None


def place_of_dataset(name: str) -> Path:
    """Return where the dataset of that name lies, or should: in `data/`, or at the path that the name is.

    Raises:
        DatasetError: it is the built-in one, which lies nowhere.
    """
    if name == SYNTHETIC:
        raise DatasetError("The built-in drawn faces are no file. Choose a dataset that is one.")
    inside = paths.data_folder() / name
    if inside.parent == paths.data_folder() and _may_be_dataset(inside):
        return inside
    found = (entry.path for entry in list_datasets() if entry.path is not None)
    path = next((path for path in found if name == without_suffix(path.name)), None)
    return paths.given(name) if path is None else path


def read_dataset(
    path: Path, progress: Progress = silent, skip_bad: bool = False, how: ImportSettings = AS_GUESSED
) -> Dataset:
    """Read the file or folder at `path`, past the cache; see `load_dataset` and `fer.datasets.readers`."""
    return _read_as(_kind(path, how), path, progress, skip_bad, how)


def _read_as(
    kind: Kind | None, path: Path, progress: Progress, skip_bad: bool, how: ImportSettings
) -> Dataset:
    readers: dict[Kind, Callable[[Path, Progress, bool, ImportSettings], Dataset]] = {
        "csv": load_csv,
        "parquet": load_parquet,
        "folders": load_folders,
        "tables": load_tables,
        "archive": load_archive,
        "list": LOADERS["list"],
        "file names": LOADERS["file names"],
    }
    if kind is None and path.is_dir():
        raise not_understood(path)
    if kind is None:
        raise MalformedDatasetError(
            f"“{path.name}” is neither a .csv, a .parquet, an archive (.zip, .tar, .gz, .bz2, .xz) nor a "
            "folder. Choose a table of faces, or folders like train/happy."
        )
    if kind == "csv" and looks_like_votes(path):
        raise MalformedDatasetError(
            f"“{path.name}” holds FER+'s votes, and no faces. Put it into the folder data beside FER-2013, "
            "and open that."
        )
    dataset = readers[kind](path, progress, skip_bad, how)
    return replace(dataset, source=FER_2013) if _is_fer_2013(dataset) else dataset


def keep_read(path: Path, dataset: Dataset, skip_bad: bool = False) -> None:
    """Save what `read_dataset` made of what now lies at `path`, so that opening it takes no time."""
    keep(path, _state(path, _kind(path)), dataset, _variant(skip_bad, AS_GUESSED))


def _variant(skip_bad: bool, how: ImportSettings) -> str:
    return ("without bad faces" if skip_bad else "") + variant(how)


def _is_fer_2013(dataset: Dataset) -> bool:
    counts = {split: sum(of_emotion.values()) for split, of_emotion in dataset.counts().items()}
    return counts == _FER_2013_SPLITS and np.bincount(dataset.labels).tolist() == _FER_2013_LABELS


def _load_path(path: Path, progress: Progress, skip_bad: bool, how: ImportSettings) -> Dataset:
    if not path.exists() and path.is_symlink():
        raise MalformedDatasetError(
            f"“{path.name}” is a link to something that is not there. Put it back, or delete the link."
        )
    if not path.exists():
        entries = (entry for entry in list_datasets() if entry.kind != "not understood")
        known = ", ".join(f"“{entry.name}”" for entry in islice(entries, _MOST_NAMED))
        raise DatasetNotFoundError(
            f"There is no dataset “{path.name}”, and no file or folder {path}. Known "
            f"are {known}; put a file into the folder data, or give a path."
        )
    if not path.is_dir() and not path.is_file():  # opening a pipe would wait for somebody to write into it
        raise MalformedDatasetError(
            f"“{path.name}” is neither a file nor a folder but a pipe or a device. Choose a file of faces."
        )
    kind = _kind(path, how)

    def read() -> Dataset:
        return _read_as(kind, path, progress, skip_bad, how)

    # What cannot be read has no state that would be worth finding out.
    dataset = read() if kind is None else cached(path, _state(path, kind), read, _variant(skip_bad, how))
    genuine = dataset.source == FER_2013
    if path.parent == paths.data_folder() and (source := source_of(path.name)):
        citation = source.citation or dataset.source.citation
        dataset = replace(dataset, source=replace(source, citation=citation))
    if genuine and dataset.votes is None:
        dataset = _with_votes(dataset, path)
    progress(1.0, f"Loaded {path.name}")
    return dataset


def _with_votes(dataset: Dataset, path: Path, *, needed: bool = False) -> Dataset:
    """FER-2013 with the votes that lie in its own folder or in `data/`, if any do.

    Raises:
        DatasetError: they are needed, and those that lie there do not fit.
    """
    votes = (votes_beside(path) if path.is_dir() else None) or votes_beside(paths.data_folder())
    if votes is None:
        return dataset
    try:
        return join_votes(dataset, votes)
    except DatasetError as error:
        if needed:
            raise
        return replace(dataset, notes=(*dataset.notes, str(error)))


def _state(path: Path, kind: Kind | None) -> str:
    """A text that changes when what would be read from `path` does."""
    if not path.is_dir():
        return file_state(path) + (tree_fingerprint(path.parent) if kind == "list" else "")
    if kind in LOADERS:
        return tree_fingerprint(path)
    return tables_fingerprint(path) if kind == "tables" else listing_fingerprint(path)


@lru_cache(maxsize=256)
def _kind_at(path: Path, how: ImportSettings, stamp: tuple[int, float]) -> Kind | None:
    return _kind(path, how)


def _kind(path: Path, how: ImportSettings = AS_GUESSED) -> Kind | None:
    if path.is_dir():
        # Folders of any names may have been mapped.
        return chosen_form(how) or _kind_of_folder(path) or ("folders" if how.mapping else None)
    if not path.is_file():
        return None
    if is_archive(path):
        return "archive"
    if path.suffix.lower() == ".parquet" or signature_at(path) == PARQUET:
        return "parquet"
    if is_list(path) and not looks_like_votes(path):
        return "list"
    # What is called an archive and is text is a table, or a page that says why there is none.
    if path.name.lower().endswith((".csv", *ARCHIVE_SUFFIXES)):
        return "csv"
    return "csv" if path.suffix.lower() in _TEXT_SUFFIXES and looks_like_table(path) else None


def _kind_of_folder(path: Path) -> Kind | None:
    if holds_emotions(path):
        return "folders"
    if find_tables(path):
        return "tables"
    return guessed_form(path) or ("folders" if looks_like_folders(path) else None)
