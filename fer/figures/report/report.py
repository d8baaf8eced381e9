"""What a report is made from: one to three models' answers to the same faces, and where both come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Dataset, Split
from fer.datasets.fingerprint import fingerprint
from fer.emotions import Emotion
from fer.errors import ModelMismatchError
from fer.evaluation import TTA, Evaluation
from fer.figures.report.plain_text import one_line
from fer.models.card import ModelCard
from fer.statistics import PairedComparison, compare_answers


@dataclass(frozen=True, slots=True, eq=False)
class ReportedModel:
    """One model of a report.

    Attributes:
        title: what a person calls it, made one line.
        card: its card.
        evaluation: its answers; `evaluation.model` is its name.
        fingerprint: `Recognizer.fingerprint`; empty where it is not known.
    """

    title: str
    card: ModelCard
    evaluation: Evaluation
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationReport:
    """Models and the faces they were all asked about.

    Attributes:
        models: one or more; the first is the one the others are compared with.
        faces: what they were asked about, in the order of every evaluation.
        view: the state in which the dataset was used.
        left_out: faces of the split that were not asked about, by emotion, because a model cannot answer it.
        made_at: when, with its time zone.
        faces_fingerprint: 24 hexadecimal digits that change with any pixel or label of `faces`.
    """

    models: tuple[ReportedModel, ...]
    faces: Dataset
    view: DatasetView
    left_out: Mapping[Emotion, int]
    made_at: datetime
    faces_fingerprint: str

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """Every model's, in the order of `models`."""
        return tuple(model.evaluation for model in self.models)

    @property
    def split(self) -> Split:
        """Which faces."""
        return self.evaluations[0].split

    @property
    def tta(self) -> TTA:
        """How often each face was looked at."""
        return self.evaluations[0].tta

    @property
    def title(self) -> str:
        """What the report is called, in one line."""
        names = [f"“{model.title}”" for model in self.models]
        joined = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        return f"{joined} on {one_line(self.faces.source.title)}, {self.split} faces"

    def comparisons(self) -> tuple[tuple[ReportedModel, PairedComparison], ...]:
        """Every further model beside the first, on the same faces; the first is the first of the pair."""
        first, *others = self.models
        return tuple(
            (other, compare_answers(first.evaluation.is_right, other.evaluation.is_right)) for other in others
        )


def report_of(
    models: Sequence[ReportedModel],
    faces: Dataset,
    view: DatasetView = AS_IT_CAME,
    *,
    left_out: Mapping[Emotion, int] | None = None,
    made_at: datetime | None = None,
) -> EvaluationReport:
    """Return the report of these models, once it is sure that they were asked about these faces alike.

    Args:
        models: one or more.
        faces: what they were asked about.
        view: the state in which the dataset was used.
        left_out: faces that were not asked about, by emotion.
        made_at: when; now, if None.

    Raises:
        ModelMismatchError: there is no model, or one was asked about other faces or in another way.
    """
    if not models:
        raise ModelMismatchError("A report needs at least one model. Choose one.")
    first = models[0].evaluation
    for model in models:
        of_one = model.evaluation
        if not np.array_equal(of_one.rows, faces.rows) or (of_one.split, of_one.tta) != (
            first.split,
            first.tta,
        ):
            raise ModelMismatchError(
                f"“{one_line(model.title)}” was asked about other faces, or was shown them in another way, "
                "than the report is about. Evaluate all models on the same split, and look alike."
            )
    return EvaluationReport(
        tuple(
            ReportedModel(title, model.card, model.evaluation, model.fingerprint)
            for model, title in zip(models, _titles(models), strict=True)
        ),
        faces,
        view,
        {emotion: count for emotion, count in (left_out or {}).items() if count},
        made_at or datetime.now().astimezone(),
        fingerprint(faces),
    )


def _titles(models: Sequence[ReportedModel]) -> list[str]:
    """One line for each model, and no two alike."""
    titles = [one_line(model.title) or one_line(model.evaluation.model) for model in models]
    return [
        title if titles.count(title) == 1 else f"{title} ({one_line(model.evaluation.model)})"
        for title, model in zip(titles, models, strict=True)
    ]
