"""CSV blocks: whole lines read at once, or in ever smaller halves where one is bad."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Split
from fer.datasets.readers.csv_faces.digits import pixels_of, tidied_pixels_of
from fer.datasets.readers.csv_faces.layout import Layout
from fer.datasets.readers.csv_faces.one_line import read_line
from fer.datasets.readers.csv_faces.text import LINE_BYTES, PADDING, is_blank, lines_of
from fer.datasets.readers.csv_faces.words import split_of, word_of

# Large enough that what a NumPy call costs does not show, small enough to stay in a core's cache.
_BLOCK_BYTES = 2**18


@dataclass(slots=True)
class Block:
    """What one block of lines holds.

    Attributes:
        images: (n, side, side, 1) of the good rows; `labels`, `splits`, `rows` and `lines` are theirs too.
        words: what labels there are; what they mean is asked once all of them are known.
        labels: places in `words`.
        rows: counted within the block, good and bad ones; `lines` too, with blank ones.
        row_count: how many rows it has, good and bad.
        line_count: how many lines, blank ones too.
        bad: (row, line, reason) of the bad rows, both counted within the block.
        headers: how often the table's header stands in it again.
    """

    images: NDArray[np.uint8]
    words: list[str]
    labels: NDArray[np.intp]
    splits: NDArray[np.str_]
    rows: NDArray[np.intp]
    lines: NDArray[np.intp]
    row_count: int
    line_count: int
    bad: list[tuple[int, int, str]]
    headers: int = 0


def line_bounds(path: Path, layout: Layout, size: int) -> list[int]:
    """Byte offsets that cut the file, from its first face on, into blocks of whole lines."""
    bounds = [layout.first]
    with path.open("rb") as file:
        while bounds[-1] + _BLOCK_BYTES < size:
            file.seek(bounds[-1] + _BLOCK_BYTES)
            bounds.append(_after_line(file, layout.ending))
    return bounds if bounds[-1] == size > layout.first else [*bounds, size]


def _after_line(file: IO[bytes], ending: bytes) -> int:
    """The offset after the end of the line that `file` is in, however long that line is."""
    while piece := file.read(2**14):
        end = piece.find(ending) + 1
        if end:
            return file.tell() - len(piece) + end
    return file.tell()


def read_block(path: Path, layout: Layout, start: int, stop: int) -> Block:
    """Read the lines between two offsets: all at once, or one by one if any of them is bad."""
    with path.open("rb") as file:
        file.seek(start)
        # A block is longer only if its last line is too long to be a face, and that shows without its end.
        block = file.read(min(stop - start, _BLOCK_BYTES + LINE_BYTES))
    return _read_lines(block, layout)


def _read_lines(block: bytes, layout: Layout) -> Block:
    """Read a block of lines; halves it, where some are bad, until each of these is alone."""
    good = _read_good(block, layout)
    if good is not None:
        return good
    middle = block.find(layout.ending, len(block) // 2, len(block) - 1) + 1
    middle = middle or block.rfind(layout.ending, 0, len(block) // 2) + 1
    # A pixel takes two bytes at least, so there is no face in less.
    if not middle or len(block) < 2 * layout.written.pixels:
        return _read_singly(block, layout)
    return _joined(_read_lines(block[:middle], layout), _read_lines(block[middle:], layout))


def _read_good(block: bytes, layout: Layout) -> Block | None:
    """Read the lines of a block in which all are good; None if they are not."""
    view = memoryview(block)
    places: dict[bytes, int] = {}
    labels, splits, texts, lines = [], [], [], []
    for line, (start, stop) in enumerate(lines_of(block, layout.ending)):
        cut = _cut(block, start, stop, layout)
        if (cut is None or not cut[0]) and is_blank(block[start:stop]):
            continue
        if cut is None:
            return None
        label, usage, begin, end = cut
        split = split_of(usage)
        if split is None:
            return None
        labels.append(places.setdefault(label, len(places)))
        splits.append(split)
        texts.append((begin, end))
        lines.append(line)
    words = [word_of(label, layout) for label in places]
    if None in words:
        return None
    images = None
    if layout.written.factor is None:
        images = pixels_of([view[begin:end] for begin, end in texts], layout.written)
    if images is None and all(_is_one_field(block, begin, end, layout) for begin, end in texts):
        images = tidied_pixels_of([block[begin:end] for begin, end in texts], layout.written)
    if images is None:
        return None
    found = [word for word in words if word is not None]
    return _block(block, layout, images, found, labels, splits, range(len(labels)), lines, [])


def _is_one_field(block: bytes, begin: int, end: int, layout: Layout) -> bool:
    """Whether what was cut out is one field, or one for each pixel: separators in it stand between quotes."""
    if layout.written.between == layout.separator:
        return True
    if block.find(layout.separator, begin, end) < 0:
        return True
    quotes = block[begin - 1 : begin] == block[end : end + 1] == b'"'
    return quotes and block.find(b'"', begin, end) < 0


def _read_singly(block: bytes, layout: Layout) -> Block:
    """Read lines that are blank, or unusual, or bad."""
    images = [np.empty((0, layout.written.pixels), np.uint8)]
    places: dict[str, int] = {}
    labels: list[int] = []
    splits: list[Split] = []
    rows: list[int] = []
    lines: list[int] = []
    bad: list[tuple[int, int, str]] = []
    headers = 0
    for line, (start, stop) in enumerate(lines_of(block, layout.ending)):
        text = block[start:stop]
        if is_blank(text):
            continue
        if text.strip() == layout.header:
            headers += 1
            continue
        row = len(rows) + len(bad)
        face = read_line(text, layout, whole=stop < len(block))
        if isinstance(face, str):
            bad.append((row, line, face))
            continue
        images.append(face.pixels[None])
        labels.append(places.setdefault(face.word, len(places)))
        splits.append(face.split)
        rows.append(row)
        lines.append(line)
    faces = np.concatenate(images)
    return _block(block, layout, faces, list(places), labels, splits, rows, lines, bad, headers)


def _joined(first: Block, second: Block) -> Block:
    rows, lines = first.row_count, first.line_count
    return Block(
        np.concatenate([first.images, second.images]),
        first.words + second.words,
        np.concatenate([first.labels, second.labels + len(first.words)]),
        np.concatenate([first.splits, second.splits]),
        np.concatenate([first.rows, second.rows + rows]),
        np.concatenate([first.lines, second.lines + lines]),
        row_count=rows + second.row_count,
        line_count=lines + second.line_count,
        bad=[*first.bad, *((row + rows, line + lines, reason) for row, line, reason in second.bad)],
        headers=first.headers + second.headers,
    )


def _block(
    block: bytes,
    layout: Layout,
    images: NDArray[np.uint8],
    words: list[str],
    labels: list[int],
    splits: list[Split],
    rows: Sequence[int],
    lines: list[int],
    bad: list[tuple[int, int, str]],
    headers: int = 0,
) -> Block:
    """What was read of a block of text."""
    return Block(
        images.reshape(-1, layout.written.side, layout.written.side, 1),
        words,
        np.array(labels, np.intp),
        np.array(splits, "<U10"),
        np.array(rows, np.intp),
        np.array(lines, np.intp),
        row_count=len(labels) + len(bad),
        line_count=block.count(layout.ending),
        bad=bad,
        headers=headers,
    )


def _cut(block: bytes, start: int, stop: int, layout: Layout) -> tuple[bytes, bytes, int, int] | None:
    """The label and the split in `block[start:stop]`, and where the pixels lie; None for too few fields.

    Splitting at the separators would copy the pixels twice, under the interpreter lock.
    """
    separator = layout.separator
    fields = {}
    for column in range(layout.before):
        found = block.find(separator, start, stop)
        if found < 0:
            return None
        fields[column], start = block[start:found], found + 1
    for column in range(layout.columns - 1, layout.columns - 1 - layout.after, -1):
        found = block.rfind(separator, start, stop)
        if found < 0:
            return None
        fields[column], stop = block[found + 1 : stop], found
    while start < stop and block[start] in PADDING:
        start += 1
    while start < stop and block[stop - 1] in PADDING:
        stop -= 1
    split = b"train" if layout.split is None else fields[layout.split]
    return separator.join([fields[place] for place in layout.labels]), split, start, stop
