"""What a network learned from ImageNet's photographs, put into one of the catalogue."""

import keras

from fer.zoo.backbone import NORMALIZATION_LAYER


def take_over(source: keras.Model, network: keras.Model) -> None:
    """Give `network` the weights of every layer of `source`, by their names.

    Args:
        source: a network of keras.applications without its head.
        network: an architecture of the catalogue that was built from it; its head stays as it is.
    """
    for layer in source.layers:
        if not layer.weights:
            continue
        is_normalization = isinstance(layer, keras.layers.Normalization)
        target = network.get_layer(NORMALIZATION_LAYER if is_normalization else layer.name)
        target.set_weights(layer.get_weights())
        if is_normalization:
            target.finalize_state()  # what it divides by is made of its weights
