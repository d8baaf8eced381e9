"""Layer freezing: first the head alone learns, then the backbone or the end of it too."""

import keras

from fer.config import TrainingConfig
from fer.errors import ConfigError
from fer.models.catalog import FEATURES_LAYER


def set_trainable(network: keras.Model, config: TrainingConfig, epoch: int) -> None:
    """Let those layers learn that learn in `epoch`; whoever trains compiles the network anew afterwards.

    The backbone is what the layer `FEATURES_LAYER` is made from, the head is the rest. A layer that does not
    learn is used as it is outside training: its batch normalisation goes by the means it has gathered, and
    its stochastic depth leaves nothing out.

    Raises:
        ConfigError: no layer of the backbone begins with the name in `fine_tune_from`.
    """
    backbone = backbone_of(network)
    first = _first_learning(backbone, config)  # in the head's phase too: a wrong name is said at once
    if epoch <= config.head_epochs:
        first = len(backbone)
    for place, layer in enumerate(backbone):
        layer.trainable = place >= first


def backbone_of(network: keras.Model) -> list[keras.layers.Layer]:
    """The layers that the last feature map is made by, in the order in which a face passes them."""
    layers: list[keras.layers.Layer] = keras.Model(
        network.inputs, network.get_layer(FEATURES_LAYER).output
    ).layers
    return layers


def _first_learning(backbone: list[keras.layers.Layer], config: TrainingConfig) -> int:
    name = config.fine_tune_from
    for place, layer in enumerate(backbone):
        if layer.name.startswith(name):
            return place
    raise ConfigError(
        f"“{config.architecture}” has no layer “{name}” to be fine-tuned from. Leave it empty, for the whole "
        "network, or take a name from: python -m fer blueprint " + config.architecture
    )
