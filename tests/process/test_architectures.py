"""Every architecture is the published network, trains without a crash, and answers the same once exported.

All of it is measured by one child process, because TensorFlow takes seconds to load and a batch of an odd
size once ended the whole process; the tests then read what it found.
"""

import json
import math
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from fer.models.blueprint import Blueprint, load_blueprint
from fer.models.catalog import ARCHITECTURES, architecture
from tests.process.conftest import found_by_child

if TYPE_CHECKING:
    import keras


# At their own input and seven classes: all of them, and those that are trained. The third and the fourth
# reference system print theirs; the first one's follow from its layers, those of keras.applications from its
# code (7,768,569 and 23,587,712 without a head), and the others have widths of ours.
PARAMETERS = {
    "tiny_cnn": [25_199, 24_959],
    "mini_xception": [58_423, 56_951],
    "small_resnet": [488_311, 486_231],
    "paired_cnn": [1_643_355, 1_641_939],
    "block_cnn": [2_357_287, 2_355_111],
    "half_resnet18": [2_801_063, 2_796_263],
    "four_block_cnn": [4_478_727, 4_474_759],
    "four_block_cnn_elu": [4_478_727, 4_474_759],
    "efficientnet_b2": [7_778_432, 7_710_857],
    "resnet50": [23_602_055, 23_548_935],
}
DROPOUT = 0.3
REBUILT = ("efficientnet_b2", "resnet50")
# ResNet-50 has the layers of the small residual networks, and a hundred of them take long to export.
EXPORTED = [name for name in ARCHITECTURES if name != "resnet50"]
ODD_BATCHES = (1, 5, 37, 63)

# Half a minute on a quiet machine, minutes beside another training.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What `measure` found, in a process of its own."""
    return found_by_child("tests.process.test_architectures")


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_it_has_the_published_number_of_parameters(found: dict[str, Any], name: str) -> None:
    assert found["parameters"][name] == PARAMETERS[name]
    assert architecture(name).parameters == PARAMETERS[name][0]


def test_mini_xception_has_them_at_every_size(found: dict[str, Any]) -> None:
    assert found["parameters at 64"] == PARAMETERS["mini_xception"]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_its_blueprint_is_current(found: dict[str, Any], name: str) -> None:
    # Otherwise: python -m fer blueprint NAME --renew
    assert Blueprint.from_dict(found["drafted"][name]) == load_blueprint(name)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_dropout_is_what_the_config_says_and_none_is_none(found: dict[str, Any], name: str) -> None:
    assert found["dropout"][name]["none"] == []
    rates = found["dropout"][name]["some"]
    assert rates
    assert set(rates) == {DROPOUT}


@pytest.mark.parametrize(
    "quantity", ["training outputs", "input gradient", "moving mean", "moving variance", "inference outputs"]
)
def test_the_fused_normalization_is_that_of_keras(found: dict[str, Any], quantity: str) -> None:
    assert found["normalization differences"][quantity] < 1e-4


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_odd_batches_train_without_a_crash(found: dict[str, Any], name: str) -> None:
    assert found["odd batches"][name] == list(odd_batches(name))


def test_a_few_real_steps_tell_the_pace_and_it_is_kept(found: dict[str, Any]) -> None:
    measured = found["pace"]["measured"]
    assert found["pace"]["known"] == measured
    assert measured["source"] == "measured"
    assert all(measured[name] > 0 for name in measured if name != "source")


@pytest.mark.parametrize("side", ["23", "24"])
def test_slicing_before_a_pointwise_convolution_is_striding_it(found: dict[str, Any], side: str) -> None:
    assert found["stride differences"][side] < 1e-5


@pytest.mark.parametrize("name", REBUILT)
def test_a_rebuilt_backbone_sees_in_a_face_what_that_of_keras_sees(found: dict[str, Any], name: str) -> None:
    difference, largest = found["rebuilt differences"][name]
    assert largest > 0
    assert difference < 1e-5 * largest


