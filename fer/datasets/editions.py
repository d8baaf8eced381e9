"""Editions: what a learner mended in a dataset, kept beside it and never in it.

    data/editions/<dataset>/<edition>.json

An edition is a list of changes, each to one face: left out, or given another label. It is a small file
that a person can read, one change to a line, and it knows each face by its pixels, so that it never
mends the wrong one.
"""

import csv
import hashlib
import io
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from fer import files, paths
from fer.config import TrainingConfig
from fer.datasets.dataset import Dataset
from fer.emotions import Emotion
from fer.errors import EditionError, FerError, StorageError

Action = Literal["exclude", "relabel"]

SUFFIX = ".json"
# It has no file that could be looked for.
BUILT_IN = TrainingConfig().dataset
REASON_CHARACTERS = 200
# Every face of FER-2013 changed, with the longest reasons, is a third of it.
_MAX_BYTES = 32 * 2**20
_VERSION = 1
_FORMAT = "fer-edition"
_FACE = re.compile(r"[0-9a-f]{16}")
_DELETED = ".deleted-"
# Writing takes milliseconds; whoever holds the lock longer hangs.
_LOCK_SECONDS = 10.0
# Several tabs are threads of one process.
_threads_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one face.

    Attributes:
        row: the face's place in its source, counted from 0 (`Dataset.rows`).
        action: "exclude" or "relabel".
        label: the emotion it has in the source.
        new_label: the emotion it was given; None when it was left out.
        reason: why, in a few words; may be empty.
        face: a short hash of its pixels.
        at: when, UTC, ISO 8601; the faces changed in one gesture share it.
    """

    row: int
    action: Action
    label: Emotion
    new_label: Emotion | None
    reason: str
    face: str
    at: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A named list of changes to one dataset, oldest first, at most one per face.

    Attributes:
        name: what the learner calls it.
        dataset: the name of the dataset it belongs to.
        changes: what was done.
    """

    name: str
    dataset: str
    changes: tuple[Change, ...] = ()

    def __len__(self) -> int:
        return len(self.changes)

    @property
    def excluded(self) -> int:
        """How many faces are left out."""
        return sum(change.action == "exclude" for change in self.changes)

    @property
    def relabelled(self) -> int:
        """How many faces have another label."""
        return len(self.changes) - self.excluded

    def change_of(self, row: int) -> Change | None:
        """What was done to the face at `row` of the source; None for nothing."""
        return next((change for change in self.changes if change.row == row), None)


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


def face_hash(image: NDArray[np.uint8]) -> str:
    """Return what an edition knows a face by: 16 hexadecimal digits of its size and its pixels."""
    digest = hashlib.blake2b(repr(image.shape).encode(), digest_size=8)
    digest.update(image.tobytes())
    return digest.hexdigest()


def places_of(dataset: Dataset, edition: Edition) -> NDArray[np.intp]:
    """Return where the face of each change lies in the dataset's arrays, (len(edition),).

    Raises:
        EditionError: a face is not there, or another picture lies in its row.
    """
    if not edition.changes:
        return np.empty(0, np.intp)
    order = np.argsort(dataset.rows, kind="stable")
    wanted = np.array([change.row for change in edition.changes], np.intp)
    found = np.searchsorted(dataset.rows, wanted, sorter=order)
    places = order[np.minimum(found, len(order) - 1)] if len(order) else np.zeros(len(wanted), np.intp)
    for change, place in zip(edition.changes, places, strict=True):
        if not len(order) or dataset.rows[place] != change.row:
            raise EditionError(
                f"The edition “{edition.name}” changes row {change.row:,}, and “{dataset.name}” has no such "
                "row. Open the dataset it was made for, or undo that change."
            )
        if face_hash(dataset.images[place]) != change.face:
            raise EditionError(
                f"The edition “{edition.name}” changes row {change.row:,}, but another picture lies there "
                f"now in “{dataset.name}”. Open the dataset it was made for, or undo that change."
            )
    return np.asarray(places, np.intp)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def list_editions(dataset_name: str) -> list[Edition]:
    """The editions of a dataset that can be read, by name; see `list_damaged_editions` for the others."""
    return _all(dataset_name)[0]


