"""Small ResNet: ResNet-18's shape for faces of 48×48, with a quarter of its filters and fewer.

Source:
    He, Zhang, Ren and Sun (2015), arXiv:1512.03385, table 1, the 18-layer column. A face of 48 pixels is not
    shrunk at the start, as in their networks for CIFAR-10: the stem is a 3×3 convolution with stride 1.
    The widths are ours: 488,311 parameters, 486,231 of them trainable, for 48×48×1 and seven classes.
"""

from collections.abc import Sequence

import keras
from keras import layers

from fer.models.architectures.backbone import with_head
from fer.models.architectures.normalization import BatchNormalization
from fer.models.catalog import FEATURES_LAYER

WIDTHS = (16, 32, 64, 96)
BLOCKS_PER_WIDTH = 2


def build(
    input_shape: tuple[int, int, int],
    class_count: int,
    dropout: float = 0.0,
    widths: Sequence[int] = WIDTHS,
    name: str = "small_resnet",
) -> keras.Model:
    """Return the untrained model: (n, *input_shape) to (n, class_count) probabilities.

    Args:
        input_shape: (height, width, channels).
        dropout: share of the averaged features that each training step leaves out; none in the paper.
        widths: filters of each stage; every stage but the first halves the picture.
    """
    inputs = keras.Input(input_shape, name="face")
    x = _convolved(inputs, widths[0])
    x = layers.Activation("relu")(x)
    for stage, width in enumerate(widths):
        for block in range(BLOCKS_PER_WIDTH):
            is_last = (stage, block) == (len(widths) - 1, BLOCKS_PER_WIDTH - 1)
            halve = stage > 0 and block == 0
            x = _basic_block(x, width, halve=halve, name=FEATURES_LAYER if is_last else None)
    return with_head(inputs, x, class_count, dropout, name)


def _basic_block(x: keras.KerasTensor, width: int, *, halve: bool, name: str | None) -> keras.KerasTensor:
    shortcut = x
    if halve:
        # As in mini_XCEPTION: a slice and a pointwise convolution are a 1×1 convolution with stride 2.
        shortcut = _convolved(x[:, ::2, ::2], width, side=1)
    x = _convolved(x, width, stride=2 if halve else 1)
    x = layers.Activation("relu")(x)
    x = _convolved(x, width)
    x = layers.Add()([shortcut, x])
    return layers.Activation("relu", name=name)(x)


def _convolved(x: keras.KerasTensor, width: int, side: int = 3, stride: int = 1) -> keras.KerasTensor:
    x = layers.Conv2D(width, side, stride, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return BatchNormalization()(x)
