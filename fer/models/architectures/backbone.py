"""Pretrained backbone: a network of keras.applications without its head, rebuilt to be trained here.

Keras' layers keep their names, their order and their weights, so that the weights it publishes fit by name.
Three things are done in another way, none of which changes what the network computes:

    a 1×1 convolution with a stride is a slice and a 1×1 convolution without one, as in mini_XCEPTION
    batch normalisation is that of `fer.models.architectures.normalization`, as everywhere in the catalogue
    stochastic depth is a layer of its own, which rests with the layers around it
"""

from typing import Any

import keras
from keras import layers

from fer.models.architectures.normalization import BatchNormalization
from fer.models.catalog import EMOTION_MAPS_LAYER, FEATURES_LAYER

# How a layer is named here that normalises the input with means and deviations kept among the weights; Keras
# numbers it through the whole process.
NORMALIZATION_LAYER = "normalization"


class StochasticDepth(keras.layers.Dropout):  # type: ignore[misc]  # Keras ships no types
    """Leaves out a whole residual branch in some training steps, Huang et al. (2016), arXiv:1603.09382.

    Keras writes it as a Dropout whose noise is one number a face. It is part of the backbone and no dropout
    that a config could set; where it is not trainable it leaves nothing out.
    """

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return (n, h, w, c), of some faces nothing, of the others as much more."""
        return super().call(inputs, training=training and self.trainable)


def rebuilt(backbone: keras.Model, inputs: keras.KerasTensor) -> keras.KerasTensor:
    """Return the last feature map, (n, h, w, d), of a network of keras.applications on other inputs.

    Args:
        backbone: built with `include_top=False` and without pooling; its weights are not taken over.
        inputs: (n, h, w, 3), prepared: layers of its own that scale or normalise its input are left out.
    """
    made = {id(backbone.input): inputs}
    for layer in backbone.layers[1:]:
        given = layer.input
        x = [made[id(one)] for one in given] if isinstance(given, list) else made[id(given)]
        name = FEATURES_LAYER if layer.output is backbone.output else layer.name
        made[id(layer.output)] = _again(layer, x, name)
    return made[id(backbone.output)]


def _again(layer: keras.layers.Layer, x: Any, name: str) -> keras.KerasTensor:
    """Call a layer like `layer`, with weights of its own, on `x`."""
    if isinstance(layer, layers.Rescaling | layers.Normalization):
        return x
    if isinstance(layer, layers.BatchNormalization):
        return BatchNormalization(name=name, epsilon=layer.epsilon)(x)
    config = {**layer.get_config(), "name": name}
    if type(layer) is layers.Dropout:
        return StochasticDepth.from_config(config)(x)
    if type(layer) is layers.Conv2D and layer.kernel_size == (1, 1) and layer.strides != (1, 1):
        down, right = layer.strides
        return layers.Conv2D.from_config({**config, "strides": (1, 1)})(x[:, ::down, ::right])
    return type(layer).from_config(config)(x)


def with_head(
    inputs: keras.KerasTensor, features: keras.KerasTensor, class_count: int, dropout: float, name: str
) -> keras.Model:
    """Return the whole model: the features averaged over the face, dropout, a dense layer, softmax."""
    x = layers.GlobalAveragePooling2D()(features)
    if dropout:
        x = layers.Dropout(dropout)(x)
    x = layers.Dense(class_count, name=EMOTION_MAPS_LAYER)(x)
    # Softmax in float32 even under mixed precision: seven small numbers, and their logarithm is the loss.
    outputs = layers.Activation("softmax", dtype="float32", name="probabilities")(x)
    return keras.Model(inputs, outputs, name=name)
