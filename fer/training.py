"""The whole of a training run, in a process of its own: `python -m fer.training <run folder>`.

The page and the command line both start exactly this. It reads `config.json`, writes the files that
`fer.runs` describes, stops when the file `stop` appears, and goes on from `last.keras` where that
exists. The code is written against `keras` alone, so another backend can run it; only the export to
LiteRT needs TensorFlow.
"""

import os

# The C++ side prints its hardware findings at every start; a learner's log is for what matters.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import argparse
import importlib
import math
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import keras
import numpy as np

from fer import files, runs
from fer.batches import TrainingBatches, prefetched
from fer.cards import MODEL_FILE, ModelCard
from fer.config import TrainingConfig
from fer.datasets import Dataset, Split, load_dataset
from fer.datasets.views import describe
from fer.errors import FerError, ModelError, RunError
from fer.evaluation import wilson_interval
from fer.preprocessing import Preprocessing
from fer.recognition import Recognizer
from fer.runs import BatchMetrics, EpochMetrics, RunRecorder, RunStatus
from fer.schedules import learning_rate
from fer.zoo.catalog import FEATURES_LAYER, architecture

# How often the watching page gets a new point; more would be drawn by nobody.
_REPORT_SECONDS = 0.5
_EVALUATION_BATCH = 256
# LiteRT adds in another order than Keras; on trained weights probabilities differed by less than 1e-5.
_EXPORT_TOLERANCE = 1e-3


def preprocessing_of(config: TrainingConfig) -> Preprocessing:
    """The architecture's own preparation of its input, at the size the config asks for."""
    own = architecture(config.architecture).preprocessing
    if config.image_size is None:
        return own
    return replace(own, image_height=config.image_size, image_width=config.image_size)


def build_network(config: TrainingConfig, class_count: int) -> keras.Model:
    """Return the untrained network, its weights drawn from the config's seed."""
    keras.utils.set_random_seed(config.seed)
    name = architecture(config.architecture).name
    network: keras.Model = importlib.import_module(f"fer.zoo.{name}").build(
        preprocessing_of(config).input_shape, class_count
    )
    return network


def build_optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    """Return the optimizer the config names; its rate is set before every step."""
    averaging = {"use_ema": True, "ema_momentum": config.weight_averaging} if config.weight_averaging else {}
    rate = config.learning_rate
    match config.optimizer:
        case "adam":
            return keras.optimizers.Adam(rate, **averaging)
        case "adamw":
            return keras.optimizers.AdamW(rate, weight_decay=config.weight_decay, **averaging)
        case "sgd":
            return keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, **averaging)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate, **averaging)
        case "adadelta":
            return keras.optimizers.Adadelta(rate, **averaging)


def compiled(network: keras.Model, config: TrainingConfig) -> keras.Model:
    """Return the network's layers in a second model, ready for `train_on_batch`.

    This one carries the optimizer and its state, and goes into last.keras; the bare one goes into
    best.keras and is exported.
    """
    trainee = keras.Model(network.inputs, network.outputs, name=config.architecture)
    trainee.compile(
        optimizer=build_optimizer(config),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing),
        metrics=["accuracy"],
        # XLA makes TensorFlow six times slower on a CPU; JAX is nothing without it.
        jit_compile=keras.backend.backend() == "jax",
    )
    trainee.optimizer.build(trainee.trainable_variables)
    return trainee


