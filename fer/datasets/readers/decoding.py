"""Image decoding: many encoded pictures to one array of grey faces, on every core."""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.pictures import Pictures, shape_note, vanished
from fer.datasets.readers import cutting
from fer.datasets.readers.cutting import Cut, CutStore, FaceCutter
from fer.datasets.readers.numbering import LabelReading
from fer.datasets.readers.vocabulary import kept_out, printable
from fer.errors import FaceDetectorError, MalformedDatasetError, PartlyBadDatasetError, PictureError
from fer.images import decode_grey, picture_size, read_bytes
from fer.system.progress import Progress

# Faces are small; whoever brings photographs gets them scaled down, or memory would end first.
_LARGEST_SIDE = 224
_FALLBACK_SIDE = 48
# Sizes are looked up in this many pictures, evenly spread; looking at all would read everything twice.
_SAMPLE = 500
# And faces in this many, where pictures have this side or are not square: they may be whole photographs.
_SEARCHED = 24
_MAYBE_PHOTOGRAPHS_FROM = 96
_CHUNK = 128
# A photograph takes a hundred times as long as a face, and whoever waits wants to see that it goes on.
_PHOTOGRAPHS_CHUNK = 8
# A large photograph takes 150 MB, and its copies as much again.
_MOST_PHOTOGRAPHS_AT_ONCE = 8
# What all faces together may take. FER-2013 takes 83 MB.
_MAX_BYTES = 6 * 2**30

Reader = Callable[[int], tuple[str, bytes]]
"""Gives the name (for errors) and the bytes of the i-th picture; called from several threads."""


def reader_of(folder: Path, places: Sequence[str]) -> Reader:
    """Return what reads the pictures at these places below a folder."""

    def read(index: int) -> tuple[str, bytes]:
        shown = printable(places[index])
        return shown, read_bytes(folder / places[index], shown)

    return read


Bad = Mapping[int, tuple[str, str]]
"""What cannot be used: its position, and (where it is, what is wrong with it)."""


class Decoded(NamedTuple):
    """Faces, and what became of the pictures.

    Attributes:
        images: (n, h, w, 1) uint8.
        rows: (n,), their places in the dataset.
        pictures: what they were.
        notes: sentences for `Dataset.notes`: how they were scaled, which were left out.
    """

    images: NDArray[np.uint8]
    rows: NDArray[np.intp]
    pictures: Pictures
    notes: tuple[str, ...]


def decode_faces(
    rows: NDArray[np.intp],
    read: Reader,
    dataset: str,
    progress: Progress,
    *,
    what: str,
    bad: dict[int, tuple[str, str]],
    skip_bad: bool,
    labels: Sequence[int],
    how: ImportSettings = AS_GUESSED,
) -> Decoded:
    """Return grey faces of one size: that of most of the pictures, up to 224 pixels a side, else 48×48.

    Pictures of another size are scaled to it, and keep their shape: their edges are repeated. On 1,200 faces
    of FER-2013 that had lost 20 % of one side, a model is right about 69 % so, and 66 % of squeezed ones.

    With `how.cut_faces` the largest face of each is cut out instead. Pictures without a face are left out,
    and so are those that cannot be decoded, because that shows late in a long work.

    Args:
        rows: places of the pictures in the dataset, at least one.
        read: gives the i-th of them.
        what: see `refuse_bad`.
        bad: what else cannot be used, by its row; what cannot be decoded is added.
        skip_bad: leave out what cannot be used, unless it is all.
        labels: what each of the pictures shows, an index into `EMOTIONS`.

    Raises:
        PartlyBadDatasetError: see `refuse_bad`.
        MalformedDatasetError: not one can be decoded, none shows a face, or there are too many to be loaded.
        FaceDetectorError: faces shall be cut out, and there is no detector.
        DiskFullError: those that are cut out could not be kept.
    """
    cutter = FaceCutter(how.cut_faces) if how.cut_faces else None
    images = _room_for(dataset, len(rows), (cutter.side,) * 2 if cutter else _common_size(len(rows), read))
    if cutter:
        cutting.require_room(len(rows), cutter.side)
        found = _cut_all(images, read, CutStore(dataset, cutter), dataset, progress)
    else:
        found = _scale_all(images, read, lambda done: progress(done, f"Decoding the pictures of {dataset}"))
    count = len(rows) + len(bad)
    bad |= {int(rows[index]): fault for index, fault in found.faults.items()}
    if not (skip_bad or cutter) or len(bad) == count:
        refuse_bad(dataset, what, count, bad)
    good = np.array([index not in found.faults and index not in found.without for index in range(len(rows))])
    if not good.any():
        raise MalformedDatasetError(
            f"No face was found in any of the {len(found.without):,} pictures of “{dataset}”, so none can be "
            "cut out. If they show nothing but faces already, leave them whole."
        )
    if cutter:
        told = cutter.told(int(good.sum()), found.several, list(found.without.values()))
        pictures = replace(Pictures.of(found.sizes, float(np.median(found.shares))), cutting=told)
        notes = cutting.cutting_notes(pictures)
    else:
        pictures = Pictures.of(found.sizes, _face_share(len(rows), read, found.sizes, dataset, progress))
        notes = shape_note(found.sizes, images.shape[2], images.shape[1])
    notes += vanished(labels, np.asarray(labels)[good])
    if not good.all():
        images, rows = images[good], rows[good]
    return Decoded(images, rows, pictures, tuple(notes))


