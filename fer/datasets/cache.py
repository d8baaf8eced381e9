"""Datasets that were read once, kept as plain arrays: the second load takes no time.

A cache file belongs to one exact state of its source: its name holds a hash of that state, so it is
never wrong, only missing. The pixels lie in a file of their own and are mapped into memory, where
the app and a training process share them.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from fer.datasets.dataset import Dataset, Source
from fer.emotions import Emotion
from fer.errors import FerError, StorageError
from fer.system import files, paths

# Raise this whenever a reader changes what it makes of the same file.
_VERSION = 2
# What temporary files and folders are called, and how old they are when nobody can be at work on them.
_TEMPORARY = (".saving-*", ".unpacking-*", ".uploading-*", ".converting-*")
_FORGOTTEN_S = 24 * 60 * 60


def cached(source: Path, state: str, read: Callable[[], Dataset], variant: str = "") -> Dataset:
    """Return what `read` gives, from the cache if `source` is still in the same state.

    A damaged cache is made anew, and one that cannot be saved (the disk is full) is done without. Two
    processes may do this at once: both read, and either's files serve both.

    Args:
        source: the file or folder that is read.
        state: changes whenever the content of `source` does.
        read: reads `source`.
        variant: tells different ways of reading the same source apart.
    """
    pixels, rest = _places(source, state, variant)
    with suppress(*files.DAMAGED_ARRAYS, FerError):
        return _load(pixels, rest)
    dataset = read()
    keep(source, state, dataset, variant)
    # The mapped faces take the place of those in memory, if they could be saved.
    with suppress(*files.DAMAGED_ARRAYS, FerError):
        return _load(pixels, rest)
    return dataset


def keep(source: Path, state: str, dataset: Dataset, variant: str = "") -> None:
    """Save what was read from `source`, if there is room, and remove what was kept of its earlier states."""
    pixels, rest = _places(source, state, variant)
    with suppress(StorageError):
        _save(dataset, pixels, rest)
    place = pixels.name.partition("-")[0]
    for old in paths.cache_folder().glob(f"{place}-*"):
        if old not in (pixels, rest):
            with suppress(OSError):  # Windows keeps a file that another process has mapped
                old.unlink()
    remove_forgotten(paths.cache_folder())
    for inner in paths.cache_folder().glob("[!.]*/"):  # inspections and maps are saved there
        remove_forgotten(inner)


def file_state(path: Path) -> str:
    """A text that changes when the file does: its size, its time, and a few samples of its bytes.

    The samples are for tools that put an old time on new content.
    """
    state = path.stat()
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for offset in range(0, state.st_size, max(state.st_size // 16, 2**12)):
            file.seek(offset)
            digest.update(file.read(2**12))
    return f"{state.st_size} {state.st_mtime_ns} {digest.hexdigest()}"


def remove_forgotten(folder: Path) -> None:
    """Remove the temporary files and folders in `folder` of processes that were killed over a day ago."""
    for pattern in _TEMPORARY:
        for path in folder.glob(pattern):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime < _FORGOTTEN_S:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()


def _places(source: Path, state: str, variant: str) -> tuple[Path, Path]:
    """The files of the pixels and of the rest."""
    place = hashlib.sha256(f"{source.resolve()}\0{variant}".encode("utf-8", "surrogateescape")).hexdigest()[
        :12
    ]
    content = hashlib.sha256(f"{_VERSION}\0{state}".encode("utf-8", "surrogateescape")).hexdigest()[:20]
    pixels = paths.cache_folder() / f"{place}-{content}.npy"
    return pixels, pixels.with_suffix(".npz")


def _save(dataset: Dataset, pixels: Path, rest: Path) -> None:
    about = json.dumps(
        {
            "name": dataset.name,
            "emotions": dataset.emotions,
            "source": asdict(dataset.source),
            "notes": dataset.notes,
        }
    )
    arrays: dict[str, Any] = {
        "labels": dataset.labels,
        "splits": dataset.splits,
        "rows": dataset.rows,
        "about": np.array(about),
    }
    if dataset.votes is not None:
        arrays["votes"] = dataset.votes
    files.save(pixels, lambda temporary: np.save(temporary, dataset.images))
    # Last, because its presence says that all is there.
    files.save(rest, lambda temporary: np.savez(temporary, **arrays))


def _load(pixels: Path, rest: Path) -> Dataset:
    # Opened here, because np.load leaves a damaged file open.
    with rest.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        about = json.loads(str(arrays["about"]))
        labels, splits, rows = arrays["labels"], arrays["splits"], arrays["rows"]
        votes = arrays.get("votes")
    return Dataset(
        about["name"],
        tuple(Emotion(emotion) for emotion in about["emotions"]),
        np.asarray(np.load(pixels, mmap_mode="r", allow_pickle=False)),
        labels,
        splits,
        Source(**about["source"]),
        rows,
        votes,
        notes=tuple(about["notes"]),
    )
