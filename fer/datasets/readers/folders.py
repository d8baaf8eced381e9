"""Class folders: `train|validation|test/<emotion>/*.png`, as most face datasets are handed out.

Within the folder of an emotion pictures may lie deeper, in a folder for each person, say. What is in the
whole folder and is not read is counted.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.readers.class_list import class_lists, class_names_in
from fer.datasets.readers.decoding import decode_faces, notes_on, reader_of, refuse_bad
from fer.datasets.readers.numbering import number_of, read_labels
from fer.datasets.readers.passed_over import AN_ARCHIVE, LINK, NO_FILE, PassedOver, is_junk
from fer.datasets.readers.signatures import SUFFIXES as ARCHIVE_SUFFIXES
from fer.datasets.readers.vocabulary import (
    OUTSIDE,
    emotion_called,
    filled_splits,
    is_outside,
    printable,
    quoted,
    split_called,
)
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError
from fer.images import SUFFIXES
from fer.system.progress import Progress, silent

# People put a folder around the folders, and archives another: FER2013/images/train/happy.
_MOST_WRAPPINGS = 3
_MOST_FOLDERS_LOOKED_INTO = 500
_FIRST_LOOK = 1_000

_NO_LABEL = "no label: not in a folder named for an emotion"
_ASIDE = "in a folder that is not read"
_NO_PICTURE = "not a picture, by its ending"
_CLOSED = "a folder that may not be looked into"


class _Folder(NamedTuple):
    """A folder of pictures: where it lies, its place below the dataset's folder, its label and its split.

    `split` is None where no folder above it names one. In one that `is_aside` pictures need not have a label.
    """

    path: Path
    place: str
    word: str
    split: Split | None
    is_aside: bool


class _Picture(NamedTuple):
    """A picture file and its folder. Pictures are in order by their names, then by their places."""

    name: str
    place: str
    folder: _Folder

    @property
    def is_aside(self) -> bool:
        """Whether it is no mistake if its folder means nothing: deeper in it pictures may be anything."""
        return self.folder.is_aside or len(self.place) > len(self.folder.place) + 1 + len(self.name)


def load_folders(
    folder: Path, progress: Progress = silent, skip_bad: bool = False, how: ImportSettings = AS_GUESSED
) -> Dataset:
    """Read a folder whose sub-folders say what is in them; see `fer.datasets.readers`.

    The upper level names the split (train, val, test, PublicTest, …) and the lower one the emotion
    (angry, anger, 0_angry, 3, …); the upper may be missing or lie in the lower, and there may be folders
    around them. What a number means is chosen, or said by a list of classes in the folder (`classes.txt`), or
    guessed; see `read_labels`. A folder that names nothing known is bad. `emotions` are those that have a
    picture; the order is that of the file names.
    """
    passed = PassedOver()
    found = sorted(_pictures(folder, passed), key=lambda picture: picture[:2])
    words = Counter(picture.folder.word for picture in found)
    reading = read_labels(words, how, class_names_in(_root(folder) or folder, folder, words))
    meanings = [reading.meanings[picture.folder.word] for picture in found]
    places = [row for row, meaning in enumerate(meanings) if meaning not in (None, OUTSIDE)]
    outside = reading.outside(picture.folder.word for picture in found)
    unlabelled = [row for row, meaning in enumerate(meanings) if meaning is None]
    passed.add_all((found[row].place for row in unlabelled if found[row].is_aside), _NO_LABEL)
    why = f"lies in a folder that names none of the emotions {', '.join(EMOTIONS)}."
    unknown = {row: (printable(found[row].place), why) for row in unlabelled if not found[row].is_aside}
    if not places and not unknown:
        raise _without_pictures(folder)
    if unknown and not skip_bad:  # said before the pictures are decoded, which takes a while
        place = printable(found[min(unknown)].folder.place)
        message = f"The folder “{place}” in “{folder.name}” names no emotion."
        if not reading.advice:
            message += (
                " Rename it or move it away, say what it stands for (python -m fer import DATASET --map), or "
                "leave its pictures out."
            )
        count = len(places) + len(unknown)
        refuse_bad(folder.name, "pictures", count, unknown, message, labels=reading)

    bad, count = dict(unknown), len(places) + len(unknown)
    if not places:
        refuse_bad(folder.name, "pictures", count, bad)
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

    used = np.array([meanings[row] for row in decoded.rows], np.intp)
    shown, labels = np.unique(used, return_inverse=True)
    splits, drawn = filled_splits(
        labels, np.array([found[row].folder.split or Split.TRAIN for row in decoded.rows], "<U10")
    )
    notes = notes_on("pictures", count, bad, outside, drawn)
    return Dataset(
        folder.name,
        tuple(EMOTIONS[label] for label in shown),
        decoded.images,
        labels,
        splits,
        Source(folder.name),
        decoded.rows,
        notes=(*notes, *decoded.notes, *passed.notes, *reading.notes),
        pictures=decoded.pictures,
        source_labels=reading.source_labels,
    )


def _without_pictures(folder: Path) -> MalformedDatasetError:
    several = [quoted(place.relative_to(folder).as_posix()) for place in _roots(folder)[:2]]
    if len(several) > 1:
        return MalformedDatasetError(
            f"“{folder.name}” holds several folders with emotions in them: {' and '.join(several)}. Choose "
            "one, or put their pictures together."
        )
    return MalformedDatasetError(
        f"“{folder.name}” holds no pictures in folders named for emotions. Lay "
        "them out as train/happy/001.png, with train, validation and test."
    )


def listing_fingerprint(folder: Path) -> str:
    """A text that changes when a picture below `folder`, or a list of its classes, comes, goes or changes."""
    digest = hashlib.sha256()
    passed = PassedOver()
    for path in class_lists(_root(folder) or folder, folder):
        digest.update(path.read_bytes())
    for _, place, entries in _survey(folder, passed):
        lines = [place]
        for entry in entries:
            state = entry.stat()
            lines.append(f"{entry.name}\0{state.st_size}\0{state.st_mtime_ns}")
        digest.update("\n".join(sorted(lines)).encode("utf-8", "surrogateescape"))
    digest.update("\n".join(passed.notes).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def looks_like_folders(folder: Path) -> bool:
    """Whether a folder in it, or in a folder around them, is named for an emotion or a split."""
    return _root(folder) is not None


def holds_emotions(folder: Path) -> bool:
    """Whether a folder in it, or in its splits, is named for an emotion; see `looks_like_folders`."""
    root = _root(folder)
    return root is not None and _has_emotions(root, folder)


def _root(folder: Path) -> Path | None:
    """The folder that directly holds the splits or emotions: `folder`, or the only such one inside."""
    roots = _roots(folder)
    return roots[0] if len(roots) == 1 else None


def _roots(folder: Path) -> list[Path]:
    """The folders that directly hold emotions, or else one that holds splits; all are equally deep."""
    level = [folder]
    named_for_splits: list[Path] = []
    for _ in range(_MOST_WRAPPINGS + 1):
        if fitting := [candidate for candidate in level if _has_emotions(candidate, folder)]:
            return fitting
        if not named_for_splits:
            divided = (c for c in level if any(split_called(child.name) for child in _subfolders(c, folder)))
            named_for_splits = list(islice(divided, 1))
        level = [child for parent in level for child in _subfolders(parent, folder)]
        if len(level) > _MOST_FOLDERS_LOOKED_INTO:
            break
    return named_for_splits


def _has_emotions(folder: Path, root: Path) -> bool:
    children = list(_subfolders(folder, root))
    if any(emotion_called(child.name) for child in children):
        return True
    splits = [child for child in children if split_called(child.name)]
    # A split without labels may hold a million pictures, and one with labels lie beside it.
    return any(
        emotion_called(grandchild.name)
        for most in (_FIRST_LOOK, None)
        for child in splits
        for grandchild in _subfolders(child, root, most)
    )


def _pictures(folder: Path, passed: PassedOver) -> Iterator[_Picture]:
    for part, place, entries in _survey(folder, passed):
        for entry in entries:
            yield _Picture(entry.name, f"{place}/{entry.name}", part)


def _survey(folder: Path, passed: PassedOver) -> Iterator[tuple[_Folder, str, list[os.DirEntry[str]]]]:
    """The picture files that are read, folder by folder: whose they are, the folder's place, the files.

    Hundreds of thousands pass here, with no system call for one that is not needed.
    """
    classes = {part.path: part for part in _folders(folder)}
    if not classes:
        return
    # The way to them, on which links are followed. Below them none is, or one that leads back would not end.
    way = {path for part in classes for path in (part, *part.parents) if path.is_relative_to(folder)}
    way.update(class_lists(_root(folder) or folder, folder))
    linked = {path.resolve() for path in way if path.is_symlink()}
    waiting: list[tuple[Path, str, _Folder | None]] = [(folder, "", None)]
    while waiting:
        path, place, part = waiting.pop()
        part = classes.get(path, part)
        if part is None and passed.is_full and path not in way:
            continue
        try:
            subfolders, used = _sorted_out(path, place, part, folder, way, passed)
        except OSError:
            if not place:
                raise
            passed.add(place, _CLOSED)
            continue
        if part and used:
            yield part, place, used
        for name in sorted(subfolders, reverse=True):
            inner = path / name
            below = part
            if below and below.split is None and (split := split_called(name)):  # happy/train, happy/test
                below = below._replace(split=split)
            if below or inner in way or not linked or inner.resolve() not in linked:
                waiting.append((inner, f"{place}/{name}" if place else name, below))


def _sorted_out(
    path: Path, place: str, part: _Folder | None, root: Path, way: set[Path], passed: PassedOver
) -> tuple[list[str], list[os.DirEntry[str]]]:
    """The folders and the pictures to read in one folder; what is neither is counted."""
    subfolders: list[str] = []
    used: list[os.DirEntry[str]] = []
    is_aside = any(word.startswith("_") or emotion_called(word) for word in place.split("/"))
    with os.scandir(path) as entries:
        for entry in entries:
            name = entry.name
            if is_junk(name):
                continue
            if part is None and passed.is_full and path not in way:
                break
            is_link = entry.is_symlink()
            if is_link and not (Path(entry.path) in way or (entry.is_file() and _stays_inside(entry, root))):
                reason = LINK
            elif entry.is_dir():
                subfolders.append(name)
                continue
            elif not name.lower().endswith(SUFFIXES):
                if path in way and path / name in way:  # a list of classes
                    continue
                reason = AN_ARCHIVE if name.lower().endswith(ARCHIVE_SUFFIXES) else _NO_PICTURE
            elif not entry.is_file():
                reason = NO_FILE
            elif part is None:
                reason = _ASIDE if is_aside else _NO_LABEL
            else:
                used.append(entry)
                continue
            passed.add(f"{place}/{name}" if place else name, reason)
    return subfolders, used


def _folders(folder: Path) -> Iterator[_Folder]:
    """The folders of pictures, with what their names say."""
    root = _root(folder) or folder
    children = [(child, split_called(child.name)) for child in _subfolders(root, folder)]
    is_divided = any(split for _, split in children)
    groups: list[tuple[Split | None, list[Path]]] = []
    for child, split in children:
        if split:
            groups.append((split, list(_subfolders(child, folder))))
        elif not is_divided or _names_something(child):
            groups.append((None, [child]))
    is_labelled = any(_names_something(part) for _, group in groups for part in group)
    for split, group in groups:
        # A test split without labels may keep all its pictures in one folder.
        is_aside = split is not None and len(group) == 1 and is_labelled and not _names_something(group[0])
        for part in group:
            yield _Folder(part, part.relative_to(folder).as_posix(), part.name, split, is_aside)


def _names_something(folder: Path) -> bool:
    name = folder.name
    return emotion_called(name) is not None or is_outside(name) or number_of(name) is not None


def _subfolders(folder: Path, root: Path, most: int | None = None) -> Iterator[Path]:
    """The folders in `folder` that a person put there, by name; archives leave some like `__MACOSX`.

    `most` says among how many files and folders to look for them.
    """
    with os.scandir(folder) as entries:
        names = [
            entry.name
            for entry in islice(entries, most)
            if not entry.name.startswith((".", "_")) and _stays_inside(entry, root) and entry.is_dir()
        ]
    for name in sorted(names):
        yield folder / name


def _stays_inside(entry: os.DirEntry[str], root: Path) -> bool:
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root.resolve())