def list_damaged_editions(dataset_name: str) -> list[str]:
    """What is wrong with the edition files that cannot be read, a sentence each."""
    return _all(dataset_name)[1]


def load_edition(dataset_name: str, name: str) -> Edition:
    """Read one edition.

    Raises:
        EditionError: there is none of that name, or its file cannot be understood; it stays untouched.
    """
    path = edition_path(dataset_name, name)
    if not path.is_file():
        known = ", ".join(f"“{edition.name}”" for edition in list_editions(dataset_name))
        raise EditionError(
            f"“{_short(dataset_name)}” has no edition “{name}”. "
            + (f"There is {known}; choose one of them." if known else "Make one on the dataset page first.")
        )
    return read_edition(path, dataset_name)


def read_edition(path: Path, dataset_name: str) -> Edition:
    """Read the edition in the file `path`, wherever it lies; its name is the file's.

    Raises:
        EditionError: it cannot be read or understood.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise EditionError(
            f"The edition “{path.stem}” cannot be read: {error.strerror or error}. Check the file {path}."
        ) from error
    return replace(_parsed(content, f"The edition “{path.stem}”"), name=path.stem, dataset=dataset_name)


def edition_path(dataset_name: str, name: str) -> Path:
    """Where an edition lies, or would lie.

    Raises:
        EditionError: the name cannot be a file's.
    """
    try:
        return paths.child(_folder(dataset_name), name + SUFFIX)
    except FerError as error:
        raise EditionError(
            f"“{name[:60]}” cannot be the name of an edition. Use letters, digits, dots, dashes and "
            "spaces, beginning with a letter or digit."
        ) from error


# ── changing ─────────────────────────────────────────────────────────────────────────────────────


def create_edition(dataset_name: str, name: str) -> Edition:
    """Save a new edition without changes and return it.

    Raises:
        EditionError: the name is taken, or cannot be a file's.
        StorageError: it cannot be saved.
    """
    name = " ".join(name.split())
    path = edition_path(dataset_name, name)
    with _locked(path.parent):
        _refuse_taken(path)
        edition = Edition(name, dataset_name)
        _save(path, edition)
    return edition


def exclude(dataset: Dataset, edition_name: str, places: Sequence[int], reason: str = "") -> Edition:
    """Leave faces out and return the edition as it is now.

    Args:
        dataset: as it came, before any view.
        edition_name: one of its editions.
        places: of the faces, in the dataset's arrays; whatever was done to them before is replaced.
        reason: why, in a few words.

    Raises:
        EditionError: there is no such edition, or it cannot be understood.
        StorageError: it cannot be saved; it is as before.
    """
    return mend(dataset, edition_name, [Mending(int(place), None, reason) for place in places])


def relabel(
    dataset: Dataset, edition_name: str, places: Sequence[int], emotion: Emotion, reason: str = ""
) -> Edition:
    """Give faces another label and return the edition as it is now.

    A face that has this label in the source is put back to how it came.

    Args:
        dataset: as it came, before any view.
        edition_name: one of its editions.
        places: of the faces, in the dataset's arrays; whatever was done to them before is replaced.
        emotion: one of the dataset's.
        reason: why, in a few words.

    Raises:
        EditionError: there is no such edition, it cannot be understood, or the dataset has no such emotion.
        StorageError: it cannot be saved; it is as before.
    """
    if emotion not in dataset.emotions:
        raise EditionError(
            f"“{_short(dataset.name)}” does not know {emotion}; its emotions are "
            f"{', '.join(dataset.emotions)}. Choose one of them, or leave the face out."
        )
    return mend(dataset, edition_name, [Mending(int(place), emotion, reason) for place in places])


def mend(dataset: Dataset, edition_name: str, mendings: Sequence[Mending]) -> Edition:
    """Do something else to each of several faces in one gesture and return the edition as it is now.

    Args:
        dataset: as it came, before any view.
        edition_name: one of its editions.
        mendings: of the faces; whatever was done to them before is replaced.

    Raises:
        EditionError: there is no such edition, or it cannot be understood.
        StorageError: it cannot be saved; it is as before.
    """
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
                        _tidy(chosen[place].reason),
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


def rename_edition(dataset_name: str, old: str, new: str) -> Edition:
    """Give an edition another name and return it.

    Raises:
        EditionError: there is no such edition, or the new name is taken or cannot be a file's.
        StorageError: it cannot be renamed.
    """
    new = " ".join(new.split())
    source, target = edition_path(dataset_name, old), edition_path(dataset_name, new)
    with _locked(source.parent):
        edition = load_edition(dataset_name, old)
        if source == target:
            return edition
        if new.casefold() != old.casefold():
            _refuse_taken(target)
        renamed = replace(edition, name=new)
        _move(source, target)
        _save(target, renamed)  # the file tells its name as well
    return renamed


def delete_edition(dataset_name: str, name: str) -> None:
    """Take an edition off the list; `restore_edition` brings it back.

    Raises:
        EditionError: there is no such edition.
        StorageError: it cannot be renamed.
    """
    path = edition_path(dataset_name, name)
    with _locked(path.parent):
        if not path.exists():
            load_edition(dataset_name, name)  # says so
        stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
        _move(path, path.with_name(f"{_DELETED}{stamp}-{path.name}"))


def restore_edition(dataset_name: str, name: str) -> Edition:
    """Bring back the edition of that name that was deleted last and return it.

    Raises:
        EditionError: none of that name was deleted, or there is another one now.
        StorageError: it cannot be renamed.
    """
    path = edition_path(dataset_name, name)
    with _locked(path.parent):
        _refuse_taken(path)
        stamp = "[0-9]" * 8 + "-" + "[0-9]" * 6 + "-" + "[0-9]" * 6
        deleted = sorted(path.parent.glob(f"{_DELETED}{stamp}-{path.name}"))
        if not deleted:
            raise EditionError(
                f"No deleted edition “{name}” is left to bring back. Its file may have been "
                f"removed from {path.parent}."
            )
        _move(deleted[-1], path)
        return load_edition(dataset_name, name)


# ── taking along ─────────────────────────────────────────────────────────────────────────────────


def export_edition(edition: Edition) -> bytes:
    """Return the text of an edition's file, as `import_edition` takes it."""
    return _written(edition).encode()


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
    edition = _parsed(content, "The uploaded file")
    edition = replace(edition, dataset=dataset.name, changes=_found_again(dataset, edition.changes))
    stem = re.sub(r"[^A-Za-z0-9 ._-]", "", edition.name)[:60].strip(" ._-") or "Imported"
    folder = _folder(dataset.name)
    with _locked(folder):
        taken = _names_taken(folder)
        numbered = (stem if number == 1 else f"{stem} {number}" for number in range(1, len(taken) + 2))
        edition = replace(edition, name=next(name for name in numbered if name.casefold() not in taken))
        _save(edition_path(dataset.name, edition.name), edition)
    return edition


