"""Training steps: one epoch, batches made by the processor, the network wherever Keras has it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import keras
import numpy as np

from fer.runs import say
from fer.training import batches
from fer.training.batches import Batch, TrainingBatches, prefetched
from fer.training.engine.teaching import Teachers


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one batch.

    Attributes:
        number: within the epoch, from 1.
        faces: in the batch.
        loss: its mean over them.
        accuracy: over them, 0 to 1.
        learning_rate: that moved the weights.
    """

    number: int
    faces: int
    loss: float
    accuracy: float
    learning_rate: float


class Stepper(Protocol):
    """Whoever trains an epoch; when the last step is told, the network holds what came of it."""

    def steps(self, epoch: int, rate: Callable[[int], float]) -> Iterator[Step]:
        """Train epoch `epoch` (from 1); `rate` gives the learning rate of each of its steps (from 1)."""


class BatchByBatch:
    """The processor makes the batches, to the bit as the preview shows them; Keras trains on one by one."""

    def __init__(self, faces: TrainingBatches, trainee: keras.Model, teachers: Teachers | None) -> None:
        self._faces = faces
        self._trainee = trainee
        self._teachers = teachers

    def steps(self, epoch: int, rate: Callable[[int], float]) -> Iterator[Step]:
        """See `Stepper`."""
        for number, batch in enumerate(prefetched(self._faces.epoch(epoch)), start=1):
            if (epoch, number) == (1, 1):
                say(f"First batch {batches.fingerprint(batch)}")
            now = rate(number)
            self._trainee.optimizer.learning_rate = now
            loss, accuracy = self._trainee.train_on_batch(batch.inputs, self._targets(batch), batch.weights)
            yield Step(number, len(batch.labels), float(loss), float(accuracy), now)

    def _targets(self, batch: Batch) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return batch.targets if self._teachers is None else self._teachers.mixed(batch.targets, batch.inputs)
