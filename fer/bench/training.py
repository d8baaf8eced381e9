"""Training steps."""

import numpy as np

from fer.batches import TrainingBatches, prefetched
from fer.bench.material import DEFAULT_MODEL
from fer.bench.stopwatch import Report, ratio, take_turns
from fer.config import DEFAULT_AUGMENTATION, TrainingConfig
from fer.datasets import load_dataset
from fer.progress import Progress, silent
from fer.zoo.catalog import architecture


def bench_train(
    progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL
) -> Report:
    """A training step with augmentation on the fly, against Keras' `fit` on ready tensors without any.

    Args:
        progress: told how far it is.
        data: the dataset; None takes the built-in faces.
        model: not used: the architecture is mini_XCEPTION.
    """
    from fer.bench.rivals import TrainingSteps

    batch_size, steps, rounds = 64, 20, 7
    config = TrainingConfig(batch_size=batch_size, augmentation=DEFAULT_AUGMENTATION)
    dataset = load_dataset(data or "synthetic")
    faces = dataset.take(np.resize(np.arange(len(dataset)), batch_size * steps))  # a small one goes round
    preprocessing = architecture(config.architecture).preprocessing
    batches = TrainingBatches(faces, config, preprocessing)
    ready = preprocessing.apply(faces.images)
    network = TrainingSteps(config, len(faces.emotions))
    measurements = take_turns(
        {
            "augmented_epoch": lambda: network.train(prefetched(batches.epoch(1))),
            "fit_on_ready_tensors": lambda: network.fit(ready, faces.labels),
        },
        runs=rounds,
        tell=lambda fraction: progress(fraction, "Timing training steps"),
    )
    return Report(
        measurements,
        ratio(measurements, "fit_on_ready_tensors", "augmented_epoch"),
        f"mini_xception, {steps} batches of {batch_size} faces a run",
    )
