"""A training run is a folder of plain files; this module is both their writer and their reader.

    models/runs/<id>/
        config.json     what was chosen (`TrainingConfig`)
        edition.json    a copy of the dataset's edition, where one was chosen: a resumed run trains on the
                        same faces, whatever was mended since
        status.json     what it is doing, replaced in one step at each change
        batches.jsonl   a line about twice a second while it trains
        metrics.jsonl   a line per epoch
        log.txt         everything the process printed
        stop            exists when somebody asked it to stop
        best.keras      the weights that did best on the validation split
        last.keras      weights and optimizer after the last whole epoch; a run resumes from here
        model.tflite    the best weights, for `fer.recognition`; with card.json beside it

The process that trains and the page that watches share nothing else, so either may die.
"""

import json
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from fer import files, paths, processes
from fer.cards import MODEL_FILE
from fer.config import TrainingConfig
from fer.datasets import editions
from fer.datasets.editions import Edition
from fer.errors import (
    ConfigError,
    CorruptRunError,
    FerError,
    RunAlreadyActiveError,
    RunError,
    RunNotFoundError,
)

CONFIG_FILE = "config.json"
EDITION_FILE = "edition.json"
STATUS_FILE = "status.json"
BATCHES_FILE = "batches.jsonl"
METRICS_FILE = "metrics.jsonl"
LOG_FILE = "log.txt"
STOP_FILE = "stop"
BEST_FILE = "best.keras"
LAST_FILE = "last.keras"

# A process writes its id into status.json within a second of its start; much later it never will.
_START_SECONDS = 60.0
# Two tabs that press Start in the same moment must not both find the field empty.
_start_lock = threading.Lock()

RowT = TypeVar("RowT", bound="EpochMetrics | BatchMetrics")


class RunStatus(StrEnum):
    """What a run is doing."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"  # the file says it runs, but its process is gone

    @property
    def is_active(self) -> bool:
        """Whether a process is at work."""
        return self in (RunStatus.STARTING, RunStatus.RUNNING, RunStatus.STOPPING)


@dataclass(frozen=True, slots=True)
class EpochMetrics:
    """One line of metrics.jsonl: an epoch, counted from 1; accuracies are 0 to 1.

    Training figures are means over the epoch while the weights still moved, on augmented faces;
    validation figures are taken after it, on untouched ones. Both losses are the one trained on.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    duration_seconds: float