class Trainer:
    """One run: a network, its optimizer, and the loop that improves it.

    Raises:
        DatasetError: a split that is needed has no face, or a class to be balanced has none.
    """

    def __init__(self, config: TrainingConfig, dataset: Dataset, recorder: RunRecorder) -> None:
        self.config = config
        self.recorder = recorder
        self.folder = recorder.folder
        self.preprocessing = preprocessing_of(config)
        dataset.require_training_splits()
        self.validation = dataset.only(Split.VALIDATION)
        train = dataset.only(Split.TRAIN)
        if config.subset is not None:
            train = train.subset(config.subset, config.seed)
        self.batches = TrainingBatches(train, config, self.preprocessing)
        # Prepared once: they are the same at every epoch.
        self._validation_inputs = self.preprocessing.apply(self.validation.images)
        self._started = time.perf_counter()
        self.interrupted = threading.Event()

        self.network = build_network(config, len(dataset.emotions))
        self.trainee = compiled(self.network, config)
        self.optimizer = self.trainee.optimizer
        self._averager = keras.callbacks.SwapEMAWeights() if config.weight_averaging else None
        if self._averager is not None:
            self._averager.set_model(self.trainee)

    def run(self) -> RunStatus:
        """Train to the end, or until asked to stop; returns which of the two it was."""
        metrics = self._resume()
        for epoch in range(len(metrics) + 1, self.config.epochs + 1):
            if self._patience_is_over(metrics):
                break
            self.recorder.stage(f"Epoch {epoch} of {self.config.epochs}")
            started = time.perf_counter()
            fitted = self._fit_epoch(epoch, metrics)
            if fitted is None:
                return RunStatus.STOPPED
            with self._averaged_weights():
                validation_loss, validation_accuracy = self._validate()
                row = EpochMetrics(
                    epoch,
                    *fitted,
                    validation_loss,
                    validation_accuracy,
                    learning_rate(self.config, epoch - 0.5, metrics),
                    time.perf_counter() - started,
                )
                metrics.append(row)
                if runs.best_epoch(metrics) is row:
                    files.save(self.folder / runs.BEST_FILE, self.network.save)
            self.recorder.record_epoch(row)
            # Weights after metrics: an epoch whose weights were not kept is trained, and recorded, again.
            files.save(self.folder / runs.LAST_FILE, self.trainee.save)
            print(
                f"loss {row.train_loss:.4f}, accuracy {row.train_accuracy:.4f}, validation loss "
                f"{validation_loss:.4f}, validation accuracy {validation_accuracy:.4f}, "
                f"{row.duration_seconds:.0f} s",
                flush=True,
            )
            if self._should_stop() and epoch < self.config.epochs:
                return RunStatus.STOPPED
        return RunStatus.FINISHED

    def _should_stop(self) -> bool:
        return self.interrupted.is_set() or self.recorder.stop_requested()

    def _patience_is_over(self, metrics: Sequence[EpochMetrics]) -> bool:
        patience, best = self.config.early_stopping_patience, runs.best_epoch(metrics)
        if patience is None or best is None or metrics[-1].epoch - best.epoch < patience:
            return False
        print(f"Stopping early: no better validation accuracy for {patience} epochs.", flush=True)
        return True

    def _resume(self) -> list[EpochMetrics]:
        """Load the last whole epoch where there is one; returns the metrics up to it."""
        path = self.folder / runs.LAST_FILE
        if not path.exists():
            return []
        try:
            # Arrays only, into a network built from the catalogue: no code in the file is ever run.
            self.trainee.load_weights(path)
        except Exception as error:
            raise RunError(
                f"The {path.name} of this run cannot be read ({error}). Start a new run; the curves and "
                "the best weights of this one are kept."
            ) from error
        epochs_done = int(self.optimizer.iterations) // len(self.batches)
        print(f"Going on after epoch {epochs_done}.", flush=True)
        return [row for row in runs.read_run(self.folder).metrics() if row.epoch <= epochs_done]

    def _fit_epoch(self, epoch: int, metrics: Sequence[EpochMetrics]) -> tuple[float, float] | None:
        """Train one epoch; returns its mean loss and accuracy, or None when asked to stop within it."""
        loss_sum = accuracy_sum = 0.0
        seen = reported = 0
        last_report = time.perf_counter()
        for step, batch in enumerate(prefetched(self.batches.epoch(epoch)), start=1):
            self.optimizer.learning_rate = learning_rate(
                self.config, epoch - 1 + (step - 1) / len(self.batches), metrics
            )
            loss, accuracy = self.trainee.train_on_batch(batch.inputs, batch.targets, batch.weights)
            seen += len(batch.labels)
            loss_sum += float(loss) * len(batch.labels)
            accuracy_sum += float(accuracy) * len(batch.labels)
            now = time.perf_counter()
            if now - last_report < _REPORT_SECONDS and step < len(self.batches):
                continue
            if not math.isfinite(loss_sum):
                raise RunError(
                    f"The loss is no longer a number (epoch {epoch}, batch {step}): a learning rate of "
                    f"{self.config.learning_rate:g} is too high here. Start again with a tenth of it."
                )
            self.recorder.record_batch(
                BatchMetrics(
                    epoch,
                    step,
                    len(self.batches),
                    loss_sum / seen,
                    accuracy_sum / seen,
                    (seen - reported) / (now - last_report),
                    now - self._started,
                )
            )
            last_report, reported = now, seen
            if step < len(self.batches) and self._should_stop():
                return None
        return loss_sum / seen, accuracy_sum / seen

    def _validate(self) -> tuple[float, float]:
        """Mean loss (the one trained on, unweighted) and accuracy on the validation split."""
        probabilities = np.concatenate(
            [
                self.network.predict_on_batch(self._validation_inputs[start : start + _EVALUATION_BATCH])
                for start in range(0, len(self._validation_inputs), _EVALUATION_BATCH)
            ]
        )
        smoothing = self.config.label_smoothing
        targets = self.validation.targets() * (1 - smoothing) + smoothing / probabilities.shape[1]
        loss = -np.mean(np.sum(targets * np.log(np.clip(probabilities, 1e-7, 1)), axis=1))
        return float(loss), float(np.mean(probabilities.argmax(axis=1) == self.validation.labels))

    @contextmanager
    def _averaged_weights(self) -> Iterator[None]:
        """Within, the network holds the moving average of its weights, if the run keeps one."""
        if self._averager is None:
            yield
            return
        self._averager.on_test_begin()
        try:
            yield
        finally:
            self._averager.on_test_end()


