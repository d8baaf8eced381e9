"""Background jobs: a command of ours in a process of its own, and its progress.

    data/cache/jobs/<id>/
        job.json        what it is, its command line and its process
        progress.json   how far it is, replaced in one step a few times a second
        result.json     what the command printed with --json, once it is done
        error.txt       the sentence it failed with; empty when it was stopped
        stop            there once it was asked to end: a process that is still starting cannot say so
        log.txt         everything else it printed

A job is `python -m fer <arguments> --json`, so whatever a page starts a learner can type. The process
hears of its folder through `FER_JOB`. It goes on when the page is left or the browser closed.
"""

import json
import os
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil

from fer.errors import FerError
from fer.system import files, paths, processes
from fer.system.locks import locked

ENVIRONMENT = "FER_JOB"
_JOB, _PROGRESS, _RESULT, _ERROR, _LOG = "job.json", "progress.json", "result.json", "error.txt", "log.txt"
_STOP = "stop"
_WRITE_SECONDS = 0.25


class JobStatus(StrEnum):
    """What a job is doing."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"  # its process is gone and left no word


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its folder showed it at the moment of reading; read again rather than keep.

    Attributes:
        id: which; the same work has the same id.
        title: what a person reads.
        status: what it is doing.
        fraction: how far it is, 0 to 1.
        message: what it is busy with.
        remaining_seconds: None while it cannot be told, and when it has ended.
        error: why it failed, as a sentence; may be empty.
        result: what the command answered; empty until it is done.
    """

    id: str
    title: str
    status: JobStatus
    fraction: float = 0.0
    message: str = ""
    remaining_seconds: float | None = None
    error: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """Whether its process is at work."""
        return self.status is JobStatus.RUNNING


def start_job(job_id: str, title: str, arguments: Sequence[str]) -> Job:
    """Start `python -m fer <arguments> --json`, unless the same job is at work already.

    Args:
        job_id: names the work, for example "inspect-fer2013.csv-1a2b"; letters, digits, dots and dashes.
        title: what a person reads.
        arguments: the command and its options, without `--json`.

    Raises:
        StorageError: its folder cannot be written.
    """
    folder = _folder(job_id)
    # Two tabs, or two servers, that press the same button in the same moment must not start it twice.
    with locked(folder.parent):
        if (job := read_job(job_id)) is not None and job.is_active:
            return job
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            process = processes.start_module(
                ["fer", *arguments, "--json"], folder / _LOG, {ENVIRONMENT: str(folder)}
            )
        except OSError as error:
            raise files.storage_error(folder, error) from error
        about = {"title": title, "arguments": list(arguments), "started_at": time.time(), **process}
        try:
            files.save_text(folder / _JOB, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
        except FerError:  # nobody could follow it, or stop it
            with suppress(psutil.Error):
                psutil.Process(process["process_id"]).kill()
            raise
    job = read_job(job_id)
    assert job is not None
    return job


def read_job(job_id: str) -> Job | None:
    """Return how a job stands; None if it was never started, or is forgotten."""
    folder = _folder(job_id)
    about = _read(folder / _JOB)
    if about is None:
        return None
    title = str(about.get("title", job_id))
    # Asked before the files are: a process that ends in between has written them.
    alive = processes.is_alive(about)
    if (result := _read(folder / _RESULT)) is not None:
        return Job(job_id, title, JobStatus.DONE, 1.0, "Done", result=result)
    with suppress(OSError):
        error = (folder / _ERROR).read_text(encoding="utf-8", errors="replace").strip()
        return Job(job_id, title, JobStatus.FAILED if error else JobStatus.STOPPED, error=error)
    if not alive and (folder / _STOP).exists():
        return Job(job_id, title, JobStatus.STOPPED)
    if not alive:
        return Job(
            job_id,
            title,
            JobStatus.LOST,
            error="The work ended without a word, as when a computer runs out of memory. Start it again.",
        )
    progress = _read(folder / _PROGRESS) or {}
    fraction = _number(progress.get("fraction"))
    remaining = None
    if fraction > 0.02 and (started_at := _number(about.get("started_at"))):
        seconds = time.time() - started_at
        remaining = seconds * (1 - fraction) / fraction
    return Job(
        job_id, title, JobStatus.RUNNING, fraction, str(progress.get("message", "Starting")), remaining
    )


def is_active(job_id: str) -> bool:
    """Return whether there is such a job, and it is at work."""
    job = read_job(job_id)
    return job is not None and job.is_active


def stop_job(job_id: str) -> None:
    """Ask a job to end; what it has finished writing stays, what is half-done goes."""
    folder = _folder(job_id)
    about = _read(folder / _JOB)
    if about is not None and processes.is_alive(about):
        with suppress(OSError):  # a full disk shall not keep it from ending
            (folder / _STOP).touch()
        with suppress(psutil.Error):
            psutil.Process(about["process_id"]).terminate()


def forget_job(job_id: str) -> None:
    """Remove what is known of a job that has ended, so that a page starts afresh."""
    if (job := read_job(job_id)) is not None and not job.is_active:
        shutil.rmtree(_folder(job_id), ignore_errors=True)


class JobRecorder:
    """The process's side of the folder: how far it is, and how it ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written_at = 0.0

    @classmethod
    def of_this_process(cls) -> "JobRecorder | None":
        """The recorder of the job that this process is; None when a person typed the command."""
        folder = os.environ.get(ENVIRONMENT)
        if not folder:
            return None
        # Whoever stops a job shall find it cleaned up, as after Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        return cls(Path(folder))

    def progress(self, fraction: float, message: str) -> None:
        """Say how far the work is; most calls cost nothing."""
        now = time.monotonic()
        if now - self._written_at >= _WRITE_SECONDS:
            self._written_at = now
            self._save(_PROGRESS, json.dumps({"fraction": min(max(fraction, 0.0), 1.0), "message": message}))

    def finish(self, result: Mapping[str, Any]) -> None:
        """Write down what the command answered."""
        self._save(_RESULT, json.dumps(result, ensure_ascii=False))

    def fail(self, sentence: str) -> None:
        """Write down why it failed; an empty sentence says that it was stopped."""
        self._save(_ERROR, sentence + "\n")

    def _save(self, name: str, text: str) -> None:
        # With a full disk the work itself may still succeed; its process then ends without a word here.
        with suppress(FerError):
            files.save_text(self._folder / name, text)


def _folder(job_id: str) -> Path:
    return paths.child(paths.cache_folder() / "jobs", job_id)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def _number(value: object) -> float:
    """A value of a job's files, 0 for what is no number: a person may have edited them."""
    return float(value) if isinstance(value, int | float) else 0.0
