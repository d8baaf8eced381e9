"""Datasets that were read once, kept as plain arrays: the second load takes no time.

A cache file belongs to one exact state of its source: its name holds a hash of that state, so it is
never wrong, only missing. The pixels lie in a file of their own and are mapped into memory, where
the app and a training process share them.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from fer import files, paths
from fer.datasets.dataset import Dataset, Source
from fer.emotions import Emotion
from fer.errors import FerError, StorageError

# Raise this whenever a reader changes what it makes of the same file.
_VERSION = 1


def cached(source: Path, state: str, read: Callable[[], Dataset]) -> Dataset:
    """Return what `read` gives, from the cache if `source` is still in the same state.

    A damaged cache is made anew, and one that cannot be saved (the disk is full) is done without.

    Args:
        source: the file or folder that is read.
        state: changes whenever the content of `source` does.
        read: reads `source`.
    """
    place = hashlib.sha256(str(source.resolve()).encode()).hexdigest()[:12]
    content = hashlib.sha256(f"{_VERSION}\0{state}".encode()).hexdigest()[:20]
    pixels = paths.cache_folder() / f"{place}-{content}.npy"
    rest = pixels.with_suffix(".npz")
    with suppress(OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, FerError):
        return _load(pixels, rest)
    dataset = read()
    with suppress(StorageError):
        _save(dataset, pixels, rest)
    for old in paths.cache_folder().glob(f"{place}-*"):
        if old not in (pixels, rest):
            with suppress(OSError):  # Windows keeps a file that another process has mapped
                old.unlink()
    return dataset


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


def _save(dataset: Dataset, pixels: Path, rest: Path) -> None:
    about = json.dumps({"name": dataset.name, "emotions": dataset.emotions, "source": asdict(dataset.source)})
    files.save(pixels, lambda temporary: np.save(temporary, dataset.images))
    # Last, because its presence says that all is there.
    files.save(
        rest,
        lambda temporary: np.savez(
            temporary, labels=dataset.labels, splits=dataset.splits, about=np.array(about)
        ),
    )


def _load(pixels: Path, rest: Path) -> Dataset:
    # Opened here, because np.load leaves a damaged file open.
    with rest.open("rb") as file, np.load(file) as arrays:
        labels, splits, about = arrays["labels"], arrays["splits"], json.loads(str(arrays["about"]))
    images = np.asarray(np.load(pixels, mmap_mode="r"))
    emotions = tuple(Emotion(emotion) for emotion in about["emotions"])
    return Dataset(about["name"], emotions, images, labels, splits, Source(**about["source"]))
