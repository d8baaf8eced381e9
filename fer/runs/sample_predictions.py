"""What a model answers while it learns: to a few faces after every epoch, and to all by its best weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.runs.folder import ANSWERS_FILE, PREDICTIONS_FILE, PROBES_FILE, append_row, read_rows
from fer.runs.run import EpochMetrics, Run
from fer.system import files

PROBE_COUNT = 16
"""How many validation faces a run is watched by."""


@dataclass(frozen=True, slots=True, eq=False)
class ProbeSamples:
    """A few validation faces, the same for the whole run, and what the model said of them.

    Attributes:
        rows: (m,) of the dataset.
        images: (m, h, w, c) uint8.
        labels: (m,) intp, in `DatasetManifest.emotions`' order.
        epochs: (e,) intp, those that have answers, in order.
        probabilities: (e, m, k) float32.
    """

    rows: NDArray[np.intp]
    images: NDArray[np.uint8]
    labels: NDArray[np.intp]
    epochs: NDArray[np.intp]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a run's best weights answer to each validation face.

    Attributes:
        rows: (n,) of the dataset.
        labels: (n,) intp, what is right.
        probabilities: (n, k) float32.
        epoch: after which the weights answered so; 0 where that is not known. A run that was killed between
            two files may have a better epoch than this one, and makes up for it when it goes on.
    """

    rows: NDArray[np.intp]
    labels: NDArray[np.intp]
    probabilities: NDArray[np.float32]
    epoch: int = 0

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """(n,) whether the most probable emotion is the label."""
        return np.asarray(self.probabilities.argmax(axis=1) == self.labels)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A line of answers.jsonl: m lists of k probabilities, rounded to what a picture can show."""

    epoch: int
    probabilities: tuple[tuple[float, ...], ...]


def save_probe_samples(
    folder: Path, rows: NDArray[np.intp], images: NDArray[np.uint8], labels: NDArray[np.intp]
) -> None:
    """Choose the faces that the run in `folder` is watched by; see `ProbeSamples`.

    Raises:
        StorageError: they cannot be written.
    """
    _save_arrays(folder / PROBES_FILE, rows=rows, images=images, labels=labels)


def record_answers(folder: Path, epoch: int, probabilities: NDArray[np.float32]) -> None:
    """Add what the model says of the watched faces, (m, k), after `epoch`.

    Raises:
        StorageError: it cannot be written.
    """
    rounded = tuple(tuple(round(float(value), 4) for value in row) for row in probabilities)
    append_row(folder / ANSWERS_FILE, _Answer(epoch, rounded))


def read_probe_samples(folder: Path) -> ProbeSamples | None:
    """Return the watched faces of the run in `folder` with all answers so far; None before the first."""
    try:
        # Opened here: NumPy would leave a damaged file open.
        with (folder / PROBES_FILE).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            rows, images, labels = arrays["rows"], arrays["images"], arrays["labels"]
    except files.DAMAGED_ARRAYS:
        return None
    if images.ndim != 4 or not len(rows) == len(images) == len(labels):
        return None
    classes = None
    by_epoch = {}
    for row in read_rows(folder / ANSWERS_FILE, _Answer):
        try:
            probabilities = np.asarray(row.probabilities, np.float32)
        except (ValueError, TypeError):
            continue
        if probabilities.ndim != 2 or len(probabilities) != len(rows) or not isinstance(row.epoch, int):
            continue
        # An answer of other length than the first ones belongs to something else.
        classes = classes or probabilities.shape[1]
        if probabilities.shape[1] == classes:
            by_epoch[row.epoch] = probabilities
    epochs = sorted(by_epoch)
    if not epochs:
        return None
    return ProbeSamples(
        rows.astype(np.intp),
        images.astype(np.uint8),
        labels.astype(np.intp),
        np.array(epochs, np.intp),
        np.stack([by_epoch[epoch] for epoch in epochs]),
    )


def save_predictions(folder: Path, predictions: Predictions) -> None:
    """Keep what the best weights of the run in `folder` answer.

    Raises:
        StorageError: it cannot be written.
    """
    _save_arrays(
        folder / PREDICTIONS_FILE,
        rows=predictions.rows,
        labels=predictions.labels,
        probabilities=predictions.probabilities,
        epoch=np.array(predictions.epoch),
    )


def read_predictions(folder: Path) -> Predictions | None:
    """Return what the best weights of the run in `folder` answer; None where that cannot be read."""
    try:
        with (folder / PREDICTIONS_FILE).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            epoch = int(arrays["epoch"]) if "epoch" in arrays else 0
            predictions = Predictions(arrays["rows"], arrays["labels"], arrays["probabilities"], epoch)
            if len(predictions.labels) != len(predictions.probabilities) or len(predictions.labels) == 0:
                return None
            return predictions
    except files.DAMAGED_ARRAYS:
        return None


def kept_epoch(run: Run) -> EpochMetrics | None:
    """The epoch whose weights best.keras holds, None before the first; see `Predictions.epoch`.

    An epoch is told of before its weights are saved, so the best of `Run.metrics` may not be it yet.
    """
    predictions = read_predictions(run.folder)
    said = predictions.epoch if predictions else 0
    # Runs of earlier versions did not say.
    return next((row for row in run.metrics() if row.epoch == said), run.best())


def _save_arrays(path: Path, **arrays: Any) -> None:
    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:
            np.savez(file, **arrays)

    files.save(path, write)
