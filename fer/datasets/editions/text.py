"""Edition format: JSON that a person can read, checked as if anybody had written it."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from fer.datasets.editions.edition import REASON_CHARACTERS, Action, Change, Edition, short_name
from fer.emotions import Emotion
from fer.errors import EditionError
from fer.system import files

# Every face of FER-2013 changed, with the longest reasons, is a third of it.
_MAX_BYTES = 32 * 2**20
_VERSION = 1
_FORMAT = "fer-edition"
_FACE = re.compile(r"[0-9a-f]{16}")


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
    return replace(parsed(content, f"The edition “{path.stem}”"), name=path.stem, dataset=dataset_name)


def save_edition(path: Path, edition: Edition) -> None:
    """Write an edition's file, for `read_edition`; a run keeps one.

    Raises:
        StorageError: it cannot be saved.
    """
    files.save_text(path, written(edition))


def written(edition: Edition) -> str:
    """The file's text: a change to a line, so that `cat` and a diff read well."""
    lines = [f"    {json.dumps(asdict(change), ensure_ascii=False)}" for change in edition.changes]
    named = {"name": edition.name, "dataset": short_name(edition.dataset)}
    head = {"format": _FORMAT, "version": _VERSION, **named}
    members = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    members.append('  "changes": [' + ("\n" + ",\n".join(lines) + "\n  ]" if lines else "]"))
    return "{\n" + ",\n".join(members) + "\n}\n"


def parsed(content: bytes, called: str) -> Edition:
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
        what = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "it"
        raise refuse(f"{what} is not JSON") from error
    if not isinstance(values, dict) or values.get("format") != _FORMAT:
        raise refuse(f"it does not begin as an edition does, with “format”: “{_FORMAT}”")
    if values.get("version") != _VERSION:
        raise refuse(f"it is of version {str(values.get('version'))[:20]}, and {_VERSION} is known here")
    name, changes = values.get("name"), values.get("changes")
    if not (isinstance(name, str) and isinstance(values.get("dataset"), str) and isinstance(changes, list)):
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
    """Read one change; a ValueError says what is wrong, to go into a sentence."""
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
    if not isinstance(reason, str) or len(reason) > REASON_CHARACTERS or tidy(reason) != reason:
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


def tidy(reason: str) -> str:
    """A reason on one line, without characters that cannot be seen."""
    return "".join(c for c in " ".join(reason.split()) if c.isprintable())[:REASON_CHARACTERS]