@dataclass(frozen=True, slots=True)
class BatchMetrics:
    """One line of batches.jsonl: where within an epoch the run is.

    Attributes:
        epoch: from 1.
        batch: steps done in this epoch.
        batches: steps the epoch has.
        loss: mean over the epoch so far.
        accuracy: mean over the epoch so far, 0 to 1.
        images_per_second: since the last line.
        elapsed_seconds: since the process began training.
    """

    epoch: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    images_per_second: float
    elapsed_seconds: float


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is.

    Attributes:
        fraction: of all its epochs, 0 to 1.
        epoch: the one being trained, from 1.
        images_per_second: lately; 0 before the first batch.
        remaining_seconds: None while it cannot be told.
    """

    fraction: float
    epoch: int
    images_per_second: float
    remaining_seconds: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """One run as its folder showed it at the moment of reading; read again rather than keep.

    Attributes:
        id: the folder's name; it sorts by time.
        folder: where the files lie.
        config: what was chosen.
        status: what it is doing.
        stage: the same in a few words ("Reading the faces").
        process_id: of the training process; None before it said so.
        started_at: UTC.
        finished_at: UTC; None while it is active.
        error: why it failed, as a sentence; may be empty.
    """

    id: str
    folder: Path
    config: TrainingConfig
    status: RunStatus
    stage: str
    process_id: int | None
    started_at: datetime
    finished_at: datetime | None
    error: str

    @property
    def title(self) -> str:
        """What a list shows: the learner's name for it, or its id."""
        return f"{self.config.name} · {self.id[:15]}" if self.config.name else self.id

    @property
    def is_active(self) -> bool:
        """Whether its process is at work."""
        return self.status.is_active

    @property
    def has_model(self) -> bool:
        """Whether it can be evaluated and used live."""
        return (self.folder / MODEL_FILE).exists()

    @property
    def can_resume(self) -> bool:
        """Whether it ended before its work was done and left weights to go on from.

        One that lost its process during the export has all its epochs, but no model yet.
        """
        unfinished = not self.is_active and self.status is not RunStatus.FINISHED
        return unfinished and (self.folder / LAST_FILE).exists()

    @property
    def best_model_path(self) -> Path:
        """The Keras file of the best epoch; it may not exist yet."""
        return self.folder / BEST_FILE

    def metrics(self) -> list[EpochMetrics]:
        """The epochs done, in order; an epoch that was trained again after a crash counts once."""
        by_epoch = {row.epoch: row for row in _read_rows(self.folder / METRICS_FILE, EpochMetrics)}
        return [by_epoch[epoch] for epoch in sorted(by_epoch)]

    def best(self) -> EpochMetrics | None:
        """The epoch whose weights are kept: the highest validation accuracy, then the lowest loss."""
        return best_epoch(self.metrics())

    def batches(self) -> list[BatchMetrics]:
        """Where the run was, twice a second, in order; of an epoch begun again, the latest attempt counts."""
        rows: list[BatchMetrics] = []
        for row in _read_rows(self.folder / BATCHES_FILE, BatchMetrics):
            while rows and (rows[-1].epoch, rows[-1].batch) >= (row.epoch, row.batch):
                rows.pop()
            rows.append(row)
        return rows

    def progress(self) -> RunProgress:
        """How far it is and how long it will take."""
        metrics, batches = self.metrics(), self.batches()
        epochs = self.config.epochs
        done = float(metrics[-1].epoch) if metrics else 0.0
        speed = batches[-1].images_per_second if batches else 0.0
        if batches and batches[-1].epoch > done:
            done = batches[-1].epoch - 1 + batches[-1].batch / batches[-1].batches
        remaining = None
        if metrics:
            lately = metrics[-3:]
            remaining = (epochs - done) * sum(row.duration_seconds for row in lately) / len(lately)
        elif batches and done > 0:
            remaining = (epochs - done) * batches[-1].elapsed_seconds / done
        return RunProgress(
            fraction=min(done / epochs, 1.0),
            epoch=min(int(done) + 1, epochs),
            images_per_second=speed,
            remaining_seconds=remaining,
        )

    def log(self, lines: int = 200) -> str:
        """The last lines of what the process printed."""
        try:
            with (self.folder / LOG_FILE).open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - 200 * lines))
                return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""


def best_epoch(metrics: Iterable[EpochMetrics]) -> EpochMetrics | None:
    """The epoch with the highest validation accuracy, then the lowest validation loss."""
    return max(metrics, key=lambda row: (row.validation_accuracy, -row.validation_loss), default=None)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def load_run(run_id: str) -> Run:
    """Read one run.

    Raises:
        RunNotFoundError: no run has that id.
        CorruptRunError: config.json or status.json cannot be read.
    """
    try:
        folder = paths.child(paths.runs_folder(), run_id)
    except FerError:
        folder = None
    if folder is None or not folder.is_dir():
        raise RunNotFoundError(
            f"There is no run “{run_id[:80]}”. It may have been deleted; choose another one."
        )
    return read_run(folder)


def read_run(folder: Path) -> Run:
    """Read the run in `folder`, wherever it lies.

    Raises:
        RunNotFoundError: the folder holds no run.
        CorruptRunError: config.json or status.json cannot be read.
    """
    if not (folder / CONFIG_FILE).exists():
        raise RunNotFoundError(f"The folder {folder} holds no run: it has no {CONFIG_FILE}.")
    config = read_config(folder)
    values = _read_json(folder / STATUS_FILE)
    try:
        status = RunStatus(values["status"])
        started_at = _moment(values["started_at"])
        finished_at = _moment(values["finished_at"]) if values.get("finished_at") else None
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptRunError(
            f"The {STATUS_FILE} of the run “{folder.name}” cannot be understood: {error}. "
            "Its curves are kept; start a new run to go on."
        ) from error
    if status.is_active and not _process_lives(values, started_at):
        status, finished_at = RunStatus.LOST, _last_sign_of_life(folder)
    elif status is RunStatus.RUNNING and (folder / STOP_FILE).exists():
        status = RunStatus.STOPPING
    return Run(
        id=folder.name,
        folder=folder,
        config=config,
        status=status,
        stage=str(values.get("stage", "")),
        process_id=values.get("process_id"),
        started_at=started_at,
        finished_at=finished_at,
        error=str(values.get("error") or ""),
    )


