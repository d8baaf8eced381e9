"""The FER-2013 CSV: one face per line, its pixels as decimal numbers in text.

```
emotion,pixels,Usage
0,70 80 82 72 58 58 60 ...,Training
```

Its 287 MB hold 83 million numbers; turned into `int`s one by one they take a quarter of a minute.
Here the file is cut at line ends into blocks that fit the processor's cache, and all digits of a
block become numbers in a dozen NumPy operations, which let go of the interpreter lock and so use
every core. It is also the strict way: whatever is not one to three digits between spaces, at most
255, and exactly as many as a face has pixels, is refused with its line number.

Source:
    Goodfellow et al. (2013), "Challenges in Representation Learning: A report on three machine
    learning contests". Columns in another order, as in `icml_face_data.csv`, are read as well.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import isqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.vocabulary import emotion_called, filled_splits, split_called
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError
from fer.progress import Progress, silent

# Large enough that what a NumPy call costs does not show, small enough to stay in a core's cache.
_BLOCK_BYTES = 2**18
# The longest line there may be: a face of 512×512 with four bytes a pixel, and its label.
_LINE_BYTES = 2**20 + 2**10
# What may stand around a value without being part of it.
_PADDING = b' "\t\r\n'


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a line keeps what is needed.

    Attributes:
        columns: how many there are; `emotion`, `pixels` and `usage` are positions among them.
        usage: None if the file does not say what a face is for.
        side: a face is side × side pixels.
        first: the byte where the faces begin, after the header.
    """

    columns: int
    emotion: int
    pixels: int
    usage: int | None
    side: int
    first: int


def load_fer_csv(path: Path, progress: Progress = silent) -> Dataset:
    """Read a CSV of the FER-2013 form.

    Without a `Usage` column the faces are divided 80/10/10, each emotion alike, with seed 0; the
    source's title says so.

    Returns:
        Grey faces, (n, side, side, 1) uint8, of all seven emotions; FER-2013 has 35,887 of side 48.

    Raises:
        MalformedDatasetError: the file is not of that form; the message names the first bad line.
    """
    layout = _read_layout(path)
    bounds = _line_bounds(path, layout.first)
    blocks: list[_Block] = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        jobs = [threads.submit(_read_block, path, layout, start, stop) for start, stop in pairwise(bounds)]
        try:
            for start, job in zip(bounds, jobs, strict=False):
                block = job.result()
                if block is None:
                    raise _first_fault(path, layout, start)
                blocks.append(block)
                progress(len(blocks) / len(jobs), f"Reading {path.name}")
        finally:
            threads.shutdown(cancel_futures=True)
    images, labels, splits = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    splits, note = filled_splits(labels, splits) if layout.usage is None else (splits, "")
    return Dataset(path.name, EMOTIONS, images, labels, splits, Source(path.name + note))


_Block = tuple[NDArray[np.uint8], NDArray[np.intp], NDArray[np.str_]]


