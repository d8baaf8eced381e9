"""Atomic writes: nothing is ever half-written, because it is written beside its place and renamed."""

import errno
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tokenize import TokenError
from zipfile import BadZipFile

from fer.errors import DiskFullError, FerError, StorageError

DAMAGED_ARRAYS = (
    *(OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, MemoryError),
    *(BadZipFile, zlib.error, TokenError),
)
"""What `np.load` raises for a file of arrays that is missing or damaged, wherever the damage is."""


def save(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file, then put it in `path`'s place in one step.

    A reader sees the old file or the new one, never a part; if anything fails the old one stays.

    Args:
        path: where the file shall be; its folder is made.
        write: receives a path in the same folder, with the same suffix (some writers go by it).

    Raises:
        DiskFullError: the disk is full.
        StorageError: the place cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".saving-", suffix=path.suffix)
        os.close(handle)
    except OSError as error:
        raise storage_error(path, error) from error
    temporary = Path(name)
    try:
        write(temporary)
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise storage_error(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def save_bytes(path: Path, content: bytes) -> None:
    """Save `content` at `path` in one step; see `save`."""
    save(path, lambda temporary: temporary.write_bytes(content))


def save_text(path: Path, text: str) -> None:
    """Save `text` at `path` as UTF-8 in one step; see `save`."""
    save_bytes(path, text.encode())


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty hidden folder to fill, and put it in `folder`'s place in one step when that is done.

    If anything fails, what was there stays. Between two renames there is no folder for a moment; after a
    crash in it the next call finds what was set aside. What is filled in with `save` is flushed to the disk.

    Raises:
        DiskFullError, StorageError: see `save`.
    """
    former, filled = folder.with_name(f".{folder.name}.old"), None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if former.exists() and not folder.exists():
            former.rename(folder)
        shutil.rmtree(former, ignore_errors=True)
        filled = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".saving-"))
        yield filled
        filled.chmod(0o755)
        if folder.exists():
            folder.rename(former)
        filled.rename(folder)
    except OSError as error:
        with suppress(OSError):
            former.rename(folder)
        raise storage_error(folder, error) from error
    finally:
        if filled is not None:
            shutil.rmtree(filled, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(former, ignore_errors=True)


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """Give a hidden folder within `folder`, for files to be finished before `put_in_place` moves them."""
    place = folder / ".aside"
    shutil.rmtree(place, ignore_errors=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def replace_between(path: Path, begin: str, end: str, text: str) -> None:
    """Put `text` between two marks of a Markdown file, in place of what stands there.

    Raises:
        FerError: the file cannot be read, or has no such marks.
        StorageError: it cannot be written.
    """
    try:
        whole = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise FerError(
            f"“{path.name}” cannot be read ({error}). Give the path of a Markdown file."
        ) from error
    before, found_begin, rest = whole.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise FerError(
            f"“{path.name}” has no place for the table. Write a line {begin} and below it a line {end}."
        )
    save_text(path, f"{before}{begin}\n{text}\n{end}{after}")


def put_in_place(aside: Path, folder: Path, names: Sequence[str]) -> None:
    """Move finished files from the folder `aside` into `folder`, over older ones; it may be called again.

    Both are on the same disk, so that each file is moved in one step and needs no room. They go in the order
    of `names`; one that is moved already is passed over.

    Raises:
        StorageError: the place cannot be written.
    """
    for name in names:
        if (aside / name).exists():
            move(aside / name, folder / name)


def move(source: Path, target: Path) -> None:
    """Give a file or folder another place on the same disk in one step; a file takes the place of another.

    Raises:
        StorageError: the place cannot be written.
    """
    try:
        source.replace(target)
    except OSError as error:
        raise storage_error(target, error) from error


def storage_error(path: Path, error: OSError) -> StorageError:
    """Say in one sentence why `path` could not be saved, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            f"The disk is full: “{path.name}” could not be saved. Free some space and try again; "
            "what was saved before is untouched."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(
            f"The folder {path.parent} may not be written to ({error.strerror}). Allow writing there, "
            "or set FER_HOME to a folder of your own."
        )
    return StorageError(
        f"“{path.name}” could not be saved in {path.parent}: {error.strerror or error}. "
        "Check that the disk is there and try again."
    )
