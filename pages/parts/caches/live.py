"""What the live page keeps: for one session only, because somebody's face is nobody else's business."""

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import live, pictures, recognition
from fer.faces import FaceDetector, build_detector
from fer.live import LiveRecognizer, LiveSettings, RecognizedFace
from fer.recognition import Recognizer
from pages.parts.caches.models import recognizer
from pages.parts.caches.stamps import model_stamp, settle_memory


def live_recognizer(model: str, other: str | None, settings: LiveSettings) -> LiveRecognizer:
    """Return this session's camera recognition, which reads its next frame with these models and settings.

    It stays the same while the session lasts, so that a running stream follows every choice at once. Its
    interpreters are its own: two viewers neither wait for one another nor mix their faces.

    Raises:
        FerError: a model or the face detector cannot be loaded; then it goes on as it was.
    """
    own = _own_recognizer(model, model_stamp(model))
    second = None if other is None else _own_recognizer(other, model_stamp(other))
    session = _live_recognizer(own)
    session.configure(settings)
    session.use(own, second)
    settle_memory()
    return session


def recognized_picture(
    model: str, other: str | None, content: bytes, name: str, settings: LiveSettings
) -> tuple[NDArray[np.uint8], tuple[RecognizedFace, ...]]:
    """Return a picture file's pixels, (h, w, 3) BGR, and what was recognised in it, largest face first.

    Args:
        model: the model's name.
        other: a second model's, which reads the same faces.
        content: the file's bytes.
        name: what an error calls the picture.
        settings: what of them concerns a single picture.

    Raises:
        FerError: the file is no picture, or a model or the face detector cannot be used.
    """
    stamps = (model_stamp(model), 0.0 if other is None else model_stamp(other))
    return _recognized_picture(model, other, stamps, content, settings, name)


@st.cache_resource(scope="session", max_entries=4, show_spinner=False)
def _own_recognizer(model: str, stamp: float) -> Recognizer:
    return recognition.load_recognizer(model)


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _live_recognizer(_recognizer: Recognizer) -> LiveRecognizer:
    return LiveRecognizer(_recognizer)


@st.cache_resource(scope="session", max_entries=8, show_spinner=False)
def _recognized_picture(
    model: str,
    other: str | None,
    stamps: tuple[float, float],
    content: bytes,
    settings: LiveSettings,
    _name: str,
) -> tuple[NDArray[np.uint8], tuple[RecognizedFace, ...]]:
    image_bgr = np.asarray(cv2.cvtColor(pictures.decode_rgb(content, _name), cv2.COLOR_RGB2BGR), np.uint8)
    second = None if other is None else recognizer(other)
    faces = live.recognize_faces(image_bgr, _detector(settings.detector), recognizer(model), settings, second)
    return image_bgr, faces


@st.cache_resource(max_entries=4, show_spinner=False)
def _detector(name: str) -> FaceDetector:
    return build_detector(name)