def read_config(folder: Path) -> TrainingConfig:
    """Read a run folder's config.json.

    Raises:
        CorruptRunError: it is missing or cannot be understood.
    """
    try:
        return TrainingConfig.from_dict(_read_json(folder / CONFIG_FILE))
    except ConfigError as error:
        raise CorruptRunError(
            f"The {CONFIG_FILE} of the run “{folder.name}” was edited or belongs to another version: {error}"
        ) from error


def edition_of(folder: Path, config: TrainingConfig) -> Edition | None:
    """Return the edition that the run in `folder` trains on, as it was when the run was made; None for none.

    Raises:
        EditionError: its copy cannot be read, or there is none and the dataset has no such edition.
        StorageError: the copy cannot be written.
    """
    name = config.view.edition
    if not name:
        return None
    if not (folder / EDITION_FILE).exists():  # a folder that somebody made by hand
        editions.save_copy(editions.load_edition(config.dataset, name), folder / EDITION_FILE)
    return replace(editions.read_edition(folder / EDITION_FILE, config.dataset), name=name)


def list_runs() -> list[Run]:
    """Every run that can be read, newest first; a damaged folder is left out, not fatal."""
    folder = paths.runs_folder()
    if not folder.is_dir():
        return []
    runs = []
    for entry in folder.iterdir():
        try:
            runs.append(read_run(entry))
        except RunError:
            continue
    return sorted(runs, key=lambda run: run.id, reverse=True)


def list_damaged_runs() -> list[str]:
    """The ids of run folders whose config or status cannot be read."""
    damaged = []
    for entry in sorted(paths.runs_folder().glob("*/")):
        try:
            read_run(entry)
        except RunNotFoundError:
            continue
        except CorruptRunError:
            damaged.append(entry.name)
    return damaged


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:  # it could not be compared with now
        raise ValueError(f"“{text}” has no time zone")
    return moment


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorruptRunError(
            f"The {path.name} of the run “{path.parent.name}” cannot be read: {error}. "
            "Delete the folder, or start a new run."
        ) from error
    if not isinstance(values, dict):
        raise CorruptRunError(
            f"The {path.name} of the run “{path.parent.name}” holds {type(values).__name__} "
            "instead of names and values. Delete the folder, or start a new run."
        )
    return values


