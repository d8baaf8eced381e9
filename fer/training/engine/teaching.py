"""Knowledge distillation: learning from what other models answer.

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

from fer.config import TrainingConfig
from fer.emotions import Emotion
from fer.errors import ModelError
from fer.models.catalog import preprocessing_of
from fer.models.preprocessing import Preprocessing
from fer.system.files import DAMAGED_ARRAYS
from fer.training import teachers
from fer.training.engine.network import build_network
from fer.training.teachers import Teacher

# ITU-R BT.601 luma, as OpenCV has it.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


class Teachers:
    """The networks a run learns from besides the labels.

    Attributes:
        networks: with their trained weights, never changed.
        preprocessings: how each of them sees a face, which need not be as the pupil does.
    """

    def __init__(self, config: TrainingConfig, emotions: tuple[Emotion, ...]) -> None:
        """Build the networks from the catalogue and load their weights.

        Raises:
            ModelNotFoundError: there is no such model, or its Keras weights are gone.
            ModelError: one knows other emotions, or its weights do not fit.
        """
        self._share = config.teacher_share
        self._temperature = config.teacher_temperature
        self._pupil = preprocessing_of(config)
        found = [teachers.load_teacher(name) for name in config.teachers]
        self.networks = [_network(teacher, emotions) for teacher in found]
        self.preprocessings = [preprocessing_of(teacher.config) for teacher in found]

    def mixed(self, targets: NDArray[np.float32], inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, k) targets: the labels' and the teachers' answers, in the shares of the config."""
        answers = [
            network.predict_on_batch(keras.ops.convert_to_numpy(seen))
            for network, seen in zip(self.networks, self.seen(inputs), strict=True)
        ]
        return np.asarray(keras.ops.convert_to_numpy(self.blend(targets, answers)), np.float32)

    def seen(self, inputs: Any) -> list[Any]:
        """Return the pupil's inputs, (n, h, w, c), as each teacher sees them; also within a step."""
        return [seen_as(inputs, self._pupil, each) for each in self.preprocessings]

    def blend(self, targets: Any, answers: list[Any]) -> Any:
        """The same from the teachers' answers, (n, k) each, as arrays of the backend; also within a step."""
        mean = sum(answers[1:], start=answers[0]) / len(answers)
        if self._temperature != 1:
            # A softmax at a temperature, of logarithms of probabilities, is a power of them.
            mean = keras.ops.power(keras.ops.maximum(mean, 1e-7), 1 / self._temperature)
            mean = mean / keras.ops.sum(mean, axis=-1, keepdims=True)
        return (1 - self._share) * targets + self._share * mean


def seen_as(inputs: Any, pupil: Preprocessing, teacher: Preprocessing) -> Any:
    """Return the faces that a pupil sees prepared as a teacher sees them, as an array of the backend.

    Made smaller again, a face that was enlarged for the pupil loses a little sharpness and no more:
    half_resnet18 was right about 70.3 % of PublicTest's faces taken to 64 pixels and back, 69.4 % as they
    came.

    The `inputs`, (n, h, w, c) float32, were prepared by `pupil`.
    """
    if teacher == pupil:
        return inputs
    height, width, channels = teacher.input_shape
    if channels != pupil.channels:
        grey = keras.ops.convert_to_tensor(_LUMA)
        inputs = (
            keras.ops.repeat(inputs, channels, axis=3)
            if pupil.channels == 1
            else keras.ops.sum(inputs * grey, axis=3, keepdims=True)
        )
    if (height, width) != pupil.input_shape[:2]:
        inputs = keras.ops.image.resize(
            inputs, (height, width), interpolation="bicubic", data_format="channels_last"
        )
    if teacher.scale == pupil.scale:
        return inputs
    return 2 * inputs - 1 if teacher.scale == "minus_one_to_one" else (inputs + 1) / 2


def _network(teacher: Teacher, emotions: tuple[Emotion, ...]) -> keras.Model:
    teachers.require_fit(teacher, emotions)
    network = build_network(teacher.config, len(emotions))
    try:
        network.load_weights(teacher.weights)
    except (*DAMAGED_ARRAYS, AttributeError) as error:
        raise ModelError(
            f"The weights of the teacher “{teacher.name}” cannot be read, or belong to another network than "
            "its settings say. Choose another teacher, or train this one again."
        ) from error
    network.trainable = False
    return network
