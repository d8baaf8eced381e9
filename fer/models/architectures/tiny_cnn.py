"""Tiny CNN: the plainest network that learns something, for a first try within a minute.

Made for this workshop: each of its four blocks halves the sides and doubles the filters, so that all but
the first cost the same, and a mean over the last map takes the place of dense layers.
"""

import keras
from keras import layers

from fer.models.architectures.backbone import with_head
from fer.models.architectures.normalization import BatchNormalization
from fer.models.catalog import FEATURES_LAYER

FILTERS = (8, 16, 32, 64)


def build(input_shape: tuple[int, int, int], class_count: int, dropout: float = 0.0) -> keras.Model:
    """Return the untrained model: (n, height, width, channels) to (n, class_count) probabilities.

    `dropout` is the share of the features before the last layer that each training step leaves out.
    """
    inputs = keras.Input(input_shape, name="face")
    x = inputs
    for filters in FILTERS:
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = BatchNormalization()(x)
        last = filters == FILTERS[-1]
        x = layers.Activation("relu", name=FEATURES_LAYER if last else None)(x)
        if not last:
            x = layers.MaxPooling2D(2)(x)
    return with_head(inputs, x, class_count, dropout, "tiny_cnn")
