"""Dataset conversion: faces written in another form, as class folders, a CSV of either kind, or Parquet.

    faces               train|validation|test/<emotion>/00042.png
    faces.csv           emotion,pixels,Usage             as FER-2013
    faces.wide.csv      emotion,pixel0,…,pixel2303,Usage
    faces.parquet       row, emotion, usage, png, fp_*   (FER+'s votes, where there are any)

Pictures are written as PNG, so grey faces of 48×48 come back pixel by pixel from each of them, with their
labels, their splits and their order. Nothing is seen under the target's name before all of it is there.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import VOTE_NAMES, Dataset, Split
from fer.emotions import EMOTIONS
from fer.errors import ConfigError, DatasetError
from fer.system import files, paths
from fer.system.progress import Progress, silent

Form = Literal["folders", "fer-csv", "wide-csv", "parquet"]

FORM_TITLES: dict[Form, str] = {
    "folders": "class folders",
    "fer-csv": "a CSV like FER-2013's",
    "wide-csv": "a CSV with a column per pixel",
    "parquet": "a Parquet table",
}
# FER-2013's own names.
_USAGE = {Split.TRAIN: "Training", Split.VALIDATION: "PublicTest", Split.TEST: "PrivateTest"}
# Faces prepared at a time: enough for every core, and a bar that moves.
_BATCH = 512
_COMPRESSION = [cv2.IMWRITE_PNG_COMPRESSION, 6]


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written.

    Attributes:
        path: where.
        form: in which form.
        count: how many faces.
        lost: what the form cannot hold, a sentence each.
    """

    path: Path
    form: Form
    count: int
    lost: tuple[str, ...]


def check_request(target: Path, seed: int | None = None) -> Form:
    """Return the form that will be written, or say what is wrong before a dataset is read for it.

    Raises:
        DatasetError: the name says no known form, or something lies there already.
        ConfigError: the seed is below 0 or too large.
    """
    suffixes = [suffix.lower() for suffix in target.suffixes]
    forms: dict[str, Form] = {"": "folders", ".csv": "fer-csv", ".parquet": "parquet"}
    form = "wide-csv" if suffixes[-2:] == [".wide", ".csv"] else forms.get(target.suffix.lower())
    if form is None:
        raise DatasetError(
            f"“{target.name}” does not say what to write. Let it end in .csv, .wide.csv or .parquet, or in "
            "nothing for class folders."
        )
    _refuse_existing(target)
    if seed is not None and not 0 <= seed < 2**31:
        raise ConfigError(f"The seed must be 0 to {2**31 - 1}; received {seed}.")
    return form


def convert(
    dataset: Dataset, target: Path, *, seed: int | None = None, progress: Progress = silent
) -> Converted:
    """Write a dataset at `target`, in the form its name asks for.

    Args:
        dataset: in whatever state; what is left out of it is not written.
        target: a new file or folder.
        seed: the faces' order follows from it; None keeps their own.
        progress: told which emotion is being written, and how many of its faces there are.

    Raises:
        DatasetError: the name says no known form, something lies there already, or the form cannot hold
            these faces.
        ConfigError: the seed is below 0 or too large.
        StorageError: it could not be written; nothing is left behind.
    """
    target = paths.given(target)
    form = check_request(target, seed)
    if not len(dataset):
        raise DatasetError(f"“{dataset.name}” has no face to write. Choose another dataset or edition.")
    if form in ("fer-csv", "wide-csv"):
        _require_square_and_grey(dataset, target)
    if seed is not None:
        # Indices only: a shuffled copy of the pixels would take as much memory again.
        order = np.random.default_rng(seed).permutation(len(dataset))
    else:
        order = np.arange(len(dataset))
    teller = _Teller(dataset, progress)

    def write(path: Path) -> None:
        if form == "parquet":
            _write_parquet(dataset, order, path, teller)
        else:
            _write_csv(dataset, order, path, teller, wide=form == "wide-csv")
        _refuse_existing(target)

    if form == "folders":
        _write_folders(dataset, order, target, teller, keep_rows=seed is None)
    else:
        files.save(target, write)
    return Converted(target, form, len(dataset), tuple(_lost(dataset, form)))


def _lost(dataset: Dataset, form: Form) -> Iterator[str]:
    if dataset.votes is not None and form != "parquet":
        yield f"FER+'s votes are not in it: {FORM_TITLES[form]} has no place for them, and Parquet has."
    if dataset.soft_labels is not None:
        yield "Its labels are the ones most voters chose; no form holds shares of several emotions."


def _refuse_existing(target: Path) -> None:
    if os.path.lexists(target):
        raise DatasetError(f"“{target.name}” is there already, in {target.parent}. Choose another name.")


def _require_square_and_grey(dataset: Dataset, target: Path) -> None:
    if dataset.images.shape[3] != 1:
        raise DatasetError(
            f"“{dataset.name}” is in colour, and a CSV holds grey faces only: “{target.name}” was not "
            "written. Write class folders or Parquet instead."
        )

    height, width = dataset.images.shape[1:3]
    if height != width:
        raise DatasetError(
            f"The faces of “{dataset.name}” are {width}×{height}, and a CSV holds square ones only: "
            f"“{target.name}” was not written. Write class folders or Parquet instead."
        )


