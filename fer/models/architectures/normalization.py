"""Batch normalization: at the speed the processor allows.

Keras 3 spells it as separate means, differences and products, which TensorFlow runs as a dozen passes
over memory on a CPU; measured on mini_XCEPTION these are most of a training step. TensorFlow's own
fused kernel does the same arithmetic in two. This is the one place of the catalogue that names a backend;
under any other one the layer is Keras' own.
"""

from typing import Any

import keras


class BatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]  # Keras ships no types
    """Keras' layer, with the same weights and results; only its training pass on TensorFlow differs.

    The moving statistics follow in ten steps rather than Keras' hundred: a learner's set may have fewer than
    a hundred steps an epoch, and with stale statistics the first validation curves say "guessing" about a
    network that has long begun to see.
    """

    def __init__(self, momentum: float = 0.9, **options: Any) -> None:
        super().__init__(momentum=momentum, **options)

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return (n, h, w, c) with every channel at the learned mean and spread."""
        fused = (
            training
            and self.trainable
            and mask is None
            and keras.backend.backend() == "tensorflow"
            and len(inputs.shape) == 4
            and self.axis in (-1, 3)
            and self.scale
            and self.center
        )
        if not fused:
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=keras.ops.cast(inputs, "float32"),
            scale=self.gamma,
            offset=self.beta,
            mean=[],
            variance=[],
            epsilon=self.epsilon,
            is_training=True,
        )
        # The kernel reports the unbiased variance; Keras keeps the plain one.
        count = keras.ops.cast(keras.ops.size(inputs) / keras.ops.shape(inputs)[-1], "float32")
        variance = variance * (count - 1) / count
        for moving, latest in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + latest * (1 - self.momentum))
        return keras.ops.cast(outputs, self.compute_dtype)
