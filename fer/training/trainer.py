"""The loop: batch after batch, epoch after epoch, each validated, recorded and kept."""

import math
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras
import numpy as np

from fer import files, runs
from fer.batches import TrainingBatches, prefetched
from fer.config import TrainingConfig
from fer.datasets import Dataset, Split
from fer.errors import RunError
from fer.runs import BatchMetrics, EpochMetrics, RunRecorder, RunStatus
from fer.schedules import learning_rate
from fer.training.network import build_network, compiled, preprocessing_of

# How often the watching page gets a new point; more would be drawn by nobody.
_REPORT_SECONDS = 0.5
_EVALUATION_BATCH = 256


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
