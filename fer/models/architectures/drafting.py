"""Model summary: the blueprint of a network that Keras has built, layer by layer."""

import importlib
import math

import keras

from fer.models.blueprint import Blueprint, Layer
from fer.models.catalog import architecture

_CLASSES = 7


def draft(name: str, image_size: int | None = None) -> Blueprint:
    """Build an architecture as its authors do, and return what it is made of.

    `image_size` is the side of its input in pixels; None takes its own.

    Raises:
        UnknownArchitectureError: there is none of that name.
    """
    entry = architecture(name)
    height, width, channels = entry.preprocessing.input_shape
    if image_size is not None:
        height = width = image_size
    keras.backend.clear_session()  # Keras numbers its layers through the whole process
    network = importlib.import_module(f"fer.models.architectures.{name}").build(
        (height, width, channels), _CLASSES, entry.own_dropout
    )
    return Blueprint(name, tuple(_layer(layer) for layer in network.operations))


def _layer(layer: keras.Operation) -> Layer:
    kind = type(layer).__name__
    return Layer(
        name=layer.name,
        kind="Slice" if kind == "GetItem" else kind,
        detail=_detail(layer),
        inputs=tuple(parent.operation.name for parent in layer._inbound_nodes[0].parent_nodes),
        output_shape=tuple(layer.output.shape[1:]),
        parameters=_count(layer, "weights"),
        trainable=_count(layer, "trainable_weights"),
        multiply_adds=_multiply_adds(layer),
    )


def _count(layer: keras.Operation, which: str) -> int:
    # A slice is an operation and no layer: it has no weights to speak of.
    return sum(math.prod(weight.shape) for weight in getattr(layer, which, []))


def _detail(layer: keras.Operation) -> str:
    if isinstance(layer, keras.layers.Conv2D | keras.layers.SeparableConv2D | keras.layers.DepthwiseConv2D):
        height, width = layer.kernel_size
        own = "" if layer.activation is keras.activations.linear else f", {layer.activation.__name__}"
        return f"{height}×{width}{own}"
    if isinstance(layer, keras.layers.MaxPooling2D | keras.layers.AveragePooling2D):
        height, width = layer.pool_size
        return f"{height}×{width}"
    if isinstance(layer, keras.layers.Activation):
        return str(layer.activation.__name__)
    if isinstance(layer, keras.layers.Dropout):
        return f"{layer.rate:.0%}"
    if type(layer).__name__ == "Flip":
        return "red and blue exchanged"
    return "every second pixel" if type(layer).__name__ == "GetItem" else ""


def _multiply_adds(layer: keras.Operation) -> int:
    if isinstance(layer, keras.layers.SeparableConv2D):
        pixels = math.prod(layer.output.shape[1:3])
        channels = layer.input.shape[-1] * layer.depth_multiplier
        return int(pixels * channels * (math.prod(layer.kernel_size) + layer.filters))
    if isinstance(layer, keras.layers.Conv2D):
        pixels = math.prod(layer.output.shape[1:3])
        return int(pixels * math.prod(layer.kernel_size) * layer.input.shape[-1] * layer.filters)
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        return int(math.prod(layer.output.shape[1:]) * math.prod(layer.kernel_size))
    if isinstance(layer, keras.layers.Dense):
        return int(layer.input.shape[-1] * layer.units)
    return 0
