"""Parquet: tables of encoded pictures with labels, as dataset hubs serve them."""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import VOTE_NAMES, Dataset, Source, Split
from fer.datasets.readers.csv_faces import class_columns, one_hot
from fer.datasets.readers.decoding import decode_faces, notes_on, refuse_bad
from fer.datasets.readers.numbering import LabelReading, read_labels
from fer.datasets.readers.parquet_pixels import (
    damage_said,
    holds_pixels,
    is_number,
    load_parquet_pixels,
)
from fer.datasets.readers.vocabulary import (
    EMOTION_COLUMNS,
    OUTSIDE,
    SPLIT_COLUMNS,
    filled_splits,
    kept_out,
    plain_label,
    printable,
    split_called,
)
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError
from fer.system.progress import Progress, silent

# FER-2013 has 60 MB. A table that unpacks to more than this would not fit beside the faces decoded from it.
_MAX_BYTES = 4 * 2**30
_MAX_ROWS = 2_000_000
# A value that a table repeats is kept in it once, and comes out as often as there are rows: a few kilobytes
# may unpack to any size. So they are taken out a few at a time, and counted.
_BATCH_ROWS = 64


def load_parquet(
    path: Path,
    progress: Progress = silent,
    skip_bad: bool = False,
    how: ImportSettings = AS_GUESSED,
    *,
    split: Split | None = None,
) -> Dataset:
    """Read a table with columns of pictures, labels and perhaps splits; see `fer.datasets.readers`.

    Pictures are bytes, or `{"bytes", "path"}` as the Hugging Face hub stores them, or numbers; see
    `parquet_pixels`. Labels are emotion words, numbers, positions in the class names that the hub keeps in
    the table, or a column for each emotion. Columns fp_neutral to fp_NF are FER+'s votes.
    """
    columns = _columns(path)
    if columns.picture is None:
        return _load_numbers(path, columns, progress, skip_bad, how, split)
    table = _read(path, columns)
    count = len(table.labels)
    if not count:
        raise MalformedDatasetError(f"“{path.name}” has the right columns and not one row. Fetch it again.")

    bad: dict[int, tuple[str, str]] = {}
    words = [_word(value, table.class_names) for value in table.labels]
    reading = read_labels(Counter(words), how)
    labels = _labels(path, words, reading, bad)
    splits = np.full(count, (split or Split.TRAIN).value, "<U10")
    if table.splits is not None:
        splits = _splits(path, table.splits, bad)
    if not skip_bad:  # said before the pictures are decoded, which takes a while
        refuse_bad(path.name, "rows", count, bad, labels=reading)
    left_out = [int(row) for row in np.flatnonzero(labels == OUTSIDE) if row not in bad]
    outside = reading.outside(words[row] for row in left_out)
    rows = np.array([row for row in np.flatnonzero(labels != OUTSIDE) if row not in bad], np.intp)
    if not len(rows):
        refuse_bad(path.name, "rows", len(bad), bad)
        raise MalformedDatasetError(
            f"“{path.name}” has not one face of the seven emotions. {' '.join(kept_out(outside))} "
            "Choose another table."
        )

    def read(index: int) -> tuple[str, bytes]:
        row = int(rows[index])
        return _where(path, row), table.pictures[row]

    count -= len(left_out)
    decoded = decode_faces(
        rows,
        read,
        path.name,
        progress,
        what="rows",
        bad=bad,
        skip_bad=skip_bad,
        labels=labels[rows].tolist(),
        how=how,
    )
    rows = decoded.rows
    labels, splits, drawn = labels[rows], splits[rows], ""
    if table.splits is None and split is None:
        splits, drawn = filled_splits(labels, splits)
    return Dataset(
        path.name,
        EMOTIONS,
        decoded.images,
        labels,
        splits,
        Source(path.name),
        rows,
        None if table.votes is None else table.votes[rows],
        notes=(
            *notes_on("rows", count, bad, outside, drawn),
            *decoded.notes,
            *reading.notes,
            *_note_on_votes(columns, table.votes),
        ),
        source_labels=reading.source_labels,
        pictures=decoded.pictures,
    )