class _Teller:
    """Says how far the writing is, emotion by emotion."""

    def __init__(self, dataset: Dataset, progress: Progress) -> None:
        self._emotions = dataset.emotions
        self._progress = progress
        self._totals = np.bincount(dataset.labels, minlength=len(dataset.emotions))
        self._done = np.zeros(len(dataset.emotions), np.intp)

    def wrote(self, labels: NDArray[np.intp]) -> None:
        """Add the faces with these labels to what is written."""
        self._done += np.bincount(labels, minlength=len(self._done))
        if len(labels):
            label = labels[-1]
            # First the one at work: a terminal may have no room for the others, and a page draws them all.
            order = [label, *(other for other in range(len(self._emotions)) if other != label)]
            told = (f"{self._emotions[k]} {self._done[k]:,} of {self._totals[k]:,}" for k in order)
            self._progress(float(self._done.sum() / self._totals.sum()), " · ".join(told))


def _batches(order: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    for start in range(0, len(order), _BATCH):
        yield order[start : start + _BATCH]


def _png(image: NDArray[np.uint8]) -> bytes:
    # OpenCV takes colours the other way round.
    return cv2.imencode(".png", np.ascontiguousarray(image[..., ::-1]), _COMPRESSION)[1].tobytes()


def _write_folders(
    dataset: Dataset, order: NDArray[np.intp], target: Path, teller: _Teller, *, keep_rows: bool
) -> None:
    """Write `order`'s faces below a folder that gets its name at the end.

    The files' names, read in their order, give the faces' order back: the rows of the source, or places in
    the new order.
    """
    ascending = bool((np.diff(dataset.rows) > 0).all())
    numbers = dataset.rows[order] if keep_rows and ascending else np.arange(len(order))
    digits = max(5, len(str(int(numbers.max()))))
    with files.replacing(target) as unfinished:
        folders = {
            (split.value, label): unfinished / split / emotion
            for split in Split
            if (dataset.splits == split).any()
            for label, emotion in enumerate(dataset.emotions)
        }
        for folder in folders.values():
            folder.mkdir(parents=True)

        def write(place: int) -> None:
            index = order[place]
            folder = folders[str(dataset.splits[index]), int(dataset.labels[index])]
            (folder / f"{numbers[place]:0{digits}d}.png").write_bytes(_png(dataset.images[index]))

        # Emotion by emotion, as a person would; the names keep the order, not the time of writing.
        by_emotion = np.argsort(dataset.labels[order], kind="stable")
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for places in _batches(by_emotion):
                for _ in threads.map(write, places.tolist()):
                    pass
                teller.wrote(dataset.labels[order[places]])
        if hasattr(os, "sync"):
            os.sync()  # once for all: a flush per picture would take minutes
        _refuse_existing(target)


def _write_csv(dataset: Dataset, order: NDArray[np.intp], path: Path, teller: _Teller, *, wide: bool) -> None:
    # Each value in four bytes, looked up as one number, with zeros where it needs fewer: eighty million `str`
    # calls would take a minute.
    numbers = (f"{value}{',' if wide else ' '}".encode().ljust(4, b"\0") for value in range(256))
    text_of = np.frombuffer(b"".join(numbers), np.uint32)
    words = [emotion if wide else EMOTIONS.index(emotion) for emotion in dataset.emotions]
    columns = ",".join(f"pixel{n}" for n in range(dataset.images[0].size)) if wide else "pixels"
    with path.open("wb") as file:
        file.write(f"emotion,{columns},Usage\n".encode())
        for places in _batches(order):
            for place in places:
                label, usage = words[dataset.labels[place]], _USAGE[Split(str(dataset.splits[place]))]
                text = text_of.take(dataset.images[place].ravel()).tobytes().translate(None, b"\0")
                file.write(b"%b,%b,%b\n" % (f"{label}".encode(), text[:-1], usage.encode()))
            teller.wrote(dataset.labels[places])


def _write_parquet(dataset: Dataset, order: NDArray[np.intp], path: Path, teller: _Teller) -> None:
    # Imported here: half a second that nobody else should wait for.
    import pyarrow as pa
    import pyarrow.parquet as pq

    of_emotion = np.array([EMOTIONS.index(emotion) for emotion in dataset.emotions], np.int8)
    labels, votes = of_emotion[dataset.labels], dataset.votes
    columns = [("row", pa.int32()), ("emotion", pa.int8()), ("usage", pa.string()), ("png", pa.binary())]
    columns += [(f"fp_{name}", pa.int8()) for name in VOTE_NAMES] if votes is not None else []
    classes = " ".join(f"{number}={emotion}" for number, emotion in enumerate(EMOTIONS))
    about = {"title": dataset.source.title, "license": dataset.source.license, "classes": classes}
    schema = pa.schema(columns, metadata=about)
    with (
        pq.ParquetWriter(path, schema, compression="snappy") as table,
        ThreadPoolExecutor(os.cpu_count()) as threads,
    ):
        for places in _batches(order):
            values = {
                "row": dataset.rows[places].astype(np.int32),
                "emotion": labels[places],
                "usage": [_USAGE[Split(split)] for split in dataset.splits[places].tolist()],
                "png": list(threads.map(lambda place: _png(dataset.images[place]), places.tolist())),
            }
            if votes is not None:
                for column, name in enumerate(VOTE_NAMES):
                    values[f"fp_{name}"] = votes[places, column].astype(np.int8)
            table.write_table(pa.table(values, schema=schema))
            teller.wrote(dataset.labels[places])