def _read_rows(path: Path, row_type: type[RowT]) -> list[RowT]:
    """Every whole line as a row; the last may still be under way, and a torn one is passed over."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    names = [f.name for f in fields(row_type)]
    rows = []
    for line in lines:
        try:
            values = json.loads(line)
            rows.append(row_type(**{name: values[name] for name in names}))
        except (ValueError, KeyError, TypeError):
            continue
    return rows


def _process_lives(status: Mapping[str, Any], started_at: datetime) -> bool:
    if status.get("process_id") is None:
        return (datetime.now(UTC) - started_at).total_seconds() < _START_SECONDS
    return processes.is_alive(status)


def _last_sign_of_life(folder: Path) -> datetime:
    times = [
        path.stat().st_mtime
        for name in (BATCHES_FILE, METRICS_FILE, STATUS_FILE)
        if (path := folder / name).exists()
    ]
    return datetime.fromtimestamp(max(times), UTC)


# ── starting and stopping ────────────────────────────────────────────────────────────────────────


def create_run(config: TrainingConfig) -> Run:
    """Make the folder of a new run; nothing trains yet.

    Raises:
        EditionError: the dataset has no such edition, or it cannot be understood.
        StorageError: the folder cannot be written.
    """
    edition = editions.load_edition(config.dataset, config.view.edition) if config.view.edition else None
    started_at = datetime.now(UTC)
    stem = f"{started_at:%Y%m%d-%H%M%S}-{config.architecture}"
    for attempt in range(1, 1000):
        folder = paths.runs_folder() / (stem if attempt == 1 else f"{stem}-{attempt}")
        try:
            folder.mkdir(parents=True)
            break
        except FileExistsError:
            continue
        except OSError as error:
            raise files.storage_error(folder, error) from error
    # The status first: a folder with a config but no status would read as damaged.
    _save_status(
        folder,
        {
            "status": RunStatus.STARTING,
            "stage": "Starting",
            "process_id": None,
            "started_at": started_at.isoformat(),
            "finished_at": None,
            "error": "",
        },
    )
    if edition is not None:
        editions.save_copy(edition, folder / EDITION_FILE)
    files.save_text(folder / CONFIG_FILE, config.to_json())
    return read_run(folder)


def start_run(config: TrainingConfig) -> Run:
    """Create a run and start its process, which goes on whatever becomes of this one.

    Raises:
        RunAlreadyActiveError: another run is at work.
        EditionError, StorageError: see `create_run`.
    """
    with _start_lock:
        _refuse_a_second()
        run = create_run(config)
        _spawn(run.folder)
    return run


def resume_run(run_id: str) -> Run:
    """Let a stopped, failed or lost run go on from its last whole epoch.

    Raises:
        RunNotFoundError, CorruptRunError: see `load_run`.
        RunAlreadyActiveError: this or another run is at work.
        RunError: it has nothing to go on from, or is already through.
    """
    with _start_lock:
        _refuse_a_second()
        run = load_run(run_id)
        if not run.can_resume:
            raise RunError(f"The run “{run.title}” has no unfinished epochs to go on with. Start a new one.")
        (run.folder / STOP_FILE).unlink(missing_ok=True)
        _save_status(
            run.folder,
            {
                "status": RunStatus.STARTING,
                "stage": "Starting again",
                "process_id": None,
                "started_at": datetime.now(UTC).isoformat(),
                "finished_at": None,
                "error": "",
            },
        )
        _spawn(run.folder)
    return load_run(run_id)


def request_stop(run_id: str) -> None:
    """Ask a run to stop after the batch at hand; its best and last weights are kept.

    Raises:
        RunNotFoundError, CorruptRunError: see `load_run`.
        StorageError: the request cannot be written.
    """
    files.save_text(load_run(run_id).folder / STOP_FILE, "Somebody asked this run to stop.\n")


def _refuse_a_second() -> None:
    active = [run for run in list_runs() if run.is_active]
    if active:
        raise RunAlreadyActiveError(
            f"The run “{active[0].title}” is still training, and two at once would only slow "
            "each other down. Wait for it, or stop it first."
        )


def _spawn(folder: Path) -> None:
    process = processes.start_module(["fer.training", str(folder)], folder / LOG_FILE)
    # Known from here on: before the process can say so itself it loads TensorFlow, sometimes for minutes.
    _save_status(folder, {**_read_json(folder / STATUS_FILE), **process})


# ── writing, from the training process ───────────────────────────────────────────────────────────


class RunRecorder:
    """The training process's side of the folder: says what happens, and hears the request to stop.

    Lines are appended and flushed, so a kill -9 loses at most the line being written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._status = _read_json(folder / STATUS_FILE)
        self._mend_torn_lines()
        self._write_status(
            status=RunStatus.RUNNING,
            finished_at=None,
            error="",
            **processes.this_process(),
        )

    def stage(self, text: str) -> None:
        """Say what the process is busy with."""
        print(text, flush=True)
        self._write_status(stage=text)

    def record_batch(self, row: BatchMetrics) -> None:
        """Add a line to batches.jsonl."""
        self._append(BATCHES_FILE, row)

    def record_epoch(self, row: EpochMetrics) -> None:
        """Add a line to metrics.jsonl, on the disk when this returns."""
        self._append(METRICS_FILE, row, durable=True)

    def stop_requested(self) -> bool:
        """Whether somebody asked this run to stop."""
        return (self.folder / STOP_FILE).exists()

    def finish(self, status: RunStatus, error: str = "") -> None:
        """Write down how the run ended."""
        self._write_status(status=status, stage="", error=error, finished_at=datetime.now(UTC).isoformat())

    def _write_status(self, **changes: Any) -> None:
        self._status.update(changes)
        _save_status(self.folder, self._status)

    def _append(self, name: str, row: EpochMetrics | BatchMetrics, *, durable: bool = False) -> None:
        path = self.folder / name
        try:
            with path.open("ab") as lines:
                lines.write(json.dumps(asdict(row)).encode() + b"\n")
                lines.flush()
                if durable:
                    os.fsync(lines.fileno())
        except OSError as error:
            raise files.storage_error(path, error) from error

    def _mend_torn_lines(self) -> None:
        """Close a line that a killed predecessor left open, lest the next one be glued to it."""
        for name in (BATCHES_FILE, METRICS_FILE):
            path = self.folder / name
            if path.exists() and (content := path.read_bytes()) and not content.endswith(b"\n"):
                with path.open("ab") as lines:
                    lines.write(b"\n")


def _save_status(folder: Path, values: Mapping[str, Any]) -> None:
    files.save_text(folder / STATUS_FILE, json.dumps(values, indent=2) + "\n")