@dataclass(slots=True)
class _Table:
    """What a table holds, row by row.

    Attributes:
        pictures: encoded; empty where there is none.
        labels: as they stand there.
        splits: as they stand there; None without such a column.
        votes: (n, 10); None without such columns.
        class_names: what the labels' numbers mean; None if it does not say it.
    """

    pictures: list[bytes]
    labels: list[Any]
    splits: list[Any] | None
    votes: NDArray[np.uint8] | None
    class_names: list[str] | None


@dataclass(frozen=True, slots=True)
class _Columns:
    """The names of a table's columns.

    Attributes:
        picture: of encoded pictures; None where faces are numbers.
        labels: of the label; several, if each emotion has its own.
        classes: what these several stand for.
        split: None without one.
        votes: the ten of FER+, or none.
        class_names: what the labels' numbers mean; None if the table does not say it.
    """

    picture: str | None
    labels: tuple[str, ...]
    classes: tuple[str, ...]
    split: str | None
    votes: tuple[str, ...]
    class_names: list[str] | None


def _load_numbers(
    path: Path,
    columns: _Columns,
    progress: Progress,
    skip_bad: bool,
    how: ImportSettings,
    split: Split | None,
) -> Dataset:
    names = columns.class_names
    words = {} if names is None else {name: partial(_word, names=names) for name in columns.labels}
    dataset = load_parquet_pixels(path, progress, skip_bad, how, split=split, words=words)
    if not columns.votes:
        return dataset
    read = _values(path, list(columns.votes))
    votes = _votes([read[name] for name in columns.votes])
    notes = (*dataset.notes, *_note_on_votes(columns, votes))
    return replace(dataset, votes=None if votes is None else votes[dataset.rows], notes=notes)


def _read(path: Path, columns: _Columns) -> _Table:
    picture, split = columns.picture or "", columns.split
    wanted = [picture, *columns.labels, *([split] if split else []), *columns.votes]
    read = _values(path, wanted)
    labels = read[columns.labels[0]]
    if columns.classes:
        labels = [
            _chosen(values, columns.classes)
            for values in zip(*(read[name] for name in columns.labels), strict=True)
        ]
    return _Table(
        [content or b"" for content in read[picture]],
        labels,
        None if split is None else read[split],
        _votes([read[name] for name in columns.votes]),
        columns.class_names,
    )


def _values(path: Path, wanted: list[str]) -> dict[str, list[Any]]:
    """The values of these columns, row by row."""
    # Imported here: half a second that nobody else should wait for.
    import pyarrow as pa
    import pyarrow.parquet as pq

    read: dict[str, list[Any]] = {name: [] for name in wanted}
    size = rows = 0
    with damage_said(path), pq.ParquetFile(path) as file:
        _check_size(path, file.metadata, wanted)
        for batch in file.iter_batches(_BATCH_ROWS, columns=wanted):
            for name, values in read.items():
                column = batch.column(name)
                column = column.field("bytes") if pa.types.is_struct(column.type) else column
                size += column.nbytes
                values += column.to_pylist()
            rows += len(batch)
            if size > _MAX_BYTES or rows > _MAX_ROWS:
                raise _too_large(path, max(size, _MAX_BYTES), rows)
    return read


def _chosen(values: Sequence[Any], classes: tuple[str, ...]) -> str:
    """The class of the column that is 1; what stands in all of them if it is not one alone."""
    texts = [str(value) for value in values]
    place = one_hot([text.encode() for text in texts])
    return ", ".join(texts) if place is None else classes[place]


def _votes(columns: list[list[float | None]]) -> NDArray[np.uint8] | None:
    """The votes, (n, 10); None if there are none, or they are no numbers of voters."""
    votes = np.nan_to_num(np.array([[value or 0 for value in column] for column in columns], np.float64).T)
    fits = votes.size and votes.min() >= 0 and votes.max() <= 255 and (votes == np.rint(votes)).all()
    return votes.astype(np.uint8) if fits else None


def _note_on_votes(columns: _Columns, votes: NDArray[np.uint8] | None) -> list[str]:
    if not columns.votes or votes is not None:
        return []
    return ["Its columns fp_neutral to fp_NF hold something else than numbers of voters and were left alone."]


def _where(path: Path, row: int) -> str:
    return f"{path.name}, row {row + 1:,}"