def _read_layout(path: Path) -> _Layout:
    """Read the header, and the number of pixels from the first face."""
    with path.open("rb") as file:
        header = file.readline(_LINE_BYTES)
        first = file.tell()
        face = next(filter(bytes.strip, iter(lambda: file.readline(_LINE_BYTES), b"")), b"")
    if not header:
        raise MalformedDatasetError(f"“{path.name}” is empty. It may be half a download; fetch it again.")
    if header.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise MalformedDatasetError(f"“{path.name}” is written in UTF-16. Save it again as “CSV UTF-8”.")
    names = [name.strip(' "\t\r\n').lower() for name in header.decode("utf-8-sig", "replace").split(",")]
    if names.count("emotion") != 1 or names.count("pixels") != 1 or names.count("usage") > 1:
        raise MalformedDatasetError(
            f"“{path.name}” must begin with the columns “emotion,pixels,Usage”; its "
            f"first line is {_shown(header)}. Choose a CSV in the form of FER-2013."
        )
    usage = names.index("usage") if "usage" in names else None
    layout = _Layout(len(names), names.index("emotion"), names.index("pixels"), usage, 0, first)
    if not face:
        raise MalformedDatasetError(
            f"“{path.name}” has a header and not one face below it. "
            "It may be half a download; fetch it again."
        )
    fields = face.split(b",")
    if len(fields) != layout.columns:
        raise MalformedDatasetError(
            f"“{path.name}”, row 1 (line 2): {layout.columns} columns were expected "
            f"and {len(fields)} are there. Mend or remove that line."
        )
    pixels = len(fields[layout.pixels].strip(_PADDING).split())
    side = isqrt(pixels)
    if side * side != pixels or side < 8:
        raise MalformedDatasetError(
            f"“{path.name}”, row 1 (line 2): {pixels} pixels do not make a square "
            "face of 8×8 or more; FER-2013 has 48×48 = 2304. Mend that line."
        )
    return _Layout(layout.columns, layout.emotion, layout.pixels, usage, side, first)


def _line_bounds(path: Path, first: int) -> list[int]:
    """Byte offsets that cut the file, from `first` on, into blocks of whole lines."""
    size = path.stat().st_size
    bounds = [first]
    with path.open("rb") as file:
        for offset in range(first + _BLOCK_BYTES, size, _BLOCK_BYTES):
            file.seek(offset)
            file.readline(_LINE_BYTES)
            if file.tell() > bounds[-1]:
                bounds.append(file.tell())
    return bounds if bounds[-1] == size > first else [*bounds, size]


def _read_block(path: Path, layout: _Layout, start: int, stop: int) -> _Block | None:
    """Read the lines between two offsets; None if any of them breaks the rules."""
    with path.open("rb") as file:
        file.seek(start)
        block = file.read(stop - start)
    view = memoryview(block)
    rows, labels, splits = [], [], []
    position = 0
    while position < len(block):
        end = block.find(b"\n", position)
        end = len(block) if end < 0 else end
        row = _cut(block, position, end, layout)
        if row is not None:
            label, split = _label(row.emotion), _split(row.usage)
            if label is None or split is None:
                return None
            labels.append(label)
            splits.append(split)
            rows.append(view[row.pixels_start : row.pixels_stop])
        elif block[position:end].strip():
            return None
        position = end + 1
    images = _parsed(rows, layout.side**2)
    if images is None:
        return None
    return (
        images.reshape(-1, layout.side, layout.side, 1),
        np.array(labels, np.intp),
        np.array(splits, dtype="<U10"),
    )


@dataclass(slots=True)
class _Row:
    """One line, cut at its commas; the long field stays where it is."""

    emotion: bytes
    usage: bytes
    pixels_start: int
    pixels_stop: int


def _cut(block: bytes, start: int, stop: int, layout: _Layout) -> _Row | None:
    """Find the fields of the line `block[start:stop]` from both ends; None if it has too few.

    Splitting at the commas would copy the pixels twice, under the interpreter lock.
    """
    fields = [b""] * layout.columns
    for column in range(layout.pixels):
        comma = block.find(b",", start, stop)
        if comma < 0:
            return None
        fields[column], start = block[start:comma], comma + 1
    for column in range(layout.columns - 1, layout.pixels, -1):
        comma = block.rfind(b",", start, stop)
        if comma < 0:
            return None
        fields[column], stop = block[comma + 1 : stop], comma
    while start < stop and block[start] in _PADDING:
        start += 1
    while start < stop and block[stop - 1] in _PADDING:
        stop -= 1
    usage = b"train" if layout.usage is None else fields[layout.usage]
    return _Row(fields[layout.emotion], usage, start, stop)


@lru_cache(maxsize=256)
def _label(field: bytes) -> int | None:
    emotion = emotion_called(field.strip(_PADDING).decode("latin-1"))
    return None if emotion is None else EMOTIONS.index(emotion)


