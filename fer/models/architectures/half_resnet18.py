"""Half ResNet-18: ResNet-18 at half its widths, for faces of 48×48; the larger sibling of `small_resnet`.

Source:
    He, Zhang, Ren and Sun (2015), arXiv:1512.03385, table 1, the 18-layer column, with 32 to 256 filters for
    64 to 512 and a 3×3 stem of stride 1: 2,801,063 parameters, 2,796,263 of them trainable, for 48×48×1 and
    seven classes.
"""

import keras

from fer.models.architectures import small_resnet

WIDTHS = (32, 64, 128, 256)


def build(input_shape: tuple[int, int, int], class_count: int, dropout: float = 0.0) -> keras.Model:
    """Return the untrained model; see `small_resnet.build`."""
    return small_resnet.build(input_shape, class_count, dropout, WIDTHS, "half_resnet18")
