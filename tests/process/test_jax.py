"""A run under JAX is the same run: the same pictures, the same step, a folder that TensorFlow goes on with.

JAX computes on the processor here, as it does on a graphics card where there is one. What it computes is
asked in processes of its own, because Keras has one backend a process.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from fer import runs
from fer.config import AugmentationConfig, TrainingConfig
from fer.models.card import load_card
from fer.models.inference import load_recognizer
from fer.runs import RunStatus
from tests.conftest import PROJECT_ROOT

pytestmark = pytest.mark.timeout(900)

_MOVED = AugmentationConfig(
    horizontal_flip=True,
    vertical_flip=True,
    rotation_degrees=15,
    shift_x_fraction=0.1,
    shift_y_fraction=0.1,
    zoom_in_fraction=0.1,
    zoom_out_fraction=0.1,
    brightness_fraction=0.1,
    contrast_fraction=0.2,
    erase_fraction=0.2,
)
PICTURES: dict[str, TrainingConfig] = {
    "blurred, blended or pasted": TrainingConfig(
        architecture="tiny_cnn",
        batch_size=16,
        balance_classes=True,
        augmentation=replace(_MOVED, blur_pixels=1.5, mixup_alpha=0.3, cutmix_alpha=1.0),
    ),
    "mirrored at the border, enlarged": TrainingConfig(
        architecture="paired_cnn", image_size=64, batch_size=16, augmentation=replace(_MOVED, fill="reflect")
    ),
    "black border": TrainingConfig(batch_size=16, augmentation=replace(_MOVED, fill="black")),
    "as they came": TrainingConfig(batch_size=16),
}


def child(*arguments: str, backend: str) -> str:
    """Run Python in the project with Keras on this backend; returns what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What `measure` found under JAX."""
    values: dict[str, Any] = json.loads(child("-m", "tests.process.test_jax", backend="jax").splitlines()[-1])
    return values


@pytest.mark.parametrize("name", PICTURES)
def test_faces_are_changed_and_prepared_as_the_processor_does_it(found: dict[str, Any], name: str) -> None:
    differences = found["pictures"][name]
    # OpenCV moves a face in steps of 1/32 of a pixel, so a grey level may differ where it is steep.
    assert differences["mean grey levels"] < 0.4
    assert differences["largest grey levels"] < 12
    assert differences["targets"] < 1e-6
    assert differences["weights"] < 1e-6
    if name == "as they came":
        assert differences["largest grey levels"] < 1e-3


def test_noise_is_as_strong_as_the_processors_and_differs_from_face_to_face(found: dict[str, Any]) -> None:
    assert found["noise"]["strength"] == pytest.approx(found["noise"]["expected"], rel=0.05)
    assert found["noise"]["alike"] == 0


def test_a_compiled_epoch_is_the_epoch_batch_by_batch_teacher_included(found: dict[str, Any]) -> None:
    ours, theirs = found["steps"]["on device"], found["steps"]["batch by batch"]
    assert [step[:2] for step in ours] == [step[:2] for step in theirs] == [[1, 16], [2, 16], [3, 3]]
    assert np.array(ours) == pytest.approx(np.array(theirs), abs=2e-4)
    assert found["steps"]["weights"] < 2e-4
    # The teacher is sure of itself, so a quarter of the target is far from the labels.
    assert abs(found["steps"]["without a teacher"][0][2] - ours[0][2]) > 1e-3


def test_a_teacher_sees_what_its_own_preparation_would_have_shown_it(found: dict[str, Any]) -> None:
    seen = found["seen"]
    assert seen["smaller, in colour, another scale"]["shape"] == [8, 48, 48, 3]
    assert seen["smaller, in colour, another scale"]["mean grey levels"] < 1
    assert seen["grey"]["shape"] == [8, 48, 48, 1]
    assert seen["grey"]["largest grey levels"] < 1
    assert seen["the same"]["largest grey levels"] == 0


def test_one_step_is_the_same_and_tensorflow_goes_on_with_the_run(config: TrainingConfig) -> None:
    # One step an epoch, of plain gradients: Adam would magnify the last bit of one that is nearly nothing.
    config = replace(
        config,
        epochs=1,
        subset=32,
        optimizer="sgd",
        weight_decay=0.01,
        weight_averaging=0.9,
        augmentation=AugmentationConfig(),
    )
    folder = runs.create_run(config).folder
    train(folder, config)
    # The first weights are drawn by the backend, so both go on from the same epoch.
    elder = Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-2")))
    config = replace(config, epochs=2)
    train(elder, config)
    for exported in ("model.tflite", "card.json"):
        (folder / exported).unlink()
    printed = train(folder, config, backend="jax")
    assert "faces changed there: JAX" in printed
    ours, theirs = (arrays_of(each / runs.LAST_FILE) for each in (folder, elder))
    assert ours.keys() == theirs.keys()
    for name, values in theirs.items():
        assert ours[name] == pytest.approx(values, abs=1e-5), name
    row, other = (runs.read_run(each).metrics()[-1] for each in (folder, elder))
    assert row.train_loss == pytest.approx(other.train_loss, abs=1e-4)
    assert row.validation_loss == pytest.approx(other.validation_loss, abs=1e-4)

    # JAX exports nothing; one command does it later.
    run = runs.read_run(folder)
    assert (run.status, run.has_model) == (RunStatus.FINISHED, False)
    assert f"python -m fer reexport {run.id}" in printed
    child("-m", "fer", "reexport", run.id, backend="tensorflow")
    validation, best = load_card(folder).validation, runs.best_epoch(run.metrics())
    assert validation is not None
    assert best is not None
    assert validation["epoch"] == best.epoch
    assert validation["accuracy"] == pytest.approx(best.validation_accuracy, abs=0.03)

    # Another epoch, under TensorFlow and taught by the other run.
    config = replace(config, epochs=3, teacher=elder.name)
    train(folder, config)
    assert [row.epoch for row in runs.read_run(folder).metrics()] == [1, 2, 3]
    assert load_recognizer(run.id).card.config["teacher"] == elder.name


def train(folder: Path, config: TrainingConfig, backend: str = "tensorflow") -> str:
    """Let the run in `folder` begin or go on with these settings; returns what it printed."""
    (folder / runs.CONFIG_FILE).write_text(config.to_json())
    return child("-m", "fer.training", str(folder), backend=backend)


def arrays_of(path: Path) -> dict[str, NDArray[Any]]:
    """Every array in a .keras file, by its place there."""
    arrays: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as content:
        h5py.File(content).visititems(
            lambda name, item: arrays.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
        )
    return arrays


# ── in the child process ─────────────────────────────────────────────────────────────────────────


def measure() -> dict[str, Any]:
    """Everything the tests above ask for, as plain JSON values."""
    return {
        "pictures": {name: picture_differences(config) for name, config in PICTURES.items()},
        "noise": noise(),
        "seen": seen(),
        "steps": steps(),
    }


def some_faces(count: int) -> Any:
    """Smooth blobs rather than noise: faces are smooth, and interpolation makes little of noise."""
    import cv2

    from fer.datasets import Split
    from tests.conftest import dataset_of

    faces = dataset_of([label % 7 for label in range(count)], [Split.TRAIN] * count, seed=3)
    images = np.stack([cv2.GaussianBlur(image, (0, 0), 2)[..., None] for image in faces.images])
    span = images.max() - images.min()
    return replace(faces, images=((images - images.min()) * (255.0 / span)).astype(np.uint8))


def picture_differences(config: TrainingConfig) -> dict[str, float]:
    """How far a changed and prepared batch is from the processor's."""
    import jax.numpy as jnp

    from fer.models.catalog import preprocessing_of
    from fer.training.batches import TrainingBatches
    from fer.training.engine import device_pixels

    faces, preprocessing = some_faces(32), preprocessing_of(config)
    batches = TrainingBatches(faces, config, preprocessing)
    plan = batches.plan(1)
    _, height, width, _ = faces.images.shape
    params = device_pixels.params_of(plan, config.augmentation, *preprocessing.input_shape[:2])
    params["source"] = device_pixels.sources_of(plan, height, width)
    found = []
    for number, batch in enumerate(batches.epoch(1)):
        part = {name: jnp.asarray(values[number * 16 : number * 16 + 16]) for name, values in params.items()}
        row = np.asarray(part["row"])
        levels = device_pixels.changed(jnp.asarray(faces.images[row]), part, config.augmentation)
        inputs = device_pixels.prepared(levels, preprocessing)
        targets, weights = batches.targets[row], batches.weights[row]
        if config.augmentation.mixes:
            inputs, targets, weights = device_pixels.mixed(inputs, targets, weights, part)
        span = 255 if preprocessing.scale == "zero_to_one" else 127.5
        apart = np.abs(np.asarray(inputs) - batch.inputs) * span
        found.append(
            {
                "mean grey levels": float(apart.mean()),
                "largest grey levels": float(apart.max()),
                "targets": float(np.abs(np.asarray(targets) - batch.targets).max()),
                "weights": float(np.abs(np.asarray(weights) - batch.weights).max()),
            }
        )
    return {name: max(each[name] for each in found) for name in found[0]}


