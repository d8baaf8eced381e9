"""Probe samples and predictions: what a model answers while it learns, epoch by epoch."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.runs.folder import ANSWERS_FILE, PREDICTIONS_FILE, PROBES_FILE, append_row, read_rows
from fer.runs.run import EpochMetrics, Run
from fer.statistics import PairedComparison, compare_answers
from fer.system.result_store import load_result, save_result

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
    save_result(folder / PROBES_FILE, {"rows": rows, "images": images, "labels": labels})


def record_answers(folder: Path, epoch: int, probabilities: NDArray[np.float32]) -> None:
    """Add what the model says of the watched faces, (m, k), after `epoch`.

    Raises:
        StorageError: it cannot be written.
    """
    rounded = tuple(tuple(round(float(value), 4) for value in row) for row in probabilities)
    append_row(folder / ANSWERS_FILE, _Answer(epoch, rounded))


def read_probe_samples(folder: Path) -> ProbeSamples | None:
    """Return the watched faces of the run in `folder` with all answers so far; None before the first."""
    kept = load_result(
        folder / PROBES_FILE, lambda arrays: (arrays["rows"], arrays["images"], arrays["labels"])
    )
    if kept is None:
        return None
    rows, images, labels = kept
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
    kept = {
        "rows": predictions.rows,
        "labels": predictions.labels,
        "probabilities": predictions.probabilities,
        "epoch": np.array(predictions.epoch),
    }
    save_result(folder / PREDICTIONS_FILE, kept)


def read_predictions(folder: Path) -> Predictions | None:
    """Return what the best weights of the run in `folder` answer; None where that cannot be read."""

    def built(arrays: Mapping[str, NDArray[Any]]) -> Predictions | None:
        epoch = int(arrays["epoch"]) if "epoch" in arrays else 0
        found = Predictions(arrays["rows"], arrays["labels"], arrays["probabilities"], epoch)
        return found if len(found.labels) == len(found.probabilities) > 0 else None

    return load_result(folder / PREDICTIONS_FILE, built)


def kept_epoch(run: Run) -> EpochMetrics | None:
    """The epoch whose weights best.keras holds, None before the first; see `Predictions.epoch`.

    An epoch is told of before its weights are saved, so the best of `Run.metrics` may not be it yet.
    """
    predictions = read_predictions(run.folder)
    said = predictions.epoch if predictions else 0
    # Runs of earlier versions did not say.
    return next((row for row in run.metrics() if row.epoch == said), run.best())


def compare_predictions(first: Predictions, second: Predictions) -> PairedComparison | None:
    """Paired comparison of two runs on the validation faces, of one dataset, that both were asked about.

    A face that one of them knows by another label is left out. None where no face remains.
    """
    _, at_first, at_second = np.intersect1d(first.rows, second.rows, return_indices=True)
    same = first.labels[at_first] == second.labels[at_second]
    at_first, at_second = at_first[same], at_second[same]
    if not len(at_first):
        return None
    return compare_answers(first.is_right[at_first], second.is_right[at_second])
