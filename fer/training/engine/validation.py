"""Validation: how a network does on faces that it does not learn from."""

from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from fer.config import TrainingConfig
from fer.datasets import Dataset
from fer.models.preprocessing import Preprocessing
from fer.training.engine.losses import build_loss

_BATCH = 256


@dataclass(frozen=True, slots=True, eq=False)
class ValidationResult:
    """What a network answers to the validation faces, and how right that is.

    Attributes:
        loss: mean of the one trained on, unweighted.
        accuracy: 0 to 1.
        class_accuracies: of the faces of each emotion, 0 to 1; None for an emotion without any.
        probabilities: (n, k) float32.
    """

    loss: float
    accuracy: float
    class_accuracies: tuple[float | None, ...]
    probabilities: NDArray[np.float32]


class Validator:
    """The validation faces, prepared once: they are the same after every epoch."""

    def __init__(self, faces: Dataset, config: TrainingConfig, preprocessing: Preprocessing) -> None:
        self.faces = faces
        self.inputs = preprocessing.apply(faces.images)
        self._targets = faces.targets()
        self._loss = build_loss(config)

    def evaluate(self, network: keras.Model) -> ValidationResult:
        """Ask `network` about every face."""
        probabilities = np.concatenate(
            [
                network.predict_on_batch(self.inputs[start : start + _BATCH])
                for start in range(0, len(self.inputs), _BATCH)
            ]
        )
        right = probabilities.argmax(axis=1) == self.faces.labels
        of_class = [right[self.faces.labels == label] for label in range(probabilities.shape[1])]
        return ValidationResult(
            loss=float(self._loss(self._targets, probabilities)),
            accuracy=float(right.mean()),
            class_accuracies=tuple(float(each.mean()) if len(each) else None for each in of_class),
            probabilities=probabilities,
        )