def save_copy(edition: Edition, path: Path) -> None:
    """Write an edition to `path`, for `read_edition`; a run keeps one.

    Raises:
        StorageError: it cannot be saved.
    """
    _save(path, edition)


# ── how it is done ───────────────────────────────────────────────────────────────────────────────


def _edit(dataset_name: str, name: str, change: Callable[[Edition], tuple[Change, ...]]) -> Edition:
    """Replace an edition's changes; read again under the lock, lest another tab's be lost."""
    path = edition_path(dataset_name, name)
    with _locked(path.parent):
        edition = load_edition(dataset_name, name)
        edited = replace(edition, changes=change(edition))
        if edited != edition:
            _save(path, edited)
    return edited


def _moment_after(edition: Edition) -> str:
    """Now, and in any case later than the last change: a gesture is known by its moment."""
    now = datetime.now(UTC)
    if edition.changes:
        # A millisecond is what the text keeps.
        now = max(now, datetime.fromisoformat(edition.changes[-1].at) + timedelta(milliseconds=1))
    return now.astimezone(UTC).isoformat(timespec="milliseconds")


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
                f"“{_short(dataset.name)}”. Import it into the dataset it was made for."
            )
        if change.new_label is not None and change.new_label not in dataset.emotions:
            raise EditionError(
                f"The edition gives the label {change.new_label}, and “{_short(dataset.name)}” knows only "
                f"{', '.join(dataset.emotions)}. Import it into the dataset it was made for."
            )
    labels = dict(zip(dataset.rows.tolist(), dataset.labels.tolist(), strict=True))
    moved = (
        replace(change, row=found[change.row], label=dataset.emotions[labels[found[change.row]]])
        for change in changes
    )
    return tuple(change for change in moved if change.label is not change.new_label)


