"""Edition export and import: to another computer, into a spreadsheet, and back into a dataset."""

import csv
import io
import re
from dataclasses import replace

from fer.datasets.dataset import Dataset
from fer.datasets.editions.edition import Change, Edition, face_hash, short_name
from fer.datasets.editions.location import edition_path, folder_of, names_taken
from fer.datasets.editions.text import parsed, save_edition, written
from fer.emotions import Emotion
from fer.errors import EditionError
from fer.system.locks import locked


def export_edition(edition: Edition) -> bytes:
    """Return the text of an edition's file, as `import_edition` takes it."""
    return written(edition).encode()


def as_csv(edition: Edition) -> str:
    """Return an edition as a table for a spreadsheet: row, action, label, new_label, reason."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("row", "action", "label", "new_label", "reason"))
    for change in sorted(edition.changes, key=lambda change: change.row):
        # A spreadsheet would compute a cell that begins like a formula.
        reason = f"'{change.reason}" if change.reason.startswith(("=", "+", "-", "@")) else change.reason
        table.writerow((change.row, change.action, change.label, change.new_label or "", reason))
    return text.getvalue()


def import_edition(dataset: Dataset, content: bytes) -> Edition:
    """Save an edition that was exported, here or elsewhere, and return it.

    Its faces are found by their pixels, so the dataset may keep them in another order or format. A name
    that is taken gets a number.

    Args:
        dataset: as it came, before any view.
        content: what `export_edition` returned.

    Raises:
        EditionError: it is no edition, or one of its faces is not in the dataset.
        StorageError: it cannot be saved.
    """
    edition = parsed(content, "The uploaded file")
    edition = replace(edition, dataset=dataset.name, changes=_found_again(dataset, edition.changes))
    stem = re.sub(r"[^A-Za-z0-9 ._-]", "", edition.name)[:60].strip(" ._-") or "Imported"
    folder = folder_of(dataset.name)
    with locked(folder):
        taken = names_taken(folder)
        numbered = (stem if number == 1 else f"{stem} {number}" for number in range(1, len(taken) + 2))
        edition = replace(edition, name=next(name for name in numbered if name.casefold() not in taken))
        save_edition(edition_path(dataset.name, edition.name), edition)
    return edition


def _found_again(dataset: Dataset, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The same changes with the rows that their faces have in `dataset`.

    Of a face that occurs more than once, each change takes an occurrence of its own: the one in its own
    row if it lies there, else one with the label it had, else any.
    """
    wanted = {change.face for change in changes}
    faces = (
        (place, face)
        for place, image in enumerate(dataset.images if wanted else ())
        if (face := face_hash(image)) in wanted
    )
    free = {
        (int(dataset.rows[place]), face, dataset.emotions[dataset.labels[place]]) for place, face in faces
    }
    found: dict[int, int] = {}
    for key in (
        lambda row, face, label: (row, face),
        lambda row, face, label: (face, label),
        lambda row, face, label: face,
    ):
        offered: dict[object, list[tuple[int, str, Emotion]]] = {}
        for occurrence in sorted(free, reverse=True):
            offered.setdefault(key(*occurrence), []).append(occurrence)
        for change in changes:
            candidates = offered.get(key(change.row, change.face, change.label))
            if change.row not in found and candidates:
                taken = candidates.pop()
                free.remove(taken)
                found[change.row] = taken[0]
    for change in changes:
        if change.row not in found:
            raise EditionError(
                f"The face that the edition changes in row {change.row:,} is in no row of "
                f"“{short_name(dataset.name)}”. Import it into the dataset it was made for."
            )
        if change.new_label is not None and change.new_label not in dataset.emotions:
            raise EditionError(
                f"The edition gives the label {change.new_label}, and “{short_name(dataset.name)}” knows "
                f"only {', '.join(dataset.emotions)}. Import it into the dataset it was made for."
            )
    labels = dict(zip(dataset.rows.tolist(), dataset.labels.tolist(), strict=True))
    moved = (
        replace(change, row=found[change.row], label=dataset.emotions[labels[found[change.row]]])
        for change in changes
    )
    return tuple(change for change in moved if change.label is not change.new_label)
