"""Training faces as models see them: which faces taught it this."""

from pathlib import Path

import streamlit as st

from fer.datasets import Dataset
from fer.evaluation import neighbours
from fer.evaluation.neighbours import KnownFaces
from fer.models import inference
from fer.models.card import ModelCard
from fer.system.progress import Progress, silent
from fer.training import training_faces as learned
from fer.training.training_faces import TrainingFaces
from pages.parts.caches.models import recognizer
from pages.parts.caches.stamps import dataset_stamp, model_stamp, unrecorded


def training_faces(model: str, dataset: Dataset) -> TrainingFaces:
    """Return the faces of `dataset`, as it came, that `model` learned from, or might have; found once.

    Raises:
        ModelNotFoundError: there is no such model.
        DatasetError: the dataset has no training face.
    """
    return _training_faces(*_asked(model, dataset), dataset)


def known_faces_are_kept(model: str, dataset: Dataset) -> bool:
    """Whether `known_faces` comes at once, because an earlier look at the faces is on the disk.

    Raises:
        ModelError: the model cannot be used.
        DatasetError: the dataset has no training face.
    """
    return _features_path(*_asked(model, dataset), dataset).exists()


def known_faces(model: str, dataset: Dataset, progress: Progress = silent) -> KnownFaces:
    """Return the training faces of `dataset`, as it came, as `model` sees them; they are looked at once.

    Raises:
        ModelError: the model cannot be used, or gives no features.
        DatasetError: the dataset has no training face.
    """
    return _known_faces(*_asked(model, dataset), dataset, unrecorded(progress))


def _asked(model: str, dataset: Dataset) -> tuple[str, float, str, float, int]:
    """What the answer depends on: the model, and the faces with the edition that its card names."""
    stamp = dataset_stamp(dataset.name, _edition_of(recognizer(model).card))
    return model, model_stamp(model), dataset.name, stamp, len(dataset)


def _edition_of(card: ModelCard) -> str:
    view = card.config.get("view")
    return str(view.get("edition", "")) if isinstance(view, dict) else ""


@st.cache_resource(max_entries=4, show_spinner=False)
def _training_faces(
    model: str, model_stamp: float, dataset_name: str, stamp: float, count: int, _dataset: Dataset
) -> TrainingFaces:
    return learned.training_faces(recognizer(model).card, inference.model_folder(model), _dataset)


@st.cache_resource(max_entries=16, show_spinner=False)
def _features_path(
    model: str, model_stamp: float, dataset_name: str, stamp: float, count: int, _dataset: Dataset
) -> Path:
    return neighbours.features_path(recognizer(model), training_faces(model, _dataset))


# Three, as many as can be judged side by side: some 15 MB each for FER-2013.
@st.cache_resource(max_entries=3, show_spinner=False)
def _known_faces(
    model: str,
    model_stamp: float,
    dataset_name: str,
    stamp: float,
    count: int,
    _dataset: Dataset,
    _progress: Progress,
) -> KnownFaces:
    return neighbours.known_faces(recognizer(model), training_faces(model, _dataset), _progress)
