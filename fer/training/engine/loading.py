"""Model loading: a trained model's Keras network, from the weights beside its `model.tflite`."""

from pathlib import Path
from typing import Any

from fer import runs
from fer.config import TrainingConfig
from fer.errors import ModelError, ModelNotFoundError, RunAlreadyActiveError
from fer.models.card import CARD_FILE, MODEL_FILE, load_card
from fer.models.weights import keras_weights
from fer.system import files, paths
from fer.training.engine.network import build_network


def load_network(folder: Path) -> Any:
    """Return the Keras network of a shipped model or of a run that is not at work, with its weights.

    Raises:
        ModelNotFoundError: its card or its Keras weights are gone.
        RunAlreadyActiveError: the run is training, and its weights will change.
        ModelError: the weights are damaged, or belong to another architecture.
    """
    card, weights = load_card(folder), keras_weights(folder)
    if weights is None:
        raise ModelNotFoundError(
            f"The model “{folder.name}” has no Keras weights beside its {MODEL_FILE}, so it cannot be "
            "exported again. Put its model.keras there, or train it again."
        )
    if folder.parent == paths.runs_folder() and runs.read_run(folder).is_active:
        raise RunAlreadyActiveError(
            f"The run “{folder.name}” is training; it is exported when it ends. Wait for that, or stop it "
            "first."
        )
    network = build_network(TrainingConfig.from_dict(dict(card.config)), len(card.emotions))
    try:
        network.load_weights(weights)
    except (*files.DAMAGED_ARRAYS, AttributeError) as error:
        raise ModelError(
            f"The weights {weights.name} of “{folder.name}” cannot be read, or belong to another "
            f"architecture than its {CARD_FILE} says. Train it again."
        ) from error
    return network
