"""Paired CNN: four pairs of convolutions, then a dense layer.

Source:
    The first reference system, figure 21. It prints no number of parameters; rebuilt layer by layer there
    are 1,643,355, of which 1,641,939 are trainable, for 48×48×1 and seven classes. The second pair has 64
    and 164 filters, which looks like a slip of the pen for 64; it is kept. So is the second ReLU after the
    last pair's normalisation, which the pairs before do without.
"""

import keras
from keras import layers

from fer.models.architectures.normalization import BatchNormalization
from fer.models.catalog import FEATURES_LAYER

PAIRS = ((32, 32), (64, 164), (128, 128), (256, 256))
DENSE = 128


def build(input_shape: tuple[int, int, int], class_count: int, dropout: float = 0.0) -> keras.Model:
    """Return the untrained model: (n, height, width, channels) to (n, class_count) probabilities.

    `dropout` is the share of the features before the last layer that each training step leaves out; its
    authors use 0.2.
    """
    inputs = keras.Input(input_shape, name="face")
    x = inputs
    for pair in PAIRS:
        for filters in pair:
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = BatchNormalization()(x)
        last = pair is PAIRS[-1]
        if last:
            x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D(2, name=FEATURES_LAYER if last else None)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(DENSE)(x)
    x = BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    x = layers.Dense(class_count)(x)
    # Softmax in float32 even under mixed precision: seven small numbers, and their logarithm is the loss.
    outputs = layers.Activation("softmax", dtype="float32", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="paired_cnn")
