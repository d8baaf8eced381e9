"""Evaluation cache: how models do on a split, their scores and temperatures, sweeps, and training faces as
they see them.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer import evaluation
from fer.config import DatasetView
from fer.datasets import Dataset, Split
from fer.emotions import Emotion
from fer.evaluation import TTA, Evaluation, Score, calibration_store, neighbours, robustness
from fer.evaluation.calibration import Temperature, fit_temperature, held_out_temperature
from fer.evaluation.calibration_store import KeptTemperature
from fer.evaluation.neighbours import KnownFaces
from fer.evaluation.numbering_check import NumberingDoubt, default_doubt
from fer.evaluation.robustness import CorruptionKind, SeverityScan, Sweep
from fer.models import inference
from fer.models.inference import Recognizer
from fer.system import machine
from fer.system.progress import Progress, silent
from fer.training import training_faces as learned
from fer.training.training_faces import TrainingFaces
from pages.parts.caches import faces as of_faces
from pages.parts.caches.models import recognizer
from pages.parts.caches.policy import dataset_stamp, freeze_gc, kept, model_stamp


@kept(2)
def judged_faces(
    dataset: str, view: DatasetView, split: Split, emotions: tuple[Emotion, ...], progress: Progress = silent
) -> Dataset:
    """Return the faces of a split that models with these emotions in common can be judged on.

    Raises:
        DatasetError: the dataset cannot be used, or has no such face.
    """
    viewed = of_faces.dataset(dataset, progress, view)
    return evaluation.judged_faces(emotions, viewed, split, answerable_only=True)


@kept(16)
def evaluate(
    model: str,
    dataset: str,
    view: DatasetView,
    split: Split,
    emotions: tuple[Emotion, ...],
    tta: TTA = TTA.NONE,
    progress: Progress = silent,
) -> Evaluation:
    """Return how `model` does on `judged_faces`, computed once.

    Raises:
        FerError: the model or the dataset cannot be used, or they do not fit.
    """
    faces = judged_faces(dataset, view, split, emotions, progress)
    return evaluation.evaluate_faces(_evaluator(model), faces, split, progress, tta)


# With as many threads as there are cores, and a lock of its own: an evaluation then neither waits for a
# camera nor lets one wait.
@kept(4)
def _evaluator(model: str) -> Recognizer:
    return Recognizer(inference.model_folder(model), threads=machine.read_machine().cores)


@kept(16)
def numbering_doubt(dataset: Dataset) -> NumberingDoubt | None:
    """Return which numbering fits far better than the one that labels were read by; None if none does."""
    return default_doubt(dataset)


@kept(32)
def scores(evaluated: Evaluation) -> tuple[Score, ...]:
    """Return every figure of an evaluation with its interval; they take as long as a page to draw."""
    return evaluation.scores_of(evaluated)


# ── temperatures ─────────────────────────────────────────────────────────────────────────────────


def load_temperature(fingerprint: str) -> KeptTemperature | None:
    """Return the temperature that is kept for the model of this fingerprint; None where there is none.

    Raises:
        ConfigError: its file is damaged.
    """
    return _temperature(calibration_store.temperature_path(fingerprint), fingerprint)


@kept(16)
def _temperature(path: Path, fingerprint: str) -> KeptTemperature | None:
    return calibration_store.load_temperature(fingerprint)


@kept(16)
def fitted_temperature(
    model: str,
    dataset: str,
    view: DatasetView,
    emotions: tuple[Emotion, ...],
    tta: TTA,
    progress: Progress = silent,
) -> tuple[Temperature, Temperature | None]:
    """Return the temperature fitted on the validation faces, and what one half of them says of the other.

    Raises:
        FerError: there are no validation faces, or the model cannot answer them.
    """
    evaluated = evaluate(model, dataset, view, Split.VALIDATION, emotions, tta, progress)
    # The optimiser is loaded with the first fit, which takes longer than the fit.
    progress(0.9, "Fitting the temperature")
    return fit_temperature(evaluated), held_out_temperature(evaluated)


# ── robustness ───────────────────────────────────────────────────────────────────────────────────


def severity_scan(
    model: str, image: NDArray[np.uint8], kind: CorruptionKind, others: Mapping[CorruptionKind, float]
) -> SeverityScan:
    """Return what `model` says of one face at every severity of a kind, asked once.

    Raises:
        ModelError: the model cannot be used.
    """
    besides = {each: severity for each, severity in others.items() if each != kind}
    along = _severity_scan(model, image, kind, besides)
    freeze_gc()  # else each move of a slider waits for a search of all memory
    return along


@kept(48, scope="session")
def _severity_scan(
    model: str, image: NDArray[np.uint8], kind: CorruptionKind, others: dict[CorruptionKind, float]
) -> SeverityScan:
    return robustness.severity_scan(recognizer(model), image, kind, others)


@kept(4)
def swept_faces(
    dataset: str, view: DatasetView, split: Split, emotions: tuple[Emotion, ...], sample: int | None
) -> Dataset:
    """Return the faces that a sweep of this split is of: all that can be judged, or an even draw of them.

    Raises:
        DatasetError: the dataset cannot be used, or has no such face.
    """
    faces = judged_faces(dataset, view, split, emotions)
    return faces if sample is None else faces.subset(sample, 0)


@kept(48)
def sweep_path(
    model: str,
    dataset: str,
    view: DatasetView,
    split: Split,
    emotions: tuple[Emotion, ...],
    sample: int | None,
) -> Path:
    """Return where the sweep of `swept_faces` with this model is kept, or will be.

    Raises:
        FerError: the model or the dataset cannot be used.
    """
    faces = swept_faces(dataset, view, split, emotions, sample)
    return robustness.sweep_path(recognizer(model).fingerprint, faces)


@kept(16)
def sweep(path: Path) -> Sweep | None:
    """Return the sweep that is kept there; None before it was made."""
    return robustness.load_sweep(path)


# ── training faces ───────────────────────────────────────────────────────────────────────────────


def _asked(model: str, dataset: Dataset, progress: Progress = silent) -> tuple[object, ...]:
    """What the answer depends on: the model, and the faces with the edition that its card names."""
    view = recognizer(model).card.config.get("view")
    edition = str(view.get("edition", "")) if isinstance(view, dict) else ""
    return model, model_stamp(model), dataset, dataset_stamp(dataset.name, edition)


@kept(4, key=_asked)
def training_faces(model: str, dataset: Dataset) -> TrainingFaces:
    """Return the faces of `dataset`, as it came, that `model` learned from, or might have; found once.

    Raises:
        ModelNotFoundError: there is no such model.
        DatasetError: the dataset has no training face.
    """
    return learned.training_faces(recognizer(model).card, inference.model_folder(model), dataset)


def known_faces_are_kept(model: str, dataset: Dataset) -> bool:
    """Whether `known_faces` comes at once, because an earlier look at the faces is on the disk.

    Raises:
        ModelError: the model cannot be used.
        DatasetError: the dataset has no training face.
    """
    return _features_path(model, dataset).exists()


@kept(16, key=_asked)
def _features_path(model: str, dataset: Dataset) -> Path:
    return neighbours.features_path(recognizer(model), training_faces(model, dataset))


# Three, as many as can be judged side by side: some 15 MB each for FER-2013.
@kept(3, key=_asked)
def known_faces(model: str, dataset: Dataset, progress: Progress = silent) -> KnownFaces:
    """Return the training faces of `dataset`, as it came, as `model` sees them; they are looked at once.

    Raises:
        ModelError: the model cannot be used, or gives no features.
        DatasetError: the dataset has no training face.
    """
    return neighbours.known_faces(recognizer(model), training_faces(model, dataset), progress)
