"""Label correction: faces left out or relabelled in an edition, a step at a time, and undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from fer.datasets.dataset import Dataset
from fer.datasets.editions.edition import Change, Edition, face_hash, short_name
from fer.datasets.editions.location import edition_path
from fer.datasets.editions.store import load_edition
from fer.datasets.editions.text import save_edition, tidy
from fer.emotions import Emotion
from fer.errors import EditionError
from fer.system.locks import locked


@dataclass(frozen=True, slots=True)
class Mending:
    """What is to be done to one face of several.

    Attributes:
        place: of the face, in the dataset's arrays.
        new_label: the emotion to give it; None leaves it out.
        reason: why, in a few words.
    """

    place: int
    new_label: Emotion | None = None
    reason: str = ""


def mend(dataset: Dataset, edition_name: str, mendings: Sequence[Mending]) -> Edition:
    """Do something else to each of several faces in one gesture and return the edition as it is now.

    A face that is given the label it has in the source is put back to how it came.

    Args:
        dataset: as it came, before any view.
        mendings: of the faces; whatever was done to them before is replaced.

    Raises:
        EditionError: the dataset has no such emotion; or see `fer.datasets.editions`.
    """
    for mending in mendings:
        if mending.new_label is not None and mending.new_label not in dataset.emotions:
            raise EditionError(
                f"“{short_name(dataset.name)}” does not know {mending.new_label}; its emotions are "
                f"{', '.join(dataset.emotions)}. Choose one of them, or leave the face out."
            )
    chosen = {mending.place: mending for mending in mendings}
    order = sorted(chosen, key=lambda place: int(dataset.rows[place]))

    def changed(edition: Edition) -> tuple[Change, ...]:
        at = _moment_after(edition)
        rows = {int(dataset.rows[place]) for place in chosen}
        kept = [change for change in edition.changes if change.row not in rows]
        for place in order:
            label, new_label = dataset.emotions[dataset.labels[place]], chosen[place].new_label
            if label is not new_label:
                kept.append(
                    Change(
                        int(dataset.rows[place]),
                        "exclude" if new_label is None else "relabel",
                        label,
                        new_label,
                        tidy(chosen[place].reason),
                        face_hash(dataset.images[place]),
                        at,
                    )
                )
        return tuple(kept)

    return _edit(dataset.name, edition_name, changed)


def undo(dataset_name: str, edition_name: str, row: int) -> Edition:
    """Put the face at `row` of the source back to how it came and return the edition as it is now."""
    return _edit(
        dataset_name,
        edition_name,
        lambda edition: tuple(change for change in edition.changes if change.row != row),
    )


def undo_last(dataset_name: str, edition_name: str) -> Edition:
    """Take the last gesture back, be it one face or a whole gallery, and return the edition as it is now."""
    return _edit(
        dataset_name,
        edition_name,
        lambda edition: tuple(change for change in edition.changes if change.at != edition.changes[-1].at),
    )


def _edit(dataset_name: str, name: str, change: Callable[[Edition], tuple[Change, ...]]) -> Edition:
    """Replace an edition's changes; read again under the lock, lest another tab's be lost."""
    path = edition_path(dataset_name, name)
    with locked(path.parent):
        edition = load_edition(dataset_name, name)
        edited = replace(edition, changes=change(edition))
        if edited != edition:
            save_edition(path, edited)
    return edited


def _moment_after(edition: Edition) -> str:
    """Now, and in any case later than the last change: a gesture is known by its moment."""
    now = datetime.now(UTC)
    if edition.changes:
        # A millisecond is what the text keeps.
        now = max(now, datetime.fromisoformat(edition.changes[-1].at) + timedelta(milliseconds=1))
    return now.astimezone(UTC).isoformat(timespec="milliseconds")
