"""Sweep cache: a robustness sweep is kept by model and faces, which are never put together twice.

    data/cache/sweeps/<what the model is and what the faces are>.json

The file holds every answer, one figure a face, so that any number can be led back to its faces.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset
from fer.emotions import Emotion
from fer.evaluation.robustness.corruptions import CORRUPTIONS, CorruptionKind
from fer.evaluation.robustness.sweeps import Sweep, SweepPoint
from fer.system import paths
from fer.system.result_store import ResultStore, load_result

# 1,000 faces take some 50 kB.
_SWEEPS = ResultStore("sweeps", ".json", version=1, most=60, digest_bytes=12)
# Raised whenever a corruption comes to change pixels otherwise; what it changed is left out of earlier files.
_VERSION = 2
_CHANGED_SINCE = {1: {CorruptionKind.MOUTH_COVERED}, _VERSION: set[CorruptionKind]()}


def sweep_path(fingerprint: str, faces: Dataset, seed: int = 0) -> Path:
    """Return where the sweep of exactly these faces with exactly this model is kept, or will be.

    The faces are the sample, where one is drawn; the noise follows from `seed`.
    """
    about = (fingerprint, faces.images.shape, list(faces.emotions), seed)
    return _SWEEPS.path(_SWEEPS.key(*about, arrays=[faces.images, faces.labels.astype("<i8")]))


def save_sweep(path: Path, sweep: Sweep) -> None:
    """Keep a sweep; one that is there already is replaced, and very old ones go.

    Raises:
        StorageError: it cannot be written.
    """
    content = {
        "version": _VERSION,
        "model": sweep.model,
        "emotions": list(sweep.emotions),
        "labels": _digits(sweep.labels),
        "seed": sweep.seed,
        "untouched": _as_dict(sweep.untouched),
        "points": {str(kind): [_as_dict(point) for point in points] for kind, points in sweep.points.items()},
    }
    _SWEEPS.save(path, content)


def load_sweep(path: Path) -> Sweep | None:
    """Return the sweep that is kept there; None before it was made, and where the file is damaged.

    A kind whose levels are others today is left out, so that it is measured anew.
    """
    return load_result(path, _sweep)


def kept_sweeps() -> list[Sweep]:
    """Return every sweep that is kept and can be read, oldest first."""
    folder = paths.cache_folder() / _SWEEPS.folder
    places = sorted(folder.glob("[!.]*.json"), key=lambda path: path.lstat().st_mtime_ns)
    return [sweep for path in places if (sweep := load_sweep(path)) is not None]


def _sweep(values: Any) -> Sweep:
    emotions = tuple(Emotion(name) for name in values["emotions"])
    labels = _numbers(values["labels"], len(emotions))
    if values["version"] not in _CHANGED_SINCE or len(labels) == 0:
        raise ValueError("it is of another version, or of no face")
    return Sweep(
        str(values["model"]),
        emotions,
        labels,
        int(values["seed"]),
        _point(values["untouched"], labels, emotions),
        {
            kind: points
            for name, kept in values["points"].items()
            if (kind := CorruptionKind(name)) not in _CHANGED_SINCE[values["version"]]
            and (points := tuple(_point(each, labels, emotions) for each in kept))
            and tuple(point.severity for point in points) == CORRUPTIONS[kind].levels
        },
    )


def _digits(numbers: NDArray[np.intp]) -> str:
    """One character for each number: there are never ten emotions."""
    return "".join(map(str, numbers.tolist()))


def _numbers(digits: str, below: int) -> NDArray[np.intp]:
    numbers = np.frombuffer(digits.encode("ascii"), np.uint8).astype(np.intp) - ord("0")
    if numbers.size and (numbers.min() < 0 or numbers.max() >= below):
        raise ValueError("a digit stands for no emotion")
    return numbers


def _as_dict(point: SweepPoint) -> dict[str, Any]:
    return {
        "severity": point.severity,
        "answers": _digits(point.answers),
        "mean_confidence": point.mean_confidence,
    }


def _point(values: Any, labels: NDArray[np.intp], emotions: Sequence[Emotion]) -> SweepPoint:
    answers = _numbers(values["answers"], len(emotions))
    confidence = float(values["mean_confidence"])
    if answers.shape != labels.shape or not 0 <= confidence <= 1:
        raise ValueError("the answers do not fit the faces")
    return SweepPoint(float(values["severity"]), answers, confidence)