@lru_cache(maxsize=256)
def _split(field: bytes) -> Split | None:
    return split_called(field.strip(_PADDING).decode("latin-1"))


def _parsed(rows: list[memoryview], count: int) -> NDArray[np.uint8] | None:
    """Turn texts of `count` numbers into (len(rows), count) uint8; None if one breaks the rules.

    Each byte is treated as if a number ended there: its value is its own digit, ten times the digit
    before and a hundred times the one before that. Where numbers do end, the values are taken out.
    Digits are 0 to 9 and a space counts as digit 0, so what was before a number adds nothing.
    """
    # Three spaces before, so that each byte of the rows has three before it; one behind ends the last number.
    text = np.frombuffer(b"".join((b"   ", b" ".join(rows), b" ")), np.uint8)
    digits = text - np.uint8(48)
    is_digit = digits < 10
    if not (is_digit | (text == 32)).all():
        return None
    digits *= is_digit.view(np.uint8)
    two = is_digit[1:] & is_digit[:-1]
    four = two[2:] & two[:-2]
    hundreds = digits[:-2] * two[1:].view(np.uint8)
    if four.any() or hundreds.max(initial=0) > 2:
        return None
    values = digits[1:-1] * np.uint8(10)
    values += digits[2:]
    hundreds *= np.uint8(100)
    hundreds += values
    if (hundreds < values).any():  # 256 to 299 went round the clock of a byte
        return None
    ends = np.flatnonzero(is_digit[2:-1] > is_digit[3:])
    last_ends = np.cumsum([len(row) + 1 for row in rows], dtype=np.intp) - 1
    if len(ends) != count * len(rows) or (ends[count - 1 :: count] != last_ends).any():
        return None
    return hundreds.take(ends).reshape(len(rows), count)


def _first_fault(path: Path, layout: _Layout, start: int) -> MalformedDatasetError:
    """Look at the lines from offset `start` one by one, and say what is wrong with the first bad one."""
    with path.open("rb") as file:
        line = 1
        while file.tell() < start:
            line += file.read(min(2**20, start - file.tell())).count(b"\n")
        while text := file.readline(_LINE_BYTES):
            reason = _fault(text, layout) if text.strip() else None
            if reason:
                return MalformedDatasetError(
                    f"“{path.name}”, row {line - 1} (line {line}): {reason}. "
                    "Mend or remove that line, or fetch the file again."
                )
            line += 1
    return MalformedDatasetError(f"“{path.name}” changed while it was read. Load it again.")


def _fault(text: bytes, layout: _Layout) -> str | None:
    """What breaks a rule in this line, in a few words; None if nothing does."""
    fields = [field.strip(_PADDING) for field in text.split(b",")]
    if len(text) >= _LINE_BYTES:
        return "the line is longer than a face can be"
    if len(fields) != layout.columns:
        return f"{layout.columns} columns were expected and {len(fields)} are there"
    if _label(fields[layout.emotion]) is None:
        return f"the emotion {_shown(fields[layout.emotion])} is none of 0 to 6"
    if layout.usage is not None and _split(fields[layout.usage]) is None:
        return f"the Usage {_shown(fields[layout.usage])} is none of Training, PublicTest, PrivateTest"
    numbers = fields[layout.pixels].split(b" ")
    for number in filter(None, numbers):
        if not (number.isdigit() and len(number) <= 3 and int(number) <= 255):
            return f"the pixel {_shown(number)} is no whole number from 0 to 255"
    count = len([number for number in numbers if number])
    if count != layout.side**2:
        return f"{layout.side}×{layout.side} = {layout.side**2} pixels were expected and {count} are there"
    return None


def _shown(field: bytes) -> str:
    """Bytes from the file as a short quotation that is safe to print."""
    text = field.strip(_PADDING).decode("utf-8-sig", "replace")
    text = text if len(text) <= 60 else text[:60] + "…"
    return f"“{''.join(character if character.isprintable() else '?' for character in text)}”"
