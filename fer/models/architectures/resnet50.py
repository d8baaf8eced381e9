"""ResNet-50: the backbone of keras.applications under our own head: average, dropout, dense layer.

Source:
    He, Zhang, Ren and Sun (2015), arXiv:1512.03385, table 1, the 50-layer column, as Keras builds it: the
    stride of a stage is in its first 1×1 convolutions. Reference system S2 puts "our model on top" of it and
    shows neither its layers nor its input; 48×48 are its faces', and the head is the plainest that averages.
    23,602,055 parameters, 23,548,935 of them trainable, for seven classes at every size.
"""

import keras
from keras import layers

from fer.models.architectures.backbone import rebuilt, with_head

# Blue, green and red of ImageNet's mean, 0 to 255: what Keras' weights expect to be taken off.
MEANS_BGR = (103.939, 116.779, 123.68)


def backbone(input_shape: tuple[int, int, int], weights: str | None = None) -> keras.Model:
    """Return Keras' own network without its head; `weights` "imagenet" reads or downloads Keras' file."""
    return keras.applications.ResNet50(include_top=False, weights=weights, input_shape=input_shape)


def build(input_shape: tuple[int, int, int], class_count: int, dropout: float = 0.0) -> keras.Model:
    """Return the untrained model: (n, height, width, 3) to (n, class_count) probabilities.

    Red, green and blue go from 0 to 1, and a side has at least 32 pixels. `dropout` is the share of the
    averaged features that each training step leaves out; its authors speak of 0.5 to 0.8 in hidden
    layers, and do not say which they took.
    """
    inputs = keras.Input(input_shape, name="face")
    x = keras.ops.flip(inputs, axis=-1)
    x = layers.Rescaling(255.0, [-mean for mean in MEANS_BGR])(x)
    return with_head(inputs, rebuilt(backbone(input_shape), x), class_count, dropout, "resnet50")
