"""Re-export check: whether a model could have class activation maps that it has not yet."""

from fer.models.catalog import ARCHITECTURES
from fer.models.inference import Recognizer, model_folder
from fer.models.weights import keras_weights


def can_prepare_maps(recognizer: Recognizer) -> bool:
    """Whether `python -m fer reexport` would give the model the emotion maps that it lacks.

    So it is where its architecture has them, but it was exported before there were any.

    Raises:
        ModelNotFoundError: the model is gone.
    """
    entry = ARCHITECTURES.get(recognizer.card.architecture)
    return (
        not recognizer.has_emotion_maps
        and entry is not None
        and entry.has_emotion_maps
        and keras_weights(model_folder(recognizer.name)) is not None
    )
