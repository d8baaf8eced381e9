"""Class folders: `train|validation|test/<emotion>/*.png`, as most face datasets are handed out."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.readers.class_list import class_lists, class_names_in
from fer.datasets.readers.decoding import decode_faces, notes_on, refuse_bad
from fer.datasets.readers.numbering import read_labels
from fer.datasets.readers.vocabulary import OUTSIDE, emotion_called, filled_splits, printable, split_called
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError
from fer.images import SUFFIXES, read_bytes
from fer.system.progress import Progress, silent

# People put a folder around the folders, and archives another: FER2013/images/train/happy.
_MOST_WRAPPINGS = 3
_MOST_FOLDERS_LOOKED_INTO = 500


class _Folder(NamedTuple):
    """A folder of pictures: where it lies, its place below the dataset's folder, its label and its split."""

    path: Path
    place: str
    word: str
    split: Split


class _Picture(NamedTuple):
    """A picture file and its folder. Pictures are in order by their names, then by their places."""

    name: str
    place: str
    folder: _Folder


def load_folders(
    folder: Path, progress: Progress = silent, skip_bad: bool = False, how: ImportSettings = AS_GUESSED
) -> Dataset:
    """Read a folder whose sub-folders say what is in them; see `fer.datasets.readers`.

    The upper level names the split (train, val, test, PublicTest, …) and the lower one the emotion
    (angry, anger, 0_angry, 3, …); the upper may be missing, and there may be folders around them. What a
    number means is chosen, or said by a list of classes in the folder (`classes.txt`), or guessed; see
    `read_labels`. A folder that names nothing known is bad. `emotions` are those that have a picture; the
    order is that of the file names.
    """
    found = sorted(_pictures(folder), key=lambda picture: picture[:2])
    words = Counter(picture.folder.word for picture in found)
    reading = read_labels(words, how, class_names_in(_root(folder) or folder, folder, words))
    meanings = [reading.meanings[picture.folder.word] for picture in found]
    places = [row for row, meaning in enumerate(meanings) if meaning not in (None, OUTSIDE)]
    outside = Counter(
        picture.folder.word for picture, meaning in zip(found, meanings, strict=True) if meaning == OUTSIDE
    )
    unknown = {
        row: (
            printable(found[row].place),
            f"lies in a folder that names none of the emotions {', '.join(EMOTIONS)}.",
        )
        for row, meaning in enumerate(meanings)
        if meaning is None
    }
    if not places and not unknown:
        raise MalformedDatasetError(
            f"“{folder.name}” holds no pictures in folders named for emotions. Lay "
            "them out as train/happy/001.png, with train, validation and test."
        )
    if unknown and not skip_bad:  # said before the pictures are decoded, which takes a while
        place = printable(found[min(unknown)].folder.place)
        message = f"The folder “{place}” in “{folder.name}” names no emotion. " + (
            reading.advice or "Rename it or move it away, or leave its pictures out."
        )
        refuse_bad(folder.name, "pictures", len(places) + len(unknown), unknown, message)

    def read(index: int) -> tuple[str, bytes]:
        place = found[places[index]].place
        shown = printable(place)
        return shown, read_bytes(folder / place, shown)

    bad, count = dict(unknown), len(places) + len(unknown)
    if not places:
        refuse_bad(folder.name, "pictures", count, bad)
    decoded = decode_faces(
        np.array(places, np.intp),
        read,
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
        labels, np.array([found[row].folder.split.value for row in decoded.rows], "<U10")
    )
    return Dataset(
        folder.name,
        tuple(EMOTIONS[label] for label in shown),
        decoded.images,
        labels,
        splits,
        Source(folder.name),
        decoded.rows,
        notes=(*reading.notes, *notes_on("pictures", count, bad, outside, drawn), *decoded.notes),
        pictures=decoded.pictures,
        source_labels=reading.source_labels,
    )


def listing_fingerprint(folder: Path) -> str:
    """A text that changes when a picture below `folder`, or a list of its classes, comes, goes or changes."""
    digest = hashlib.sha256()
    for path in class_lists(_root(folder) or folder, folder):
        digest.update(path.read_bytes())
    for part in _folders(folder):
        lines = [part.place]
        for entry in _files(part.path, folder):
            state = entry.stat()
            lines.append(f"{entry.name}\0{state.st_size}\0{state.st_mtime_ns}")
        digest.update("\n".join(sorted(lines)).encode("utf-8", "surrogateescape"))
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
    level = [folder]
    named_for_splits = None
    for _ in range(_MOST_WRAPPINGS + 1):
        fitting = [candidate for candidate in level if _has_emotions(candidate, folder)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
        if named_for_splits is None:
            divided = (c for c in level if any(split_called(child.name) for child in _subfolders(c, folder)))
            named_for_splits = next(divided, None)
        level = [child for parent in level for child in _subfolders(parent, folder)]
        if len(level) > _MOST_FOLDERS_LOOKED_INTO:
            break
    return named_for_splits


def _has_emotions(folder: Path, root: Path) -> bool:
    children = list(_subfolders(folder, root))
    return any(emotion_called(child.name) for child in children) or any(
        emotion_called(grandchild.name)
        for child in children
        if split_called(child.name)
        for grandchild in _subfolders(child, root)
    )


def _pictures(folder: Path) -> Iterator[_Picture]:
    for part in _folders(folder):
        for entry in _files(part.path, folder):
            yield _Picture(entry.name, f"{part.place}/{entry.name}", part)


def _folders(folder: Path) -> Iterator[_Folder]:
    """The folders of pictures, with what their names say."""
    root = _root(folder) or folder
    divided = [(child, split) for child in _subfolders(root, folder) if (split := split_called(child.name))]
    for part, split in divided or [(root, Split.TRAIN)]:
        for child in _subfolders(part, folder):
            place = child.relative_to(folder).as_posix()
            yield _Folder(child, place, child.name, split)


def _files(folder: Path, root: Path) -> Iterator[os.DirEntry[str]]:
    """The picture files in a folder; tens of thousands pass here, with no system call that is not needed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if (
                name[0] != "."
                and name.lower().endswith(SUFFIXES)
                and _stays_inside(entry, root)
                and entry.is_file()
            ):
                yield entry


def _subfolders(folder: Path, root: Path) -> Iterator[Path]:
    """The folders in `folder` that a person put there, by name; archives leave some like `__MACOSX`."""
    with os.scandir(folder) as entries:
        names = [
            entry.name
            for entry in entries
            if not entry.name.startswith((".", "_")) and _stays_inside(entry, root) and entry.is_dir()
        ]
    for name in sorted(names):
        yield folder / name


def _stays_inside(entry: os.DirEntry[str], root: Path) -> bool:
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root.resolve())
