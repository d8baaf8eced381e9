"""Run folder: what its files are called, and how they are read and written.

models/runs/<id>/
    config.json     what was chosen (`TrainingConfig`)
    edition.json    a copy of the dataset's edition, where one was chosen: a resumed run trains on the
                    same faces, whatever was mended since
    experiment.json which run this one repeats with one change, and why; only for such a run
    notes.json      what the learner calls it and says of it; only once something was said
    status.json     what it is doing, replaced in one step at each change
    faces.json      which faces it learns from: counts, classes, fingerprint
    batches.jsonl   a line about twice a second while it trains
    metrics.jsonl   a line per epoch
    watched.npz     a few validation faces, and
    answers.jsonl   what the model said of them, a line per epoch
    log.txt         everything the process printed
    stop            exists when somebody asked it to stop
    best.keras      the weights that did best on the validation split
    predictions.npz what they answer to each validation face
    last.keras      weights and optimizer after the last whole epoch; a run resumes from here
    model.tflite    the best weights, for `fer.models.inference`; with card.json beside it
    .aside/         where these two are made; only while they are
    tensorboard/    the curves once more, as TensorBoard reads them
    .reserve        room that a run gives back when the disk is full, so that it can still say so
"""

import errno
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fer.errors import CorruptRunError
from fer.system import files

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

CONFIG_FILE = "config.json"
EDITION_FILE = "edition.json"
EXPERIMENT_FILE = "experiment.json"
NOTES_FILE = "notes.json"
STATUS_FILE = "status.json"
FACES_FILE = "faces.json"
BATCHES_FILE = "batches.jsonl"
METRICS_FILE = "metrics.jsonl"
PROBES_FILE = "watched.npz"
ANSWERS_FILE = "answers.jsonl"
LOG_FILE = "log.txt"
STOP_FILE = "stop"
PREDICTIONS_FILE = "predictions.npz"
LAST_FILE = "last.keras"
TENSORBOARD_FOLDER = "tensorboard"

RowT = TypeVar("RowT", bound="DataclassInstance")


def read_json(path: Path) -> dict[str, Any]:
    """Read names and values.

    Raises:
        CorruptRunError: the file is missing or holds something else.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorruptRunError(
            f"The {path.name} of the run “{path.parent.name}” cannot be read: {error}. "
            "Delete the folder, or start a new run."
        ) from error
    if not isinstance(values, dict):
        raise CorruptRunError(
            f"The {path.name} of the run “{path.parent.name}” holds {type(values).__name__} "
            "instead of names and values. Delete the folder, or start a new run."
        )
    return values


def read_rows(path: Path, row_type: type[RowT]) -> list[RowT]:
    """Every whole line as a row; the last may still be under way, and a torn one is passed over."""
    try:
        return parse_rows(path.read_bytes().splitlines(), row_type)
    except OSError:
        return []


def parse_rows(lines: Iterable[bytes], row_type: type[RowT]) -> list[RowT]:
    """Every line that holds a row as one; torn and foreign ones are passed over."""
    # A line of an earlier version may lack what has a default by now.
    needed = {f.name for f in fields(row_type) if f.default is MISSING and f.default_factory is MISSING}
    known = {f.name for f in fields(row_type)}
    rows = []
    for line in lines:
        try:
            values = json.loads(line)
            if needed - values.keys():
                continue
            rows.append(
                row_type(
                    **{
                        name: tuple(value) if isinstance(value, list) else value
                        for name, value in values.items()
                        if name in known
                    }
                )
            )
        except (ValueError, TypeError, AttributeError):
            continue
    return rows


def append_row(path: Path, row: "DataclassInstance", *, durable: bool = False) -> None:
    """Add a row as one line; see `append_bytes`."""
    append_bytes(path, json.dumps(asdict(row)).encode() + b"\n", durable=durable)


def append_bytes(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Add `content` to a file, whole or not at all; with `durable` it is on the disk when this returns.

    Raises:
        DiskFullError: the disk is full.
        StorageError: the place cannot be written.
    """
    try:
        with path.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                if file.write(content) != len(content):  # the disk had room for a part
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                if durable:
                    os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):  # half a line would swallow the next one
                    file.truncate(size)
                raise
    except OSError as error:
        raise files.storage_error(path, error) from error


def save_status(folder: Path, values: Mapping[str, Any]) -> None:
    """Replace status.json in one step.

    Raises:
        StorageError: see `fer.system.files.save`.
    """
    files.save_text(folder / STATUS_FILE, json.dumps(values, indent=2) + "\n")
