"""Cache policy: what is kept between reruns, by what it was made from and when that was last written.

A kept function is called as if it were not kept. Its arguments are the key, and beside each stands the state
of the files that it names, because files change under a running workshop:

    model, other    names of models: when card or weights were last written
    dataset         a name, or faces: when its files were last written, and the edition of `view`
    path            a file: when it was last written
    progress        nothing: it is told of the work, and changes no answer

Values are shared by all sessions, or by the reruns of one where they show somebody's face: nobody writes to
them. All but the smallest have a bound.
"""

import contextvars
import functools
import gc
import hashlib
import inspect
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

import numpy as np
import streamlit as st

from fer.config import AS_IT_CAME
from fer.datasets import Dataset
from fer.datasets.editions import edition_path
from fer.datasets.import_settings import import_settings_path
from fer.evaluation import Evaluation
from fer.models import inference
from fer.models.card import CARD_FILE, MODEL_FILE
from fer.system import paths
from fer.system.progress import Progress
from pages.parts._compat import UploadedFile

P = ParamSpec("P")
R = TypeVar("R")


def kept(
    most: int | None,
    *,
    scope: Literal["global", "session"] = "global",
    key: Callable[..., object] | None = None,
    spinner: str | bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep what a function returns, so that the same question is answered once.

    Args:
        most: how many answers are kept; the oldest goes. None for no bound.
        scope: "session" for what shows somebody's face, which is nobody else's business.
        key: takes the arguments and returns what the answer depends on, where the table above does not tell.
        spinner: what is shown meanwhile.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        def answer(question: object, _ask: Callable[[], R]) -> R:
            return _ask()

        # Streamlit tells caches apart by these.
        answer.__module__, answer.__qualname__ = function.__module__, function.__qualname__
        cached = st.cache_resource(
            max_entries=most, scope=scope, show_spinner=spinner, hash_funcs=_HASH_FUNCS
        )(answer)

        @functools.wraps(function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            if "progress" in bound.arguments:
                bound.arguments["progress"] = _unrecorded(bound.arguments["progress"])
            question = key(*args, **kwargs) if key else tuple(_question(bound.arguments))
            return cached(question, lambda: function(*bound.args, **bound.kwargs))

        return asked

    return decorate


def dataset_stamp(name: str, edition: str = "") -> float:
    """When the files of a dataset and of one of its editions last changed; it reads no picture."""
    path = paths.data_folder() / name
    # FER+'s votes join from a table of their own, under whatever name it lies there. Sums, because what is
    # put beside may well be older than what is there. The built-in set lies nowhere and never changes.
    stamp = 0.0
    if path.exists():
        beside = sorted(path.parent.glob("*.csv"))
        stamp = sum(map(modified, [path, import_settings_path(path), *beside]), 0.0)
    return stamp + modified(edition_path(name, edition)) if edition else stamp


def model_stamp(name: str) -> float:
    """When a model's card or weights were last written."""
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


def _question(arguments: Mapping[str, Any]) -> Iterator[object]:
    """The arguments, and the state of the files that they name."""
    for name, value in arguments.items():
        if name == "progress":
            continue
        yield value
        if name in ("model", "other") and value is not None:
            yield model_stamp(value)
        elif name == "dataset":
            of = value.name if isinstance(value, Dataset) else value
            yield dataset_stamp(of, arguments.get("view", AS_IT_CAME).edition)
        elif name == "path":
            yield written(value)


def _unrecorded(progress: Progress) -> Progress:
    """Let `progress` draw from inside a cached function without Streamlit recording it for replay.

    A bar is news, not part of the value: it must not come back when the value comes from the cache.
    """
    outside = contextvars.copy_context()
    return lambda fraction, message: outside.run(progress, fraction, message)


def _answers_digest(evaluation: Evaluation) -> str:
    digest = hashlib.blake2b(repr(evaluation.emotions).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(evaluation.true_labels).data)
    digest.update(np.ascontiguousarray(evaluation.probabilities).data)
    return digest.hexdigest()


_HASH_FUNCS: dict[str | type[Any], Callable[[Any], Any]] = {
    Dataset: lambda dataset: (dataset.name, len(dataset)),  # its stamp stands beside it
    Evaluation: _answers_digest,
    UploadedFile: lambda file: file.file_id,
}


# Tens of thousands of pictures lie in class folders, and a page asks several times as it is drawn.
@functools.lru_cache(maxsize=4096)
def _folders_in(path: Path, modified_ns: int) -> tuple[Path, ...]:
    with os.scandir(path) as entries:
        return tuple(Path(entry.path) for entry in entries if entry.is_dir())


@kept(None)
def freeze_gc() -> None:
    """Take what is loaded by now out of the garbage collector's sight, once.

    Streamlit collects garbage after every run of a script or fragment, and all threads wait for it,
    the camera's too; looking through every imported library each second would cost frames.
    """
    gc.collect()
    gc.freeze()
