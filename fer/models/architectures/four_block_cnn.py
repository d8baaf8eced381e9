"""Four-block CNN with ReLU: four wide convolutions, two dense layers, dropout after each.

Source:
    The third reference system prints it layer by layer: 4,478,727 parameters, 4,474,759 of them trainable,
    for 48×48×1 and seven classes.
"""

import keras
from keras import layers

from fer.models.architectures.normalization import BatchNormalization
from fer.models.catalog import FEATURES_LAYER

# Filters and the side of their kernel.
BLOCKS = ((64, 3), (128, 5), (512, 3), (512, 3))
DENSE = (256, 512)


def build(
    input_shape: tuple[int, int, int], class_count: int, dropout: float = 0.0, activation: str = "relu"
) -> keras.Model:
    """Return the untrained model: (n, *input_shape) to (n, class_count) probabilities.

    Args:
        input_shape: (height, width, channels).
        dropout: share of its output that each block, and each dense layer, leaves out in a training step;
            its authors use 0.25.
        activation: after every normalisation; a name that Keras knows.
    """
    inputs = keras.Input(input_shape, name="face")
    x = inputs
    for number, (filters, side) in enumerate(BLOCKS, start=1):
        x = layers.Conv2D(filters, side, padding="same")(x)
        x = BatchNormalization()(x)
        x = layers.Activation(activation)(x)
        x = layers.MaxPooling2D(2, name=FEATURES_LAYER if number == len(BLOCKS) else None)(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    x = layers.Flatten()(x)
    for width in DENSE:
        x = layers.Dense(width)(x)
        x = BatchNormalization()(x)
        x = layers.Activation(activation)(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    x = layers.Dense(class_count)(x)
    # Softmax in float32 even under mixed precision: seven small numbers, and their logarithm is the loss.
    outputs = layers.Activation("softmax", dtype="float32", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="four_block_cnn")
