"""Folder of tables: `train.csv` and `validation.csv`, or the numbered Parquet files of dataset hubs.

```
train.csv  validation.csv  test.csv
data/train-00000-of-00002.parquet  data/train-00001-of-00002.parquet  data/test-00000-of-00001.parquet
default/train/0000.parquet  default/test/0000.parquet
```
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.cache import file_state
from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.pictures import joined as joined_pictures
from fer.datasets.readers.csv_faces import FirstLine, read_first_line
from fer.datasets.readers.fer_csv import looks_like_fer_csv
from fer.datasets.readers.ferplus import looks_like_votes
from fer.datasets.readers.numbering import alike, joined_source_labels
from fer.datasets.readers.parquet import load_parquet
from fer.datasets.readers.passed_over import AN_ARCHIVE, LINK, NO_FILE, PassedOver, is_junk
from fer.datasets.readers.signatures import PARQUET, SUFFIXES, is_archive, signature_at
from fer.datasets.readers.vocabulary import filled_splits, quoted, split_called
from fer.datasets.readers.wide_csv import load_csv, looks_like_wide_csv
from fer.errors import MalformedDatasetError, PartlyBadDatasetError
from fer.system.progress import Progress, part, silent

_SUFFIXES = (".parquet", ".csv", ".tsv")
_DEEPEST = 3
# A folder with more files than this holds something else.
_MOST_ENTRIES = 2_000


@dataclass(frozen=True, slots=True)
class Table:
    """A file of a folder of tables, and the split its name gives it; what its rows say goes first."""

    path: Path
    split: Split | None


def load_tables(
    folder: Path, progress: Progress = silent, skip_bad: bool = False, how: ImportSettings = AS_GUESSED
) -> Dataset:
    """Read the tables of a folder as one; see `fer.datasets.readers`.

    Train comes first, then validation, then test, each by file name; `rows` counts through all of them.
    """
    tables, passed = _survey(folder)
    if not tables:
        raise MalformedDatasetError(
            f"“{folder.name}” holds no tables named for splits. Name them like train.csv, "
            "validation.csv and test.csv, or choose one file."
        )
    parts: list[Dataset] = []
    refusals: list[PartlyBadDatasetError] = []
    good = 0
    for number, table in enumerate(tables):
        load = load_parquet if _is_parquet(table.path) else load_csv
        try:
            share = part(progress, number / len(tables), (number + 1) / len(tables))
            parts.append(load(table.path, share, skip_bad, how, split=table.split))
            good += len(parts[-1])
        except PartlyBadDatasetError as refusal:
            refusals.append(refusal)
            good += refusal.good
    if refusals:
        bad = [(where, why) for refusal in refusals for where, why in refusal.bad]
        count = sum(refusal.bad_count for refusal in refusals)
        joined = PartlyBadDatasetError(str(refusals[0]), good, bad, count)
        joined.unknown_labels = tuple({label for refusal in refusals for label in refusal.unknown_labels})
        raise joined
    return _joined(folder, tables, parts, passed)


def find_tables(folder: Path) -> list[Table]:
    """The tables of a folder that belong together, in the order they are read in; none if there are none.

    One that has all splits, as `icml_face_data.csv` beside its `train.csv` and `test.csv`, goes before
    several that are named for splits, and these before one that is alone. Tables without labels do not count.
    """
    return _survey(folder)[0]


def looks_like_table(path: Path) -> bool:
    """Whether a file of any name is a table of faces as text, by its first rows."""
    first = _first_line(path)
    return first is not None and _has_faces(path, first)


def tables_fingerprint(folder: Path) -> str:
    """A text that changes when what `load_tables` makes of the folder does."""
    tables, passed = _survey(folder)
    states = [f"{_place(table.path, folder)}\0{file_state(table.path)}" for table in tables]
    return hashlib.sha256("\n".join([*states, *passed.notes]).encode("utf-8", "surrogateescape")).hexdigest()


def _survey(folder: Path) -> tuple[list[Table], PassedOver]:
    """The tables that are read, see `find_tables`, and what else there is."""
    passed = PassedOver()
    begun = {path: _first_line(path) for path in sorted(_files(folder, folder, _DEEPEST, passed))}
    found = [path for path, first in begun.items() if first is None or _has_faces(path, first)]
    whole = [path for path in found if (first := begun[path]) is not None and first.split is not None]
    tables = _chosen(found, whole, folder)
    for path, first in begun.items():
        if first is not None and path not in found and not looks_like_votes(path):
            unlabelled = "pixels" in first.names and first.emotion is None
            passed.add(_place(path, folder), "faces without labels" if unlabelled else "not a table of faces")
    if tables:
        is_whole = len(tables) == 1 and tables[0].path in whole
        whole_one = f"{quoted(tables[0].path.name)} has all splits"
        reason = whole_one if is_whole else "the tables named for splits are read instead"
        read = {table.path for table in tables}
        passed.add_all((_place(path, folder) for path in found if path not in read), reason)
    return tables, passed


def _chosen(found: list[Path], whole: list[Path], folder: Path) -> list[Table]:
    """Which of the tables of faces are read, if some of them, `whole`, say what each face is for."""
    if len(found) == 1:
        return [Table(found[0], _split_of(found[0], folder))]
    named = [Table(path, split) for path in found if (split := _split_of(path, folder))]
    if whole and not all(table.path in whole for table in named):
        return [Table(max(whole, key=lambda path: path.stat().st_size), None)]
    for suffix in _SUFFIXES:
        if alike := [table for table in named if table.path.suffix.lower() == suffix]:
            order = list(Split)
            return sorted(alike, key=lambda table: (order.index(table.split or Split.TRAIN), table.path))
    return [Table(max(whole, key=lambda path: path.stat().st_size), None)] if whole else []


def _joined(folder: Path, tables: Sequence[Table], parts: Sequence[Dataset], passed: PassedOver) -> Dataset:
    for (_, first), (table, second) in pairwise(zip(tables, parts, strict=True)):
        if second.images.shape[1:] != first.images.shape[1:]:
            raise MalformedDatasetError(
                f"The faces of “{table.path.name}” in “{folder.name}” have {_size(second)} pixels, and those "
                f"before it {_size(first)}. Bring them to one size, or choose one of the tables."
            )
    parts = alike(parts)
    labels = np.concatenate([part.labels for part in parts])
    splits, drawn = filled_splits(labels, np.concatenate([part.splits for part in parts]))
    votes = [part.votes for part in parts if part.votes is not None]
    rows, before = [], 0
    for faces in parts:
        rows.append(faces.rows + before)
        before = int(rows[-1].max(initial=before - 1)) + 1
    common = [note for note in parts[0].notes if all(note in part.notes for part in parts)]
    notes = [f"{part.name}: {note}" for part in parts for note in part.notes if note not in common]
    return replace(
        parts[0],
        name=folder.name,
        images=np.concatenate([part.images for part in parts]),
        labels=labels,
        splits=splits,
        source=Source(folder.name),
        rows=np.concatenate(rows),
        votes=np.concatenate(votes) if len(votes) == len(parts) else None,
        notes=(*notes, *([drawn] if drawn else []), *passed.notes, *common),
        source_labels=joined_source_labels([part.source_labels for part in parts]),
        pictures=joined_pictures([part.pictures for part in parts]),
    )


def _size(part: Dataset) -> str:
    return f"{part.images.shape[2]}×{part.images.shape[1]}"


def _files(folder: Path, root: Path, depth: int, passed: PassedOver) -> Iterator[Path]:
    """The tables in `folder` and the folders below it that a person or a hub put there."""
    with os.scandir(folder) as scanned:
        entries = [entry for _, entry in zip(range(_MOST_ENTRIES + 1), scanned, strict=False)]
    if len(entries) > _MOST_ENTRIES:
        passed.add(_place(folder, root), f"a folder with more than {_MOST_ENTRIES:,} files")
        return
    for entry in entries:
        path, name = folder / entry.name, entry.name.lower()
        if is_junk(entry.name):
            continue
        if entry.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            passed.add(_place(path, root), LINK)
        elif entry.is_dir():
            if depth and not name.startswith("_"):
                yield from _files(path, root, depth - 1, passed)
            else:
                passed.add(_place(path, root), "a folder that is not looked into")
        elif not entry.is_file():
            passed.add(_place(path, root), NO_FILE)
        elif name.endswith(_SUFFIXES) and not is_archive(path):
            yield path
        else:
            is_packed = name.endswith((*_SUFFIXES, *SUFFIXES))
            passed.add(_place(path, root), AN_ARCHIVE if is_packed else "not a table, by its ending")


def _place(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _split_of(path: Path, root: Path) -> Split | None:
    """The split that the file's name speaks of, or else the folder it lies in."""
    for name in (path.stem, *(parent.name for parent in path.parents if parent.is_relative_to(root))):
        words = [word for word in re.split(r"[^a-z]+", name.lower()) if word]
        both = [split for pair in pairwise(words) if (split := split_called("".join(pair)))]
        found = set(both or filter(None, map(split_called, words)))
        if len(found) == 1:
            return found.pop()
    return None


def _first_line(path: Path) -> FirstLine | None:
    """How a CSV begins; None for Parquet, and for one whose reader will say what is wrong with it."""
    with suppress(MalformedDatasetError):
        return None if _is_parquet(path) else read_first_line(path)
    return None


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet" or signature_at(path) == PARQUET


def _has_faces(path: Path, first: FirstLine) -> bool:
    """Whether the table has labels and pictures, judged by how it begins."""
    named = first.emotion is not None and "pixels" in first.names
    return named or looks_like_fer_csv(path, first) or looks_like_wide_csv(path)
