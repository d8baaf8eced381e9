"""Model re-export: a model exported from its Keras weights again, or at last."""

import os
from pathlib import Path

from fer import runs
from fer.datasets import load_dataset
from fer.errors import ModelError, RunAlreadyActiveError
from fer.models.card import MODEL_FILE, load_card
from fer.models.inference import own_model_folder
from fer.system import files, paths
from fer.system.progress import Progress, silent
from fer.training.batches import training_faces, validation_faces
from fer.training.engine.export import furthest_apart, save_litert, write_model
from fer.training.engine.loading import load_network
from fer.training.engine.probe_samples import manifest, require_the_same

# The same weights in another order of additions differ by less; other weights by far more.
_SAME_ANSWERS = 1e-5


def export_again(name: str, progress: Progress = silent) -> Path:
    """Write the `model.tflite` of a pretrained model or a run anew from its Keras weights; returns its path.

    A model exported by an earlier version of the workshop then answers with everything that one of today
    does. Its card stays, its answers are proved to be the same, and it keeps its place among the models,
    which are listed by age. A run that was trained where there is no TensorFlow gets its first one here, and
    its card says how this machine judges it.

    Raises:
        ModelNotFoundError: there is no such model, or its Keras weights are gone.
        RunAlreadyActiveError: the run is training, and will export by itself.
        ModelError: the weights are not those that the model answers with.
        DatasetError, RunError: a run's faces, which its first export needs, are gone or have changed.
        StorageError: the file could not be written.
    """
    run_folder = paths.child(paths.runs_folder(), name)
    if (run_folder / runs.BEST_FILE).exists() and not (run_folder / MODEL_FILE).exists():
        return _export_first(run_folder, progress)
    folder = own_model_folder(name)
    progress(0.3, "Reading the weights")
    network = load_network(folder)
    with files.aside(folder) as aside:
        load_card(folder).save(aside)
        progress(0.5, "Exporting the model")
        save_litert(network, aside / MODEL_FILE)
        progress(0.9, "Comparing its answers with the former ones")
        difference = furthest_apart(folder, aside)
        if not difference < _SAME_ANSWERS:
            raise ModelError(
                f"The Keras weights of “{name}” answer differently from its {MODEL_FILE} (by "
                f"{difference:.3f}): they are of another state of its training. Its {MODEL_FILE} stays as it "
                "is."
            )
        # A millisecond more, because whoever holds the former in memory goes by the time it was written.
        modified = (folder / MODEL_FILE).stat().st_mtime_ns + 1_000_000
        os.utime(aside / MODEL_FILE, ns=(modified, modified))
        files.put_in_place(aside, folder, (MODEL_FILE,))
    return folder / MODEL_FILE


def _export_first(folder: Path, progress: Progress) -> Path:
    """Export a run that could not do it itself: it was trained where there is no TensorFlow."""
    if runs.read_run(folder).is_active:
        raise RunAlreadyActiveError(
            f"The run “{folder.name}” is training; it can be exported when it has ended. Wait for that."
        )
    config = runs.read_config(folder)
    progress(0.1, "Reading the faces it was judged by")
    dataset = load_dataset(config.dataset, view=config.view, edition=runs.edition_of(folder, config))
    require_the_same(folder, manifest(training_faces(dataset, config), validation_faces(dataset, config)))
    progress(0.5, "Exporting the model")
    write_model(folder, config, dataset, lambda write: write(), judge_again=True)
    return folder / MODEL_FILE
