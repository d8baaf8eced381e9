"""Loss functions: the numbers that training minimises."""

from typing import Any

import keras

from fer.config import TrainingConfig

# Lin et al. (2017), Focal Loss for Dense Object Detection, arXiv:1708.02002: the best of those they tried.
_FOCAL_GAMMA = 2.0


def build_loss(config: TrainingConfig) -> keras.losses.Loss:
    """Return the loss the config names, of targets and probabilities, both (n, k)."""
    smoothing = config.label_smoothing
    match config.loss:
        case "crossentropy":
            return keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
        case "focal":
            # Keras would weigh every class with a quarter, which only makes the figures smaller.
            return keras.losses.CategoricalFocalCrossentropy(
                alpha=1.0, gamma=_FOCAL_GAMMA, label_smoothing=smoothing
            )
        case "squared_error":
            return _SquaredError(smoothing)
        case "double_softmax":
            return _DoubleSoftmax(smoothing)


class _OfSmoothedTargets(keras.losses.Loss):  # type: ignore[misc]  # Keras ships no types
    """A loss whose targets are smoothed as Keras smooths those of its cross-entropy."""

    def __init__(self, label_smoothing: float, **options: Any) -> None:
        super().__init__(**options)
        self.label_smoothing = label_smoothing

    def smoothed(self, targets: Any) -> Any:
        """Return (n, k) with a share of each row spread evenly."""
        return targets * (1 - self.label_smoothing) + self.label_smoothing / targets.shape[-1]

    def get_config(self) -> dict[str, Any]:
        """What Keras writes into a model's file."""
        return {**super().get_config(), "label_smoothing": self.label_smoothing}


class _SquaredError(_OfSmoothedTargets):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return (n,) mean squared distances."""
        return keras.ops.mean(keras.ops.square(y_pred - self.smoothed(y_true)), axis=-1)


class _DoubleSoftmax(_OfSmoothedTargets):
    """The cross-entropy of probabilities that were taken for logits.

    Keras' own, told `from_logits=True`, looks behind the softmax under TensorFlow and quietly does the right
    thing; the mistake that learners meet elsewhere has to be made by hand.
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return (n,) cross-entropies."""
        return -keras.ops.sum(self.smoothed(y_true) * keras.ops.log_softmax(y_pred, axis=-1), axis=-1)
