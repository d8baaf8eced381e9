"""Four-block CNN with ELU: ELU in the place of ReLU, as the third reference system compared them."""

import keras

from fer.models.architectures import four_block_cnn


def build(input_shape: tuple[int, int, int], class_count: int, dropout: float = 0.0) -> keras.Model:
    """Return the untrained model; see `four_block_cnn.build`."""
    return four_block_cnn.build(input_shape, class_count, dropout, activation="elu")