@pytest.mark.parametrize("name", EXPORTED)
def test_the_exported_network_answers_with_its_probabilities_its_features_and_its_maps(
    found: dict[str, Any], name: str
) -> None:
    exported = found["exported"][name]
    assert exported["outputs"] == (3 if architecture(name).has_emotion_maps else 2)
    assert exported["probabilities difference"] < 1e-5
    # A share of the largest, because what eighteen untrained layers put out can be any size.
    assert exported["features difference"] < 1e-4
    assert exported["feature map"][-1] > 1
    assert exported["weights unchanged"]


def test_shares_are_what_is_trained_on_and_judged_by(found: dict[str, Any]) -> None:
    # Of faces that are all alike, seven voters of ten said angry and three disgust: no answer is less
    # surprised by them than their entropy, while a hard label can be learned without a rest.
    entropy = -0.7 * math.log(0.7) - 0.3 * math.log(0.3)
    assert found["shares"]["training loss"] == pytest.approx(entropy, abs=0.1)
    assert found["shares"]["training loss"] > entropy - 1e-3
    assert found["shares"]["validation loss"] == pytest.approx(found["shares"]["cross-entropy"], abs=1e-4)


# ── in the child process ─────────────────────────────────────────────────────────────────────────


def measure() -> dict[str, Any]:
    """Everything the tests above ask for, as plain JSON values."""
    from fer.config import TrainingConfig
    from fer.models.architectures.drafting import draft
    from fer.training.engine.network import build_network

    return {
        "drafted": {name: draft(name).as_dict() for name in ARCHITECTURES},
        "parameters": {name: counted(network(name)) for name in ARCHITECTURES},
        "parameters at 64": counted(build_network(TrainingConfig(image_size=64), 7)),
        "dropout": {name: dropped(name) for name in ARCHITECTURES},
        "normalization differences": normalization_differences(),
        "stride differences": {str(side): stride_difference(side) for side in (23, 24)},
        "rebuilt differences": {name: rebuilt_difference(name) for name in REBUILT},
        # Exported before they are trained.
        "exported": {name: exported(name) for name in EXPORTED},
        "odd batches": {name: trained_batches(name) for name in ARCHITECTURES},
        "shares": trained_on_shares(),
        "pace": measured_pace(),
    }


@cache
def network(name: str) -> "keras.Model":
    """An architecture as its authors do it, with some dropout; built once, for a large one takes seconds."""
    from fer.config import TrainingConfig
    from fer.training.engine.network import build_network

    return build_network(TrainingConfig(architecture=name, dropout=DROPOUT), 7)


def counted(model: "keras.Model") -> list[int]:
    """All parameters, and those that are trained."""
    return [model.count_params(), sum(math.prod(weight.shape) for weight in model.trainable_weights)]


def dropped(name: str) -> dict[str, list[float]]:
    """The rates of the dropout layers, without dropout and with some."""
    from fer.config import TrainingConfig
    from fer.training.engine.network import build_network

    without = build_network(TrainingConfig(architecture=name), 7)
    return {
        title: [layer.rate for layer in model.layers if type(layer).__name__ == "Dropout"]
        for title, model in (("none", without), ("some", network(name)))
    }


def measured_pace() -> dict[str, Any]:
    """What a few steps of the smallest network tell, and what is known of it afterwards."""
    import os
    import tempfile
    from dataclasses import asdict

    from fer.config import DEFAULT_AUGMENTATION, TrainingConfig
    from fer.datasets import Split
    from fer.training import estimate
    from tests.conftest import dataset_of

    config = TrainingConfig(architecture="tiny_cnn", batch_size=4, augmentation=DEFAULT_AUGMENTATION)
    faces = dataset_of([*range(7), 0, 1], [Split.TRAIN] * 7 + [Split.VALIDATION] * 2)
    with tempfile.TemporaryDirectory() as home:
        os.environ["FER_HOME"] = home
        measured = estimate.measure(config, faces)
        known = estimate.known_estimate(config)
        del os.environ["FER_HOME"]
    assert known is not None
    return {"measured": asdict(measured), "known": asdict(known)}