def _folder(dataset_name: str) -> Path:
    """Where a dataset's editions lie; the same, however the dataset was called."""
    name = _own_name(dataset_name)
    with_hash = Path(name).is_absolute()
    if not with_hash:
        try:
            return paths.child(paths.editions_folder(), name)
        except FerError:
            pass
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).name)[:60].strip("-._") or "dataset"
    return paths.editions_folder() / f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _own_name(dataset_name: str) -> str:
    """One name for each dataset, found as `load_dataset` finds it: in `data/`, with its suffix, or a path."""
    data, path = paths.data_folder(), Path(dataset_name).expanduser()
    if not path.is_absolute():
        if data.is_dir() and not (data / dataset_name).exists():
            fitting = (child.name for child in data.glob("*") if child.stem == dataset_name)
            dataset_name = min(fitting, default=dataset_name)
        if (data / dataset_name).exists() or dataset_name == BUILT_IN or not path.exists():
            return dataset_name
        path = path.absolute()
    return path.name if path.parent == data else str(path)


def _short(dataset_name: str) -> str:
    return Path(dataset_name).name


def _all(dataset_name: str) -> tuple[list[Edition], list[str]]:
    folder = _folder(dataset_name)
    good, damaged = [], []
    found = folder.glob(f"[!.]*{SUFFIX}") if folder.is_dir() else ()
    for path in sorted(found, key=lambda path: path.name.casefold()):
        try:
            good.append(read_edition(path, dataset_name))
        except EditionError as error:
            damaged.append(str(error))
    return good, damaged


def _names_taken(folder: Path) -> set[str]:
    # Some file systems do not tell "Mine" from "mine".
    return {path.stem.casefold() for path in folder.glob(f"[!.]*{SUFFIX}")}


def _refuse_taken(path: Path) -> None:
    if path.stem.casefold() in _names_taken(path.parent):
        raise EditionError(f"There is an edition “{path.stem}” already. Choose another name.")


def _tidy(reason: str) -> str:
    """A reason on one line, without characters that cannot be seen."""
    return "".join(c for c in " ".join(reason.split()) if c.isprintable())[:REASON_CHARACTERS]


def _written(edition: Edition) -> str:
    """The file's text: a change to a line, so that `cat` and a diff read well."""
    lines = [f"    {json.dumps(asdict(change), ensure_ascii=False)}" for change in edition.changes]
    head = {
        "format": _FORMAT,
        "version": _VERSION,
        "name": edition.name,
        "dataset": _short(edition.dataset),
    }
    members = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    members.append('  "changes": [' + ("\n" + ",\n".join(lines) + "\n  ]" if lines else "]"))
    return "{\n" + ",\n".join(members) + "\n}\n"


def _save(path: Path, edition: Edition) -> None:
    files.save_text(path, _written(edition))


