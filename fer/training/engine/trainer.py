"""Training loop: batch after batch, epoch after epoch, each validated, recorded and kept."""

import math
import time
from collections.abc import Sequence

import keras

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Dataset, Split
from fer.errors import RunError
from fer.models.architectures import imagenet
from fer.models.catalog import preprocessing_of
from fer.models.transfer import begins_fine_tuning, require_possible
from fer.runs import EpochMetrics, Predictions, RunRecorder, RunStatus, say
from fer.runs.schedules import early_stop, learning_rate
from fer.system import files
from fer.training import batches
from fer.training.batches import TrainingBatches
from fer.training.engine.checkpoint import Checkpoint
from fer.training.engine.freezing import set_trainable
from fer.training.engine.network import build_network, compiled, reseed, runs_on_jax
from fer.training.engine.probe_samples import manifest, probe_samples, require_the_same
from fer.training.engine.reporting import BatchReporter
from fer.training.engine.steps import BatchByBatch, Stepper
from fer.training.engine.teaching import Teachers
from fer.training.engine.tensorboard import ScalarLog
from fer.training.engine.validation import ValidationResult, Validator


class Trainer:
    """One run: a network, its optimizer, and the loop that improves it.

    Raises:
        DatasetError: a split that is needed has no face, or a class to be balanced has none.
        ConfigError: a batch is larger than the training set, or the architecture lacks the weights or the
            block that the config names.
        ModelNotFoundError, ModelError: a teacher is gone, or cannot teach this network.
    """

    def __init__(self, config: TrainingConfig, dataset: Dataset, recorder: RunRecorder) -> None:
        self.config = config
        self.recorder = recorder
        self.folder = recorder.folder
        require_possible(config)
        dataset.require_training_splits()
        train = batches.training_faces(dataset, config)
        validation = batches.validation_faces(dataset, config)
        batches.require_a_batch(config, len(train))
        preprocessing = preprocessing_of(config)
        self.batches = TrainingBatches(train, config, preprocessing)
        self.validator = Validator(validation, config, preprocessing)
        self._faces = manifest(train, validation)
        self._validation_left_out = int((dataset.splits == Split.VALIDATION).sum()) - len(validation)
        self._probes = probe_samples(validation, config.seed)
        self._preprocessing = preprocessing
        self._teachers = Teachers(config, dataset.emotions) if config.teachers else None
        self.network = build_network(config, len(dataset.emotions), config.precision)
        self._enter_phase(1)

    def begin(self) -> list[EpochMetrics]:
        """Write down what the run will be watched by, or bring back what it has done; returns its epochs.

        Raises:
            RunError: it cannot go on: its faces or its files are others than they were.
            ModelError: it shall begin with ImageNet's weights, and they cannot be had.
            StorageError: something cannot be saved, and not because the disk is full.
        """
        if self._checkpoint.exists():
            return self._resume()
        if self.config.initial_weights == "imagenet":
            self.recorder.stage("Fetching what the network learned from ImageNet")
            imagenet.load(self.config.architecture, self.network)
        faces = self.validator.faces.take(self._probes)
        self.recorder.persist(lambda: runs.save_manifest(self.folder, self._faces))
        self.recorder.persist(
            lambda: runs.save_probe_samples(self.folder, faces.rows, faces.images, faces.labels)
        )
        if self._validation_left_out:
            count = len(self.validator.faces)
            say(
                f"Judged by {count:,} of {count + self._validation_left_out:,} validation faces, as it "
                "learns from a subset: a figure from so few is rough."
            )
        for name, count in zip(self._faces.emotions, self._faces.counts["validation"], strict=True):
            if count == 0:
                say(f"No validation face shows {name}: how well it is recognised cannot be told.")
        return []

    def run(self, metrics: list[EpochMetrics]) -> RunStatus:
        """Train to the end, or until asked to stop; returns which of the two it was.

        The epochs to come are added to `metrics`, which `begin` returned.

        Raises:
            RunError: the loss is no longer a number.
            StorageError: something cannot be saved, and not because the disk is full.
        """
        self.open_logs(len(metrics))
        for epoch in range(len(metrics) + 1, self.config.epochs + 1):
            if reason := early_stop(self.config, metrics):
                say(reason)
                break
            if begins_fine_tuning(self.config, epoch):
                self._enter_phase(epoch)
            self.recorder.stage(f"Epoch {epoch} of {self.config.epochs}")
            started = time.perf_counter() - self.recorder.paused_seconds
            fitted = self.fit_epoch(epoch, metrics)
            if fitted is None:
                return RunStatus.STOPPED
            with self._checkpoint.averaged():
                result = self.validator.evaluate(self.network)
            self._require_a_number(result.loss, epoch, len(self.batches))
            row = EpochMetrics(
                epoch,
                *fitted,
                result.loss,
                result.accuracy,
                learning_rate(self.config, epoch - 0.5, metrics),
                time.perf_counter() - self.recorder.paused_seconds - started,
                result.class_accuracies,
            )
            metrics.append(row)
            self._keep(row, result, is_best=runs.best_epoch(metrics) is row)
            if self.recorder.stop_requested() and epoch < self.config.epochs:
                return RunStatus.STOPPED
        return RunStatus.FINISHED

    def fit_epoch(self, epoch: int, metrics: Sequence[EpochMetrics]) -> tuple[float, float] | None:
        """Train one epoch; returns its mean loss and accuracy, or None when asked to stop within it."""
        steps = len(self.batches)
        reseed(self.network, self.config.seed, epoch)
        self._reporter.begin(epoch)

        def rate(number: int) -> float:
            return learning_rate(self.config, epoch - 1 + (number - 1) / steps, metrics)

        for step in self._stepper.steps(epoch, rate):
            self._require_a_number(step.loss, epoch, step.number)
            reported = self._reporter.add(
                step.number, step.faces, step.loss, step.accuracy, step.learning_rate
            )
            if reported and step.number < steps and self.recorder.stop_requested():
                return None
        return self._reporter.means()

    def _enter_phase(self, epoch: int) -> None:
        """Let learn what learns from `epoch` on, with an optimizer that knows nothing of what was before."""
        set_trainable(self.network, self.config, epoch)
        self._trainee = compiled(self.network, self.config)
        self._stepper = self._stepper_for(self._trainee)
        self._checkpoint = Checkpoint(self.folder, self._trainee, epochs_before=epoch - 1)
        if self.config.head_epochs:
            learning = sum(math.prod(weight.shape) for weight in self._trainee.trainable_weights)
            say(f"{learning:,} of {self._trainee.count_params():,} weights learn from epoch {epoch} on.")

    def _stepper_for(self, trainee: keras.Model) -> Stepper:
        if runs_on_jax():
            from fer.training.engine import device_pixels, on_device

            if device_pixels.supports(self.batches.faces.images, self._preprocessing):
                return on_device.OnDevice(
                    self.batches, self.config, self._preprocessing, trainee, self._teachers
                )
        return BatchByBatch(self.batches, trainee, self._teachers)

    def _resume(self) -> list[EpochMetrics]:
        """Bring the last whole epoch back; returns the metrics up to it."""
        require_the_same(self.folder, self._faces)
        if self.config.head_epochs and not self._checkpoint.fits():
            self._enter_phase(self.config.head_epochs + 1)
        done = self._checkpoint.restore(len(self.batches))
        say(f"Going on after epoch {done}.")
        metrics = [row for row in runs.read_run(self.folder).metrics() if row.epoch <= done]
        if len(metrics) != done:
            raise RunError(
                f"The {runs.METRICS_FILE} of this run tells of {len(metrics)} of its {done} epochs, so it is "
                "not known which was the best. Start a new run with its settings; its weights are kept."
            )
        self.recorder.forget_epochs_after(done)
        best = runs.best_epoch(metrics)
        predictions = runs.read_predictions(self.folder)
        if best is metrics[-1] and not (predictions and predictions.epoch == best.epoch):
            # It was killed between two files. Nothing was trained since, so this is the best epoch still.
            with self._checkpoint.averaged():
                result = self.validator.evaluate(self.network)
            self._keep_best(best.epoch, result)
        planned = learning_rate(self.config, done - 0.5, metrics[:-1])
        if not math.isclose(planned, metrics[-1].learning_rate, rel_tol=1e-6):
            following = learning_rate(self.config, done, metrics)
            say(
                f"The schedule of the learning rate is drawn over {self.config.epochs} epochs by now: it "
                f"goes on from {following:.2e}, not from {metrics[-1].learning_rate:.2e}."
            )
        return metrics

    def _keep(self, row: EpochMetrics, result: ValidationResult, *, is_best: bool) -> None:
        """Record an epoch and keep its weights; a kill between any two of the files loses nothing.

        Before last.keras is there the epoch does not count and is trained again, to the same end; once it is,
        all that is missing can be made from it.
        """
        answers = result.probabilities[self._probes]
        self.recorder.persist(lambda: runs.record_answers(self.folder, row.epoch, answers))
        for log, loss, accuracy in (
            (self._train_log, row.train_loss, row.train_accuracy),
            (self._validation_log, row.validation_loss, row.validation_accuracy),
        ):
            log.add(row.epoch, {"epoch/loss": loss, "epoch/accuracy": accuracy})
            self.recorder.persist(log.flush)
        self.recorder.record_epoch(row)
        self.recorder.persist(self._checkpoint.save)
        if is_best:
            self._keep_best(row.epoch, result)
        say(
            f"loss {row.train_loss:.4f}, accuracy {row.train_accuracy:.4f}, validation loss "
            f"{row.validation_loss:.4f}, validation accuracy {row.validation_accuracy:.4f}, "
            f"{row.duration_seconds:.0f} s"
        )

    def _keep_best(self, epoch: int, result: ValidationResult) -> None:
        faces = self.validator.faces
        predictions = Predictions(faces.rows, faces.labels, result.probabilities, epoch)
        with self._checkpoint.averaged():
            self.recorder.persist(lambda: files.save(self.folder / runs.BEST_FILE, self.network.save))
        # Last, because its number says that the weights are there.
        self.recorder.persist(lambda: runs.save_predictions(self.folder, predictions))

    def open_logs(self, epochs_done: int) -> None:
        """Let what follows be told; `fit_epoch` needs it once before its first epoch."""
        folder = self.folder / runs.TENSORBOARD_FOLDER
        self._train_log = ScalarLog(folder / "train", epochs_done + 1)
        self._validation_log = ScalarLog(folder / "validation", epochs_done + 1)
        batch_log = ScalarLog(folder / "batches", epochs_done * len(self.batches) + 1)
        self._reporter = BatchReporter(self.recorder, len(self.batches), batch_log)

    def _require_a_number(self, loss: float, epoch: int, step: int) -> None:
        if not math.isfinite(loss):
            raise RunError(
                f"The loss is no longer a number (epoch {epoch}, batch {step}): a learning rate of "
                f"{self.config.learning_rate:g} is too high here. Start again with a tenth of it."
            )
