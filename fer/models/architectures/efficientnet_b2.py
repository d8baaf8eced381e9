"""EfficientNet-B2: the backbone of keras.applications under our own head: average, dropout, dense layer.

Source:
    Tan and Le (2019), arXiv:1905.11946, as Keras builds it, with stochastic depth up to 0.2. Reference system
    S1 names it as the backbone to take "if needed", for faces of 96×96×3. 7,778,432 parameters, 7,710,857 of
    them trainable, for seven classes at every size.
"""

import keras
import numpy as np
from keras import layers

from fer.models.architectures.backbone import NORMALIZATION_LAYER, rebuilt, with_head

# Of ImageNet's red, green and blue, 0 to 1.
MEANS = (0.485, 0.456, 0.406)
DEVIATIONS = (0.229, 0.224, 0.225)


def backbone(input_shape: tuple[int, int, int], weights: str | None = None) -> keras.Model:
    """Return Keras' own network without its head; `weights` "imagenet" reads or downloads Keras' file."""
    return keras.applications.EfficientNetB2(include_top=False, weights=weights, input_shape=input_shape)


def build(input_shape: tuple[int, int, int], class_count: int, dropout: float = 0.0) -> keras.Model:
    """Return the untrained model: (n, height, width, 3) to (n, class_count) probabilities.

    Red, green and blue go from 0 to 1, and a side has at least 32 pixels. `dropout` is the share of the
    averaged features that each training step leaves out; Keras uses 0.3.
    """
    inputs = keras.Input(input_shape, name="face")
    # Keras' network takes 0 to 255 and divides by 255 first, which is done here. Then it normalises by what
    # it calls a variance and is a deviation, and divides by the root of that once more where it loads
    # ImageNet's weights: together, a division by the deviation. Here it is both, whatever the weights.
    normalization = layers.Normalization(name=NORMALIZATION_LAYER)
    x = normalization(inputs)
    normalization.set_weights([np.array(MEANS), np.array(DEVIATIONS), np.array(0)])
    normalization.finalize_state()
    x = layers.Rescaling([deviation**-0.5 for deviation in DEVIATIONS])(x)
    return with_head(inputs, rebuilt(backbone(input_shape), x), class_count, dropout, "efficientnet_b2")
