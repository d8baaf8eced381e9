"""Run: one training run as its folder shows it."""

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from fer.config import TrainingConfig
from fer.models.card import MODEL_FILE
from fer.runs.folder import BATCHES_FILE, LAST_FILE, LOG_FILE, METRICS_FILE, read_rows
from fer.runs.notes import Experiment, RunNotes

# TensorFlow 2.21 prints these at every start, whatever its log level; they say nothing of a run.
_GREETING = ("All log messages before absl::InitializeLog()", "oneDNN custom operations are on")


class RunStatus(StrEnum):
    """What a run is doing."""

    QUEUED = "queued"  # waits for its turn
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"  # its process waits for room on the disk, and goes on by itself
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"  # the file says it runs, but its process is gone

    @property
    def is_active(self) -> bool:
        """Whether a process is at work."""
        return self in (RunStatus.STARTING, RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.STOPPING)


@dataclass(frozen=True, slots=True)
class EpochMetrics:
    """One line of metrics.jsonl: an epoch, counted from 1; accuracies are 0 to 1.

    Training figures are means over the epoch while the weights still moved, on augmented faces;
    validation figures are taken after it, on untouched ones. Both losses are the one trained on.
    `class_accuracies` are of the validation faces of each emotion, in the order of
    `DatasetManifest.emotions`, None for an emotion without any; empty in runs of earlier versions.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    duration_seconds: float
    class_accuracies: tuple[float | None, ...] = ()

    def __post_init__(self) -> None:
        _counted(self.epoch)
        _measured(self.train_loss, self.train_accuracy, self.validation_loss, self.validation_accuracy)
        _measured(self.learning_rate, self.duration_seconds)
        _measured(*(share for share in self.class_accuracies if share is not None))


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
        recent_loss: mean since the last line; None in runs of earlier versions, as what follows.
        recent_accuracy: mean since the last line, 0 to 1.
        learning_rate: of this step.
        cpu_percent: of all processors together, by this process since the last line, 0 to 100.
        memory_megabytes: of this process.
    """

    epoch: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    images_per_second: float
    elapsed_seconds: float
    recent_loss: float | None = None
    recent_accuracy: float | None = None
    learning_rate: float | None = None
    cpu_percent: float | None = None
    memory_megabytes: float | None = None

    def __post_init__(self) -> None:
        _counted(self.epoch, self.batch, self.batches)
        _measured(self.loss, self.accuracy, self.images_per_second, self.elapsed_seconds)
        later = (self.recent_loss, self.recent_accuracy, self.learning_rate, self.cpu_percent)
        _measured(*(value for value in (*later, self.memory_megabytes) if value is not None))


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
        stage: the same in a few words ("Building the network").
        process_id: of the training process; None before it said so.
        started_at: UTC; of a run that waits, since when.
        finished_at: UTC; None while it waits or is active.
        error: why it failed or waits, as a sentence; may be empty.
        notes: what the learner calls it and says of it.
        experiment: which run it repeats with one change; None for most.
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
    notes: RunNotes = field(default_factory=RunNotes)
    experiment: Experiment | None = None

    @property
    def name(self) -> str:
        """The learner's name for it, given before it began or since; may be empty."""
        return self.config.name if self.notes.name is None else self.notes.name

    @property
    def title(self) -> str:
        """What a list shows: the learner's name for it, or its id."""
        return f"{self.name} · {self.id[:15]}" if self.name else self.id

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
        ended_early = self.status in (RunStatus.STOPPED, RunStatus.FAILED, RunStatus.LOST)
        return ended_early and (self.folder / LAST_FILE).exists()

    @property
    def can_extend(self) -> bool:
        """Whether it has ended and left weights that more epochs can start from."""
        return self.can_resume or (self.status is RunStatus.FINISHED and (self.folder / LAST_FILE).exists())

    def metrics(self) -> list[EpochMetrics]:
        """The epochs done, in order; an epoch that was trained again after a crash counts once."""
        return read_metrics(self.folder)

    def best(self) -> EpochMetrics | None:
        """The epoch whose weights are kept: the highest validation accuracy, then the lowest loss."""
        return best_epoch(self.metrics())

    def batches(self) -> list[BatchMetrics]:
        """Where the run was, twice a second, in order; of an epoch begun again, the latest attempt counts."""
        rows: list[BatchMetrics] = []
        for row in read_rows(self.folder / BATCHES_FILE, BatchMetrics):
            while rows and (rows[-1].epoch, rows[-1].batch) >= (row.epoch, row.batch):
                rows.pop()
            rows.append(row)
        return rows

    def progress(self) -> RunProgress:
        """How far it is and how long it will take."""
        return progress_of(self.config.epochs, self.metrics(), self.batches())

    def log(self, lines: int = 200) -> str:
        """The last lines of what the process printed, without TensorFlow's greeting."""
        try:
            with (self.folder / LOG_FILE).open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - 200 * lines))
                printed = log.read().decode(errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join([line for line in printed if not any(map(line.__contains__, _GREETING))][-lines:])


def read_metrics(folder: Path) -> list[EpochMetrics]:
    """The epochs that the metrics.jsonl of a folder tells of, in order; each counts once, the latest time."""
    by_epoch = {row.epoch: row for row in read_rows(folder / METRICS_FILE, EpochMetrics)}
    return [by_epoch[epoch] for epoch in sorted(by_epoch)]


def best_epoch(metrics: Iterable[EpochMetrics]) -> EpochMetrics | None:
    """The epoch with the highest validation accuracy, then the lowest validation loss that is a number."""

    def rank(row: EpochMetrics) -> tuple[float, float]:
        loss = row.validation_loss
        return row.validation_accuracy, -math.inf if math.isnan(loss) else -loss

    return max((row for row in metrics if not math.isnan(row.validation_accuracy)), key=rank, default=None)


def progress_of(epochs: int, metrics: Sequence[EpochMetrics], batches: Sequence[BatchMetrics]) -> RunProgress:
    """How far a run of so many `epochs` is, and how long it will take, going by its newest batch."""
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
        images_per_second=speed if math.isfinite(speed) else 0.0,
        remaining_seconds=max(remaining, 0.0) if remaining is not None and math.isfinite(remaining) else None,
    )


def _counted(*numbers: object) -> None:
    """Refuse what cannot be counted from 1 with a `ValueError`: `parse_rows` passes over an edited line."""
    if not all(isinstance(number, int) and 1 <= number < 10**9 for number in numbers):
        raise ValueError(f"Expected whole numbers from 1 on; received {numbers}.")


def _measured(*values: object) -> None:
    """Refuse what is no number, with a `ValueError` too; a loss may well be NaN or infinite."""
    if not all(isinstance(value, int | float) for value in values):
        raise ValueError(f"Expected numbers; received {values}.")
