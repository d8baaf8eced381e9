"""Evaluation set: some models' answers to the same faces, which page, command and report all read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Dataset, Split
from fer.emotions import EMOTIONS, Emotion
from fer.errors import ModelMismatchError
from fer.evaluation.evaluation import Evaluation
from fer.evaluation.test_time_augmentation import TTA
from fer.models.card import ModelCard
from fer.statistics import PairedComparison, compare_answers


@dataclass(frozen=True, slots=True, eq=False)
class EvaluatedModel:
    """One model and its answers.

    Attributes:
        title: what a person calls it.
        card: its card.
        evaluation: its answers.
        fingerprint: `Recognizer.fingerprint`; empty where it is not known.
    """

    title: str
    card: ModelCard
    evaluation: Evaluation
    fingerprint: str = ""

    @property
    def name(self) -> str:
        """A pretrained model's name, or a run's id."""
        return self.evaluation.model


@dataclass(frozen=True, eq=False, kw_only=True)
class EvaluationSet:
    """One to three models and the faces they were all asked about.

    Attributes:
        models: the first is the one that is looked at; the others are compared with it.
        faces: what they were asked about, in the order of every evaluation: a split of the dataset in the
            state `view`, without the faces of emotions that one of the models cannot answer.
        view: in which state the dataset is used.
        left_out: faces of the split that were not asked about, by emotion.

    Raises:
        ModelMismatchError: there is no model, or one was asked about other faces or in another way.
    """

    models: tuple[EvaluatedModel, ...]
    faces: Dataset
    view: DatasetView = AS_IT_CAME
    left_out: Mapping[Emotion, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.models:
            raise ModelMismatchError("An evaluation needs at least one model. Choose one.")
        for model in self.models:
            of_one = model.evaluation
            alike = (of_one.split, of_one.tta) == (self.split, self.tta)
            if not alike or not np.array_equal(of_one.rows, self.faces.rows):
                raise ModelMismatchError(
                    f"“{model.title}” was asked about other faces than these, or with another test-time "
                    "augmentation. Evaluate all models alike, on the same split."
                )

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """Every model's, in the order of `models`."""
        return tuple(model.evaluation for model in self.models)

    @property
    def evaluation(self) -> Evaluation:
        """The first model's."""
        return self.models[0].evaluation

    @property
    def split(self) -> Split:
        """Which faces."""
        return self.evaluation.split

    @property
    def tta(self) -> TTA:
        """How every model was asked."""
        return self.evaluation.tta

    @property
    def emotions(self) -> tuple[Emotion, ...]:
        """Those that every model knows."""
        return common_emotions(model.card.emotions for model in self.models)

    def comparisons(self) -> tuple[tuple[EvaluatedModel, PairedComparison], ...]:
        """Every further model beside the first, on the same faces; the first is the first of the pair."""
        right = self.evaluation.is_right
        return tuple((other, compare_answers(right, other.evaluation.is_right)) for other in self.models[1:])


def common_emotions(known: Iterable[Sequence[Emotion]]) -> tuple[Emotion, ...]:
    """Return the emotions that all of several models know: only of their faces can all be asked."""
    each = tuple(known)
    return tuple(emotion for emotion in EMOTIONS if all(emotion in emotions for emotions in each))