def noise() -> dict[str, float]:
    """What noise of a tenth of white does to grey faces, beside what was drawn for them."""
    import jax.numpy as jnp

    from fer.training import augmentation
    from fer.training.engine import device_pixels

    config = AugmentationConfig(noise_fraction=0.1)
    params = augmentation.draw(config, 64, np.random.default_rng(0))
    part = {
        "source": jnp.tile(jnp.eye(2, 3), (64, 1, 1)),
        "noise_fraction": jnp.asarray(params.noise_fraction, jnp.float32),
        "noise_seed": jnp.asarray(params.noise_seed),
    }
    grey = np.full((64, 48, 48, 1), 128, np.uint8)
    noisy = np.asarray(device_pixels.changed(jnp.asarray(grey), part, config)) - 128
    faces = noisy.reshape(64, -1)
    alike = sum(np.array_equal(faces[one], faces[one + 1]) for one in range(63))
    return {
        "strength": float(np.sqrt((faces**2).mean())),
        "expected": float(255 * np.sqrt((params.noise_fraction**2).mean())),
        "alike": float(alike),
    }


def seen() -> dict[str, Any]:
    """What teachers are shown of soft pictures, beside what their own preparation makes of them."""
    import cv2

    from fer.models.preprocessing import Preprocessing
    from fer.training.engine.teaching import seen_as

    drawn = np.random.default_rng(5).integers(0, 256, (8, 48, 48, 3), dtype=np.uint8)
    soft = np.stack([cv2.GaussianBlur(each, (0, 0), 2) for each in drawn])
    grey, colour = Preprocessing(64, 64, 1, "minus_one_to_one"), Preprocessing(48, 48, 3, "zero_to_one")
    own = Preprocessing(48, 48, 1, "minus_one_to_one")
    told = {}
    for name, pictures, pupil, teacher in (
        ("smaller, in colour, another scale", soft[..., :1], grey, colour),
        ("grey", soft, colour, own),
        ("the same", soft[..., :1], own, own),
    ):
        shown = np.asarray(seen_as(pupil.apply(pictures), pupil, teacher))
        levels = 255 if teacher.scale == "zero_to_one" else 127.5
        apart = levels * np.abs(shown - teacher.apply(pictures))
        told[name] = {
            "shape": list(shown.shape),
            "mean grey levels": float(apart.mean()),
            "largest grey levels": float(apart.max()),
        }
    return told


