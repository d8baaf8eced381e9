"""One change at a time: a lock over a folder, for tabs and for processes."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fer.errors import StorageError
from fer.system import files

# Writing takes milliseconds; whoever holds the lock longer hangs.
_LOCK_SECONDS = 10.0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Within, nobody else on this computer who asks for the same lock changes what lies in the folder.

    The lock is the operating system's, on an open file: it ends with the process, so none is left behind,
    and it holds between threads too, because each opens the file for itself. It must not be asked for twice.

    Raises:
        StorageError: the folder cannot be written, or another process holds the lock for too long.
    """
    path = folder / ".lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise files.storage_error(path, error) from error
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while not _try_lock(handle):
            if time.monotonic() > deadline:
                raise StorageError(
                    f"Another process has been changing what lies in {folder} for {_LOCK_SECONDS:.0f} "
                    "seconds. Close the other workshop and try again; nothing was changed."
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
