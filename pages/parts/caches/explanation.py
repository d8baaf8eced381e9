"""Explanation cache: emotion maps, occlusion and layer maps of a face, for one session only: they show it."""

import numpy as np
from numpy.typing import NDArray

from fer.emotions import EmotionScores
from fer.evaluation import explanation
from fer.evaluation.explanation import Occlusion
from fer.evaluation.explanation.layers import LayerMaps, LayerReader
from fer.models import inference
from fer.system.progress import Progress, silent
from pages.parts.caches.models import recognizer
from pages.parts.caches.policy import kept


@kept(24, scope="session")
def emotion_maps(model: str, image: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return `model`'s emotion maps of a face, (h, w, k), and its probabilities, (k,).

    Raises:
        ModelError: the model cannot be used, or has no emotion maps.
    """
    maps, probabilities = recognizer(model).predict_with_maps(image[np.newaxis])
    return maps[0], probabilities[0]


@kept(24, scope="session")
def face_answer(model: str, image: NDArray[np.uint8]) -> EmotionScores:
    """Return what `model` answers to a face, without test-time augmentation.

    Raises:
        ModelError: the model cannot be used.
    """
    answering = recognizer(model)
    return EmotionScores(answering.emotions, answering.predict(image[np.newaxis])[0])


@kept(24, scope="session")
def occlusion(model: str, image: NDArray[np.uint8], patch: float, progress: Progress = silent) -> Occlusion:
    """Return what `model` answers while a patch slides over a face, of all emotions at once.

    Raises:
        ModelError: the model cannot be used.
    """
    return explanation.occlude(recognizer(model), image, patch=patch, progress=progress)


# All maps of one face are 2 MB in the smallest networks and 12 MB in the largest.
@kept(3, scope="session")
def layer_maps(
    model: str, image: NDArray[np.uint8]
) -> tuple[tuple[LayerMaps, ...], NDArray[np.float32] | None]:
    """Return what each layer of `model` makes of a face, and the filters of the first; see `LayerReader`.

    Raises:
        ModelError: the model cannot be used.
    """
    reader = _layer_reader(model)
    return reader.read(image), reader.first_filters()


@kept(3)
def _layer_reader(model: str) -> LayerReader:
    return LayerReader(inference.model_folder(model))
