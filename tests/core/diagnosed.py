"""Hand-made runs for the tests of `fer.runs.diagnosis`: curves from plain lists."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fer.config import TrainingConfig
from fer.emotions import EMOTIONS
from fer.runs import DatasetManifest, EpochMetrics, Run, RunStatus, save_manifest
from fer.runs.diagnosis import Finding, diagnose


def a_run(
    folder: Path,
    *,
    status: RunStatus = RunStatus.FINISHED,
    error: str = "",
    validation: Sequence[int] = (100,) * 7,
    train: Sequence[int] = (800,) * 7,
    **config: Any,
) -> Run:
    """A run in `folder` whose faces are counted, 700 of them to judge; no process has seen it."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {"train": tuple(train), "validation": tuple(validation)}
    save_manifest(folder, DatasetManifest("Drawn faces", EMOTIONS, counts, "the same"))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Run(folder.name, folder, TrainingConfig(**config), status, "", None, moment, moment, error)


def curves(
    train_accuracy: Sequence[float],
    validation_accuracy: Sequence[float],
    train_loss: Sequence[float] | None = None,
    validation_loss: Sequence[float] | None = None,
    *,
    rate: float = 1e-3,
    classes: Sequence[tuple[float | None, ...]] | None = None,
) -> list[EpochMetrics]:
    """Metrics from lists of equal length; losses that are not given fall as accuracies rise."""
    train_loss = [2 * (1 - share) for share in train_accuracy] if train_loss is None else train_loss
    if validation_loss is None:
        validation_loss = [2 * (1 - share) for share in validation_accuracy]
    rows = zip(train_loss, train_accuracy, validation_loss, validation_accuracy, strict=True)
    return [
        EpochMetrics(epoch, *row, rate, 1.0, classes[epoch - 1] if classes else ())
        for epoch, row in enumerate(rows, start=1)
    ]


def kinds(run: Run, metrics: Sequence[EpochMetrics]) -> list[str]:
    """What is found, as words."""
    return [str(finding.kind) for finding in diagnose(run, metrics)]


def found(run: Run, metrics: Sequence[EpochMetrics], kind: str) -> Finding:
    """The finding of this kind, which must be there."""
    return next(finding for finding in diagnose(run, metrics) if finding.kind == kind)
