"""Emotion maps are what Keras and its gradients say they are, and a model exported before gets them.

All of it is measured by one child process, because TensorFlow takes seconds to load; the tests then read what
it found.
"""

import json
from typing import Any

import pytest

from tests.process.conftest import found_by_child

MAPPED = ("tiny_cnn", "mini_xception")

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What `measure` found, in a process of its own."""
    return found_by_child("tests.process.test_explanation")


@pytest.mark.parametrize("name", MAPPED)
def test_the_exported_maps_are_those_of_keras_and_their_mean_is_the_logit(
    found: dict[str, Any], name: str
) -> None:
    assert found[name]["spread of the maps"] > 0.01
    assert found[name]["maps difference"] < 1e-4
    assert found[name]["logits difference"] < 1e-4
    assert found[name]["probabilities difference"] < 1e-5


@pytest.mark.parametrize("name", MAPPED)
def test_the_maps_are_what_gradients_say(found: dict[str, Any], name: str) -> None:
    """Gradient times value, summed over channels, is what each place gave to the logit.

    For tiny_cnn by the gradient with respect to the features, place by place; mini_XCEPTION's last
    convolution mixes neighbouring places, so there by the gradient with respect to the maps themselves, and
    by that to the features for the face as a whole.
    """
    assert found[name]["gradient difference"] < 1e-4
    assert found[name]["whole face difference"] < 1e-4


def test_a_head_that_flattens_has_no_maps(found: dict[str, Any]) -> None:
    assert found["paired_cnn has maps"] is False


@pytest.mark.parametrize("kind", ["pretrained", "run"])
def test_a_model_exported_before_gets_its_maps_and_keeps_its_answers_and_its_place(
    found: dict[str, Any], kind: str
) -> None:
    renewed = found["renewed"][kind]
    assert renewed["maps before"] is False
    assert renewed["maps after"] is True
    assert renewed["answers difference"] < 1e-5
    assert renewed["card unchanged"]
    assert 0 < renewed["seconds older"] < 1
    assert renewed["files"] == renewed["files before"]


def test_other_weights_are_refused_and_the_model_stays(found: dict[str, Any]) -> None:
    assert "another state of its training" in found["other weights"]["said"]
    assert found["other weights"]["unchanged"]
    assert "belong to another architecture" in found["other architecture"]["said"]
    assert found["other architecture"]["unchanged"]


# ── in the child process ─────────────────────────────────────────────────────────────────────────


def measure() -> dict[str, Any]:
    """Everything the tests above ask for, as plain JSON values."""
    from fer.config import TrainingConfig
    from fer.training.engine.export import emotion_maps_of
    from fer.training.engine.network import build_network

    paired = build_network(TrainingConfig(architecture="paired_cnn"), 7)
    return {
        **{name: compared(name) for name in MAPPED},
        "paired_cnn has maps": bool(emotion_maps_of(paired)),
        **renewals(),
    }


def network_of(name: str, seed: int = 0) -> Any:
    """A network with random weights, its normalisations and its biases among them."""
    import numpy as np

    from fer.config import TrainingConfig
    from fer.training.engine.network import build_network

    network = build_network(TrainingConfig(architecture=name, seed=seed), 7)
    rng = np.random.default_rng(seed)
    network.set_weights(
        [
            weight + rng.uniform(0.05, 0.3, weight.shape) if weight.ndim == 1 else weight
            for weight in network.get_weights()
        ]
    )
    return network


def compared(name: str) -> dict[str, float]:
    """How far the exported maps are from what Keras computes in other ways, at most."""
    import tempfile
    from pathlib import Path

    import keras
    import numpy as np
    import tensorflow as tf

    from fer.models.catalog import EMOTION_MAPS_LAYER, FEATURES_LAYER
    from fer.models.inference import Recognizer
    from fer.training.engine.export import save_litert
    from tests.core import grey_level

    network = network_of(name)
    images = np.random.default_rng(1).integers(0, 256, (5, 48, 48, 1), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as home:
        folder = grey_level.save_model(Path(home) / name)
        save_litert(network, folder / "model.tflite")
        exported = Recognizer(folder)
        maps, probabilities = exported.predict_with_maps(images)
    inputs = tf.constant(exported.preprocessing.apply(images))
    count, height, width, _ = maps.shape

    head = network.get_layer(EMOTION_MAPS_LAYER)
    features = keras.Model(network.inputs, network.get_layer(FEATURES_LAYER).output)(inputs)
    expected = head(features).numpy()  # a Dense is applied to the last axis, whatever the rank
    is_dense = isinstance(head, keras.layers.Dense)
    source = features if is_dense else head(features)
    bias = head.bias.numpy() if is_dense else np.zeros(7)
    logits = network.layers[-1].input
    logits = keras.Model(network.inputs, logits)(inputs).numpy()

    by_gradient = np.empty_like(maps)
    whole = np.empty((count, 7), np.float32)
    for index in range(7):
        with tf.GradientTape() as tape:
            tape.watch(source)
            mean = tf.reduce_mean(source, axis=(1, 2))
            logit = (head(mean) if is_dense else mean)[:, index]
        gradient = tape.gradient(logit, source)
        by_gradient[..., index] = (
            tf.reduce_sum(gradient * source, axis=3).numpy() * height * width + bias[index]
        )
        with tf.GradientTape() as tape:
            tape.watch(features)
            values = head(features)
            mean = tf.reduce_mean(values, axis=(1, 2))[:, index]
        given = tape.gradient(mean, features)
        whole[:, index] = tf.reduce_sum(given * features, axis=(1, 2, 3)).numpy() + head.bias.numpy()[index]
    return {
        "spread of the maps": float(maps.std(axis=(1, 2)).min()),
        "maps difference": float(np.abs(maps - expected).max()),
        "logits difference": float(np.abs(maps.mean(axis=(1, 2)) - logits).max()),
        "probabilities difference": float(np.abs(probabilities - network.predict_on_batch(inputs)).max()),
        "gradient difference": float(np.abs(maps - by_gradient).max()),
        "whole face difference": float(np.abs(maps.mean(axis=(1, 2)) - whole).max()),
    }


def renewals() -> dict[str, Any]:
    """What comes of exporting models again that had been exported without maps."""
    import os
    import shutil
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as home:
        os.environ["FER_HOME"] = home
        shipped, run, other, strange = (
            Path(home) / "models" / place
            for place in (
                "pretrained/shipped",
                "runs/20260101-000000-tiny",
                "pretrained/other",
                "runs/strange",
            )
        )
        exported_before(shipped, network_of("tiny_cnn"))
        for copy in (run, other, strange):
            shutil.copytree(shipped, copy)
        (run / "model.keras").rename(run / "best.keras")
        values = {
            "renewed": {"pretrained": renewed(shipped), "run": renewed(run)},
            "other weights": refused(other, "tiny_cnn"),
            "other architecture": refused(strange, "paired_cnn"),
        }
        del os.environ["FER_HOME"]
    return values


def exported_before(folder: Any, network: Any) -> None:
    """A model folder as an earlier version left it: probabilities only, and the Keras weights beside."""
    import keras

    from fer.config import TrainingConfig
    from fer.runs import CONFIG_FILE, STATUS_FILE
    from tests.core import grey_level

    grey_level.save_model(folder, architecture="tiny_cnn")
    network.save(folder / "model.keras")
    config = json.dumps(TrainingConfig(architecture="tiny_cnn").as_dict())
    (folder / CONFIG_FILE).write_text(config)
    (folder / STATUS_FILE).write_text('{"status": "finished", "started_at": "2026-01-01T00:00:00+00:00"}')
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "config": json.loads(config)}))
    plain = keras.Model(network.inputs, network.outputs)
    plain.export(str(folder / "model.tflite"), format="litert", verbose=False)


def renewed(folder: Any) -> dict[str, Any]:
    import numpy as np

    from fer.models.inference import Recognizer
    from fer.training.engine.reexport import export_again

    images = np.random.default_rng(2).integers(0, 256, (6, 48, 48, 1), dtype=np.uint8)
    before, card, names = Recognizer(folder), (folder / "card.json").read_bytes(), sorted(os_names(folder))
    written = (folder / "model.tflite").stat().st_mtime
    export_again(folder.name)
    after = Recognizer(folder)
    return {
        "maps before": before.has_emotion_maps,
        "maps after": after.has_emotion_maps,
        "answers difference": float(np.abs(before.predict(images) - after.predict(images)).max()),
        "card unchanged": (folder / "card.json").read_bytes() == card,
        "seconds older": (folder / "model.tflite").stat().st_mtime - written,
        "files before": names,
        "files": sorted(os_names(folder)),
    }


def refused(folder: Any, architecture: str) -> dict[str, Any]:
    """What is said when the weights beside a model are not its own."""
    from fer.errors import ModelError
    from fer.training.engine.reexport import export_again

    network_of(architecture, seed=7).save(folder / "model.keras")
    before, said = (folder / "model.tflite").read_bytes(), ""
    try:
        export_again(folder.name)
    except ModelError as error:
        said = str(error)
    return {"said": said, "unchanged": (folder / "model.tflite").read_bytes() == before}


def os_names(folder: Any) -> list[str]:
    return [path.name for path in folder.iterdir()]


if __name__ == "__main__":
    print(json.dumps(measure()))
