"""Package import: a network built from the catalogue, with the arrays of a model package put into it."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import h5py
import keras
import numpy as np

from fer.errors import ModelError
from fer.models.card import INTENDED_USE, KERAS_FILE, MODEL_FILE, ModelCard
from fer.models.packages import ModelFile, inspect
from fer.models.packages.keeping import free_name, plain_name
from fer.models.weights import arrays_in
from fer.system import files, paths
from fer.system.progress import Progress, silent
from fer.training.engine.export import EXPORT_TOLERANCE, apart_from_keras, save_litert
from fer.training.engine.network import build_network


def import_package(path: Path, name: str = "", progress: Progress = silent) -> Path:
    """Make a model of a file that anybody may have made; returns its folder.

    Args:
        name: what the model shall be called; empty for its own title. A name that is taken gets a number.

    Raises:
        ModelError, UnknownArchitectureError, ConfigError: see `inspect`; or its arrays are not those of its
            architecture.
        StorageError: a file could not be written.
    """
    progress(0.1, "Weighing the file")
    package = inspect(path)
    header = package.header
    progress(0.4, "Building its network")
    network = build_network(header.config, len(header.emotions))
    _fill(network, package)
    target = paths.child(paths.imported_models_folder(), free_name(plain_name(name or header.title)))
    claims = f" Its maker says: {header.claims}" if header.claims else ""
    card = ModelCard(
        name=target.name,
        title=header.title,
        architecture=header.architecture,
        preprocessing=header.preprocessing,
        emotions=header.emotions,
        parameters=network.count_params(),
        config=header.config.as_dict(),
        dataset={"name": "", "title": "", "url": "", "license": "not known", "brought": True},
        trained_at=datetime.now(UTC).date().isoformat(),
        weaknesses=("What it learned from is not known here. Evaluate it before you believe it.",),
        intended_use=INTENDED_USE,
        license="not known",
        notes=f"Imported from a package; nothing about it was measured here.{claims}",
    )
    with files.replacing(target) as folder:
        card.save(folder)
        files.save(folder / KERAS_FILE, network.save)
        progress(0.6, "Exporting the model")
        save_litert(network, folder / MODEL_FILE)
        progress(0.9, "Asking it about a few pictures")
        pictures = np.random.default_rng(0).integers(0, 256, (8, *network.input_shape[1:]), np.uint8)
        difference = apart_from_keras(folder, network, pictures)
        if not difference < EXPORT_TOLERANCE:
            raise ModelError(
                f"The exported model answers otherwise than its weights do (by {difference:.3f}); it was not "
                "kept. Its weights may be far too large; take another epoch's."
            )
    return target


def _fill(network: keras.Model, package: ModelFile) -> None:
    """Put the arrays into the network, each where the network itself would keep it.

    Raises:
        ModelError: one is missing, left over, or of another shape.
    """
    title = package.header.entry.title
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "own.weights.h5"
        network.save_weights(own)
        with h5py.File(own, "r+") as content:
            places = arrays_in(content)
            missing = sorted(places.keys() - package.arrays.keys())
            extra = sorted(package.arrays.keys() - places.keys())
            if missing or extra:
                told = f"it lacks “{missing[0]}”" if missing else f"it has “{extra[0]}” besides"
                raise ModelError(
                    f"The file says it is a {title}, but {told}: its network is another one. Choose a file "
                    "of an architecture that this workshop has."
                )
            for place, own_array in places.items():
                if package.arrays[place].shape != own_array.shape:
                    raise ModelError(
                        f"“{place}” of a {title} has the shape {own_array.shape}; the file brings "
                        f"{package.arrays[place].shape}. Its network is another one, or sees another size."
                    )
                own_array[...] = package.arrays[place]
        network.load_weights(own)
