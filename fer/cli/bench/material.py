"""Benchmark data: a CSV of FER-2013's size, class folders, a home of its own."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from fer.datasets import Dataset, Split, load_dataset
from fer.errors import DatasetNotFoundError

# FER-2013's rows; a made-up file of the same size measures the same work.
FER_2013_ROWS = 35_887


@contextmanager
def another_home(folder: str | Path) -> Iterator[None]:
    """Within, decoded datasets are kept in `folder`, not in the learner's `data/`."""
    own = os.environ.get("FER_HOME")
    os.environ["FER_HOME"] = str(folder)
    try:
        yield
    finally:
        if own is None:
            del os.environ["FER_HOME"]
        else:
            os.environ["FER_HOME"] = own


def existing_csv(data: str) -> Path:
    """Return the absolute path of a CSV somebody named.

    Raises:
        DatasetNotFoundError: there is no such file.
    """
    path = Path(data).absolute()
    if not path.is_file():
        raise DatasetNotFoundError(f"There is no file “{data}”. Give the path of a FER-2013 CSV.")
    return path


@contextmanager
def home_with_csv(data: str | None) -> Iterator[tuple[Path, str]]:
    """Within, a home of its own, and the name of the CSV in its `data/`.

    Args:
        data: the CSV, linked there where the disk allows it; None writes one of FER-2013's size.

    Raises:
        DatasetNotFoundError: there is no such file.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "faces.csv"
        path.parent.mkdir()
        if data is None:
            write_csv(path)
        else:
            source = existing_csv(data)
            try:
                os.link(source, path)
            except OSError:
                shutil.copyfile(source, path)
        yield Path(folder), path.name


def write_csv(path: Path) -> None:
    """A file of FER-2013's form and size, its faces those of the built-in set over and over."""
    faces = load_dataset("synthetic")
    lines = [
        f"{label},{' '.join(map(str, image.ravel()))},"
        for image, label in zip(faces.images, faces.labels, strict=True)
    ]
    usages = np.repeat(["Training", "PublicTest", "PrivateTest"], (28_709, 3_589, 3_589))
    with path.open("w") as file:
        file.write("emotion,pixels,Usage\n")
        file.writelines(f"{lines[row % len(lines)]}{usage}\n" for row, usage in enumerate(usages))


def write_folders(faces: Dataset, folder: Path, tell: Callable[[float], object]) -> None:
    """Lay faces out as Kaggle's class folders: train/happy/00001.jpg."""
    for emotion in faces.emotions:
        for split in Split:
            (folder / split / emotion).mkdir(parents=True, exist_ok=True)
    for row, (image, label, split) in enumerate(zip(faces.images, faces.labels, faces.splits, strict=True)):
        picture = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
        (folder / str(split) / faces.emotions[label] / f"{row:05d}.jpg").write_bytes(picture.tobytes())
        if row % 1000 == 0:
            tell(row / len(faces))
