"""How models break: one face along a corruption, and the sweeps that are kept."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.config import DatasetView
from fer.datasets import Dataset, Split
from fer.emotions import Emotion
from fer.evaluation import robustness
from fer.evaluation.robustness import CorruptionKind, FaceAlong, Sweep
from pages.parts.caches.models import judged_faces, recognizer
from pages.parts.caches.stamps import dataset_stamp, freeze_gc, model_stamp, written


def face_along(
    model: str, image: NDArray[np.uint8], kind: CorruptionKind, others: Mapping[CorruptionKind, float]
) -> FaceAlong:
    """Return what `model` says of one face at every severity of a kind, asked once.

    Kept for this session only, and only the last few: somebody's face is nobody else's business.

    Raises:
        ModelError: the model cannot be used.
    """
    besides = tuple((each, severity) for each, severity in others.items() if each != kind)
    along = _face_along(model, model_stamp(model), image.tobytes(), image.shape, kind, besides)
    freeze_gc()  # else each move of a slider waits for a search of all memory
    return along


def swept_faces(
    dataset_name: str, view: DatasetView, split: Split, emotions: tuple[Emotion, ...], sample: int | None
) -> Dataset:
    """Return the faces that a sweep of this split is of: all that can be judged, or an even draw of them.

    Raises:
        DatasetError: the dataset cannot be used, or has no such face.
    """
    stamp = dataset_stamp(dataset_name, view.edition)
    return _swept_faces(dataset_name, view, stamp, split, emotions, sample)


def sweep_path(
    model: str,
    dataset_name: str,
    view: DatasetView,
    split: Split,
    emotions: tuple[Emotion, ...],
    sample: int | None,
) -> Path:
    """Return where the sweep of `swept_faces` with this model is kept, or will be.

    Raises:
        FerError: the model or the dataset cannot be used.
    """
    stamp = (model_stamp(model), dataset_stamp(dataset_name, view.edition))
    return _sweep_path(model, dataset_name, view, stamp, split, emotions, sample)


def sweep(path: Path) -> Sweep | None:
    """Return the sweep that is kept there; None before it was made."""
    return _sweep(path, written(path))


@st.cache_resource(scope="session", max_entries=48, show_spinner=False)
def _face_along(
    model: str,
    stamp: float,
    content: bytes,
    shape: tuple[int, ...],
    kind: CorruptionKind,
    others: tuple[tuple[CorruptionKind, float], ...],
) -> FaceAlong:
    image = np.frombuffer(content, np.uint8).reshape(shape)
    return robustness.face_along(recognizer(model), image, kind, dict(others))


@st.cache_resource(max_entries=4, show_spinner=False)
def _swept_faces(
    dataset_name: str,
    view: DatasetView,
    stamp: float,
    split: Split,
    emotions: tuple[Emotion, ...],
    sample: int | None,
) -> Dataset:
    faces = judged_faces(dataset_name, view, split, emotions)
    return faces if sample is None else faces.subset(sample, 0)


@st.cache_resource(max_entries=48, show_spinner=False)
def _sweep_path(
    model: str,
    dataset_name: str,
    view: DatasetView,
    stamp: tuple[float, float],
    split: Split,
    emotions: tuple[Emotion, ...],
    sample: int | None,
) -> Path:
    faces = swept_faces(dataset_name, view, split, emotions, sample)
    return robustness.sweep_path(recognizer(model).fingerprint, faces)


@st.cache_resource(max_entries=16, show_spinner=False)
def _sweep(path: Path, written_at: str) -> Sweep | None:
    return robustness.load_sweep(path) if written_at else None
