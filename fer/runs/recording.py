"""Run recorder: the training process's side of a run folder."""

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fer.errors import DiskFullError, FerError, RunError, StorageError
from fer.runs.folder import (
    ANSWERS_FILE,
    BATCHES_FILE,
    METRICS_FILE,
    STATUS_FILE,
    STOP_FILE,
    append_bytes,
    append_row,
    parse_rows,
    read_json,
    save_status,
)
from fer.runs.run import BatchMetrics, EpochMetrics, RunStatus
from fer.system import files, processes

# How soon a run that waits for room on the disk looks again.
_RETRY_SECONDS = 2.0
# Room that a run gives back when the disk is full, so that it can still say so.
_RESERVE_FILE = ".reserve"
_RESERVE_BYTES = 2**14


class StoppedWhilePausedError(RunError):
    """Somebody asked a run to stop that waited for room on the disk."""


class RunRecorder:
    """The training process's side of the folder: says what happens, and hears the request to stop.

    Lines are appended and flushed, so a kill -9 loses at most the line being written. A full disk makes the
    run wait, not fail: nothing that is recorded is lost.

    Attributes:
        folder: of the run.
        interrupted: set when the operating system wishes the process to end.
        paused_seconds: how long it has waited for room on the disk, all in all.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.interrupted = threading.Event()
        self.paused_seconds = 0.0
        self._status = read_json(folder / STATUS_FILE)
        now = processes.this_process()
        self._write_status(status=RunStatus.RUNNING, finished_at=None, error="", **now)
        self._keep_room()
        try:
            self.persist(self._mend_torn_lines)
        except FerError as error:  # nobody else can say so: there will be no recorder
            stopped = isinstance(error, StoppedWhilePausedError)
            self.finish(RunStatus.STOPPED if stopped else RunStatus.FAILED, str(error))
            raise

    def stage(self, text: str) -> None:
        """Say what the process is busy with."""
        say(text)
        self._write_status(stage=text)

    def record_batch(self, row: BatchMetrics) -> None:
        """Add a line to batches.jsonl."""
        self.persist(lambda: append_row(self.folder / BATCHES_FILE, row))

    def record_epoch(self, row: EpochMetrics) -> None:
        """Add a line to metrics.jsonl, on the disk when this returns."""
        self.persist(lambda: append_row(self.folder / METRICS_FILE, row, durable=True))

    def forget_epochs_after(self, epoch: int) -> None:
        """Take out of metrics.jsonl what is told of later epochs: their weights were never kept.

        Raises:
            StorageError: see `persist`.
        """
        path = self.folder / METRICS_FILE
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if all(row.epoch <= epoch for row in parse_rows([line], EpochMetrics))]
        if len(kept) < len(lines):
            self.persist(lambda: files.save_bytes(path, b"".join(kept)))

    def stop_requested(self) -> bool:
        """Whether somebody asked this run to stop, or the operating system wishes its process to end."""
        return self.interrupted.is_set() or (self.folder / STOP_FILE).exists()

    def persist(self, write: Callable[[], object]) -> None:
        """Call `write`; while the disk is full, pause the run and try again until there is room.

        Where it raises `DiskFullError` it must leave things as they were.

        Raises:
            StoppedWhilePausedError: somebody asked the run to stop meanwhile.
            StorageError: it fails for another reason.
        """
        paused_at = None
        while True:
            try:
                write()
                break
            except DiskFullError as error:
                if paused_at is None:
                    paused_at = time.perf_counter()
                    sentence = (
                        "The disk is full, so this run waits. It goes on by itself as soon as there is room: "
                        "free some space. Nothing is lost meanwhile."
                    )
                    say(f"{error} {sentence}")
                    self._write_status(status=RunStatus.PAUSED, error=sentence)
            if self.interrupted.wait(_RETRY_SECONDS) or self.stop_requested():
                raise StoppedWhilePausedError(
                    "It was stopped while the disk was full, so the epoch that was under way is not kept. "
                    "Free some space, then resume it: it goes on after the last whole epoch."
                )
        if paused_at is not None:
            self.paused_seconds += time.perf_counter() - paused_at
            say("There is room again; the run goes on.")
            self._write_status(status=RunStatus.RUNNING, error="")
            self._keep_room()

    def finish(self, status: RunStatus, error: str = "") -> None:
        """Write down how the run ended."""
        self._write_status(status=status, stage="", error=error, finished_at=datetime.now(UTC).isoformat())
        with suppress(OSError):
            (self.folder / _RESERVE_FILE).unlink(missing_ok=True)

    def _keep_room(self) -> None:
        """Set a little of the disk aside for the day when it is full."""
        with suppress(StorageError):
            # Not zeros: a file system may keep those without giving them any room.
            files.save_bytes(self.folder / _RESERVE_FILE, os.urandom(_RESERVE_BYTES))

    def _write_status(self, **changes: Any) -> None:
        self._status.update(changes)
        try:
            save_status(self.folder, self._status)
        except DiskFullError:
            with suppress(OSError):
                (self.folder / _RESERVE_FILE).unlink(missing_ok=True)
            try:
                save_status(self.folder, self._status)
            except DiskFullError:  # somebody else took the room; over the old text there is always some
                text = json.dumps(self._status).encode()
                with suppress(OSError), (self.folder / STATUS_FILE).open("r+b", buffering=0) as file:
                    file.write(text.ljust(os.fstat(file.fileno()).st_size))

    def _mend_torn_lines(self) -> None:
        """Close a line that a killed predecessor left open, lest the next one be glued to it."""
        for name in (BATCHES_FILE, METRICS_FILE, ANSWERS_FILE):
            path = self.folder / name
            try:
                torn = path.is_file() and not (path.read_bytes() or b"\n").endswith(b"\n")
            except OSError as error:
                raise files.storage_error(path, error) from error
            if torn:
                append_bytes(path, b"\n")


def say(text: str) -> None:
    """Print a line into the log; on a full disk it is lost, and the run is not."""
    with suppress(OSError):
        print(text, flush=True)