def _columns(path: Path) -> _Columns:
    """Find the columns by their names and types.

    Raises:
        MalformedDatasetError: it is no Parquet file, or has no faces, or no labels.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with damage_said(path):
        schema = pq.read_schema(path)

    def holds_pictures(kind: Any) -> bool:
        if pa.types.is_struct(kind):
            return any(child.name == "bytes" and holds_pictures(child.type) for child in kind)
        return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))

    lower = {name.lower(): name for name in reversed(schema.names)}

    def first(wanted: tuple[str, ...]) -> str | None:
        return next((lower[name] for name in wanted if name in lower), None)

    picture = next((field.name for field in schema if holds_pictures(field.type)), None)
    label = first(EMOTION_COLUMNS)
    classes = class_columns([name.lower() for name in schema.names], numbered=True) if label is None else {}
    labels = tuple(schema.names[place] for place in classes) if label is None else (label,)
    if (picture is None and not holds_pixels(schema)) or (picture is not None and not labels):
        there = printable(", ".join(schema.names[:12])[:120]) or "no columns"
        raise MalformedDatasetError(
            f"“{path.name}” needs a column of encoded pictures or of pixels and one named emotion or label; "
            f"it has {there}. Choose a table of faces."
        )
    votes = tuple(f"fp_{name}" for name in VOTE_NAMES)
    has_votes = all(name in schema.names and is_number(schema.field(name).type) for name in votes)
    return _Columns(
        picture,
        labels,
        tuple(classes.values()),
        first(SPLIT_COLUMNS),
        votes if has_votes else (),
        None if label is None else _class_names(schema, label),
    )


def _check_size(path: Path, metadata: Any, wanted: list[str]) -> None:
    groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
    size = sum(
        column.total_uncompressed_size
        for group in groups
        for column in (group.column(index) for index in range(group.num_columns))
        if column.path_in_schema.split(".")[0] in wanted
    )
    if size > _MAX_BYTES or metadata.num_rows > _MAX_ROWS:
        raise _too_large(path, size, metadata.num_rows)


def _too_large(path: Path, size: int, rows: int) -> MalformedDatasetError:
    return MalformedDatasetError(
        f"“{path.name}” unpacks to {size / 2**30:.1f} GiB and {rows:,} rows; {_MAX_BYTES // 2**30} GiB and "
        f"{_MAX_ROWS:,} rows are the most that is loaded at once. Choose a smaller table."
    )


def _class_names(schema: Any, label: str) -> list[str] | None:
    """The class names that the Hugging Face `datasets` library, or our own writer, put into the metadata."""
    metadata = schema.metadata or {}
    with suppress(KeyError, TypeError, ValueError):
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        return [str(name) for name in features[label]["names"]]
    with suppress(KeyError, ValueError):
        pairs = (pair.split("=") for pair in metadata[b"classes"].decode().split())
        return [name for _, name in sorted((int(number), name) for number, name in pairs)]
    return None


def _labels(
    path: Path, words: list[str], reading: LabelReading, bad: dict[int, tuple[str, str]]
) -> NDArray[np.intp]:
    """The index of each row's emotion, `OUTSIDE` for none of ours; adds the rows that have none to `bad`."""
    labels = np.full(len(words), OUTSIDE, np.intp)
    for row, word in enumerate(words):
        label = reading.meanings[word]
        if label is None:
            bad[row] = (_where(path, row), f"has the label “{printable(word[:60])}”, which names no emotion.")
        else:
            labels[row] = label
    return labels


def _word(value: Any, names: list[str] | None) -> str:
    """A label's text: the name of a class where the table names its classes, else what stands there."""
    is_place = names is not None and isinstance(value, int) and 0 <= value < len(names)
    return plain_label(names[value] if names is not None and is_place else str(value))


def _splits(path: Path, values: list[Any], bad: dict[int, tuple[str, str]]) -> NDArray[np.str_]:
    """Each row's split; adds the rows that have none to `bad`."""
    split_of = {word: split_called(word) for word in set(map(str, values))}
    splits = []
    for row, value in enumerate(values):
        split = split_of[str(value)]
        if split is None:
            what = f"has the split “{printable(str(value)[:60])}”, which is none of Training, PublicTest, "
            bad.setdefault(row, (_where(path, row), f"{what}PrivateTest, train, validation and test."))
        splits.append((split or Split.TRAIN).value)
    return np.array(splits, "<U10")
