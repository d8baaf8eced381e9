"""Mini-batches: the training faces shuffled, augmented, preprocessed and mixed, a batch at a time.

No Keras here, so that a page can show the very batch that the training process will train on.
"""

import hashlib
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.config import TrainingConfig
from fer.datasets import Dataset, Split, balanced_class_weights
from fer.errors import ConfigError, DatasetError
from fer.models.catalog import preprocessing_of
from fer.models.preprocessing import Preprocessing
from fer.training import augmentation
from fer.training.augmentation import AugmentationParams, MixingParams

# Of fewer, a single face moves an emotion's accuracy by more than five points.
_JUDGED_PER_EMOTION = 20


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One step's input.

    Attributes:
        inputs: (b, h, w, c) float32, preprocessed.
        labels: (b,) intp, of the faces themselves, whatever was mixed into them.
        targets: (b, k) float32, what the model should answer: shares that sum to 1.
        weights: (b,) float32, of the loss; mixed as the targets are.
    """

    inputs: NDArray[np.float32]
    labels: NDArray[np.intp]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


def training_faces(dataset: Dataset, config: TrainingConfig) -> Dataset:
    """The faces that a run with this config learns from.

    Raises:
        DatasetError: the dataset has none.
    """
    faces = dataset.only(Split.TRAIN)
    if len(faces) == 0:
        raise DatasetError(
            f"“{dataset.name}” has no face in its train split, so there is nothing to train on. Choose "
            "another dataset, or draw the splits anew on the dataset page."
        )
    return faces if config.subset is None else faces.subset(config.subset, config.seed)


def validation_faces(dataset: Dataset, config: TrainingConfig) -> Dataset:
    """The faces that judge each epoch of a run with this config, drawn with its seed where it is a subset."""
    faces = dataset.only(Split.VALIDATION)
    size = len(faces.emotions)
    counts = validation_counts(
        int(np.count_nonzero(dataset.splits == Split.TRAIN)),
        np.bincount(faces.labels, minlength=size).tolist(),
        config,
    )
    shuffled = np.random.default_rng(config.seed).permutation(len(faces))
    of_each = [shuffled[faces.labels[shuffled] == label][: counts[label]] for label in range(size)]
    return faces if sum(counts) == len(faces) else faces.take(np.sort(np.concatenate(of_each)))


def validation_counts(training: int, validation: Sequence[int], config: TrainingConfig) -> tuple[int, ...]:
    """How many validation faces of each emotion judge a run: as large a share as it learns from, 20 at least.

    There are so many `training` faces, and so many `validation` faces of each emotion.
    """
    if config.subset is None or config.whole_validation or config.subset >= training:
        return tuple(validation)
    return tuple(
        min(count, max(-(-count * config.subset // training), _JUDGED_PER_EMOTION)) for count in validation
    )


def require_a_batch(config: TrainingConfig, faces: int) -> None:
    """Check that a batch can be drawn from so many training faces, or from the subset of them.

    Raises:
        ConfigError: a batch is larger.
    """
    used = min(faces, config.subset or faces)
    if config.batch_size > used:
        raise ConfigError(
            f"A batch of {config.batch_size} faces cannot be drawn from {used:,} training faces. "
            "Choose a smaller batch or more faces."
        )


def first_batch(dataset: Dataset, config: TrainingConfig) -> Batch:
    """The very first batch that a run with this config trains on, to the bit.

    Raises:
        DatasetError: the dataset has no training face, or a class to be balanced has none.
        UnknownArchitectureError: the catalogue does not have the config's.
    """
    faces = training_faces(dataset, config)
    return next(TrainingBatches(faces, config, preprocessing_of(config)).epoch(1))


def fingerprint(batch: Batch) -> str:
    """A batch as eight hexadecimal digits: the same digits, the same bits of all that the model is given."""
    digest = hashlib.sha256()
    for array in (batch.inputs, batch.targets, batch.weights):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:8]


@dataclass(frozen=True, slots=True, eq=False)
class EpochPlan:
    """All that is random about one epoch over n faces, drawn before any pixel is touched.

    Attributes:
        order: (n,) in which the faces come.
        params: what happens to each of them, in that order.
        mixing: of each batch; empty where nothing is mixed.
    """

    order: NDArray[np.intp]
    params: AugmentationParams
    mixing: tuple[MixingParams, ...]


class TrainingBatches:
    """Batches of the same faces, drawn anew for each epoch.

    Everything random follows from the config's seed and the epoch's number alone, so an epoch that is
    trained again after a crash meets the same pixels.

    Attributes:
        faces: all of them, n.
        targets: (n, k) float32, what is to be answered.
        weights: (n,) float32, of each face's loss.

    Raises:
        EmptyClassError: classes shall be balanced, and one has no face.
    """

    def __init__(self, faces: Dataset, config: TrainingConfig, preprocessing: Preprocessing) -> None:
        self.faces = faces
        self.targets = faces.targets()
        self._batch_size = config.batch_size
        self._augmentation = config.augmentation
        self._preprocessing = preprocessing
        self._seed = config.seed
        class_weights = np.ones(len(faces.emotions), np.float32)
        if config.balance_classes:
            for label, weight in balanced_class_weights(faces.labels, faces.emotions).items():
                class_weights[label] = weight
        self.weights = class_weights[faces.labels]

    def __len__(self) -> int:
        return -(-len(self.faces) // self._batch_size)

    def plan(self, number: int) -> EpochPlan:
        """Draw all that is random about epoch `number`, from 1."""
        rng = np.random.default_rng([self._seed, number])
        order = rng.permutation(len(self.faces))
        params = augmentation.draw(self._augmentation, len(order), rng)
        mixing: list[MixingParams] = []
        if self._augmentation.mixes:
            for step in range(1, len(self) + 1):
                # A generator of its own, so that what is mixed does not depend on the batches before. Steps
                # count from 1: NumPy takes [seed, number, 0] for [seed, number], which has drawn already.
                rng = np.random.default_rng([self._seed, number, step])
                count = min(self._batch_size, len(order) - (step - 1) * self._batch_size)
                mixing.append(augmentation.draw_mixing(self._augmentation, count, rng))
        return EpochPlan(order, params, tuple(mixing))

    def epoch(self, number: int) -> Iterator[Batch]:
        """The batches of epoch `number` (from 1), in order; the last one may be smaller."""
        plan = self.plan(number)
        for step, start in enumerate(range(0, len(plan.order), self._batch_size)):
            rows = plan.order[start : start + self._batch_size]
            images = self.faces.images[rows]
            if self._augmentation.changes_anything:
                images = augmentation.apply(images, plan.params.take(slice(start, start + self._batch_size)))
            labels = self.faces.labels[rows]
            inputs = self._preprocessing.apply(images)
            targets, weights = self.targets[rows], self.weights[rows]
            if plan.mixing:
                inputs, targets, weights = augmentation.mix(inputs, targets, weights, plan.mixing[step])
            yield Batch(inputs, labels, targets, weights)


def prefetched(batches: Iterator[Batch], ahead: int = 8) -> Iterator[Batch]:
    """The same batches, prepared by a thread while the model works on the ones before."""
    ready: queue.Queue[Batch | BaseException | None] = queue.Queue(ahead)
    abandoned = threading.Event()

    def put(item: Batch | BaseException | None) -> None:
        while not abandoned.is_set():
            try:
                return ready.put(item, timeout=0.2)
            except queue.Full:
                continue

    def prepare() -> None:
        try:
            for batch in batches:
                put(batch)
                if abandoned.is_set():
                    return
            put(None)
        except BaseException as error:  # carried over to the thread that can act on it
            put(error)

    thread = threading.Thread(target=prepare, name="prepare-batches", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        abandoned.set()
        thread.join()
