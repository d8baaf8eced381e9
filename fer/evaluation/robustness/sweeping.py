"""Robustness evaluation: a model asked about the same faces at every kind and level of corruption."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset
from fer.emotions import indices
from fer.errors import DatasetError, ModelMismatchError, StorageError
from fer.evaluation import unanswerable
from fer.evaluation.robustness.corruptions import CORRUPTIONS, CorruptionKind
from fer.evaluation.robustness.keeping import load_sweep, save_sweep, sweep_path
from fer.evaluation.robustness.pixels import corrupt
from fer.evaluation.robustness.sweeps import LEVELS, Sweep, SweepPoint
from fer.models.inference import Recognizer
from fer.system.progress import Progress, silent

# Faces between two words about progress: some tenth of a second of work.
_CHUNK = 512


def sweep(
    recognizer: Recognizer,
    faces: Dataset,
    kinds: Sequence[CorruptionKind] = tuple(CORRUPTIONS),
    progress: Progress = silent,
    *,
    seed: int = 0,
) -> Sweep:
    """Return the model's answers to the faces, untouched and at five levels of each kind.

    They are kept in `data/cache/sweeps/`, after every kind: what was measured before is not measured again,
    also if the work was stopped in the middle. The result may hold more kinds than were asked for.

    Args:
        faces: at least one, all of emotions that it can answer; a sample, where a split is large.
        kinds: what is measured.
        seed: the noise follows from it.

    Raises:
        DatasetError: there is no face.
        ModelMismatchError: a face shows an emotion that the model cannot answer, or it answers nonsense.
    """
    if len(faces) == 0:
        raise DatasetError("There is no face to corrupt; choose another split or a larger sample.")
    if unknown := unanswerable(recognizer.emotions, faces):
        raise ModelMismatchError(
            f"The faces show {', '.join(unknown)}, which the model “{recognizer.name}” cannot answer: it "
            f"knows {', '.join(recognizer.emotions)}. Leave those faces out, or choose another model."
        )
    path = sweep_path(recognizer.fingerprint, faces, seed)
    found = load_sweep(path)
    missing = tuple(kinds) if found is None else found.missing(kinds)
    done, total = 0, len(faces) * (LEVELS * len(missing) + (found is None))

    def answer(images: NDArray[np.uint8], severity: float, what: str) -> SweepPoint:
        nonlocal done
        answers, confidence = np.empty(len(images), np.intp), 0.0
        for start in range(0, len(images), _CHUNK):
            probabilities = recognizer.predict(images[start : start + _CHUNK])
            answers[start : start + _CHUNK] = probabilities.argmax(axis=1)
            confidence += float(probabilities.max(axis=1).sum(dtype=np.float64))
            done += len(probabilities)
            progress(done / total, f"{what}: {done:,} of {total:,} faces")
        # A model's row may sum to a little more than 1.
        return SweepPoint(severity, answers, min(confidence / len(images), 1.0))

    if found is None:
        labels = indices(faces.emotions, recognizer.emotions)[faces.labels]
        untouched = answer(faces.images, 0.0, "The untouched faces")
        found = Sweep(recognizer.name, recognizer.emotions, labels, seed, untouched, {})
    for kind in missing:
        corruption = CORRUPTIONS[kind]
        points = tuple(
            answer(
                corrupt(faces.images, kind, severity, seed),
                severity,
                f"{corruption.title} {corruption.number(severity)}",
            )
            for severity in corruption.levels
        )
        measured = {**found.points, kind: points}
        found = replace(found, points={each: measured[each] for each in CORRUPTIONS if each in measured})
        with suppress(StorageError):  # a full disk costs only the next visit's time
            save_sweep(path, found)
    return found
