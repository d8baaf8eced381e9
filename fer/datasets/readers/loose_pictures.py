"""Loose pictures: those below a folder whose folders name no emotion, and what is made of them.

Their labels stand in the files' names (`name_patterns`) or in a list beside them (`list_files`).
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer.config import ImportSettings
from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.readers.class_list import class_names_in
from fer.datasets.readers.decoding import decode_faces, notes_on, reader_of, refuse_bad
from fer.datasets.readers.numbering import read_labels
from fer.datasets.readers.passed_over import AN_ARCHIVE, LINK, NO_FILE, PassedOver, is_junk
from fer.datasets.readers.signatures import SUFFIXES as ARCHIVE_SUFFIXES
from fer.datasets.readers.vocabulary import OUTSIDE, filled_splits, printable, quoted, split_called
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError
from fer.images import SUFFIXES
from fer.system import paths
from fer.system.progress import Progress

LIST_SUFFIXES = (".csv", ".tsv", ".txt", ".lst")
"""How the names of files end that may list pictures."""
_DEEPEST = 16
_MOST_FILES = 1_000_000


class Labelled(NamedTuple):
    """A picture with its label: its place below the dataset's folder, and what was said of it."""

    place: str
    label: str
    split: Split | None


def walk(
    folder: Path, most: int = _MOST_FILES, passed: PassedOver | None = None
) -> Iterator[os.DirEntry[str]]:
    """The pictures and possible lists below a folder, in no order; at most so many entries are looked at.

    What is neither, and links that lead out of the folder, are counted in `passed`; hidden files are not.
    """
    passed = PassedOver() if passed is None else passed
    own = {str(path) for path in paths.own_data_folders()}
    root, left = folder.resolve(), most
    waiting = [(str(folder), 0)]
    while waiting:
        place, depth = waiting.pop()
        with os.scandir(place) as entries:
            for entry in islice(entries, left):
                left -= 1
                if is_junk(entry.name) or entry.path in own:
                    continue
                reason = ""
                if entry.is_symlink() and not (
                    entry.is_file() and Path(entry.path).resolve().is_relative_to(root)
                ):
                    reason = LINK
                elif entry.is_dir(follow_symlinks=False):
                    reason = "" if depth < _DEEPEST else f"a folder more than {_DEEPEST} folders deep"
                    waiting += [] if reason else [(entry.path, depth + 1)]
                elif not entry.is_file():
                    reason = NO_FILE
                elif entry.name.lower().endswith((*SUFFIXES, *LIST_SUFFIXES)):
                    yield entry
                else:
                    is_archive = entry.name.lower().endswith(ARCHIVE_SUFFIXES)
                    reason = AN_ARCHIVE if is_archive else "neither a picture nor a list, by its ending"
                if reason:
                    passed.add(place_of(entry, folder), reason)
        if left <= 0 and most == _MOST_FILES:
            raise MalformedDatasetError(
                f"“{folder.name}” holds more than {most:,} files. Choose a folder in it, or another dataset."
            )


def pictures_below(folder: Path, passed: PassedOver) -> list[str]:
    """The places of all pictures below `folder`, with "/", by their names; see `walk`."""
    entries = walk(folder, passed=passed)
    found = [place_of(entry, folder) for entry in entries if is_picture(entry.name)]
    return sorted(found, key=lambda place: (place.rpartition("/")[2], place))


def place_of(entry: os.DirEntry[str], folder: Path) -> str:
    """Where an entry lies below `folder`, with "/" between its parts."""
    return entry.path[len(str(folder)) :].replace(os.sep, "/").strip("/")


def is_picture(name: str) -> bool:
    """Whether a file's name ends as a picture's does."""
    return name.lower().endswith(SUFFIXES)


def tree_fingerprint(folder: Path) -> str:
    """A text that changes when a picture or a list below `folder` is added, removed or saved anew."""
    lines = []
    passed = PassedOver()
    for entry in walk(folder, passed=passed):
        state = entry.stat()
        lines.append(f"{place_of(entry, folder)}\0{state.st_size}\0{state.st_mtime_ns}")
    return hashlib.sha256(
        "\n".join([*sorted(lines), *passed.notes]).encode("utf-8", "surrogateescape")
    ).hexdigest()


def split_in(place: str) -> Split | None:
    """The split that a picture's folders speak of, or else the beginning of its name: train_00001.jpg."""
    *folders, name = place.lower().split("/")
    beginning = name.replace("-", "_").partition("_")[0]
    words = (*reversed(folders), beginning if beginning.isalpha() else "")
    return next(filter(None, map(split_called, words)), None)


def read_labelled(
    folder: Path,
    found: Sequence[Labelled],
    notes: Sequence[str],
    progress: Progress,
    skip_bad: bool,
    how: ImportSettings,
) -> Dataset:
    """Decode pictures whose labels are known; see `fer.datasets.readers`.

    Args:
        folder: where they lie.
        found: them, in order, at least one.
        notes: where the labels came from and what was left out, for `Dataset.notes`.
    """
    words = Counter(picture.label for picture in found)
    reading = read_labels(words, how, class_names_in(folder, folder, words))
    meanings = [reading.meanings[picture.label] for picture in found]
    places = [row for row, meaning in enumerate(meanings) if meaning not in (None, OUTSIDE)]
    outside = Counter(
        picture.label for picture, meaning in zip(found, meanings, strict=True) if meaning == OUTSIDE
    )
    bad = {
        row: (
            printable(found[row].place),
            f"has the label {quoted(found[row].label)}, which names no emotion.",
        )
        for row, meaning in enumerate(meanings)
        if meaning is None
    }
    count = len(places) + len(bad)
    if not places and not bad:
        raise MalformedDatasetError(
            f"All {len(found):,} pictures of “{folder.name}” have labels outside the seven emotions "
            f"{', '.join(EMOTIONS)}, or were left out. Choose another dataset, or map its labels."
        )
    if not places or (bad and not skip_bad):
        where, why = bad[min(bad)] if bad else ("", "")
        short = f"“{folder.name}” cannot be loaded. “{where}” {why}" if reading.advice else ""
        refuse_bad(folder.name, "pictures", count, bad, short, labels=reading)

    decoded = decode_faces(
        np.array(places, np.intp),
        reader_of(folder, [found[row].place for row in places]),
        folder.name,
        progress,
        what="pictures",
        bad=bad,
        skip_bad=skip_bad,
        labels=[meaning for row in places if (meaning := meanings[row]) is not None],
        how=how,
    )
    there, labels = np.unique(np.array([meanings[row] for row in decoded.rows], np.intp), return_inverse=True)
    known = np.array([(found[row].split or Split.TRAIN).value for row in decoded.rows], "<U10")
    splits, drawn = filled_splits(labels, known)
    left_out = notes_on("pictures", count, bad, outside, drawn)
    return Dataset(
        folder.name,
        tuple(EMOTIONS[index] for index in there),
        decoded.images,
        labels,
        splits,
        Source(folder.name),
        decoded.rows,
        notes=(*notes, *reading.notes, *left_out, *decoded.notes),
        pictures=decoded.pictures,
        source_labels=reading.source_labels,
    )
