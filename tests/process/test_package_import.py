"""A model that was exported and imported answers as before, whatever the order of its emotions.

Measured by one child process, because TensorFlow takes seconds to load.
"""

import json
from typing import Any

import pytest

from tests.process.conftest import found_by_child

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What `measure` found, in a process of its own."""
    return found_by_child("tests.process.test_package_import")


def test_it_answers_as_it_did_where_it_came_from(found: dict[str, Any]) -> None:
    assert found["difference"] < 1e-5
    assert found["spread"] > 1e-3


def test_its_columns_are_called_as_its_file_says(found: dict[str, Any]) -> None:
    assert found["emotions"] == ["neutral", "surprise", "sad", "happy", "fear", "disgust", "angry"]


def test_it_can_be_chosen_and_its_card_claims_nothing(found: dict[str, Any]) -> None:
    assert found["listed"] == [["imported", "annas-net"], ["pretrained", "tiny"]]
    card = found["card"]
    assert card["title"] == "Anna's net"
    assert card["validation"] is None
    assert card["test"] is None
    assert "nothing about it was measured here. Its maker says: 99% of all faces" in card["notes"]


def test_a_second_one_of_that_name_stands_beside_it_and_can_teach(found: dict[str, Any]) -> None:
    assert found["second"] == "annas-net-2"
    assert "annas-net" in found["teachers"]


def test_arrays_of_another_shape_or_name_are_refused(found: dict[str, Any]) -> None:
    assert "has the shape (" in found["refused"]["shape"]
    assert "but it lacks “layers/" in found["refused"]["name"]
    assert "but it has “layers/zzz/vars/0” besides" in found["refused"]["besides"]
    assert found["left behind"] == ["annas-net", "annas-net-2"]


# ── in the child process ─────────────────────────────────────────────────────────────────────────


def measure() -> dict[str, Any]:
    """Everything the tests above ask for, as plain JSON values."""
    import os
    import tempfile
    from dataclasses import asdict, replace
    from pathlib import Path

    import numpy as np

    from fer.config import TrainingConfig
    from fer.emotions import EMOTIONS
    from fer.errors import FerError
    from fer.models.card import MODEL_FILE, ModelCard
    from fer.models.catalog import preprocessing_of
    from fer.models.inference import list_models, load_recognizer
    from fer.models.packages import inspect, model_package
    from fer.models.packages.header import ModelHeader
    from fer.system import paths
    from fer.training import teachers
    from fer.training.engine.export import save_litert
    from fer.training.engine.network import build_network
    from fer.training.engine.package_import import import_package

    with tempfile.TemporaryDirectory() as home:
        os.environ["FER_HOME"] = home
        config = TrainingConfig(architecture="tiny_cnn", seed=5)
        network, folder = build_network(config, 7), Path(home) / "models" / "pretrained" / "tiny"
        # Biases too: as they are drawn they are all nothing, and would hide an array that got lost.
        rng = np.random.default_rng(0)
        network.set_weights([values + rng.uniform(0, 1e-3, values.shape) for values in network.get_weights()])
        preprocessing = preprocessing_of(config)
        ModelCard("tiny", "Tiny", "tiny_cnn", preprocessing, config=config.as_dict()).save(folder)
        save_litert(network, folder / MODEL_FILE)
        network.save(folder / "model.keras")
        carried = Path(home) / "carried.zip"
        carried.write_bytes(model_package("tiny"))
        arrays = dict(inspect(carried).arrays)
        header = ModelHeader("tiny_cnn", EMOTIONS[::-1], None, "Anna's net", "99% of all faces.", "Keras 3")

        def packed(header: ModelHeader, arrays: dict[str, Any]) -> Path:
            from tests.core.test_packages import packed

            path = Path(home) / "changed.zip"
            path.write_bytes(packed(json.loads(header.to_json()), arrays))
            return path

        imported = import_package(packed(header, arrays))
        second = import_package(packed(header, arrays))
        refused = {}
        first = min(arrays)
        others = {place: values for place, values in arrays.items() if place != first}
        for kind, changed in (
            ("shape", {**arrays, first: arrays[first].reshape(1, *arrays[first].shape)}),
            ("name", {**others, "layers/zzz/vars/0": arrays[first]}),
            ("besides", {**arrays, "layers/zzz/vars/0": np.zeros(0, np.float32)}),
        ):
            try:
                import_package(packed(replace(header, title="Bad"), changed))
            except FerError as error:
                refused[kind] = str(error)
        faces = np.stack([np.full((48, 48, 1), 17 * level, np.uint8) for level in range(16)])
        before, after = load_recognizer("tiny").predict(faces), load_recognizer(imported.name).predict(faces)
        found = {
            "difference": float(np.abs(before - after).max()),
            "spread": float(np.ptp(before, axis=0).max()),
            "emotions": [str(emotion) for emotion in load_recognizer(imported.name).emotions],
            "listed": sorted(
                [entry.kind, entry.name] for entry in list_models() if entry.name != second.name
            ),
            "card": asdict(load_recognizer(imported.name).card),
            "second": second.name,
            "teachers": [entry.name for entry in teachers.possible_teachers()],
            "refused": refused,
            "left behind": sorted(path.name for path in paths.imported_models_folder().iterdir()),
        }
        del os.environ["FER_HOME"]
    return found


if __name__ == "__main__":
    print(json.dumps(measure()))
