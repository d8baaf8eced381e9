"""Dataset view: a dataset with the labels, the edition and the splits that a learner chose."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fer.config import DatasetView, SplitPlan
from fer.datasets.dataset import Dataset, Split
from fer.datasets.editions import Edition, load_edition, places_of
from fer.datasets.readers import ferplus
from fer.emotions import Emotion
from fer.errors import DatasetError, EditionError
from fer.statistics import percent


def apply_view(dataset: Dataset, view: DatasetView, edition: Edition | None = None) -> Dataset:
    """Return the dataset in the state `view` describes: first labels, then the edition, then splits.

    Args:
        dataset: as it came.
        edition: taken instead of the saved one that `view` names.

    Raises:
        DatasetError: votes are asked for and there are none, or no face is left.
        EditionError: there is no such edition, or it does not fit these faces.
    """
    outcome = _outcome(dataset, view, edition)
    if outcome is None:
        return dataset
    changed = replace(
        dataset,
        labels=outcome.labels,
        splits=outcome.splits,
        soft_labels=outcome.soft_labels,
        notes=(*dataset.notes, *outcome.notes),
    )
    # Eighty megabytes of pixels stay where they are unless a face has to go.
    return changed if outcome.kept.all() else changed.take(np.flatnonzero(outcome.kept))


def counts_under(
    dataset: Dataset, view: DatasetView, edition: Edition | None = None
) -> Mapping[Split, Mapping[Emotion, int]]:
    """Return what `apply_view(…).counts()` would be, without touching a pixel that no edition changed."""
    outcome = _outcome(dataset, view, edition)
    if outcome is None:
        return dataset.counts()
    pixels = dataset.images[:, :1, :1]  # one a face, because faces are not looked at
    changed = replace(dataset, images=pixels, labels=outcome.labels, splits=outcome.splits)
    return changed.take(np.flatnonzero(outcome.kept)).counts()


def official_test_rows_in_training(
    dataset: Dataset, view: DatasetView, edition: Edition | None = None
) -> int:
    """Return how many faces of the test split, as it came, `view` lets the model learn from."""
    outcome = _outcome(dataset, view, edition)
    if outcome is None:
        return 0
    leaked = (dataset.splits == Split.TEST) & (outcome.splits == Split.TRAIN) & outcome.kept
    return int(leaked.sum())


def describe(view: DatasetView) -> str:
    """Return a view in plain words: “edition “Mine”, labels by majority of FER+”; “as it came” for none."""
    parts = []
    if view.edition:
        parts.append(f"edition “{view.edition}”")
    if view.labels == "majority":
        parts.append("labels by the majority of FER+'s voters")
    if view.labels == "votes":
        parts.append("labels as FER+'s voters shared them")
    if view.splits is not None:
        parts.append(describe_splits(view.splits))
    if view.skip_bad:
        parts.append("bad rows left out")
    return ", ".join(parts) or "as it came"


def describe_splits(plan: SplitPlan) -> str:
    """Return a plan in plain words: “20 % of all but the test faces for validation (seed 0)”."""
    of = "all but the test faces" if plan.keep_test else "all faces"
    test = f" and {percent(plan.test_fraction, 0)} for the test" if plan.test_fraction else ""
    return f"{percent(plan.validation_fraction, 0)} of {of} for validation{test} (seed {plan.seed})"


@dataclass(frozen=True, slots=True, eq=False)
class _Outcome:
    """What a view makes of a dataset's n faces, before any of them goes; each array is (n, …)."""

    kept: NDArray[np.bool_]
    labels: NDArray[np.intp]
    soft_labels: NDArray[np.float32] | None
    splits: NDArray[np.str_]
    notes: tuple[str, ...]


