"""Faces, what is known of them, and the batches made of them."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import datasets
from fer.config import AS_IT_CAME, DatasetView, TrainingConfig
from fer.datasets import Dataset, browsing
from fer.datasets import embedding as face_maps
from fer.datasets import quality as faults
from fer.datasets.browsing import Quality
from fer.datasets.character import Character, character_of, vote_agreement
from fer.datasets.embedding import FaceMap
from fer.datasets.fingerprint import fingerprint as fingerprint_of
from fer.datasets.quality import FaceMeasures, Inspection
from fer.datasets.views import apply_view
from fer.system.progress import Progress, silent
from fer.training import batches
from fer.training.batches import Batch
from pages.parts.caches.stamps import dataset_stamp, model_stamp, modified, unrecorded


def dataset(name: str, progress: Progress = silent, view: DatasetView = AS_IT_CAME) -> Dataset:
    """Return the dataset called `name` in the state `view`, prepared once.

    `progress` hears of it only when it is really read.

    Raises:
        DatasetError: there is none of that name, or it cannot be used.
    """
    as_it_came = DatasetView(skip_bad=view.skip_bad)
    if view == as_it_came:
        return _dataset(name, view, dataset_stamp(name), unrecorded(progress))
    return _changed_dataset(name, view, dataset_stamp(name, view.edition), unrecorded(progress))


def character(dataset: Dataset) -> Character:
    """Return what the faces of each emotion have in common, computed once."""
    return _character(dataset.name, dataset_stamp(dataset.name), len(dataset), dataset)


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
    path = faults.inspection_path(known)
    return _inspection(known, modified(path)) if path.exists() else None


def fingerprint(dataset: Dataset) -> str:
    """Return what the faces and labels are as one short text, computed once."""
    return _fingerprint(dataset.name, dataset_stamp(dataset.name), len(dataset), dataset)


def measures(dataset: Dataset) -> FaceMeasures:
    """Return what can be told of every face by looking at it alone, measured once."""
    if (inspection := inspected(dataset)) is not None:
        return inspection.measures
    return _measures(dataset.name, dataset_stamp(dataset.name), len(dataset), dataset)


def face_map(dataset: Dataset, model: str) -> FaceMap | None:
    """Return the map of these faces as `model` sees them; None before it was made.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    path = face_map_path(dataset, model)
    return _face_map(path, modified(path), dataset) if path.exists() else None


def face_map_path(dataset: Dataset, model: str) -> Path:
    """Return where the map of these faces as `model` sees them is kept, or will be.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    stamp = dataset_stamp(dataset.name)
    return _map_path(dataset.name, stamp, len(dataset), model, model_stamp(model), dataset)


def first_batch(config: TrainingConfig, progress: Progress = silent) -> Batch:
    """Return the very first batch that a run with this config trains on.

    Raises:
        FerError: the dataset or the architecture cannot be used.
    """
    stamp = dataset_stamp(config.dataset, config.view.edition)
    return _first_batch(config, stamp, unrecorded(progress))


@st.cache_resource(show_spinner=False)
def portraits() -> NDArray[np.uint8]:
    """Return one drawn face per emotion, (7, h, w, 1) uint8, in `EMOTIONS`' order."""
    return browsing.portraits()


@st.cache_resource(max_entries=4, show_spinner=False)
def _dataset(name: str, view: DatasetView, stamp: float, _progress: Progress) -> Dataset:
    return datasets.load_dataset(name, _progress, view=view)


# One only: a face left out makes a copy of all others, while the faces as they came are mapped from the disk.
@st.cache_resource(max_entries=1, show_spinner=False)
def _changed_dataset(name: str, view: DatasetView, stamp: float, _progress: Progress) -> Dataset:
    return apply_view(dataset(name, _progress, DatasetView(skip_bad=view.skip_bad)), view)


@st.cache_resource(max_entries=4, show_spinner=False)
def _character(name: str, stamp: float, count: int, _dataset: Dataset) -> Character:
    return character_of(_dataset)


@st.cache_resource(max_entries=4, show_spinner=False)
def _measures(name: str, stamp: float, count: int, _dataset: Dataset) -> FaceMeasures:
    return faults.measure_faces(_dataset.images)


@st.cache_data(max_entries=16, show_spinner=False)
def _fingerprint(name: str, stamp: float, count: int, _dataset: Dataset) -> str:
    return fingerprint_of(_dataset)


@st.cache_resource(max_entries=2, show_spinner=False)
def _inspection(fingerprint: str, stamp: float) -> Inspection | None:
    return faults.load_inspection(fingerprint)


@st.cache_resource(max_entries=16, show_spinner=False)
def _map_path(name: str, stamp: float, count: int, model: str, model_stamp: float, _dataset: Dataset) -> Path:
    return face_maps.map_path(_dataset, model)


@st.cache_resource(max_entries=2, show_spinner=False)
def _face_map(path: Path, stamp: float, _dataset: Dataset) -> FaceMap | None:
    return face_maps.load_map(path, _dataset)


@st.cache_resource(max_entries=2, show_spinner=False)
def _first_batch(config: TrainingConfig, stamp: float, _progress: Progress) -> Batch:
    return batches.first_batch(dataset(config.dataset, _progress, config.view), config)
