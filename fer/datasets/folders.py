"""Class folders: `train|validation|test/<emotion>/*.png`, as most face datasets are handed out."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer import pictures
from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.decoding import decode_faces
from fer.datasets.vocabulary import emotion_called, filled_splits, split_called
from fer.emotions import EMOTIONS, Emotion
from fer.errors import MalformedDatasetError
from fer.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture file: its place below the dataset's folder, and what the folders say of it."""

    place: str
    file_name: str
    emotion: Emotion
    split: Split
    size: int
    time_ns: int


def load_folders(folder: Path, progress: Progress = silent) -> Dataset:
    """Read a folder whose sub-folders say what is in them.

    The upper level names the split (train, val, test, PublicTest, …) and the lower one the emotion
    (angry, anger, …); the upper may be missing. A missing validation or test split takes a tenth
    of the training faces, each emotion alike, with seed 0; the source's title says so.

    Args:
        folder: holds the sub-folders; links that lead out of it are not followed.
        progress: told how far the decoding is.

    Returns:
        Grey faces of one size, in the order of their file names; `emotions` are those that have a folder.

    Raises:
        MalformedDatasetError: no such sub-folders, one that is no emotion, or an unreadable picture.
    """
    found = sorted(_pictures(folder), key=lambda picture: (picture.file_name, picture.place))
    if not found:
        raise MalformedDatasetError(
            f"“{folder.name}” holds no pictures in folders named for emotions. Lay "
            "them out as train/happy/001.png, with train, validation and test."
        )
    emotions = tuple(emotion for emotion in EMOTIONS if any(picture.emotion is emotion for picture in found))

    def read(index: int) -> tuple[str, bytes]:
        place = found[index].place
        return place, pictures.read_bytes(folder / place)

    labels = np.array([emotions.index(picture.emotion) for picture in found], np.intp)
    splits, note = filled_splits(labels, np.array([picture.split.value for picture in found], "<U10"))
    images = decode_faces(len(found), read, folder.name, progress)
    return Dataset(folder.name, emotions, images, labels, splits, Source(folder.name + note))


def listing_fingerprint(folder: Path) -> str:
    """A text that changes when a picture below `folder` is added, removed or saved anew."""
    digest = hashlib.sha256()
    for picture in sorted(_pictures(folder), key=lambda picture: picture.place):
        line = f"{picture.place}\0{picture.size}\0{picture.time_ns}\n"
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def looks_like_folders(folder: Path) -> bool:
    """Whether a sub-folder is named for a split or an emotion."""
    names = (child.name for child in _subfolders(folder, folder))
    return any(split_called(name) or emotion_called(name) for name in names)


def _pictures(root: Path) -> Iterator[_Picture]:
    divided = [(child, split) for child in _subfolders(root, root) if (split := split_called(child.name))]
    for part, split in divided or [(root, Split.TRAIN)]:
        for child in _subfolders(part, root):
            place = child.relative_to(root).as_posix()
            emotion = emotion_called(child.name)
            if emotion is None:
                raise MalformedDatasetError(
                    f"The folder “{place}” in “{root.name}” names none of the "
                    f"emotions {', '.join(EMOTIONS)}. Rename it or move it away."
                )
            with os.scandir(child) as entries:
                for entry in entries:
                    # Tens of thousands pass here: plain strings, and no system call that is not needed.
                    if (
                        entry.name[0] != "."
                        and entry.name.lower().endswith(pictures.SUFFIXES)
                        and _stays_inside(entry, root)
                        and entry.is_file()
                    ):
                        state = entry.stat()
                        yield _Picture(
                            f"{place}/{entry.name}",
                            entry.name,
                            emotion,
                            split,
                            state.st_size,
                            state.st_mtime_ns,
                        )


def _subfolders(folder: Path, root: Path) -> Iterator[Path]:
    """The folders in `folder` that a person put there; archives leave some like `__MACOSX`."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith((".", "_")) and _stays_inside(entry, root) and entry.is_dir():
                yield Path(entry.path)


def _stays_inside(entry: os.DirEntry[str], root: Path) -> bool:
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root.resolve())
