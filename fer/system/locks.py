"""File locks: one change of a folder at a time, among tabs and among processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from fer.errors import StorageError
from fer.system import files

# Writing takes milliseconds; whoever holds the lock longer hangs.
_LOCK_SECONDS = 10.0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Within, nobody else on this computer who asks for the same lock changes what lies in the folder.

    The lock is the operating system's, on an open file: it ends with the process, so none is left behind, and
    it holds between threads too. It must not be asked for twice.

    Raises:
        StorageError: the folder cannot be written, or another process holds the lock for too long.
    """
    # The file stays: a folder's time of change shall tell of its content, not of who locked it.
    lock = FileLock(
        folder / ".lock",
        _LOCK_SECONDS,
        0o644,
        thread_local=False,
        poll_interval=0.02,
        preserve_lock_file=True,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise StorageError(
            f"Another process has been changing what lies in {folder} for {_LOCK_SECONDS:.0f} seconds. Close "
            "the other workshop and try again; nothing was changed."
        ) from None
    except OSError as error:
        raise files.storage_error(folder / ".lock", error) from error
    try:
        yield
    finally:
        lock.release()
