"""Untrained networks, exported to be timed: `python -m fer.cli.bench.untrained FOLDER NAME…`.

A process of its own, so that TensorFlow is gone before the times are taken. Speed does not depend on weights.
"""

import sys
from pathlib import Path

from fer.config import TrainingConfig
from fer.emotions import EMOTIONS
from fer.models.card import MODEL_FILE, ModelCard
from fer.models.catalog import preprocessing_of
from fer.training.engine.export import save_litert
from fer.training.engine.network import build_network


def export_untrained(folder: Path, name: str) -> None:
    """Write the architecture's `model.tflite` and `card.json` into `folder/name`.

    Raises:
        UnknownArchitectureError: the catalogue does not have it.
        StorageError: a file could not be written.
    """
    config = TrainingConfig(architecture=name)
    network = build_network(config, len(EMOTIONS))
    save_litert(network, folder / name / MODEL_FILE)
    ModelCard(
        name, f"{name}, untrained", name, preprocessing_of(config), parameters=network.count_params()
    ).save(folder / name)


if __name__ == "__main__":
    for architecture_name in sys.argv[2:]:
        export_untrained(Path(sys.argv[1]), architecture_name)
