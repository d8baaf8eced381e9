"""Dataset cache: faces, what is known of them, and the batches made of them."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer import datasets
from fer.config import AS_IT_CAME, DatasetView, ImportSettings, TrainingConfig
from fer.datasets import Dataset, browsing, quality, registry
from fer.datasets import embedding as face_maps
from fer.datasets.browsing import Quality
from fer.datasets.character import Character, character_of, vote_agreement
from fer.datasets.embedding import FaceMap
from fer.datasets.fingerprint import fingerprint as fingerprint_of
from fer.datasets.quality import FaceMeasures, Inspection
from fer.datasets.views import apply_view
from fer.system.progress import Progress, silent
from fer.training import batches
from fer.training.batches import Batch
from pages.parts.caches.policy import dataset_stamp, kept


def dataset(name: str, progress: Progress = silent, view: DatasetView = AS_IT_CAME) -> Dataset:
    """Return the dataset called `name` in the state `view`, prepared once.

    `progress` hears of it only when it is really read.

    Raises:
        DatasetError: there is none of that name, or it cannot be used.
    """
    as_it_came = DatasetView(skip_bad=view.skip_bad)
    return (_read if view == as_it_came else _viewed)(name, view, progress)


@kept(4)
def _read(dataset: str, view: DatasetView, progress: Progress) -> Dataset:
    return datasets.load_dataset(dataset, progress, view=view)


@kept(16)
def uncut(dataset: str, view: DatasetView) -> ImportSettings | None:
    """Return how a dataset is read, if loading it would cut faces out of photographs first, for minutes."""
    return registry.uncut(dataset, view.skip_bad)


# One only: a face left out makes a copy of all others, while the faces as they came are mapped from the disk.
@kept(1)
def _viewed(dataset: str, view: DatasetView, progress: Progress) -> Dataset:
    return apply_view(_read(dataset, DatasetView(skip_bad=view.skip_bad), progress), view)


@kept(4)
def character(dataset: Dataset) -> Character:
    """Return what the faces of each emotion have in common, computed once."""
    return character_of(dataset)


def qualities(dataset: Dataset, wanted: Collection[Quality]) -> dict[Quality, NDArray[np.float32]]:
    """Return those of the wanted qualities that are known of this dataset's faces, (n,) each.

    Measuring the faces takes a moment, once; suspicion is there after an inspection, agreement with votes.
    """
    found: dict[Quality, NDArray[np.float32]] = {}
    if {Quality.BRIGHTNESS, Quality.SHARPNESS} & set(wanted):
        measured = measures(dataset)
        found |= {Quality.BRIGHTNESS: measured.brightness, Quality.SHARPNESS: measured.sharpness}
    if Quality.AGREEMENT in wanted and dataset.votes is not None:
        found[Quality.AGREEMENT] = vote_agreement(dataset)
    if Quality.SUSPICION in wanted and (inspection := inspected(dataset)) is not None:
        found[Quality.SUSPICION] = inspection.suspicion
    return {quality: values for quality, values in found.items() if quality in wanted}


def inspected(dataset: Dataset) -> Inspection | None:
    """Return what the last inspection of these faces found; None before one."""
    known = fingerprint(dataset)
    path = quality.inspection_path(known)
    return _inspection(path, known) if path.exists() else None


@kept(2)
def _inspection(path: Path, known: str) -> Inspection | None:
    return quality.load_inspection(known)


@kept(16)
def fingerprint(dataset: Dataset) -> str:
    """Return what the faces and labels are as one short text, computed once."""
    return fingerprint_of(dataset)


def measures(dataset: Dataset) -> FaceMeasures:
    """Return what can be told of every face by looking at it alone, measured once."""
    inspection = inspected(dataset)
    return _measures(dataset) if inspection is None else inspection.measures


@kept(4)
def _measures(dataset: Dataset) -> FaceMeasures:
    return quality.measure_faces(dataset.images)


def face_map(dataset: Dataset, model: str) -> FaceMap | None:
    """Return the map of these faces as `model` sees them; None before it was made.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    path = face_map_path(dataset, model)
    return _face_map(path, dataset) if path.exists() else None


@kept(2)
def _face_map(path: Path, dataset: Dataset) -> FaceMap | None:
    return face_maps.load_map(path, dataset)


@kept(16)
def face_map_path(dataset: Dataset, model: str) -> Path:
    """Return where the map of these faces as `model` sees them is kept, or will be.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    return face_maps.map_path(dataset, model)


@kept(2, key=lambda config, progress=silent: (config, dataset_stamp(config.dataset, config.view.edition)))
def first_batch(config: TrainingConfig, progress: Progress = silent) -> Batch:
    """Return the very first batch that a run with this config trains on.

    Raises:
        FerError: the dataset or the architecture cannot be used.
    """
    return batches.first_batch(dataset(config.dataset, progress, config.view), config)


@kept(None)
def portraits() -> NDArray[np.uint8]:
    """Return one drawn face per emotion, (7, h, w, 1) uint8, in `EMOTIONS`' order."""
    return browsing.portraits()