def _outcome(dataset: Dataset, view: DatasetView, edition: Edition | None) -> _Outcome | None:
    """Decide about every face without moving one; None if nothing changes."""
    if edition is None and view.edition:
        edition = load_edition(dataset.name, view.edition)
    if edition is None and view.labels == "given" and view.splits is None:
        return None
    kept, labels, soft_labels = np.ones(len(dataset), bool), dataset.labels, dataset.soft_labels
    notes: list[str] = []
    if view.labels != "given":
        kept, labels, soft_labels = _voted(dataset, soft=view.labels == "votes")
        how = "the majority" if view.labels == "majority" else "the shares"
        notes.append(
            f"The labels are {how} of FER+'s votes; {np.count_nonzero(~kept):,} faces are left out, "
            "because no more than half of their voters agreed, or they agreed on none of these emotions."
        )
    if edition is not None and edition.changes:
        kept, labels = kept.copy(), labels.copy()
        soft_labels = None if soft_labels is None else soft_labels.copy()
        one_hot = np.eye(len(dataset.emotions), dtype=np.float32)
        for change, place in zip(edition.changes, places_of(dataset, edition), strict=True):
            if change.new_label is None:
                kept[place] = False
                continue
            labels[place] = _label_of(dataset, change.new_label, edition)
            # Somebody looked at this very face: that goes before what voters could not agree on.
            kept[place] = True
            if soft_labels is not None:
                soft_labels[place] = one_hot[labels[place]]
        notes.append(
            f"Edition “{edition.name}”: {edition.excluded:,} faces left out, {edition.relabelled:,} given "
            "another label."
        )
    if not kept.any():
        raise DatasetError(
            f"Not one face of “{dataset.name}” is left in this state ({describe(view)}). Undo some of the "
            "edition, or take the labels as given."
        )
    splits = dataset.splits
    if view.splits is not None:
        splits = _divided(dataset, labels, kept, view.splits)
        notes.append(f"The splits were drawn here: {describe_splits(view.splits)}, each emotion alike.")
    return _Outcome(kept, labels, soft_labels, splits, tuple(notes))


def _voted(
    dataset: Dataset, *, soft: bool
) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.float32] | None]:
    """Which faces the voters could name, their majority labels, and their shares if these are wanted."""
    if dataset.votes is None:
        raise DatasetError(
            f"“{dataset.name}” has no votes to take its labels from. Put fer2013new.csv into data/ beside "
            "FER-2013, or take the labels as given."
        )
    voted = ferplus.labels_voted(dataset.votes, dataset.emotions)
    kept = ferplus.usable(dataset.votes) & (voted >= 0)
    labels = np.where(kept, voted, dataset.labels)
    return kept, labels, ferplus.soft_labels(dataset.votes, dataset.emotions) if soft else None


def _label_of(dataset: Dataset, emotion: Emotion, edition: Edition) -> int:
    if emotion not in dataset.emotions:
        raise EditionError(
            f"The edition “{edition.name}” gives the label {emotion}, and “{dataset.name}” knows only "
            f"{', '.join(dataset.emotions)}. Undo that change, or open the dataset it was made for."
        )
    return dataset.emotions.index(emotion)


def _divided(
    dataset: Dataset, labels: NDArray[np.intp], kept: NDArray[np.bool_], plan: SplitPlan
) -> NDArray[np.str_]:
    """Divide the kept faces as planned, each emotion alike.

    Each row of the source has a number of its own, drawn from the seed, and the lowest go to validation:
    two editions of one dataset are then judged on the same faces but for those that they change.
    """
    splits = dataset.splits.astype("<U10")
    drawn = np.random.default_rng(plan.seed).random(int(dataset.rows.max(initial=-1)) + 1)[dataset.rows]
    divided = kept & (splits != Split.TEST) if plan.keep_test else kept
    for label in range(len(dataset.emotions)):
        members = np.flatnonzero(divided & (labels == label))
        members = members[np.argsort(drawn[members], kind="stable")]
        validation = round(len(members) * plan.validation_fraction)
        test = round(len(members) * plan.test_fraction)
        splits[members[:validation]] = Split.VALIDATION.value
        splits[members[validation : validation + test]] = Split.TEST.value
        splits[members[validation + test :]] = Split.TRAIN.value
    return splits
