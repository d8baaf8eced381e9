"""Models at work: their recognizers, and what they answer."""

from collections.abc import Sequence

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import evaluation, images
from fer.config import DatasetView
from fer.datasets import Dataset, Split
from fer.emotions import Emotion
from fer.evaluation import TTA, Evaluation
from fer.live.detection import THOROUGH, Face, FaceDetector, HaarDetector, crop_faces
from fer.models import inference
from fer.models.inference import Recognizer
from fer.system import machine
from fer.system.progress import Progress, silent
from pages.parts.caches.faces import dataset
from pages.parts.caches.stamps import dataset_stamp, model_stamp, unrecorded


def recognizer(name: str) -> Recognizer:
    """Return the model called `name`, loaded once.

    Raises:
        ModelError: there is none of that name, or its files are incomplete.
    """
    return _recognizer(name, model_stamp(name))


def judged_faces(
    dataset_name: str,
    view: DatasetView,
    split: Split,
    emotions: tuple[Emotion, ...],
    progress: Progress = silent,
) -> Dataset:
    """Return the faces of a split that models with these emotions in common can be judged on.

    Raises:
        DatasetError: the dataset cannot be used, or has no such face.
    """
    stamp = dataset_stamp(dataset_name, view.edition)
    return _judged_faces(dataset_name, view, stamp, split, emotions, unrecorded(progress))


def evaluate(
    model: str,
    dataset_name: str,
    view: DatasetView,
    split: Split,
    emotions: tuple[Emotion, ...],
    averaging: TTA = TTA.NONE,
    progress: Progress = silent,
) -> Evaluation:
    """Return how `model` does on `judged_faces`, computed once.

    Raises:
        FerError: the model or the dataset cannot be used, or they do not fit.
    """
    stamp = (model_stamp(model), dataset_stamp(dataset_name, view.edition))
    return _evaluation(model, dataset_name, view, stamp, split, emotions, averaging, unrecorded(progress))


def faces_in_picture(
    content: bytes, name: str, height: int, width: int
) -> tuple[NDArray[np.uint8], tuple[Face, ...]]:
    """Return the faces found in a picture file, (n, height, width, 3) RGB, framed as a camera's would be.

    Kept for this session only, and only the last few: somebody's face is nobody else's business.

    Raises:
        FerError: the file is no picture, or the face detector cannot be used.
    """
    return _faces_in_picture(content, name, height, width)


def answers(model: str, dataset: Dataset, view: DatasetView, rows: Sequence[int]) -> NDArray[np.float32]:
    """Return what `model` answers to some faces of a dataset in the state `view`, (n, k), computed once.

    Raises:
        ModelError: the model cannot be used.
    """
    stamp = dataset_stamp(dataset.name, view.edition)
    return _answers(model, model_stamp(model), dataset.name, view, stamp, tuple(rows), dataset)


@st.cache_resource(max_entries=4, show_spinner=False)
def _recognizer(name: str, stamp: float) -> Recognizer:
    return inference.load_recognizer(name)


# With as many threads as there are cores, and a lock of its own: an evaluation then neither waits for a
# camera nor lets one wait.
@st.cache_resource(max_entries=4, show_spinner=False)
def _judge(name: str, stamp: float) -> Recognizer:
    return Recognizer(inference.model_folder(name), threads=machine.read_machine().cores)


@st.cache_resource(max_entries=2, show_spinner=False)
def _judged_faces(
    dataset_name: str,
    view: DatasetView,
    stamp: float,
    split: Split,
    emotions: tuple[Emotion, ...],
    _progress: Progress,
) -> Dataset:
    return evaluation.judged_faces(
        emotions, dataset(dataset_name, _progress, view), split, answerable_only=True
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _evaluation(
    model: str,
    dataset_name: str,
    view: DatasetView,
    stamp: tuple[float, float],
    split: Split,
    emotions: tuple[Emotion, ...],
    averaging: TTA,
    _progress: Progress,
) -> Evaluation:
    faces = judged_faces(dataset_name, view, split, emotions, _progress)
    return evaluation.evaluate_faces(_judge(model, stamp[0]), faces, split, _progress, averaging)


@st.cache_resource(scope="session", max_entries=8, show_spinner=False)
def _faces_in_picture(
    content: bytes, _name: str, height: int, width: int
) -> tuple[NDArray[np.uint8], tuple[Face, ...]]:
    image_bgr = np.asarray(cv2.cvtColor(images.decode_rgb(content, _name), cv2.COLOR_RGB2BGR), np.uint8)
    faces = _picture_detector().detect(image_bgr)
    return crop_faces(image_bgr, faces, height, width), tuple(faces)


@st.cache_resource(max_entries=16, show_spinner=False)
def _answers(
    model: str,
    model_stamp: float,
    dataset_name: str,
    view: DatasetView,
    dataset_stamp: float,
    rows: tuple[int, ...],
    _dataset: Dataset,
) -> NDArray[np.float32]:
    return recognizer(model).predict(_dataset.images[list(rows)])


@st.cache_resource(show_spinner=False)
def _picture_detector() -> FaceDetector:
    return HaarDetector(THOROUGH)