def normalization_differences() -> dict[str, float]:
    """How far our layer is from Keras', at most, on the same input and the same weights."""
    import keras
    import numpy as np
    import tensorflow as tf

    from fer.models.architectures.normalization import BatchNormalization

    rng = np.random.default_rng(0)
    ours = BatchNormalization()
    theirs = keras.layers.BatchNormalization(momentum=ours.momentum)
    inputs = tf.constant(rng.normal(3, 2, (5, 7, 7, 4)), tf.float32)
    direction = tf.constant(rng.normal(0, 1, (5, 7, 7, 4)), tf.float32)
    weights = [rng.normal(1, 0.1, 4), rng.normal(0, 1, 4), rng.normal(2, 1, 4), rng.uniform(1, 2, 4)]
    answers = []
    for layer in (ours, theirs):
        layer.build(inputs.shape)
        layer.set_weights(weights)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, training=True)
            loss = tf.reduce_sum(outputs * direction)
        _, _, mean, variance = layer.get_weights()
        answers.append(
            {
                "training outputs": outputs.numpy(),
                "input gradient": tape.gradient(loss, inputs).numpy(),
                "moving mean": mean,
                "moving variance": variance,
                "inference outputs": layer(inputs, training=False).numpy(),
            }
        )
    mine, keras_own = answers
    return {name: float(np.abs(mine[name] - keras_own[name]).max()) for name in mine}


def odd_batches(name: str) -> tuple[int, ...]:
    """The sizes to try; each makes TensorFlow build its graph anew, and a large network takes seconds."""
    return ODD_BATCHES if PARAMETERS[name][0] < 100_000 else ODD_BATCHES[1:2]


def trained_batches(name: str) -> list[int]:
    """The odd batch sizes that could be trained on with a finite loss."""
    import numpy as np

    from fer.config import TrainingConfig
    from fer.training.engine.network import compiled

    trainee = compiled(network(name), TrainingConfig(architecture=name))
    # Layer by layer the same kernels run; a graph of a hundred layers for one step takes half a minute.
    trainee.run_eagerly = name in REBUILT
    rng = np.random.default_rng(0)
    trained = []
    for size in odd_batches(name):
        inputs = rng.uniform(0, 1, (size, *trainee.input_shape[1:])).astype(np.float32)
        labels = np.eye(7, dtype=np.float32)[rng.integers(0, 7, size)]
        loss, _ = trainee.train_on_batch(inputs, labels, np.ones(size, np.float32))
        if math.isfinite(loss):
            trained.append(size)
    return trained


def stride_difference(side: int) -> float:
    """How far the sliced shortcut is from a convolution with stride 2, at most."""
    import keras
    import numpy as np

    inputs = keras.ops.convert_to_tensor(
        np.random.default_rng(0).normal(size=(3, side, side, 8)).astype(np.float32)
    )
    strided = keras.layers.Conv2D(16, 1, strides=2, padding="same", use_bias=False)
    pointwise = keras.layers.Conv2D(16, 1, use_bias=False)
    expected = strided(inputs)
    pointwise.build(inputs.shape)
    pointwise.set_weights(strided.get_weights())
    difference = keras.ops.max(keras.ops.abs(pointwise(inputs[:, ::2, ::2]) - expected))
    return float(keras.ops.convert_to_numpy(difference))


