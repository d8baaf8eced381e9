"""Report content: one to three models' answers to the same faces, and where both come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Dataset
from fer.datasets.fingerprint import fingerprint
from fer.emotions import Emotion
from fer.evaluation.evaluation_set import EvaluatedModel, EvaluationSet
from fer.figures.report.plain_text import one_line


@dataclass(frozen=True, eq=False, kw_only=True)
class EvaluationReport(EvaluationSet):
    """An evaluation that is to be written down; every model's title is one line, and no two are alike.

    Attributes:
        made_at: when, with its time zone.
        faces_fingerprint: 24 hexadecimal digits that change with any pixel or label of `faces`.
    """

    made_at: datetime
    faces_fingerprint: str

    @property
    def title(self) -> str:
        """What the report is called, in one line."""
        names = [f"“{model.title}”" for model in self.models]
        joined = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        return f"{joined} on {one_line(self.faces.source.title)}, {self.split} faces"


def report_of(
    models: Sequence[EvaluatedModel],
    faces: Dataset,
    view: DatasetView = AS_IT_CAME,
    *,
    left_out: Mapping[Emotion, int] | None = None,
    made_at: datetime | None = None,
) -> EvaluationReport:
    """Return the report of these models; made now, if `made_at` is None.

    Raises:
        ModelMismatchError: there is no model, or one was asked about other faces or in another way.
    """
    return EvaluationReport(
        models=tuple(
            replace(model, title=title) for model, title in zip(models, _titles(models), strict=True)
        ),
        faces=faces,
        view=view,
        left_out={emotion: count for emotion, count in (left_out or {}).items() if count},
        made_at=made_at or datetime.now().astimezone(),
        faces_fingerprint=fingerprint(faces),
    )


def _titles(models: Sequence[EvaluatedModel]) -> list[str]:
    """One line for each model, and no two alike."""
    titles = [one_line(model.title) or one_line(model.name) for model in models]
    return [
        title if titles.count(title) == 1 else f"{title} ({one_line(model.name)})"
        for title, model in zip(titles, models, strict=True)
    ]
