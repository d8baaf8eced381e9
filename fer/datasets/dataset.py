"""Dataset: faces with labels, splits and a source; what every reader returns, and the class weights of it."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fer.datasets.pictures import Pictures
from fer.emotions import EMOTIONS, Emotion
from fer.errors import DatasetError, EmptyClassError, MalformedDatasetError

# The columns of FER+'s votes, in the order of fer2013new.csv; "NF" is "not a face".
# Source: Barsoum et al. (2016), "Training deep networks for facial expression recognition with
# crowd-sourced label distribution", github.com/microsoft/FERPlus.
VOTE_NAMES = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
# Stands for "rows counted from 0", which a default value cannot know the number of.
_COUNTED: NDArray[np.intp] = np.empty(0, np.intp)


class Split(StrEnum):
    """What a face may be used for: fitting weights, choosing settings, or one last honest figure.

    FER-2013 calls them Training, PublicTest and PrivateTest.
    """

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a dataset comes from and under which terms.

    Attributes:
        title: its name as a person would say it.
        url: where to read about it; may be empty.
        license: the terms, in a few words.
        citation: the publication to cite; may be empty.
    """

    title: str
    url: str = ""
    license: str = "unknown"
    citation: str = ""


@dataclass(frozen=True, slots=True)
class SourceLabel:
    """A label as it stands in a dataset's source, and what it was read as.

    Attributes:
        text: the label; at most a hundred printable characters of it.
        count: how many faces have it.
        emotion: what it stands for; None if its faces are left out.
    """

    text: str
    count: int
    emotion: Emotion | None


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Faces with their labels; its arrays are never written to.

    Attributes:
        name: what `load_dataset` was asked for, and what a run's config records.
        emotions: the k emotions; a label is an index into it.
        images: (n, h, w, c) uint8, c 1 (grey) or 3 (RGB).
        labels: (n,) intp.
        splits: (n,) of `Split` values, as short strings.
        source: where it comes from.
        rows: (n,) intp, each face's place in its source, counted from 0; it stays with the face when others
            are left out. Left out, it counts from 0.
        votes: (n, 10) uint8, how many of FER+'s ten voters chose each of `VOTE_NAMES`; None without votes.
        soft_labels: (n, k) float32, shares that sum to 1, to train on instead of `labels`; None for none.
        notes: sentences about what reading or preparing it changed: splits drawn, rows left out.
        source_labels: the labels in its source as it came, at most two hundred; empty where it has none.
        pictures: what the faces were before, where they came as pictures; None where they came as numbers.
    """

    name: str
    emotions: tuple[Emotion, ...]
    images: NDArray[np.uint8]
    labels: NDArray[np.intp]
    splits: NDArray[np.str_]
    source: Source
    rows: NDArray[np.intp] = field(default_factory=lambda: _COUNTED)
    votes: NDArray[np.uint8] | None = None
    soft_labels: NDArray[np.float32] | None = None
    notes: tuple[str, ...] = ()
    source_labels: tuple[SourceLabel, ...] = ()
    pictures: Pictures | None = None

    def __post_init__(self) -> None:
        n = len(self.images)
        if self.rows is _COUNTED:
            object.__setattr__(self, "rows", np.arange(n, dtype=np.intp))
        if self.images.ndim != 4 or self.images.dtype != np.uint8 or self.images.shape[3] not in (1, 3):
            raise MalformedDatasetError(
                f"Images must be (n, h, w, 1 or 3) of uint8; received {self.images.shape} "
                f"of {self.images.dtype}."
            )
        k = len(self.emotions)
        shapes = {
            "labels": (n,),
            "splits": (n,),
            "rows": (n,),
            "votes": (n, len(VOTE_NAMES)),
            "soft_labels": (n, k),
        }
        for name, shape in shapes.items():
            values = getattr(self, name)
            if values is not None and values.shape != shape:
                raise MalformedDatasetError(
                    f"{n} images of {k} emotions need {name} of shape {shape}; received {values.shape}."
                )
        if n and (self.labels.min() < 0 or self.labels.max() >= k):
            raise MalformedDatasetError(
                f"Labels must be 0 to {k - 1}; received {self.labels.min()} to {self.labels.max()}."
            )
        for array in (self.images, *(getattr(self, name) for name in shapes)):
            if array is not None:
                array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.images)

    def only(self, split: Split) -> Self:
        """The faces of one split, in their order (may be empty)."""
        return self.take(np.flatnonzero(self.splits == split))

    def require_training_splits(self) -> None:
        """Make sure that there are faces to train on and faces to choose the best epoch by.

        Raises:
            DatasetError: one of the two splits is empty.
        """
        for split in (Split.TRAIN, Split.VALIDATION):
            if not (self.splits == split).any():
                raise DatasetError(
                    f"“{self.name}” has no face in its {split} split, and training needs both train and "
                    "validation. Choose another dataset, or add the split."
                )

    def take(self, rows: NDArray[np.intp]) -> Self:
        """The faces at `rows`, in that order."""
        return replace(
            self,
            images=self.images[rows],
            labels=self.labels[rows],
            splits=self.splits[rows],
            rows=self.rows[rows],
            votes=None if self.votes is None else self.votes[rows],
            soft_labels=None if self.soft_labels is None else self.soft_labels[rows],
        )

    def targets(self) -> NDArray[np.float32]:
        """What a model should answer for each face, (n, k) float32: shares that sum to 1."""
        if self.soft_labels is not None:
            return self.soft_labels
        return np.eye(len(self.emotions), dtype=np.float32)[self.labels]

    def subset(self, count: int, seed: int) -> Self:
        """At most `count` faces, each emotion keeping its share, drawn with `seed`, in their order.

        Every emotion that has faces keeps at least one, whatever its share.
        """
        return self if count >= len(self) else self.take(self.stratified(count, seed))

    def stratified(self, count: int, seed: int) -> NDArray[np.intp]:
        """The places of the faces of `subset`, ascending."""
        shuffled = np.random.default_rng(seed).permutation(len(self))
        # The rank of a face within its emotion, divided by the emotion's size, spreads each emotion
        # evenly over 0..1: the lowest `count` are a stratified draw.
        position = np.empty(len(self))
        for label in range(len(self.emotions)):
            members = shuffled[self.labels[shuffled] == label]
            position[members] = np.arange(len(members)) / max(len(members), 1)
        return np.sort(np.argsort(position, kind="stable")[:count])

    def counts(self) -> dict[Split, dict[Emotion, int]]:
        """How many faces each emotion has, for each split that is not empty."""
        return {
            split: dict(
                zip(self.emotions, np.bincount(labels, minlength=len(self.emotions)).tolist(), strict=True)
            )
            for split in Split
            if len(labels := self.labels[self.splits == split])
        }


def balanced_class_weights(
    labels: NDArray[np.intp], emotions: tuple[Emotion, ...] = EMOTIONS
) -> dict[int, float]:
    """Return one loss weight per class, so that every emotion pulls equally.

    FER-2013's training split shows sixteen smiles for every look of disgust; unweighted, a model
    earns its accuracy by never answering "disgust".

    Args:
        labels: (n,), each an index into `emotions`.
        emotions: the k classes, in the column order of the model's output.

    Returns:
        Class index to weight. The weights average 1 over `labels`, so losses stay comparable.

    Raises:
        EmptyClassError: an emotion has no image, and no weight could balance it.

    Source:
        n / (k * count), scikit-learn's "balanced" heuristic, after King and Zeng (2001).
    """
    counts = np.bincount(labels, minlength=len(emotions))
    missing = [emotion for emotion, count in zip(emotions, counts, strict=True) if count == 0]
    if missing:
        raise EmptyClassError(
            f"No training image shows {', '.join(missing)}, so the classes cannot be balanced. "
            "Switch balancing off, or choose a larger subset."
        )
    return {index: float(weight) for index, weight in enumerate(len(labels) / (len(emotions) * counts))}
