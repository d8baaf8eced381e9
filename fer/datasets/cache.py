"""Dataset cache on disk: what was read once is kept as plain arrays, and the second load takes no time.

A cache file belongs to one exact state of its source: its name holds a hash of that state, so it is
never wrong, only missing. The pixels lie in a file of their own and are mapped into memory, where
the app and a training process share them.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Dataset, Source, SourceLabel
from fer.datasets.pictures import Pictures
from fer.emotions import Emotion
from fer.errors import StorageError
from fer.system.result_store import ResultStore, load_result

# The version is raised whenever a reader changes what it makes of the same file.
_PIXELS, _REST = ResultStore("", ".npy", version=3), ResultStore("", ".npz", version=3)
# What temporary files and folders are called, and how old they are when nobody can be at work on them.
_TEMPORARY = (".saving-*", ".unpacking-*", ".uploading-*", ".converting-*")
_FORGOTTEN_S = 24 * 60 * 60


def cached(source: Path, state: str, read: Callable[[], Dataset], variant: str = "") -> Dataset:
    """Return what `read` gives, from the cache if `source` is still in the same state.

    A damaged cache is made anew, and one that cannot be saved is done without, but see `keep`. Two
    processes may do this at once: both read, and either's files serve both.

    Args:
        state: changes whenever the content of `source` does.
        variant: tells different ways of reading the same source apart.
    """
    kept = _load(source, state, variant)
    if kept is not None:
        return kept
    dataset = read()
    keep(source, state, dataset, variant)
    # The mapped faces take the place of those in memory, if they could be saved.
    mapped = _load(source, state, variant)
    return dataset if mapped is None else mapped


def keep(source: Path, state: str, dataset: Dataset, variant: str = "") -> None:
    """Save what was read from `source`, if there is room, and remove what was kept of its earlier states.

    Raises:
        StorageError: faces that were cut out cannot be saved.
    """
    about = {
        "name": dataset.name,
        "emotions": dataset.emotions,
        "source": asdict(dataset.source),
        "notes": dataset.notes,
        "source_labels": [asdict(label) for label in dataset.source_labels],
        "pictures": None if dataset.pictures is None else asdict(dataset.pictures),
    }
    arrays: dict[str, NDArray[Any]] = {
        "labels": dataset.labels,
        "splits": dataset.splits,
        "rows": dataset.rows,
        "about": np.array(json.dumps(about)),
    }
    if dataset.votes is not None:
        arrays["votes"] = dataset.votes
    pixels = place_of(source, state, variant, _PIXELS)
    # Faces that were cut out for an hour are not cut out again each time: there had better be room.
    is_dear = dataset.pictures is not None and dataset.pictures.cutting is not None
    with nullcontext() if is_dear else suppress(StorageError):
        _PIXELS.save(pixels, dataset.images)
        # Last, because its presence says that all is there.
        _REST.save(place_of(source, state, variant, _REST), arrays)
    forget_earlier(pixels)


def is_kept(source: Path, state: str, variant: str = "") -> bool:
    """Return whether what was read from `source` in this state is kept; see `cached`."""
    return place_of(source, state, variant, _REST).exists()


def place_of(source: Path, state: str, variant: str, store: ResultStore) -> Path:
    """Return where `store` keeps what was read from `source` in this state; see `cached`."""
    # Relative and absolute ways to one file are one file.
    place, content = (
        hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        for text in (f"{source.resolve()}\0{variant}", f"{store.version}\0{state}")
    )
    return store.path(f"{place[:12]}-{content[:20]}")


def forget_earlier(kept: Path) -> None:
    """Remove what was kept of earlier states of the same source, and what killed processes left behind."""
    for old in kept.parent.glob(f"{kept.name.partition('-')[0]}-*"):
        if old.stem != kept.stem:
            with suppress(OSError):  # Windows keeps a file that another process has mapped
                old.unlink()
    for folder in (kept.parent, *kept.parent.glob("[!.]*/")):  # inspections and maps are saved further in
        remove_forgotten(folder)


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


def _load(source: Path, state: str, variant: str) -> Dataset | None:
    pixels = place_of(source, state, variant, _PIXELS)

    def built(arrays: Mapping[str, NDArray[Any]]) -> Dataset:
        about = json.loads(str(arrays["about"]))
        return Dataset(
            about["name"],
            tuple(Emotion(emotion) for emotion in about["emotions"]),
            np.asarray(np.load(pixels, mmap_mode="r", allow_pickle=False)),
            arrays["labels"],
            arrays["splits"],
            Source(**about["source"]),
            arrays["rows"],
            arrays.get("votes"),
            notes=tuple(about["notes"]),
            source_labels=tuple(
                SourceLabel(label["text"], label["count"], label["emotion"] and Emotion(label["emotion"]))
                for label in about["source_labels"]
            ),
            pictures=None if about["pictures"] is None else Pictures.from_dict(about["pictures"]),
        )

    return load_result(place_of(source, state, variant, _REST), built)