def steps() -> dict[str, Any]:
    """An epoch of 35 faces in three steps, both ways, from the same weights."""
    import keras

    from fer.models.catalog import preprocessing_of
    from fer.training.batches import TrainingBatches
    from fer.training.engine.network import build_network, compiled
    from fer.training.engine.on_device import OnDevice
    from fer.training.engine.steps import BatchByBatch, Step
    from fer.training.engine.teaching import Teachers

    config = TrainingConfig(architecture="tiny_cnn", batch_size=16, optimizer="sgd", teacher_share=0.25)
    taught = replace(config, teacher_temperature=2.0)
    faces, preprocessing = some_faces(35), preprocessing_of(config)
    batches = TrainingBatches(faces, config, preprocessing)
    other_scale = "minus_one_to_one" if preprocessing.scale == "zero_to_one" else "zero_to_one"
    # A teacher that sees faces in its own way, smaller and on another scale than its pupil.
    elder = build_network(replace(config, seed=9, image_size=40), 7)
    teachers = Teachers.__new__(Teachers)
    teachers.networks, teachers._share, teachers._temperature = [elder], 0.25, 2.0
    teachers._pupil = preprocessing
    teachers.preprocessings = [replace(preprocessing, image_height=40, image_width=40, scale=other_scale)]

    def of(kind: str, teachers: Teachers | None) -> tuple[list[list[float]], list[NDArray[Any]]]:
        trainee = compiled(build_network(taught, 7), taught)
        stepper = (
            OnDevice(batches, taught, preprocessing, trainee, teachers)
            if kind == "on device"
            else BatchByBatch(batches, trainee, teachers)
        )
        told: list[Step] = list(stepper.steps(1, lambda number: 0.01 * number))
        weights = [keras.ops.convert_to_numpy(each) for each in trainee.weights]
        return [[s.number, s.faces, s.loss, s.accuracy, s.learning_rate] for s in told], weights

    compiled_steps, compiled_weights = of("on device", teachers)
    plain_steps, plain_weights = of("batch by batch", teachers)
    untaught, _ = of("batch by batch", None)
    apart = [np.abs(a - b).max() for a, b in zip(compiled_weights, plain_weights, strict=True)]
    return {
        "on device": compiled_steps,
        "batch by batch": plain_steps,
        "without a teacher": untaught,
        "weights": float(max(apart)),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
