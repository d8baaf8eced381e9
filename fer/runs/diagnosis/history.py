"""Training history: a run's settings and curves, with the few figures that the rules need."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from fer.config import TrainingConfig
from fer.emotions import Emotion
from fer.runs import BatchMetrics, DatasetManifest, EpochMetrics, Run, RunStatus, best_epoch, read_manifest

# Batch normalization (`architectures.normalization`) follows with a momentum of 0.9: after 50 steps half a
# per cent of the untrained statistics is left. Seen with 200 faces in batches of 64 (4 steps an epoch):
# validation stayed at chance until epoch 10 while training rose to 82 %, which says nothing of the network.
_NORMALIZATION_STEPS = 50
# Three time constants of a moving average: a twentieth of the untrained weights is left.
_AVERAGING_CONSTANTS = 3
# Of the way from always giving the commonest emotion to always being right: 50 % on FER-2013, which logistic
# regression on raw pixels already reaches on the built-in faces.
_LOW = 1 / 3
# Where neither the faces nor the batches tell how many steps an epoch has.
_STEPS_UNKNOWN = 100


@dataclass(frozen=True, slots=True, eq=False)
class TrainingHistory:
    """How a run came along, as far as it is.

    Attributes:
        config: what was chosen.
        status: what the run is doing.
        error: why it failed, as a sentence.
        metrics: the epochs done, in order, every figure finite and every share within 0 to 1.
        broken: the first epoch with a figure that is no number, from 1; None for none.
        batches: where it was within the epochs.
        manifest: which faces it learns from; None where that is not known.
        settled: those of `metrics` after which batch normalisation's statistics and the average of the
            weights have caught up: before, validation judges a network that nobody trained.
    """

    config: TrainingConfig
    status: RunStatus
    error: str
    metrics: tuple[EpochMetrics, ...]
    broken: int | None
    batches: Sequence[BatchMetrics]
    manifest: DatasetManifest | None
    settled: tuple[EpochMetrics, ...]

    @classmethod
    def of(cls, run: Run, metrics: Sequence[EpochMetrics], batches: Sequence[BatchMetrics] = ()) -> Self:
        """Weigh the figures at the door; what stands after one that is no number is left out."""
        sound: list[EpochMetrics] = []
        broken = None
        for row in metrics:
            if not _is_sound(row):
                broken = max(row.epoch, 1)
                break
            sound.append(row)
        manifest = read_manifest(run.folder)
        steps = _steps_an_epoch(run.config, manifest, batches)
        needed: float = _NORMALIZATION_STEPS
        if run.config.weight_averaging:
            needed = max(needed, _AVERAGING_CONSTANTS / (1 - run.config.weight_averaging))
        return cls(
            run.config,
            run.status,
            run.error,
            tuple(sound),
            broken,
            batches,
            manifest,
            tuple(row for row in sound if row.epoch * steps >= needed),
        )

    @property
    def is_over(self) -> bool:
        """Whether no further epoch comes by itself."""
        return not self.status.is_active and self.status is not RunStatus.QUEUED

    @property
    def is_through(self) -> bool:
        """Whether it trained all the epochs it was given."""
        return self.is_over and bool(self.metrics) and self.metrics[-1].epoch >= self.config.epochs

    @property
    def warm(self) -> tuple[EpochMetrics, ...]:
        """The epochs after the rate has climbed."""
        return tuple(row for row in self.metrics if row.epoch > self.config.warmup_epochs)

    @property
    def best(self) -> EpochMetrics | None:
        """The epoch whose weights are kept."""
        return best_epoch(self.metrics)

    @property
    def emotions(self) -> tuple[Emotion, ...]:
        """The classes; all seven where they are not known."""
        return self.manifest.emotions if self.manifest and self.manifest.emotions else tuple(Emotion)

    def counts(self, split: str) -> tuple[int, ...] | None:
        """The faces of each emotion in a split; None where they are not known."""
        counts = self.manifest.counts.get(split) if self.manifest else None
        return counts if counts and len(counts) == len(self.emotions) and sum(counts) > 0 else None

    @property
    def validation_count(self) -> int | None:
        """How many faces judge each epoch; None where that is not known."""
        counts = self.counts("validation")
        return sum(counts) if counts else None

    @property
    def train_count(self) -> int | None:
        """How many faces it learns from; None where that is not known."""
        counts = self.counts("train")
        return sum(counts) if counts else None

    @property
    def majority(self) -> float:
        """What always answering the commonest emotion would score on validation, 0 to 1."""
        counts = self.counts("validation")
        return max(counts) / sum(counts) if counts else 1 / len(self.emotions)

    @property
    def low(self) -> float:
        """The accuracy below which little was learned, 0 to 1."""
        return self.majority + _LOW * (1 - self.majority)

    @property
    def chance_loss(self) -> float:
        """The loss of giving every emotion the same probability, whatever the face."""
        k = len(self.emotions)
        match self.config.loss:
            case "focal":
                return (1 - 1 / k) ** 2 * math.log(k)
            case "squared_error":
                return (1 - 1 / k) / k
            case _:  # the softmax of k equal probabilities is even too
                return math.log(k)

    def noise(self, accuracy: float) -> float:
        """The standard error of a validation accuracy, 0 to 1: how far it depends on who happens to judge.

        Source:
            The binomial distribution's, sqrt(p (1 - p) / n). Where n is not known, that of 700 faces at
            one half, as the built-in faces have.
        """
        return math.sqrt(max(accuracy * (1 - accuracy), 0.0) / (self.validation_count or 700))


def falls(values: Sequence[float]) -> list[float]:
    """By how much each value is below the one before it, negative where it is above."""
    return [before - after for before, after in pairwise(values)]


def _is_sound(row: EpochMetrics) -> bool:
    losses = (row.train_loss, row.validation_loss)
    shares = (row.train_accuracy, row.validation_accuracy)
    return all(map(math.isfinite, losses)) and all(0 <= share <= 1 for share in shares)


def _steps_an_epoch(
    config: TrainingConfig, manifest: DatasetManifest | None, batches: Sequence[BatchMetrics]
) -> int:
    if batches:
        return batches[-1].batches
    count = manifest.training_faces if manifest else 0
    return math.ceil(count / config.batch_size) or _STEPS_UNKNOWN