def refuse_bad(
    dataset: str, what: str, count: int, bad: Bad, message: str = "", labels: LabelReading | None = None
) -> None:
    """Say which of a dataset's `count` faces cannot be used, if there are any.

    Args:
        what: what its faces are called in the plural, "pictures" or "rows".
        count: how many there are, the bad ones included.
        message: what to say instead of naming the first and how many there are.
        labels: what the labels mean, where some mean nothing; its advice ends the message.

    Raises:
        PartlyBadDatasetError: some cannot be used; names the first and says how many.
        MalformedDatasetError: not one can be used.
    """
    if not bad:
        return
    where, why = bad[min(bad)]
    others, good = len(bad) - 1, count - len(bad)
    if not message:
        message = f"“{dataset}” cannot be loaded. “{where}” {why}"
        if others:
            are = "is" if others == 1 else "are"
            message += f" ({others:,} more of the {count:,} {what} {are} bad as well.)"
        if good:
            message += f" The other {good:,} can be used without {'them' if others else 'it'}."
    if labels is not None:
        message = f"{message} {labels.advice}".rstrip()
    error = MalformedDatasetError(message)
    if good:
        error = PartlyBadDatasetError(message, good, [bad[index] for index in sorted(bad)], len(bad))
    error.unknown_labels = () if labels is None else labels.unknown
    raise error


def notes_on(what: str, count: int, bad: Bad, outside: Counter[str], drawn: str) -> tuple[str, ...]:
    """What reading left out or decided, as sentences for `Dataset.notes`.

    Args:
        what, count, bad: see `refuse_bad`.
        outside: how many show none of our emotions, by their label.
        drawn: how the splits were drawn; empty if they were not.
    """
    notes = []
    if bad:
        where, why = bad[min(bad)]
        are = "was bad and is" if len(bad) == 1 else "were bad and are"
        notes.append(f"{len(bad):,} of {count:,} {what} {are} left out; the first is “{where}”: it {why}")
    return (*notes, *kept_out(outside), *([drawn] if drawn else []))


@dataclass(slots=True)
class _Found:
    """What some pictures, or all of them, turned out to be.

    Attributes:
        sizes: how many have which (width, height).
        faults: those that cannot be decoded; see `Bad`.
        without: the names of those without a face.
        several: how many have more than one.
        shares: of the largest face in each that has one; see `Cut`.
    """

    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    without: dict[int, str] = field(default_factory=dict)
    several: int = 0
    shares: list[float] = field(default_factory=list)

    def add(self, other: "_Found") -> None:
        self.sizes += other.sizes
        self.faults |= other.faults
        self.without |= other.without
        self.several += other.several
        self.shares += other.shares


def _scale_all(images: NDArray[np.uint8], read: Reader, told: Callable[[float], None]) -> _Found:
    height, width = images.shape[1:3]

    def scaled(content: bytes, name: str) -> Cut:
        image = decode_grey(content, name)
        return Cut(_scaled(image, height, width), image.shape[::-1], 1, 1.0)

    return _made_all(images, read, scaled, told, _CHUNK, os.cpu_count() or 1)


