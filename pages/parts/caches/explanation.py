"""What a face is explained by. Kept for one session only: feature maps show the face itself."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.emotions import EmotionScores
from fer.evaluation import explanation
from fer.evaluation.explanation import Occlusion
from fer.evaluation.explanation.layers import LayerMaps, LayerReader
from fer.models import inference
from fer.system.progress import Progress, silent
from pages.parts.caches.models import recognizer
from pages.parts.caches.stamps import model_stamp, unrecorded


def emotion_maps(model: str, image: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return `model`'s emotion maps of a face, (h, w, k), and its probabilities, (k,).

    Raises:
        ModelError: the model cannot be used, or has no emotion maps.
    """
    return _emotion_maps(model, model_stamp(model), image)


def face_answer(model: str, image: NDArray[np.uint8]) -> EmotionScores:
    """Return what `model` answers to a face at one look.

    Raises:
        ModelError: the model cannot be used.
    """
    return _face_answer(model, model_stamp(model), image)


def occlusion(model: str, image: NDArray[np.uint8], patch: float, progress: Progress = silent) -> Occlusion:
    """Return what `model` answers while a patch slides over a face, of all emotions at once.

    Raises:
        ModelError: the model cannot be used.
    """
    return _occlusion(model, model_stamp(model), image, patch, unrecorded(progress))


def layer_maps(
    model: str, image: NDArray[np.uint8]
) -> tuple[tuple[LayerMaps, ...], NDArray[np.float32] | None]:
    """Return what each layer of `model` makes of a face, and the filters of the first; see `LayerReader`.

    Raises:
        ModelError: the model cannot be used.
    """
    return _layer_maps(model, model_stamp(model), image)


@st.cache_resource(scope="session", max_entries=24, show_spinner=False)
def _emotion_maps(
    model: str, stamp: float, image: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    maps, probabilities = recognizer(model).predict_with_maps(image[np.newaxis])
    return maps[0], probabilities[0]


@st.cache_resource(scope="session", max_entries=24, show_spinner=False)
def _face_answer(model: str, stamp: float, image: NDArray[np.uint8]) -> EmotionScores:
    answering = recognizer(model)
    return EmotionScores(answering.emotions, answering.predict(image[np.newaxis])[0])


@st.cache_resource(scope="session", max_entries=24, show_spinner=False)
def _occlusion(
    model: str, stamp: float, image: NDArray[np.uint8], patch: float, _progress: Progress
) -> Occlusion:
    return explanation.occlude(recognizer(model), image, patch=patch, progress=_progress)


# All maps of one face are 2 MB in the smallest networks and 12 MB in the largest.
@st.cache_resource(scope="session", max_entries=3, show_spinner=False)
def _layer_maps(
    model: str, stamp: float, image: NDArray[np.uint8]
) -> tuple[tuple[LayerMaps, ...], NDArray[np.float32] | None]:
    reader = _layer_reader(model, stamp)
    return reader.read(image), reader.first_filters()


@st.cache_resource(max_entries=3, show_spinner=False)
def _layer_reader(model: str, stamp: float) -> LayerReader:
    return LayerReader(inference.model_folder(model))
