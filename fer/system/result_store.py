"""Result cache: what took long to work out, kept in `data/cache/` by everything that it depends on.

A kept result is never wrong, only missing: its file's name says what it was worked out from, and a damaged
file counts as none. Nothing is ever unpickled, and no file unfolds to more than it holds.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fer.errors import FerError, StorageError
from fer.system import files, paths

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ResultStore:
    """Results of one kind, a file each.

    Attributes:
        folder: where they lie in `data/cache/`; empty for right there.
        suffix: what a file holds: ".npy" an array, ".npz" arrays by their names, ".json" anything JSON knows.
        version: part of each key, to be raised whenever the same question gets another answer.
        most: how many are kept, those written last; None for all.
        digest_bytes: how long a key is.
    """

    folder: str
    suffix: str
    version: int = 1
    most: int | None = None
    digest_bytes: int = 16

    def key(self, *about: object, arrays: Iterable[NDArray[Any]] = ()) -> str:
        """Return hexadecimal digits that change with anything a result depends on.

        Args:
            about: what JSON can say.
            arrays: what is too large for that, by its bytes; their shapes belong into `about`.
        """
        digest = hashlib.blake2b(digest_size=self.digest_bytes)
        digest.update(json.dumps([self.version, *about]).encode())
        for array in arrays:
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def path(self, key: str) -> Path:
        """Return where the result of this key is kept, or will be."""
        return paths.child(paths.cache_folder() / self.folder, f"{key}{self.suffix}")

    def save(self, path: Path, content: Any) -> None:
        """Keep a result in place of what is there; the oldest ones go; see `save_result`."""
        save_result(path, content)
        if self.most is None:
            return
        with suppress(OSError):  # another process may do the same, or have a file open
            kept = sorted(
                path.parent.glob(f"[!.]*{self.suffix}"),
                key=lambda file: file.stat().st_mtime_ns,
                reverse=True,
            )
            for old in kept[self.most :]:
                old.unlink()

    def once(self, path: Path, build: Callable[[Any], T | None], work: Callable[[], Any]) -> T:
        """Return what `build` makes of the kept content, or else of what `work` gives, which is then kept."""
        found = load_result(path, build)
        if found is None:
            content = work()
            self.keep(path, content)
            found = build(content)
        assert found is not None, f"what was worked out for {path.name} cannot be right"
        return found

    def keep(self, path: Path, content: Any) -> None:
        """Do as `save` does, or nothing where that fails: a full disk costs only the next visit's time."""
        with suppress(StorageError):
            self.save(path, content)


def load_result(path: Path, build: Callable[[Any], T | None]) -> T | None:
    """Return what `build` makes of a file's content; None where there is none, or it is damaged.

    Args:
        path: of a ".npy", ".npz" or ".json", wherever it lies.
        build: receives what was saved, as long as it runs; for what cannot be right it returns None or raises
            ValueError, KeyError, TypeError or a `FerError`.
    """
    # Opened here, because np.load leaves a damaged file open.
    with suppress(*files.DAMAGED_ARRAYS, AttributeError, FerError), path.open("rb") as file:
        if path.suffix == ".json":
            return build(json.loads(file.read()))
        content = np.load(file, allow_pickle=False)
        if path.suffix == ".npz" and any(member.compress_type for member in content.zip.infolist()):
            raise ValueError("nothing is kept compressed: a small file could fill the memory")
        return build(content)
    return None


def save_result(path: Path, content: Any) -> None:
    """Save an array, arrays by their names, or what JSON can say, in one step.

    It is the path's ".npy", ".npz" or ".json" that says what of these it is.

    Raises:
        StorageError: it cannot be written.
    """
    if path.suffix == ".json":
        files.save_text(path, json.dumps(content) + "\n")
    elif path.suffix == ".npz":
        files.save(path, lambda temporary: np.savez(temporary, **content))
    else:
        files.save(path, lambda temporary: np.save(temporary, content, allow_pickle=False))
