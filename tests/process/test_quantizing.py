"""A network in whole numbers of 8 bits: what it is made of, what it answers, and when it is kept.

One child process makes them all, because TensorFlow takes seconds to load; the tests read what it found.
"""

import json
from typing import Any

import pytest

from tests.process.conftest import found_by_child

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What `measure` found, in a process of its own."""
    return found_by_child("tests.process.test_quantizing")


def test_every_value_between_input_and_answer_is_a_whole_number(found: dict[str, Any]) -> None:
    # Input and answer are float; biases, and what tells of shapes, are int32.
    assert found["types"]["float32"] == 2
    assert found["types"]["int8"] > 10
    assert set(found["types"]) == {"float32", "int8", "int32"}
    assert {"CONV_2D", "QUANTIZE", "DEQUANTIZE"} <= set(found["operations"])
    assert found["outputs"] == [[1, 7]]


def test_it_answers_nearly_as_the_network_does(found: dict[str, Any]) -> None:
    assert found["spread"] > 0.3
    assert found["difference"] < 0.1


def test_it_is_a_third_of_the_size_or_less(found: dict[str, Any]) -> None:
    assert 3 * found["kept"]["sizes"][1] < found["kept"]["sizes"][0]


def test_one_that_is_good_enough_lies_beside_the_model_and_on_its_card(found: dict[str, Any]) -> None:
    kept = found["kept"]
    assert kept["kept"]
    assert kept["files"] == ["card.json", "model.int8.tflite", "model.keras", "model.tflite"]
    assert kept["card"]["bytes"] == kept["sizes"][1]
    assert kept["card"]["accuracy"] == pytest.approx(kept["accuracies"][1])
    assert kept["card"]["float_accuracy"] == pytest.approx(kept["accuracies"][0])
    assert kept["card"]["count"] == kept["count"] == 42
    assert kept["card"]["calibration_faces"] == 64
    assert sorted(kept["milliseconds"]) == ["1", "16"]
    assert all(ms > 0 for pair in kept["milliseconds"].values() for ms in pair)


def test_one_that_loses_too_much_is_told_of_and_not_kept(found: dict[str, Any]) -> None:
    refused = found["refused"]
    assert not refused["kept"]
    assert refused["files"] == ["card.json", "model.keras", "model.tflite"]
    assert refused["card"] is None
    assert refused["accuracies"] == found["kept"]["accuracies"]


def test_without_training_faces_there_is_nothing_to_take_ranges_from(found: dict[str, Any]) -> None:
    assert "no training faces" in found["no training faces"]


def test_new_weights_take_the_int8_form_of_the_old_ones_away(found: dict[str, Any]) -> None:
    assert found["exported"] == {"model": True, "int8": False, "card": None}


def test_a_temperature_is_divided_into_the_weights_of_a_shipped_model(found: dict[str, Any]) -> None:
    folded = found["folded"]
    assert folded["difference"] < 1e-5
    assert folded["moved"] > 1e-2
    assert folded["same answers"]
    assert folded["maps"]
    note = "Temperature 0.500, fitted on Squares, validation, is divided into its last layer."
    assert folded["notes"].endswith(note)
    # Its int8 form was another model's.
    assert folded["files"] == ["card.json", "model.keras", "model.tflite"]
    assert folded["int8"] is None


def test_a_run_goes_on_from_its_weights_as_they_are(found: dict[str, Any]) -> None:
    assert "is a run: its weights stay what they were trained to. Publish it" in found["folded"]["refused"]


# ── in the child process ─────────────────────────────────────────────────────────────────────────


def measure() -> dict[str, Any]:
    """Everything the tests above ask for, as plain JSON values."""
    import os
    import tempfile
    from pathlib import Path

    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    from fer.datasets import Split
    from fer.errors import DatasetError
    from fer.evaluation import quantization
    from fer.models.inference import Recognizer
    from tests.conftest import dataset_of

    labels = [label for label in range(7) for _ in range(26)]
    faces = dataset_of(labels, ([Split.TRAIN] * 20 + [Split.VALIDATION] * 6) * 7)
    with tempfile.TemporaryDirectory() as home:
        os.environ["FER_HOME"] = home
        network = trained(faces)
        folder = save(Path(home) / "models" / "pretrained" / "tiny", network)
        most_loss, quantization._ROUNDS = quantization.MOST_LOSS, 2
        quantization.MOST_LOSS = -1.1  # more than a model can gain
        found: dict[str, Any] = {"refused": told(folder, faces)}
        quantization.MOST_LOSS = 1.1  # more than it can lose
        found["kept"] = told(folder, faces)
        quantization.MOST_LOSS = most_loss
        try:
            quantization.quantize("tiny", faces.only(Split.VALIDATION))
        except DatasetError as error:
            found["no training faces"] = str(error)
        interpreter = Interpreter(str(folder / "model.int8.tflite"))
        interpreter.allocate_tensors()
        types = [np.dtype(tensor["dtype"]).name for tensor in interpreter.get_tensor_details()]
        found["types"] = {name: types.count(name) for name in sorted(set(types))}
        found["operations"] = sorted({each["op_name"] for each in interpreter._get_ops_details()})
        found["outputs"] = [output["shape"].tolist() for output in interpreter.get_output_details()]
        exact = Recognizer(folder).predict(faces.images)
        whole = Recognizer(folder, precision="int8").predict(faces.images)
        found["spread"] = float(np.ptp(exact, axis=0).max())
        found["difference"] = float(np.abs(exact - whole).max())
        found["folded"] = folded(folder, faces)
        found["exported"] = exported_anew(network, faces)
        del os.environ["FER_HOME"]
    return found


def folded(folder: Any, faces: Any) -> dict[str, Any]:
    """What becomes of a shipped model with an int8 form when a temperature is divided into its weights."""
    import numpy as np

    from fer import runs
    from fer.config import TrainingConfig
    from fer.errors import ModelError
    from fer.models.card import load_card
    from fer.models.inference import Recognizer
    from fer.models.temperature import apply_temperature
    from fer.training.engine.bake_temperature import bake_temperature

    before = Recognizer(folder).predict(faces.images)
    bake_temperature("tiny", 0.5, "Squares, validation")
    after, card = Recognizer(folder), load_card(folder)
    answers = after.predict(faces.images)
    run = runs.create_run(TrainingConfig(architecture="tiny_cnn"))
    card.save(run.folder)
    try:
        bake_temperature(run.id, 0.5, "Squares, validation")
    except ModelError as error:
        refused = str(error)
    return {
        "difference": float(np.abs(answers - apply_temperature(before, 0.5)).max()),
        "moved": float(np.abs(answers - before).max()),
        "same answers": bool((answers.argmax(axis=1) == before.argmax(axis=1)).all()),
        "maps": after.has_emotion_maps,
        "files": sorted(path.name for path in folder.iterdir()),
        "notes": card.notes,
        "int8": card.int8,
        "refused": refused,
    }


def trained(faces: Any) -> Any:
    """A tiny network after a few steps, so that its answers are not all the same."""
    import keras
    import numpy as np

    from fer.config import TrainingConfig
    from fer.models.catalog import preprocessing_of
    from fer.training.engine.network import build_network, compiled

    keras.utils.set_random_seed(0)
    config = TrainingConfig(architecture="tiny_cnn")
    network = build_network(config, 7)
    trainee = compiled(network, config)
    inputs, targets = preprocessing_of(config).apply(faces.images), np.eye(7, dtype=np.float32)[faces.labels]
    for _ in range(30):
        trainee.train_on_batch(inputs, targets)
    return network


def save(folder: Any, network: Any) -> Any:
    """The network as a shipped model."""
    from fer.config import TrainingConfig
    from fer.models.card import KERAS_FILE, MODEL_FILE, ModelCard
    from fer.models.catalog import architecture
    from fer.training.engine.export import save_litert

    save_litert(network, folder / MODEL_FILE)
    network.save(folder / KERAS_FILE)
    config = TrainingConfig(architecture="tiny_cnn").as_dict()
    ModelCard(folder.name, "Tiny", "tiny_cnn", architecture("tiny_cnn").preprocessing, config=config).save(
        folder
    )
    return folder


def told(folder: Any, faces: Any) -> dict[str, Any]:
    """What `quantize` says, and what lies in the folder afterwards."""
    from fer.evaluation import quantization
    from fer.models.card import load_card

    made = quantization.quantize(folder.name, faces, calibration_faces=64)
    return {
        "kept": made.kept,
        "count": made.comparison.count,
        "accuracies": [made.comparison.first.share, made.comparison.second.share],
        "sizes": list(made.sizes),
        "milliseconds": {count: list(pair) for count, pair in made.milliseconds.items()},
        "files": sorted(path.name for path in folder.iterdir()),
        "card": load_card(folder).int8,
    }


def exported_anew(network: Any, faces: Any) -> dict[str, Any]:
    """What a run that is exported again leaves of the int8 form that it had."""
    from dataclasses import asdict

    from fer import runs
    from fer.config import TrainingConfig
    from fer.models.card import INT8_FILE, MODEL_FILE, load_card
    from fer.runs import EpochMetrics, RunRecorder
    from fer.training.engine.export import export

    config = TrainingConfig(architecture="tiny_cnn")
    run = runs.create_run(config)
    network.save(run.folder / runs.BEST_FILE)
    row = EpochMetrics(1, 1.0, 0.5, 1.0, 0.5, 1e-3, 1.0)
    (run.folder / runs.METRICS_FILE).write_text(json.dumps(asdict(row)) + "\n")
    (run.folder / INT8_FILE).write_bytes(b"of other weights")
    export(RunRecorder(run.folder), config, faces)
    return {
        "model": (run.folder / MODEL_FILE).exists(),
        "int8": (run.folder / INT8_FILE).exists(),
        "card": load_card(run.folder).int8,
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