def _cut_all(
    images: NDArray[np.uint8], read: Reader, cuts: CutStore, dataset: str, progress: Progress
) -> _Found:
    def told(done: float) -> None:
        cuts.keep()
        progress(done, f"Cutting faces out of {dataset}")

    with cutting.one_thread_each():
        threads = min(os.cpu_count() or 1, _MOST_PHOTOGRAPHS_AT_ONCE)
        chunk = max(_PHOTOGRAPHS_CHUNK, min(_CHUNK, len(images) // 2_000))
        try:
            return _made_all(images, read, cuts.cut, told, chunk, threads)
        finally:
            cuts.keep(at_once=True)


def _made_all(
    images: NDArray[np.uint8],
    read: Reader,
    make: Callable[[bytes, str], Cut],
    told: Callable[[float], None],
    chunk: int,
    threads: int,
) -> _Found:
    """Fill `images` with what `make` makes of each picture; whoever is told may end it with an exception."""

    def work(part: range) -> _Found:
        found = _Found()
        for index in part:
            name = ""
            try:
                name, content = read(index)
                made = make(content, name)
            except PictureError as error:
                where, _, why = str(error).removeprefix("“").partition("” ")
                found.faults[index] = (name or where, why)
                continue
            found.sizes[made.size] += 1
            found.several += made.faces > 1
            if made.face is None:
                found.without[index] = name
            else:
                images[index, :, :, 0] = made.face
                found.shares.append(made.share)
        return found

    parts = [range(start, min(start + chunk, len(images))) for start in range(0, len(images), chunk)]
    found = _Found()
    pool = ThreadPoolExecutor(threads)
    try:
        for done, part in enumerate(pool.map(work, parts), start=1):
            found.add(part)
            told(done / len(parts))
    finally:
        pool.shutdown(cancel_futures=True)
    return found


def _room_for(dataset: str, count: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """An array for so many faces of this (width, height), or of 48×48 if they are too many."""
    width, height = size
    if count * height * width > _MAX_BYTES:
        width, height = _FALLBACK_SIDE, _FALLBACK_SIDE
    if count * height * width > _MAX_BYTES:
        raise MalformedDatasetError(
            f"“{dataset}” holds {count:,} pictures, more than fit into memory. Choose a smaller dataset."
        )
    return np.zeros((count, height, width, 1), np.uint8)


def _common_size(count: int, read: Reader) -> tuple[int, int]:
    """The (width, height) of most of a sample, if faces may have it; otherwise 48×48."""
    sizes: Counter[tuple[int, int]] = Counter()
    for index in range(0, count, max(1, count // _SAMPLE)):
        try:
            name, content = read(index)
            height, width = picture_size(content, name)
            sizes[width, height] += 1
        except PictureError:  # reported when its turn to be decoded comes
            continue
    (width, height), most = sizes.most_common(1)[0] if sizes else ((0, 0), 0)
    # Where all sizes differ, the commonest is nobody's choice.
    is_usual = width == height or most > sizes.total() / 2
    if is_usual and min(height, width) >= 8 and max(height, width) <= _LARGEST_SIDE:
        return width, height
    return _FALLBACK_SIDE, _FALLBACK_SIDE


def _face_share(
    count: int, read: Reader, sizes: Counter[tuple[int, int]], dataset: str, progress: Progress
) -> float:
    """`Pictures.face_share`, looked up where the pictures may be whole photographs."""
    maybe = sum(n for (w, h), n in sizes.items() if w != h or w >= _MAYBE_PHOTOGRAPHS_FROM)
    if maybe <= sizes.total() / 2:
        return 0.0
    shares = []
    try:
        cutter = FaceCutter(_FALLBACK_SIDE)
        for index in range(0, count, max(1, count // _SEARCHED)):
            progress(index / count, f"Looking for faces in a few pictures of {dataset}")
            with suppress(PictureError):
                name, content = read(index)
                shares.append(cutter.cut(content, name).share)
    except FaceDetectorError:  # then none can be cut out either
        return 0.0
    found = [share for share in shares if share]
    return float(np.median(found)) if len(found) > len(shares) / 2 else 0.0


def _scaled(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """The whole picture at that size; where its shape differs, its edges are repeated."""
    if image.shape == (height, width):
        return image
    factor = min(height / image.shape[0], width / image.shape[1])
    inner = tuple(
        max(1, min(round(side * factor), most))
        for side, most in zip(image.shape, (height, width), strict=True)
    )
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(image, inner[::-1], interpolation=interpolation)
    below, beside = height - inner[0], width - inner[1]
    if below or beside:
        edges = (below // 2, below - below // 2, beside // 2, beside - beside // 2)
        scaled = cv2.copyMakeBorder(scaled, *edges, cv2.BORDER_REPLICATE)
    return np.asarray(scaled, np.uint8)
