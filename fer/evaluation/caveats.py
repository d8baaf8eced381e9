"""Caveats: what must be said beside any figure: whose faces these are, and whether a model knows them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Split
from fer.datasets.views import describe, describe_splits
from fer.errors import ConfigError
from fer.evaluation.evaluation_set import EvaluatedModel, EvaluationSet
from fer.evaluation.test_time_augmentation import TTA

CaveatKind = Literal[
    "imported",
    "other dataset",
    "training faces",
    "unknown splits",
    "other splits",
    "left out",
    "augmented",
    "changed",
    "few faces",
    "no face",
    "test",
    "validation",
]

# Below this many faces, an interval is wider than most differences that anybody looks for.
_FEW_FACES = 200


class Caveat(NamedTuple):
    """One sentence or two, and what they are about."""

    kind: CaveatKind
    text: str


def caveats_of(evaluated: EvaluationSet, quote: Callable[[str], str] = str) -> tuple[Caveat, ...]:
    """Return what these models and these faces need to have said of them, the weightiest first.

    Args:
        evaluated: whose figures stand beside it.
        quote: makes a title that somebody typed fit for where it will stand.
    """
    names = [f"“{quote(model.title)}”" for model in evaluated.models]
    return (
        *(
            caveat
            for model, name in zip(evaluated.models, names, strict=True)
            for caveat in _known_faces(evaluated, model, name if len(names) > 1 else "This model", quote)
        ),
        *_left_out(evaluated, names),
        *_faces(evaluated, quote),
    )


def learned_from(model: EvaluatedModel) -> str:
    """Return the title of the dataset that a model learned from; empty where its card does not tell."""
    return str(model.card.dataset.get("title") or "")


def _known_faces(
    evaluated: EvaluationSet, model: EvaluatedModel, name: str, quote: Callable[[str], str]
) -> Iterator[Caveat]:
    """Whether a model has met these faces, or nothing like them, while it learned."""
    taught, source = learned_from(model), evaluated.faces.source.title
    if model.card.dataset.get("brought"):
        yield Caveat(
            "imported",
            f"{name} was made elsewhere, and what it learned from is not known here: it may have seen these "
            "faces, and then the score flatters it. Figures in its file are its maker's claims.",
        )
        return
    if taught and taught != source:
        yield Caveat(
            "other dataset",
            f"{name} learned from {quote(taught)}; these faces are from {quote(source)}. A score on another "
            "kind of faces tells how far its knowledge carries, not how well it was trained.",
        )
        return
    if evaluated.split is Split.TRAIN:
        yield Caveat(
            "training faces",
            f"{name} has seen these faces while it learned, so this score flatters it.",
        )
        return
    try:
        learned_with = DatasetView.from_dict(model.card.config.get("view") or {}).splits
    except ConfigError:
        yield Caveat(
            "unknown splits",
            f"{name} does not say how its faces were divided; it may know some of these.",
        )
        return
    splits = evaluated.view.splits
    test_is_the_same = all(plan is None or plan.keep_test for plan in (learned_with, splits))
    if taught and learned_with != splits and not (evaluated.split is Split.TEST and test_is_the_same):
        was = "the splits as they came" if learned_with is None else describe_splits(learned_with)
        yield Caveat(
            "other splits",
            f"{name} learned with {was}, and these are other splits: some of these faces may have been among "
            "its training faces, and then the score flatters it.",
        )


def _left_out(evaluated: EvaluationSet, names: Sequence[str]) -> Iterator[Caveat]:
    for model, name in zip(evaluated.models, names, strict=True):
        missing = {e: count for e, count in evaluated.left_out.items() if e not in model.card.emotions}
        if missing:
            faces = [f"{n:,} face{'s' if n > 1 else ''} labelled {e}" for e, n in missing.items()]
            are = "is" if sum(missing.values()) == 1 else "are"
            yield Caveat(
                "left out",
                f"{name} does not know {_listed(list(missing))}, so {_listed(faces)} {are} left out: every "
                "figure here is of the other faces.",
            )


def _faces(evaluated: EvaluationSet, quote: Callable[[str], str]) -> Iterator[Caveat]:
    """How they were shown, in which state they are, how many, and what such a split is for."""
    if evaluated.tta is not TTA.NONE:
        yield Caveat(
            "augmented",
            f"Every figure here is {evaluated.tta.phrase}. Most published figures, and the live page, use no "
            "test-time augmentation.",
        )
    if evaluated.view != AS_IT_CAME:
        voters = " What is said of people was measured on the original labels."
        yield Caveat(
            "changed",
            f"These faces are not as they came: {quote(describe(evaluated.view))}. Figures of another state "
            "are of other faces or other labels; compare like with like."
            f"{'' if evaluated.view.labels == 'given' else voters}",
        )
    if len(evaluated.faces) < _FEW_FACES:
        yield Caveat(
            "few faces",
            f"There are only {len(evaluated.faces):,} faces, so the intervals are wide: a small difference "
            "says nothing.",
        )
    missing = [r.emotion for r in evaluated.evaluation.class_reports if not r.support]
    if missing:
        yield Caveat(
            "no face",
            f"No face here is labelled {_listed(missing)}, so how the models do there is not known. A mean "
            "over the emotions is over the others.",
        )
    if evaluated.split is Split.TEST:
        yield Caveat(
            "test",
            "The test faces are for one last honest look: settings that are chosen by these figures make "
            "them too good. Choose between settings on the validation faces.",
        )
    elif evaluated.split is Split.VALIDATION:
        yield Caveat(
            "validation",
            "Validation faces serve to choose between settings and epochs, so a model that was chosen by "
            "them looks a little better here than on faces that nobody chose by.",
        )


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
