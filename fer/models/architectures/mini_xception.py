"""mini_XCEPTION: two plain convolutions, four residual modules of separable ones, no dense layer.

Source:
    Arriaga, Valdenegro-Toro and Plöger (2017), arXiv:1710.07557, figure 4; the fourth reference
    system prints it layer by layer: 58,423 parameters, 56,951 of them trainable, for 48×48×1 and
    seven classes. It is fully convolutional, so every input size has the same parameters.
"""

import keras
from keras import layers

from fer.models.architectures.normalization import BatchNormalization
from fer.models.catalog import EMOTION_MAPS_LAYER, FEATURES_LAYER

STEM_FILTERS = (8, 8)
MODULE_FILTERS = (16, 32, 64, 128)


def build(input_shape: tuple[int, int, int], class_count: int, dropout: float = 0.0) -> keras.Model:
    """Return the untrained model: (n, height, width, channels) to (n, class_count) probabilities.

    `dropout` is the share of the features before the last layer that each training step leaves out; its
    authors use none.
    """
    inputs = keras.Input(input_shape, name="face")
    x = inputs
    for filters in STEM_FILTERS:
        x = layers.Conv2D(filters, 3, use_bias=False)(x)
        x = BatchNormalization()(x)
        x = layers.Activation("relu")(x)
    for filters in MODULE_FILTERS[:-1]:
        x = _residual_module(x, filters)
    x = _residual_module(x, MODULE_FILTERS[-1], name=FEATURES_LAYER)
    if dropout:
        x = layers.Dropout(dropout)(x)
    x = layers.Conv2D(class_count, 3, padding="same", name=EMOTION_MAPS_LAYER)(x)
    x = layers.GlobalAveragePooling2D()(x)
    # Softmax in float32 even under mixed precision: seven small numbers, and their logarithm is the loss.
    outputs = layers.Activation("softmax", dtype="float32", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="mini_xception")


def _residual_module(x: keras.KerasTensor, filters: int, name: str | None = None) -> keras.KerasTensor:
    # Striding by slicing, then a pointwise convolution, is a 1×1 convolution with stride 2 to the last
    # bit; written as the latter, TensorFlow 2.20 and 2.21 corrupt memory on some processors at odd batches.
    shortcut = layers.Conv2D(filters, 1, use_bias=False)(x[:, ::2, ::2])
    shortcut = BatchNormalization()(shortcut)
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = BatchNormalization()(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return layers.Add(name=name)([shortcut, x])
