"""Training benchmark: images a second against two rivals, and how long the first figure takes."""

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from fer import runs
from fer.cli.bench import Request
from fer.cli.bench.material import another_home
from fer.config import DEFAULT_AUGMENTATION, TrainingConfig
from fer.datasets import Dataset, Split, load_dataset
from fer.errors import RunError
from fer.models.catalog import architecture
from fer.system import paths
from fer.system.stopwatch import Report, ratio, take_turns

BATCH_SIZE, STEPS, ROUNDS = 64, 40, 7
_PATIENCE_SECONDS = 180.0


def bench_train(request: Request) -> Report:
    """An epoch of a real run, augmented and recorded, against ready tensors and the references' generator.

    "our_epoch" is what a run's process does in an epoch before it validates: draw, augment, prepare, train,
    write down. "fit_on_ready_tensors" is Keras' `fit` on the same number of prepared faces, not augmented.
    "fit_on_image_data_generator" is how the reference systems train: `fit` on `ImageDataGenerator.flow` with
    the same transforms. All three train the same architecture with batches of the same size.
    """
    from fer.cli.bench.rivals import RivalTraining
    from fer.training.engine.trainer import Trainer

    dataset = load_dataset(request.data or "synthetic")
    config = TrainingConfig(
        architecture=architecture(request.model).name,
        batch_size=BATCH_SIZE,
        augmentation=DEFAULT_AUGMENTATION,
    )
    faces = _faces(dataset, BATCH_SIZE * STEPS)
    prepared = architecture(request.model).preprocessing.apply(faces.only(Split.TRAIN).images)
    labels = faces.only(Split.TRAIN).labels
    with tempfile.TemporaryDirectory() as folder, another_home(folder):
        trainer = Trainer(config, faces, runs.RunRecorder(runs.create_run(config).folder))
        trainer.open_logs(0)
        ready = RivalTraining(config, len(faces.emotions))
        generator = RivalTraining(config, len(faces.emotions))
        measurements = take_turns(
            {
                "our_epoch": lambda: trainer.fit_epoch(1, []),
                "fit_on_ready_tensors": lambda: ready.fit(prepared, labels),
                "fit_on_image_data_generator": lambda: generator.fit_generator(prepared, labels),
            },
            runs=ROUNDS,
            tell=lambda fraction: request.progress(fraction, "Timing an epoch"),
        )
    return Report(
        measurements,
        {
            **ratio(measurements, "fit_on_ready_tensors", "our_epoch"),
            **ratio(measurements, "fit_on_image_data_generator", "our_epoch"),
        },
        f"{request.model}, {STEPS} batches of {BATCH_SIZE} faces of {dataset.source.title}",
    )


def bench_start(request: Request) -> Report:
    """From Start to a run's first figure, against a process that does nothing but import TensorFlow."""
    name = (
        str(paths.given(request.data))
        if request.data and Path(request.data).exists()
        else request.data or "synthetic"
    )
    config = TrainingConfig(
        dataset=name, architecture=architecture(request.model).name, augmentation=DEFAULT_AUGMENTATION
    )
    with tempfile.TemporaryDirectory() as folder, another_home(folder):
        load_dataset(name)
        measurements = take_turns(
            {"start_to_first_figure": lambda: _first_figure(config), "import_tensorflow": _import_tensorflow},
            runs=3,
            tell=lambda fraction: request.progress(fraction, "Timing starts"),
        )
    return Report(
        measurements,
        ratio(measurements, "import_tensorflow", "start_to_first_figure"),
        f"{request.model}, {name}",
    )


def _faces(dataset: Dataset, count: int) -> Dataset:
    """`count` faces to train on and a few to validate; a small dataset goes round."""
    train, validation = (np.flatnonzero(dataset.splits == split) for split in (Split.TRAIN, Split.VALIDATION))
    return dataset.take(np.concatenate([np.resize(train, count), validation[:BATCH_SIZE]]))


def _first_figure(config: TrainingConfig) -> None:
    run = runs.start_run(replace(config, epochs=10_000))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    try:
        while not (run.folder / runs.BATCHES_FILE).exists():
            time.sleep(0.02)
            if time.monotonic() > deadline or not runs.load_run(run.id).is_active:
                raise RunError(f"The run did not begin; its log says: {run.log(5)}")
    finally:
        process_id = runs.load_run(run.id).process_id
        if process_id is not None and psutil.pid_exists(process_id):
            process = psutil.Process(process_id)
            process.kill()
            psutil.wait_procs([process], timeout=10)


def _import_tensorflow() -> None:
    # As polite as a run's process: both give way to whoever uses the pages.
    subprocess.run(
        [sys.executable, "-c", "import os; hasattr(os, 'nice') and os.nice(19); import keras"],
        cwd=paths.PROJECT_ROOT,
        capture_output=True,
        check=True,
    )