def rebuilt_difference(name: str) -> list[float]:
    """How far our backbone is from Keras' on the same face, at most, and the largest value there is.

    Keras' has drawn weights, and is given ours through a file, as it reads ImageNet's.
    """
    import tempfile
    from importlib import import_module
    from pathlib import Path
    from unittest import mock

    import keras
    import numpy as np
    from keras.src.utils import file_utils

    from fer.models.architectures.imagenet import take_over
    from fer.models.catalog import FEATURES_LAYER

    module, shape = import_module(f"fer.models.architectures.{name}"), (64, 64, 3)
    rng = np.random.default_rng(0)
    drawn = module.backbone(shape)
    for layer in drawn.layers:
        if layer.weights and not isinstance(layer, keras.layers.Normalization):
            layer.set_weights(
                [weight * rng.uniform(0.9, 1.1, weight.shape) for weight in layer.get_weights()]
            )
        elif layer.weights:
            layer.set_weights([np.array(module.MEANS), np.array(module.DEVIATIONS), np.array(0)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drawn.weights.h5"
        drawn.save_weights(path)
        with mock.patch.object(file_utils, "get_file", lambda *_, **__: str(path)):
            theirs = module.backbone(shape, weights="imagenet")
    ours = module.build(shape, 7)
    take_over(theirs, ours)
    seeing = keras.Model(ours.inputs, ours.get_layer(FEATURES_LAYER).output)
    levels = rng.integers(0, 256, (1, *shape)).astype(np.float32)
    prepared = keras.applications.resnet50.preprocess_input(levels.copy()) if name == "resnet50" else levels
    # Called and not asked to predict: drawing up a graph takes longer than one face.
    expected, seen = (
        keras.ops.convert_to_numpy(model(face, training=False))
        for model, face in ((theirs, prepared), (seeing, levels / 255))
    )
    return [float(np.abs(seen - expected).max()), float(np.abs(expected).max())]


def exported(name: str) -> dict[str, Any]:
    """How the exported network answers, beside the network itself."""
    import tempfile
    from pathlib import Path

    import keras
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    from fer.models.catalog import FEATURES_LAYER
    from fer.training.engine.export import save_litert

    model = network(name)
    before = [weight.copy() for weight in model.get_weights()]
    inputs = np.random.default_rng(0).uniform(0, 1, (1, *model.input_shape[1:])).astype(np.float32)
    seeing = keras.Model(model.inputs, [model.outputs[0], model.get_layer(FEATURES_LAYER).output])
    with tempfile.TemporaryDirectory() as folder:
        save_litert(model, Path(folder) / "model.tflite")
        interpreter = Interpreter(str(Path(folder) / "model.tflite"))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], inputs)
    interpreter.invoke()
    probabilities, seen = map(keras.ops.convert_to_numpy, seeing(inputs, training=False))
    # The emotion maps have their own tests, in test_explanation.
    answers = {
        len(output["shape"]): interpreter.get_tensor(output["index"])
        for output in interpreter.get_output_details()
        if len(output["shape"]) == 2 or output["shape"][-1] != 7
    }
    return {
        "outputs": len(interpreter.get_output_details()),
        "probabilities difference": float(np.abs(answers[2] - probabilities).max()),
        "features difference": float(np.abs(answers[4] - seen).max() / max(1.0, np.abs(seen).max())),
        "feature map": list(answers[4].shape[1:]),
        "weights unchanged": all(map(np.array_equal, before, model.get_weights())),
    }


def trained_on_shares() -> dict[str, Any]:
    """How a network is judged, in training and after it, that learns from soft labels."""
    import tempfile
    from contextlib import redirect_stdout
    from pathlib import Path

    import numpy as np

    from fer import runs
    from fer.config import TrainingConfig
    from fer.datasets import Dataset, Source, Split
    from fer.emotions import EMOTIONS
    from fer.training.engine.trainer import Trainer

    shares = np.tile(np.array([0.7, 0.3, 0, 0, 0, 0, 0], np.float32), (80, 1))
    faces = Dataset(
        "alike",
        EMOTIONS,
        np.full((80, 48, 48, 1), 90, np.uint8),
        np.zeros(80, np.intp),
        np.array([Split.TRAIN] * 64 + [Split.VALIDATION] * 16, str),
        Source("All alike"),
        soft_labels=shares,
    )
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
        (Path(folder) / runs.STATUS_FILE).write_text("{}")
        config = TrainingConfig(architecture="tiny_cnn", batch_size=16, learning_rate=0.01)
        trainer = Trainer(config, faces, runs.RunRecorder(Path(folder)))
        trainer.open_logs(0)
        fitted = [trainer.fit_epoch(epoch, []) for epoch in range(1, 9)][-1]
    assert fitted is not None
    loss = trainer.validator.evaluate(trainer.network).loss
    answer = trainer.network.predict_on_batch(trainer.validator.inputs[:1])[0]
    return {
        "training loss": fitted[0],
        "validation loss": loss,
        "cross-entropy": -float(np.sum(shares[0] * np.log(answer))),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