def save_litert(network: keras.Model, path: Path) -> None:
    """Write the network as a `.tflite` file with two outputs: its probabilities, and its last feature map.

    The feature map is what layer `FEATURES_LAYER` puts out. Both outputs are made from the same layers by a
    second model, so the network itself neither changes nor trains any slower.

    Args:
        network: from `build_network`, with trained weights; `best.keras` or `model.keras` holds them.
        path: where to; an old file stays until the new one is whole.

    Raises:
        StorageError: the file could not be written.
    """
    outputs = [network.outputs[0], network.get_layer(FEATURES_LAYER).output]
    both = keras.Model(network.inputs, outputs, name=network.name)
    files.save(path, lambda temporary: both.export(str(temporary), format="litert", verbose=False))


def export(folder: Path, config: TrainingConfig, dataset: Dataset) -> None:
    """Write `model.tflite` and `card.json` from the best weights of a run.

    Raises:
        ModelError: the exported model does not answer as the trained one does.
        StorageError: a file could not be written.
    """
    network = build_network(config, len(dataset.emotions))
    network.load_weights(folder / runs.BEST_FILE)
    validation = dataset.only(Split.VALIDATION)
    run = runs.read_run(folder)
    best = run.best()
    if best is None:
        return
    title = config.name or f"{architecture(config.architecture).title} on {dataset.source.title}"
    card = ModelCard(
        name=folder.name,
        title=title,
        architecture=config.architecture,
        preprocessing=preprocessing_of(config),
        emotions=dataset.emotions,
        parameters=network.count_params(),
        config=config.as_dict(),
        dataset={
            "name": Path(config.dataset).name,
            "title": dataset.source.title,
            "url": dataset.source.url,
            "license": dataset.source.license,
            **_state_of(folder, config, dataset),
        },
        trained_at=datetime.now(UTC).date().isoformat(),
        validation={
            "accuracy": best.validation_accuracy,
            "epoch": best.epoch,
            "count": len(validation),
            "interval_95": wilson_interval(
                round(best.validation_accuracy * len(validation)), len(validation)
            ),
        },
    )
    card.save(folder)
    save_litert(network, folder / MODEL_FILE)
    sample = validation.images[:64]
    expected = network.predict_on_batch(card.preprocessing.apply(sample))
    difference = float(np.abs(Recognizer(folder).predict(sample) - expected).max())
    print(f"Exported; LiteRT and Keras differ by at most {difference:.1e}.", flush=True)
    if not difference < _EXPORT_TOLERANCE:
        (folder / MODEL_FILE).unlink()
        raise ModelError(
            f"The exported model answers differently from the trained one (by {difference:.3f}); it was "
            "removed. Please report this with the run's log."
        )


def _state_of(folder: Path, config: TrainingConfig, dataset: Dataset) -> dict[str, object]:
    """What a card says of the state in which the faces were used: plain JSON values."""
    edition = runs.edition_of(folder, config)
    return {
        "state": describe(config.view),
        "edition": edition.name if edition else "",
        "excluded": edition.excluded if edition else 0,
        "relabelled": edition.relabelled if edition else 0,
        "labels": config.view.labels,
        "splits": {split: sum(of_split.values()) for split, of_split in dataset.counts().items()},
        "notes": list(dataset.notes),
    }


def train(folder: Path) -> RunStatus:
    """Run what `folder` describes to its end; everything worth knowing is in the folder afterwards."""
    config = runs.read_config(folder)
    recorder = RunRecorder(folder)
    try:
        recorder.stage("Reading the faces")
        edition = runs.edition_of(folder, config)
        dataset = load_dataset(config.dataset, view=config.view, edition=edition)
        recorder.stage("Building the network")
        trainer = Trainer(config, dataset, recorder)
        _on_request_to_end(trainer.interrupted.set)
        status = trainer.run()
        if (folder / runs.BEST_FILE).exists():
            recorder.stage("Exporting the best weights")
            export(folder, config, dataset)
    except FerError as error:
        print(error, file=sys.stderr, flush=True)
        recorder.finish(RunStatus.FAILED, str(error))
        return RunStatus.FAILED
    except BaseException as error:
        # Whatever it was, the page shall not have to guess; the log has the details.
        traceback.print_exc()
        recorder.finish(
            RunStatus.FAILED,
            f"The training ended with {type(error).__name__}: {error}. The log below has the details.",
        )
        return RunStatus.FAILED
    recorder.finish(status)
    return status


def _on_request_to_end(react: Callable[[], object]) -> None:
    """Treat the operating system's wish to end this process like a learner's Stop."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: react())


def main() -> int:
    """The command's entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m fer.training", description="Train the run in a run folder."
    )
    parser.add_argument("folder", type=Path, help="a folder with a config.json, as fer.runs makes it")
    folder = parser.parse_args().folder
    cv2.setNumThreads(1)  # the two cores belong to the network; one thread augments faster than it trains
    try:
        return 0 if train(folder) in (RunStatus.FINISHED, RunStatus.STOPPED) else 1
    except FerError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
