"""ImageNet weights: what a network learned from ImageNet's photographs, put into one of the catalogue.

Keras publishes the weights, and keeps each file it has fetched in a folder of its own, where it is found
again without a network.
"""

import importlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from fer.errors import ModelError
from fer.models.architectures.backbone import NORMALIZATION_LAYER
from fer.models.catalog import architecture

# A server that says nothing for so long is not there.
_TIMEOUT_SECONDS = 30.0


def weights_folder() -> Path:
    """Where Keras keeps the files it has fetched."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "models"


def load(name: str, network: keras.Model) -> None:
    """Let a network begin with what Keras' one learned from ImageNet; its head stays random.

    Args:
        name: the architecture that `network` was built from; one that is `pretrained`.
        network: from `build`.

    Raises:
        ModelError: the weights are not here and cannot be fetched, or the file is damaged. The network is as
            it was.
    """
    entry = architecture(name)
    try:
        with _impatient():
            source = importlib.import_module(f"fer.models.architectures.{name}").backbone(
                network.input_shape[1:], weights="imagenet"
            )
    except Exception as error:  # Keras raises a bare one where it has no network
        raise ModelError(
            f"ImageNet's weights for {entry.title} could not be had: Keras tried to read "
            f"{entry.weights_file} in {weights_folder()}, or to download it ({error}). Nothing was trained. "
            "Connect this machine to the internet once, put that file into that folder, or choose random "
            "weights."
        ) from error
    take_over(source, network)


def take_over(source: keras.Model, network: keras.Model) -> None:
    """Give `network` the weights of every layer of `source`, by their names.

    Args:
        source: a network of keras.applications without its head.
        network: an architecture of the catalogue that was built from it; its head stays as it is.

    Raises:
        ModelError: a layer is missing or has another shape; Keras' network is not the one that ours is of.
    """
    try:
        for layer in source.layers:
            if not layer.weights:
                continue
            is_normalization = isinstance(layer, keras.layers.Normalization)
            target = network.get_layer(NORMALIZATION_LAYER if is_normalization else layer.name)
            target.set_weights(layer.get_weights())
            if is_normalization:
                target.finalize_state()  # what it divides by is made of its weights
    except ValueError as error:
        raise ModelError(
            f"ImageNet's weights do not fit “{network.name}” ({error}): this Keras builds another network. "
            "Nothing was trained. Install the version in requirements.txt, or choose random weights."
        ) from error


@contextmanager
def _impatient() -> Iterator[None]:
    """Within, a connection that stands still is given up; Keras itself would wait for ever."""
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TIMEOUT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(usual)
