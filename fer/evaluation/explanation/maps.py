"""Class activation map (CAM): how much each place of a face raised an emotion, or lowered it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.errors import FerError
from fer.models.catalog import ARCHITECTURES
from fer.models.inference import Recognizer, model_folder
from fer.models.weights import keras_weights

BY_ITSELF: Literal["by itself"] = "by itself"
THE_OTHERS: Literal["the others"] = "the others"
Against = Emotion | Literal["by itself", "the others"]
"""What an emotion is compared with: nothing, the mean of all others, or one other emotion.

Softmax forgets whatever is added to all emotions alike, so a map by itself holds a part that changed no
answer. The comparisons are free of it.
"""


@dataclass(frozen=True, slots=True, eq=False)
class EmotionMap:
    """How much each place of one face raised one emotion.

    Attributes:
        emotion: which.
        against: what it is compared with.
        values: (rows, columns) float32, at the model's own resolution: above 0 speaks for the emotion, below
            0 against it. In logits: against one other emotion the mean is ln(p / p of the other).
    """

    emotion: Emotion
    against: Against
    values: NDArray[np.float32]

    @property
    def total(self) -> float:
        """The mean over all places: what the model made of the whole face."""
        return float(self.values.mean())


def emotion_map(
    maps: NDArray[np.float32], emotions: Sequence[Emotion], emotion: Emotion, against: Against = THE_OTHERS
) -> EmotionMap:
    """Return how much each place of a face raised `emotion`.

    Args:
        maps: (rows, columns, k) of one face, from `Recognizer.emotion_maps`.
        emotions: the k, in their order.
        emotion: one of them.
        against: what it is compared with.

    Raises:
        FerError: the model does not know the emotion, or is to compare it with itself.

    Source:
        Zhou et al. (2016), Learning Deep Features for Discriminative Localization, arXiv:1512.04150.
    """
    values = maps[:, :, emotion_index(emotions, emotion)]
    if against == THE_OTHERS:
        others = [index for index, other in enumerate(emotions) if other is not emotion]
        values = values - maps[:, :, others].mean(axis=2) if others else values
    elif against != BY_ITSELF:
        if against is emotion:
            raise FerError(f"“{emotion}” cannot be compared with itself. Choose another emotion.")
        values = values - maps[:, :, emotion_index(emotions, against)]
    return EmotionMap(emotion, against, np.asarray(values, np.float32))


def enlarged(values: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Return a coarse map laid over a face, (height, width) float32, smooth between the middles of places.

    Nothing is finer than before, and no value lies outside those of the map. The place of a value is the
    middle of its share of the face: exact for the networks here. Each halving of mini_XCEPTION looks at one
    pixel by its shortcut and at one to the right of it by its pooling, and the two even out.
    """
    smooth = cv2.resize(values, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(smooth, values.min(), values.max()), np.float32)


def emotion_index(emotions: Sequence[Emotion], emotion: Emotion) -> int:
    """Return the place of an emotion among those that a model knows.

    Raises:
        FerError: it is none of them.
    """
    try:
        return list(emotions).index(emotion)
    except ValueError:
        known = ", ".join(emotions)
        raise FerError(
            f"This model does not know “{emotion}”. It knows {known}; choose one of them."
        ) from None


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
