"""Block CNN: pairs of normalised convolutions, pooling and dropout, then one dense layer.

Source:
    Reference system S1, "Model building and its architecture": blocks of convolution, normalisation,
    convolution, normalisation, pooling and dropout, and a last block of flattening, dense layer,
    normalisation, dropout and dense layer, for faces of 96×96×3; ReLU in the hidden layers; the only pooling
    it names for its network is the average. It gives neither the number of blocks nor any width: four blocks
    of 32 to 256 filters of 3×3, and a dense layer of 128, are ours. That is 2,357,287 parameters, 2,355,111
    of them trainable, for 96×96×3 and seven classes.
"""

import keras
from keras import layers

from fer.models.architectures.normalization import BatchNormalization
from fer.models.catalog import FEATURES_LAYER

WIDTHS = (32, 64, 128, 256)
DENSE = 128


def build(input_shape: tuple[int, int, int], class_count: int, dropout: float = 0.0) -> keras.Model:
    """Return the untrained model: (n, height, width, channels) to (n, class_count) probabilities.

    `dropout` is the share of its output that each block, and the dense layer, leaves out in a training step;
    its authors use some, and do not say how much.
    """
    inputs = keras.Input(input_shape, name="face")
    x = inputs
    for width in WIDTHS:
        for _ in range(2):
            x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
            x = BatchNormalization()(x)
        x = layers.AveragePooling2D(2, name=FEATURES_LAYER if width == WIDTHS[-1] else None)(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(DENSE, activation="relu")(x)
    x = BatchNormalization()(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    x = layers.Dense(class_count)(x)
    # Softmax in float32 even under mixed precision: seven small numbers, and their logarithm is the loss.
    outputs = layers.Activation("softmax", dtype="float32", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="block_cnn")
