"""Image decoding: many encoded pictures to one array of grey faces, on every core."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets.readers.vocabulary import kept_out
from fer.errors import MalformedDatasetError, PartlyBadDatasetError, PictureError
from fer.images import decode_grey, picture_size
from fer.system.progress import Progress

# Faces are small; whoever brings photographs gets them scaled down, or memory would end first.
_LARGEST_SIDE = 224
_FALLBACK_SIDE = 48
# Sizes are looked up in this many pictures, evenly spread; looking at all would read everything twice.
_SAMPLE = 500
_CHUNK = 128
# What all faces together may take. FER-2013 takes 83 MB.
_MAX_BYTES = 6 * 2**30

Reader = Callable[[int], tuple[str, bytes]]
"""Gives the name (for errors) and the bytes of the i-th picture; called from several threads."""

Bad = Mapping[int, tuple[str, str]]
"""What cannot be used: its position, and (where it is, what is wrong with it)."""


def decode_faces(
    rows: NDArray[np.intp],
    read: Reader,
    dataset: str,
    progress: Progress,
    *,
    what: str,
    bad: dict[int, tuple[str, str]],
    skip_bad: bool,
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return grey faces of one size, (n, h, w, 1), and their rows: the size most of the pictures have.

    Pictures of another size are scaled to it. If most have over 224 pixels a side, all become 48×48.

    Args:
        rows: places of the pictures in the dataset, at least one.
        read: gives the i-th of them.
        what: see `refuse_bad`.
        bad: what else cannot be used, by its row; what cannot be decoded is added.
        skip_bad: leave out what cannot be used, unless it is all.

    Raises:
        PartlyBadDatasetError: see `refuse_bad`.
        MalformedDatasetError: not one can be decoded, or there are too many to be loaded at once.
    """
    count = len(rows)
    height, width = _common_size(count, read)
    if count * height * width > _MAX_BYTES:
        height, width = _FALLBACK_SIDE, _FALLBACK_SIDE
    if count * height * width > _MAX_BYTES:
        raise MalformedDatasetError(
            f"“{dataset}” holds {count:,} pictures, more than fit into memory. Choose a smaller dataset."
        )
    images = np.zeros((count, height, width, 1), np.uint8)

    def decode(chunk: range) -> dict[int, tuple[str, str]]:
        faults = {}
        for index in chunk:
            name = ""
            try:
                name, content = read(index)
                images[index, :, :, 0] = _scaled(decode_grey(content, name), height, width)
            except PictureError as error:
                where, _, why = str(error).removeprefix("“").partition("” ")
                faults[index] = (name or where, why)
        return faults

    chunks = [range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    undecodable: dict[int, tuple[str, str]] = {}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for done, found in enumerate(threads.map(decode, chunks), start=1):
            undecodable |= found
            progress(done / len(chunks), f"Decoding the pictures of {dataset}")
    count += len(bad)
    bad |= {int(rows[index]): fault for index, fault in undecodable.items()}
    if not skip_bad or len(bad) == count:
        refuse_bad(dataset, what, count, bad)
    if not undecodable:
        return images, rows
    good = np.array([index not in undecodable for index in range(len(rows))])
    return images[good], rows[good]


def refuse_bad(dataset: str, what: str, count: int, bad: Bad, message: str = "") -> None:
    """Say which of a dataset's `count` faces cannot be used, if there are any.

    Args:
        what: what its faces are called in the plural, "pictures" or "rows".
        count: how many there are, the bad ones included.
        message: what to say instead of naming the first and how many there are.

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
    if not good:
        raise MalformedDatasetError(message)
    raise PartlyBadDatasetError(message, good, [bad[index] for index in sorted(bad)], len(bad))


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


def _common_size(count: int, read: Reader) -> tuple[int, int]:
    sizes: Counter[tuple[int, int]] = Counter()
    for index in range(0, count, max(1, count // _SAMPLE)):
        try:
            name, content = read(index)
            sizes[picture_size(content, name)] += 1
        except PictureError:  # reported when its turn to be decoded comes
            continue
    height, width = sizes.most_common(1)[0][0] if sizes else (0, 0)
    if min(height, width) >= 8 and max(height, width) <= _LARGEST_SIDE:
        return height, width
    return _FALLBACK_SIDE, _FALLBACK_SIDE


def _scaled(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    if image.shape == (height, width):
        return image
    shrinking = image.shape[0] > height
    interpolation = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return cv2.resize(image, (width, height), interpolation=interpolation).astype(np.uint8, copy=False)