def _move(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except OSError as error:
        raise files.storage_error(target, error) from error


def _parsed(content: bytes, called: str) -> Edition:
    """Read an edition's text; every value is checked, because anybody may have written it."""

    def refuse(why: str) -> EditionError:
        return EditionError(
            f"{called} cannot be understood: {why}. Correct it, or take one that was exported here."
        )

    if len(content) > _MAX_BYTES:
        raise EditionError(
            f"{called} is larger than {_MAX_BYTES // 2**20} MB, which no edition is. Choose another file."
        )
    try:
        values = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise refuse(
            "it is not JSON"
            if not isinstance(error, json.JSONDecodeError)
            else f"line {error.lineno} is not JSON"
        ) from error
    if not isinstance(values, dict) or values.get("format") != _FORMAT:
        raise refuse(f"it does not begin as an edition does, with “format”: “{_FORMAT}”")
    if values.get("version") != _VERSION:
        raise refuse(f"it is of version {str(values.get('version'))[:20]}, and {_VERSION} is known here")
    name, changes = values.get("name"), values.get("changes")
    if (
        not isinstance(name, str)
        or not isinstance(values.get("dataset"), str)
        or not isinstance(changes, list)
    ):
        raise refuse("it needs a name, a dataset and a list of changes")
    read = []
    for number, entry in enumerate(changes, start=1):
        try:
            read.append(_change_of(entry))
        except ValueError as error:
            raise refuse(f"change {number}: {error}") from error
    seen: set[int] = set()
    for change in read:
        if change.row in seen:
            raise refuse(f"row {change.row:,} is changed twice")
        seen.add(change.row)
    # Written by hand, they may come in any order.
    read.sort(key=lambda change: datetime.fromisoformat(change.at))
    return Edition(name, values["dataset"], tuple(read))


def _change_of(entry: object) -> Change:
    """Read one change.

    Raises:
        ValueError: with what is wrong, to go into a sentence.
    """
    names = [field.name for field in fields(Change)]
    if not isinstance(entry, Mapping) or set(entry) != set(names):
        raise ValueError(f"it needs exactly {', '.join(names)}")
    row, action, reason, face, at = (entry[name] for name in ("row", "action", "reason", "face", "at"))
    if not isinstance(row, int) or isinstance(row, bool) or not 0 <= row < 2**31:
        raise ValueError("its row is not a whole number from 0 on")
    if action not in get_args(Action):
        raise ValueError("its action is neither “exclude” nor “relabel”")
    label, new_label = _emotion(entry["label"]), entry["new_label"]
    new_label = None if new_label is None else _emotion(new_label)
    if (new_label is None) != (action == "exclude"):
        raise ValueError("a new label belongs to “relabel”, and to it alone")
    if new_label is label:
        raise ValueError("its new label is the old one")
    if not isinstance(reason, str) or len(reason) > REASON_CHARACTERS or _tidy(reason) != reason:
        raise ValueError(f"its reason is not one line of at most {REASON_CHARACTERS} characters")
    if not isinstance(face, str) or not _FACE.fullmatch(face):
        raise ValueError("its face is not 16 hexadecimal digits")
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 < moment.year < 9000:
        raise ValueError("its time is not like 2026-01-31T12:00:00.000+00:00")
    return Change(row, action, label, new_label, reason, face, at)


def _emotion(value: Any) -> Emotion:
    try:
        return Emotion(value)
    except ValueError:
        raise ValueError(f"“{str(value)[:40]}” is none of {', '.join(Emotion)}") from None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Within, nobody else on this computer changes an edition of the folder.

    The lock is the operating system's, on an open file: it ends with the process, so none is left behind.
    """
    path = folder / ".lock"
    with _threads_lock:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise files.storage_error(path, error) from error
        try:
            deadline = time.monotonic() + _LOCK_SECONDS
            while not _try_lock(handle):
                if time.monotonic() > deadline:
                    raise StorageError(
                        f"Another process has been changing the editions in {folder} for {_LOCK_SECONDS:.0f} "
                        "seconds. Close the other workshop and try again; nothing was changed."
                    )
                time.sleep(0.02)
            yield
        finally:
            os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
