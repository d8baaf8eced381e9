"""When what a cached value was made from was last written: files change under a running workshop."""

import contextvars
import functools
import gc
import os
import stat
import time
from pathlib import Path

import streamlit as st

from fer.datasets.editions import edition_path
from fer.models import inference
from fer.models.card import CARD_FILE, MODEL_FILE
from fer.system import paths
from fer.system.progress import Progress


@st.cache_resource(show_spinner=False)
def freeze_gc() -> None:
    """Take what is loaded by now out of the garbage collector's sight, once.

    Streamlit collects garbage after every run of a script or fragment, and all threads wait for it,
    the camera's too; looking through every imported library each second would cost frames.
    """
    gc.collect()
    gc.freeze()


def unrecorded(progress: Progress) -> Progress:
    """Let `progress` draw from inside a cached function without Streamlit recording it for replay.

    A bar is news, not part of the value: it must not come back when the value comes from the cache.
    """
    outside = contextvars.copy_context()
    return lambda fraction, message: outside.run(progress, fraction, message)


def dataset_stamp(name: str, edition: str = "") -> float:
    path = paths.data_folder() / name
    # FER+'s votes join from a table of their own, under whatever name it lies there. Sums, because what is
    # put beside may well be older than what is there. The built-in set lies nowhere and never changes.
    stamp = sum(map(modified, [path, *sorted(path.parent.glob("*.csv"))]), 0.0) if path.exists() else 0.0
    return stamp + modified(edition_path(name, edition)) if edition else stamp


def model_stamp(name: str) -> float:
    folder = inference.model_folder(name)
    return max(modified(folder / CARD_FILE), modified(folder / MODEL_FILE))


def written(path: Path) -> str:
    """When a file was last written, in nanoseconds, and its size; empty where there is none."""
    try:
        status = path.stat()
        return f"{status.st_mtime_ns} {status.st_size}"  # a text is the quickest to be hashed
    except OSError:
        return ""


def modified(path: Path) -> float:
    """When a file, or a folder or one inside it, last changed; a folder changes when a file comes or goes."""
    try:
        status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            return status.st_mtime
        # What was written a moment ago may change once more and keep its time: some disks count in seconds.
        is_settled = time.time() - status.st_mtime > 2
        inside = (_folders_in if is_settled else _folders_in.__wrapped__)(path, status.st_mtime_ns)
        return max([status.st_mtime, *map(modified, inside)])
    except OSError:
        return 0.0


# Tens of thousands of pictures lie in class folders, and a page asks several times as it is drawn.
@functools.lru_cache(maxsize=4096)
def _folders_in(path: Path, modified_ns: int) -> tuple[Path, ...]:
    with os.scandir(path) as entries:
        return tuple(Path(entry.path) for entry in entries if entry.is_dir())
