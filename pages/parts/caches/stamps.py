"""When what a cached value was made from was last written: files change under a running workshop."""

import contextvars
import gc
import os
from pathlib import Path

import streamlit as st

from fer import datasets
from fer.datasets.editions import edition_path
from fer.models import inference
from fer.models.card import CARD_FILE, MODEL_FILE
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
    path = next((entry.path for entry in datasets.list_datasets() if entry.name == name), None)
    # FER+'s votes join from a table of their own, under whatever name it lies there. Sums, because what is
    # put beside may well be older than what is there. The built-in set never changes.
    files = [] if path is None else [path, *sorted(path.parent.glob("*.csv"))]
    stamp = sum(map(modified, files), 0.0)
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
        inside = [Path(entry.path) for entry in os.scandir(path) if entry.is_dir()] if path.is_dir() else []
        return max([path.stat().st_mtime, *map(modified, inside)])
    except OSError:
        return 0.0
