"""What must be said beside the figures of a report: whose faces these are, and whether a model knows them."""

from collections.abc import Iterator, Sequence

from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Split
from fer.datasets.views import describe, describe_splits
from fer.errors import ConfigError
from fer.evaluation import TTA
from fer.figures.report.plain_text import one_line
from fer.figures.report.report import EvaluationReport, ReportedModel
from fer.models.card import ModelCard

# Below this many faces, an interval is wider than most differences that anybody looks for.
_FEW_FACES = 200


def caveats_of(report: EvaluationReport) -> tuple[str, ...]:
    """Return the sentences that these models and these faces need, as plain text, the weightiest first."""
    return tuple(_sentences(report))


def _sentences(report: EvaluationReport) -> Iterator[str]:
    for model in report.models:
        yield from _known_faces(report, model)
    yield from _left_out(report)
    if report.tta is not TTA.NONE:
        yield (
            f"Every figure here is {report.tta.phrase}. Most published figures, and the "
            "workshop's live page, look once."
        )
    if report.view != AS_IT_CAME:
        yield (
            f"These faces are not as they came: {one_line(describe(report.view))}. Figures of another state "
            "are of other faces or other labels; compare like with like."
        )
    if len(report.faces) < _FEW_FACES:
        yield (
            f"There are only {len(report.faces):,} faces, so the intervals are wide: a small difference says "
            "nothing."
        )
    missing = [r.emotion for r in report.models[0].evaluation.class_reports if not r.support]
    if missing:
        yield (
            f"No face here is labelled {_listed(missing)}, so how the models do there is not known. A mean "
            "over the emotions is over the others."
        )
    if report.split is Split.TEST:
        yield (
            "The test faces are for one last honest look. Settings that were chosen by these figures make "
            "them too good."
        )
    elif report.split is Split.VALIDATION:
        yield (
            "Validation faces serve to choose between settings and epochs, so a model that was chosen by "
            "them looks a little better here than on faces that nobody chose by."
        )


def learned_from(card: ModelCard) -> str:
    """Return the title of the dataset that a model learned from; empty where its card does not tell."""
    return one_line(card.dataset.get("title") or "")


def _known_faces(report: EvaluationReport, model: ReportedModel) -> Iterator[str]:
    """Whether a model has met these faces, or nothing like them, while it learned."""
    name, taught, source = f"“{model.title}”", learned_from(model.card), one_line(report.faces.source.title)
    if model.card.dataset.get("brought"):
        yield (
            f"{name} was brought from elsewhere, and what it learned from is not known here: it may have "
            "seen these faces, and then the score flatters it."
        )
        return
    if taught and taught != source:
        yield (
            f"{name} learned from {taught}; these faces are from {source}. A score on another kind of faces "
            "tells how far its knowledge carries, not how well it was trained."
        )
        return
    if report.split is Split.TRAIN:
        yield f"{name} has seen these faces while it learned, so this score flatters it."
        return
    try:
        learned_with = DatasetView.from_dict(model.card.config.get("view") or {}).splits
    except ConfigError:
        yield f"The card of {name} does not say how its faces were divided; it may know some of these."
        return
    splits = report.view.splits
    test_is_the_same = all(plan is None or plan.keep_test for plan in (learned_with, splits))
    if taught and learned_with != splits and not (report.split is Split.TEST and test_is_the_same):
        was = "the splits as they came" if learned_with is None else describe_splits(learned_with)
        yield (
            f"{name} learned with {was}, and these are other splits: some of these faces may have been among "
            "its training faces, and then the score flatters it."
        )


def _left_out(report: EvaluationReport) -> Iterator[str]:
    if report.left_out:
        named = _listed([f"{count:,} labelled {emotion}" for emotion, count in report.left_out.items()])
        yield (
            f"Not every model here knows every emotion, so these faces of the split are left out: {named}. "
            "Every figure is of the other faces."
        )


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
