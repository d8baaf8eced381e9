"""Models at work: their recognizers, and what they answer."""

from collections.abc import Sequence

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import drawing, evaluation, live, pictures, recognition
from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Dataset, Split
from fer.evaluation import Evaluation
from fer.faces import FAST, THOROUGH, FaceDetector, FollowingDetector, HaarDetector
from fer.live import LiveRecognizer, RecognizedFace
from fer.progress import Progress, silent
from fer.recognition import Recognizer
from pages.parts.caches.faces import dataset
from pages.parts.caches.stamps import dataset_stamp, model_stamp, settle_memory, unrecorded


def recognizer(name: str) -> Recognizer:
    """Return the model called `name`, loaded once.

    Raises:
        ModelError: there is none of that name, or its files are incomplete.
    """
    return _recognizer(name, model_stamp(name))


def evaluate(
    model: str, dataset_name: str, split: Split, progress: Progress = silent, view: DatasetView = AS_IT_CAME
) -> Evaluation:
    """Return how `model` does on one split of a dataset in the state `view`, computed once.

    Raises:
        FerError: the model or the dataset cannot be used, or they do not fit.
    """
    stamp = dataset_stamp(dataset_name, view.edition)
    return _evaluation(model, model_stamp(model), dataset_name, view, stamp, split, unrecorded(progress))


def answers(model: str, dataset: Dataset, view: DatasetView, rows: Sequence[int]) -> NDArray[np.float32]:
    """Return what `model` answers to some faces of a dataset in the state `view`, (n, k), computed once.

    Raises:
        ModelError: the model cannot be used.
    """
    stamp = dataset_stamp(dataset.name, view.edition)
    return _answers(model, model_stamp(model), dataset.name, view, stamp, tuple(rows), dataset)


def live_recognizer(model: str) -> LiveRecognizer:
    """Return this session's camera recognition, with a detector and an interpreter of its own.

    Two viewers then neither wait for one another nor mix their faces.

    Raises:
        FerError: the model or the face detector cannot be loaded.
    """
    recognizer = _live_recognizer(model, model_stamp(model))
    settle_memory()
    return recognizer


def recognized_picture(
    model: str, content: bytes, name: str
) -> tuple[NDArray[np.uint8], tuple[RecognizedFace, ...]]:
    """Return a picture file with its faces drawn, (h, w, 3) RGB, and what was recognised, largest first.

    Kept for this session only, and only the last few: somebody's face is nobody else's business.

    Args:
        model: the model's name.
        content: the file's bytes.
        name: what an error calls the picture.

    Raises:
        FerError: the file is no picture, or the model or the face detector cannot be used.
    """
    return _recognized_picture(model, model_stamp(model), content, name)


@st.cache_resource(max_entries=4, show_spinner=False)
def _recognizer(name: str, stamp: float) -> Recognizer:
    return recognition.load_recognizer(name)


@st.cache_resource(max_entries=16, show_spinner=False)
def _evaluation(
    model: str,
    model_stamp: float,
    dataset_name: str,
    view: DatasetView,
    dataset_stamp: float,
    split: Split,
    _progress: Progress,
) -> Evaluation:
    return evaluation.evaluate(recognizer(model), dataset(dataset_name, _progress, view), split, _progress)


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


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _live_recognizer(model: str, stamp: float) -> LiveRecognizer:
    return LiveRecognizer(FollowingDetector(HaarDetector(FAST)), recognition.load_recognizer(model))


@st.cache_resource(scope="session", max_entries=8, show_spinner=False)
def _recognized_picture(
    model: str, stamp: float, content: bytes, _name: str
) -> tuple[NDArray[np.uint8], tuple[RecognizedFace, ...]]:
    image_bgr = np.asarray(cv2.cvtColor(pictures.decode_rgb(content, _name), cv2.COLOR_RGB2BGR), np.uint8)
    faces = live.recognize_faces(image_bgr, _picture_detector(), recognizer(model))
    drawn_bgr = drawing.draw_faces(image_bgr, faces)
    return np.asarray(cv2.cvtColor(drawn_bgr, cv2.COLOR_BGR2RGB), np.uint8), faces


@st.cache_resource(show_spinner=False)
def _picture_detector() -> FaceDetector:
    return HaarDetector(THOROUGH)
