"""Trash: deleting a run so that it can be taken back.

    models/runs/.trash/
        <id>/           the whole folder of a deleted run, as it was; its time of change says since when

A folder is moved, never copied, so a deletion takes no time and no room. What has lain there for a day goes
for good with the next deletion, or when `empty_trash` is called next.
"""

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fer.errors import CorruptRunError, FerError, RunError, RunNotFoundError
from fer.runs.folder import STATUS_FILE
from fer.runs.reading import list_statuses, read_run
from fer.system import files, paths
from fer.system.locks import locked

KEPT_SECONDS = 24 * 3600.0
"""How long a deleted run can be taken back."""


@dataclass(frozen=True, slots=True)
class DeletedRun:
    """A run that can be taken back; its title is its id where its files cannot be read, the time is UTC."""

    id: str
    title: str
    deleted_at: datetime


def delete_run(run_id: str) -> None:
    """Move a run into the trash, whether its files can be read or not.

    Raises:
        RunNotFoundError: there is no such folder.
        RunError: it is training.
        StorageError: it cannot be moved.
    """
    with locked(paths.runs_folder()):
        move_to_trash(run_id)


def move_to_trash(run_id: str) -> None:
    """Do what `delete_run` does, for a caller that holds the lock."""
    folder = _inside(paths.runs_folder(), run_id)
    if not (folder / STATUS_FILE).exists() and not any(folder.glob("*.json*")):
        raise RunNotFoundError(f"There is no run “{run_id[:80]}”. It may have been deleted already.")
    status = list_statuses().get(run_id)
    if status is not None and status.is_active:
        raise RunError(f"The run “{run_id}” is still training. Stop it first, then delete it.")
    _empty(KEPT_SECONDS)
    place = _trash() / run_id
    if place.exists():  # a run of that id was deleted, and somebody copied it back by hand
        shutil.rmtree(place, ignore_errors=True)
    try:
        os.utime(folder)  # from now on counts the day
        _trash().mkdir(exist_ok=True)
        folder.rename(place)
    except OSError as error:
        raise files.storage_error(folder, error) from error


def restore_run(run_id: str) -> None:
    """Take a deleted run back, as it was; one that waited for its turn waits again.

    Raises:
        RunNotFoundError: it is not in the trash any more.
        RunError: another run has its id by now.
        StorageError: it cannot be moved.
    """
    with locked(paths.runs_folder()):
        folder = _inside(_trash(), run_id)
        place = paths.runs_folder() / run_id
        if not folder.is_dir():
            raise RunNotFoundError(
                f"The run “{run_id[:80]}” is not in the trash any more: a deleted run is kept for a day."
            )
        if place.exists():
            raise RunError(
                f"There is a run “{run_id}” again. Rename or delete its folder, then try once more."
            )
        files.move(folder, place)


def list_deleted() -> list[DeletedRun]:
    """Every run that can be taken back, the one deleted last first."""
    deleted = []
    try:
        folders = [entry for entry in _trash().iterdir() if entry.is_dir()]
    except OSError:
        return []
    for folder in folders:
        try:
            title = read_run(folder).title
        except (CorruptRunError, RunNotFoundError):
            title = folder.name
        with suppress(OSError):  # taken back, or gone for good, while we looked
            moment = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
            deleted.append(DeletedRun(folder.name, title, moment))
    return sorted(deleted, key=lambda run: run.deleted_at, reverse=True)


def empty_trash(older_than_seconds: float = KEPT_SECONDS) -> None:
    """Remove for good what was deleted that long ago.

    Raises:
        StorageError: the folder of the runs cannot be written.
    """
    if _trash().is_dir():
        with locked(paths.runs_folder()):
            _empty(older_than_seconds)


def _empty(older_than_seconds: float) -> None:
    now = time.time()
    for run in list_deleted():
        if now - run.deleted_at.timestamp() >= older_than_seconds:
            # What cannot be removed today is tried again at the next deletion.
            shutil.rmtree(_trash() / run.id, ignore_errors=True)


def _trash() -> Path:
    return paths.runs_folder() / ".trash"


def _inside(folder: Path, run_id: str) -> Path:
    try:
        return paths.child(folder, run_id)
    except FerError:
        raise RunNotFoundError(f"There is no run “{run_id[:80]}”.") from None
