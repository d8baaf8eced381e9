"""Temperature scaling: a fitted temperature divided into the last layer of a shipped model.

Dividing the logits by T is dividing the weights that make them, so the model stays as it is but for how sure
it is: the same answers, in the same order. One taught by softened answers is far too unsure without it.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from fer.errors import ModelError
from fer.models.card import CARD_FILE, INT8_FILE, KERAS_FILE, MODEL_FILE, load_card
from fer.models.inference import model_folder, own_model_folder
from fer.system import files, paths
from fer.system.progress import Progress, silent
from fer.training.engine.export import furthest_apart, save_litert
from fer.training.engine.loading import load_network

# Of probabilities: the exported model adds in another order, and a low temperature magnifies that.
_TOLERANCE = 1e-4


def bake_temperature(name: str, temperature: float, fitted_on: str, progress: Progress = silent) -> Path:
    """Divide a temperature into a shipped model's weights, and return its folder.

    Its int8 form is removed, for it is another model's now.

    Args:
        temperature: T, above 0, as `fit_temperature` finds it.
        fitted_on: the faces it was fitted on, for the card: "FER-2013, validation".

    Raises:
        ModelNotFoundError: there is no such model, or its Keras weights are gone.
        ModelError: it is a run, which goes on from its weights as they are, or was brought from a file; or
            the last layer is none whose answer the probabilities are the softmax of.
        StorageError: a file could not be written.
    """
    folder = model_folder(name)
    if folder.parent == paths.imported_models_folder():
        raise ModelError(
            f"“{name}” was imported, and stays as its maker made it. Leave out --bake: then the "
            "temperature is kept beside the model, and the live page can apply it."
        )
    if folder.parent == paths.runs_folder():
        raise ModelError(
            f"“{name}” is a run: its weights stay what they were trained to. Publish it, then bake the "
            "temperature into the published model."
        )
    folder = own_model_folder(name)
    progress(0.2, "Reading the weights")
    network = load_network(folder)
    last = [layer for layer in network.layers if layer.weights][-1]
    last.set_weights([values / np.float32(temperature) for values in last.get_weights()])
    card = load_card(folder)
    note = f"Temperature {temperature:.3f}, fitted on {fitted_on}, is divided into its last layer."
    with files.aside(folder) as aside:
        replace(card, int8=None, notes=" ".join(filter(None, (card.notes, note)))).save(aside)
        files.save(aside / KERAS_FILE, network.save)
        progress(0.4, "Exporting the model")
        save_litert(network, aside / MODEL_FILE)
        progress(0.9, "Comparing its answers with the former ones")
        difference = furthest_apart(folder, aside, temperature)
        if not difference < _TOLERANCE:
            raise ModelError(
                f"With a temperature of {temperature:.3f} in its last layer “{name}” answers otherwise than "
                f"at that temperature (by {difference:.4f}), so that layer does not make its logits. It "
                "stays as it is; the live page can apply the temperature instead."
            )
        (folder / INT8_FILE).unlink(missing_ok=True)
        files.put_in_place(aside, folder, (KERAS_FILE, MODEL_FILE, CARD_FILE))
    return folder
