"""Learning from what other models answer: knowledge distillation.

Source:
    Hinton, Vinyals and Dean (2015), "Distilling the Knowledge in a Neural Network", arXiv:1503.02531; and
    Beyer et al. (2022), "Knowledge distillation: A good teacher is patient and consistent", arXiv:2106.05237,
    from whom it is that teacher and pupil see the very same changed picture. The pupil's own answer is not
    softened here, so that the loss stays the one that the learner chose.
"""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from fer import teaching
from fer.batches import preprocessing_of
from fer.config import TrainingConfig
from fer.emotions import Emotion
from fer.errors import ModelError
from fer.files import DAMAGED_ARRAYS
from fer.training.network import build_network


class Teachers:
    """The networks a run learns from besides the labels.

    Attributes:
        networks: with their trained weights, never changed.
    """

    def __init__(self, config: TrainingConfig, emotions: tuple[Emotion, ...]) -> None:
        """Build the networks from the catalogue and load their weights.

        Raises:
            ModelNotFoundError: there is no such model, or its Keras weights are gone.
            ModelError: one sees other faces, knows other emotions, or its weights do not fit.
        """
        self._share = config.teacher_share
        self._temperature = config.teacher_temperature
        self.networks = [_network(name, preprocessing_of(config), emotions) for name in config.teachers]

    def mixed(self, targets: NDArray[np.float32], inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, k) targets: the labels' and the teachers' answers, in the shares of the config."""
        answers = [network.predict_on_batch(inputs) for network in self.networks]
        return np.asarray(keras.ops.convert_to_numpy(self.blend(targets, answers)), np.float32)

    def blend(self, targets: Any, answers: list[Any]) -> Any:
        """The same from the teachers' answers, (n, k) each, as arrays of the backend; also within a step."""
        mean = sum(answers[1:], start=answers[0]) / len(answers)
        if self._temperature != 1:
            # A softmax at a temperature, of logarithms of probabilities, is a power of them.
            mean = keras.ops.power(keras.ops.maximum(mean, 1e-7), 1 / self._temperature)
            mean = mean / keras.ops.sum(mean, axis=-1, keepdims=True)
        return (1 - self._share) * targets + self._share * mean


def _network(name: str, preprocessing: Any, emotions: tuple[Emotion, ...]) -> keras.Model:
    teacher = teaching.load_teacher(name)
    teaching.require_fit(teacher, preprocessing, emotions)
    network = build_network(teacher.config, len(emotions))
    try:
        network.load_weights(teacher.weights)
    except (*DAMAGED_ARRAYS, AttributeError) as error:
        raise ModelError(
            f"The weights of the teacher “{name}” cannot be read, or belong to another network than its "
            "settings say. Choose another teacher, or train this one again."
        ) from error
    network.trainable = False
    return network
