"""Many encoded pictures to one array of grey faces, on every core; folders and Parquet share it."""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from fer import pictures
from fer.errors import MalformedDatasetError, PictureError
from fer.progress import Progress

# Faces are small; whoever brings photographs gets them scaled down, or memory would end first.
_LARGEST_SIDE = 224
_FALLBACK_SIDE = 48
# Sizes are looked up in this many pictures, evenly spread; looking at all would read everything twice.
_SAMPLE = 500
_CHUNK = 128


def decode_faces(
    count: int, read: Callable[[int], tuple[str, bytes]], dataset: str, progress: Progress
) -> NDArray[np.uint8]:
    """Return `count` grey faces of one size, (count, h, w, 1): the size most of the pictures have.

    Pictures of another size are scaled to it. If most have over 224 pixels a side, all become 48×48.

    Args:
        count: how many pictures there are, at least 1.
        read: gives the name (for errors) and the bytes of the i-th; called from several threads.
        dataset: its name, for errors and progress.
        progress: told how far the decoding is.

    Raises:
        MalformedDatasetError: some cannot be decoded; names the first and says how many.
    """
    height, width = _common_size(count, read)
    images = np.empty((count, height, width, 1), np.uint8)

    def decode(chunk: range) -> list[PictureError]:
        faults = []
        for index in chunk:
            try:
                name, content = read(index)
                images[index, :, :, 0] = _scaled(pictures.decode_grey(content, name), height, width)
            except PictureError as error:
                faults.append(error)
        return faults

    chunks = [range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    faults: list[PictureError] = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for done, found in enumerate(threads.map(decode, chunks), start=1):
            faults += found
            progress(done / len(chunks), f"Decoding the pictures of {dataset}")
    if faults:
        message = f"“{dataset}” cannot be loaded. {faults[0]}"
        if len(faults) > 1:
            message += f" ({len(faults) - 1:,} more of the {count:,} pictures are bad as well.)"
        raise MalformedDatasetError(message)
    return images


def _common_size(count: int, read: Callable[[int], tuple[str, bytes]]) -> tuple[int, int]:
    sizes: Counter[tuple[int, int]] = Counter()
    for index in range(0, count, max(1, count // _SAMPLE)):
        try:
            name, content = read(index)
            sizes[pictures.picture_size(content, name)] += 1
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
