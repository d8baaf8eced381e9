"""Faces written out as numbers in a CSV: found, read and checked in blocks, on every core.

FER-2013's 287 MB hold 83 million numbers; turned into `int`s one by one they take a quarter of a minute.
Here the file is cut at line ends into blocks that fit the processor's cache, and all digits of a block
become numbers in a dozen NumPy operations, which let go of the interpreter lock and so use every core.
It is also the strict way: whatever is not one to three digits between separators, at most 255, and exactly
as many as a face has pixels, makes its row a bad one. Only a block that holds a bad row is looked at again,
in ever smaller halves, to say which it is and why.

`fer_csv` (all pixels in one column) and `wide_csv` (a column for each) say where a line keeps what, as a
`Layout`; `read_faces` does the rest for both.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import isqrt
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.vocabulary import emotion_called, filled_splits, is_outside, split_called
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError, PartlyBadDatasetError
from fer.progress import Progress, silent

# Large enough that what a NumPy call costs does not show, small enough to stay in a core's cache.
_BLOCK_BYTES = 2**18
# The longest line there may be: a face of 512×512 with four bytes a pixel, and its label.
_LINE_BYTES = 2**20 + 2**10
# Almost every first line ends within this.
_FIRST_BYTES = 2**16
# FER-2013 has 0.3 GiB. Text is at most four times its pixels, and those must fit into memory.
_FILE_BYTES = 8 * 2**30
# So many bad rows are no slip; going on would only take long.
_BAD_ROWS = 100_000
# The rows by which the size of a face, and the place of a label, are recognised.
_SAMPLE_ROWS = 64
_SMALLEST_SIDE = 8
# A longer label is none; it is not remembered either.
_WORD_BYTES = 100
# What may stand around a value without being part of it.
PADDING = b' "\t\r\n'
_SEPARATORS = (b",", b";", b"\t")
_EMOTION_COLUMNS = ("emotion", "label", "labels", "expression", "class")
_SPLIT_COLUMNS = ("usage", "split", "subset", "partition")
# What files begin with that were only called .csv.
_NO_TEXT = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet table; name it .parquet",
    b"PK\x03\x04": "a zip archive or an Excel workbook; name it .zip, or save it as “CSV UTF-8”",
    b"\x1f\x8b": "a gzip archive; unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as “CSV UTF-8”",
    b"<!doctype": "a web page; the download gave a page to read, perhaps to sign in, instead of the file",
    b"<html": "a web page; the download gave a page to read, perhaps to sign in, instead of the file",
}


@dataclass(frozen=True, slots=True)
class FirstLine:
    """How a table of text begins.

    Attributes:
        names: the fields of the first line, in small letters; the columns' names if it is a header.
        separator: the byte between two columns.
        ending: the byte that ends a line; a line feed, or the carriage return of old Macs.
        start: the byte where the line begins, after a byte order mark.
        stop: the byte where the next line begins.
        quoted: its beginning as it stands, for messages.
    """

    names: tuple[str, ...]
    separator: bytes
    ending: bytes
    start: int
    stop: int
    quoted: str

    def first(self, wanted: tuple[str, ...]) -> int | None:
        """The place of the first of these names that there is; None if there is none."""
        return next((self.names.index(name) for name in wanted if name in self.names), None)

    @property
    def emotion(self) -> int | None:
        """The column that holds the labels, by its name."""
        return self.first(_EMOTION_COLUMNS)

    @property
    def split(self) -> int | None:
        """The column that holds the splits, by its name."""
        return self.first(_SPLIT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a line keeps a face.

    Attributes:
        columns: how many there are.
        emotion: the label's position among them.
        split: the split's position; None if the file does not say what a face is for.
        before: how many columns stand before the pixels; as many as are left stand `after` them.
        between: the byte between two pixels; the separator where each has a column of its own.
        side: a face is side × side pixels.
        separator: the byte between two columns.
        ending: the byte that ends a line.
        first: the byte where the faces begin, after the header.
        header: how many lines there are before the faces.
        names: of the pixels' columns, for messages; empty if they have none.
        order: (side²,) where each pixel stands, if not in its order.
    """

    columns: int
    emotion: int
    split: int | None
    before: int
    after: int
    between: bytes
    side: int
    separator: bytes
    ending: bytes
    first: int
    header: int
    names: tuple[str, ...] = ()
    order: NDArray[np.intp] | None = None

    @property
    def pixels(self) -> int:
        """How many pixels a face has."""
        return self.side**2


def read_first_line(path: Path) -> FirstLine:
    """Look at the first line of a table of text; reads no more than a line may have.

    Raises:
        MalformedDatasetError: the file is empty, is no text, or has no end of line where one must be.
    """
    with path.open("rb") as file:
        head = file.read(_FIRST_BYTES)
        if b"\n" not in head and b"\r" not in head[:-1]:  # which may be half of a \r\n
            head += file.read(_LINE_BYTES - len(head))
    if not head.strip():
        raise MalformedDatasetError(f"“{path.name}” is empty. It may be half a download; fetch it again.")
    zeros = [head[place:4096:2].count(0) for place in (0, 1)]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or max(zeros) > len(head[:4096]) // 4 > 4 * min(zeros):
        raise MalformedDatasetError(f"“{path.name}” is written in UTF-16. Save it again as “CSV UTF-8”.")
    start = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    for magic, kind in _NO_TEXT.items():
        if head[start:].lstrip().lower().startswith(magic.lower()):
            raise MalformedDatasetError(f"“{path.name}” is not a CSV but {kind}.")
    ends = {ending: head.find(ending, start) for ending in (b"\n", b"\r")}
    ending = b"\r" if ends[b"\r"] >= 0 and (ends[b"\n"] < 0 or ends[b"\r"] + 1 < ends[b"\n"]) else b"\n"
    stop = ends[ending] + 1 or len(head)
    if 0 in head[:stop]:
        raise MalformedDatasetError(
            f"“{path.name}” is not a CSV: it holds bytes that no text has. Choose the file with the faces."
        )
    if stop >= _LINE_BYTES:
        raise MalformedDatasetError(
            f"“{path.name}” is not a CSV: {_LINE_BYTES // 2**20} MiB have passed without the end of its "
            "first line. Choose the file that holds the faces."
        )
    line = head[start:stop]
    separator = max(_SEPARATORS, key=line.count)
    names = (_text(name).lower() for name in line.split(separator))
    return FirstLine(tuple(names), separator, ending, start, stop, shown(line))


def sample_rows(path: Path, start: int, ending: bytes, separator: bytes) -> list[list[bytes]]:
    """The fields of the first rows from offset `start` on: at most 64, and two longest lines' bytes."""
    with path.open("rb") as file:
        file.seek(start)
        head = file.read(2 * _LINE_BYTES)
    whole = len(head) < 2 * _LINE_BYTES
    rows: list[list[bytes]] = []
    for begin, end in _lines(head, ending):
        if len(rows) == _SAMPLE_ROWS or (end == len(head) and not whole):
            break
        if not _is_blank(head[begin:end]):
            rows.append(_fields(head[begin:end], separator))
    return rows


def commonest_side(counts: list[int]) -> int | None:
    """The side of the square face that most of these numbers of pixels make; None if none does."""
    squares = Counter(n for n in counts if isqrt(n) ** 2 == n and isqrt(n) >= _SMALLEST_SIDE)
    return isqrt(squares.most_common(1)[0][0]) if squares else None


def read_faces(
    path: Path,
    layout: Layout,
    progress: Progress = silent,
    *,
    skip_bad: bool = False,
    split: Split | None = None,
) -> Dataset:
    """Read the faces of a table whose layout is known.

    Args:
        path: the table.
        layout: where a line keeps what.
        progress: told how far the reading is.
        skip_bad: leave out bad rows instead of refusing the file.
        split: what all faces are for, in a table that does not say so. If neither says it, validation and
            test are drawn from them.

    Returns:
        Grey faces, (n, side, side, 1) uint8, of all seven emotions, in the order of the file. `rows` counts
        the rows of the file; what was left out (bad, or of an emotion that is none of ours) leaves gaps.

    Raises:
        PartlyBadDatasetError: some rows are bad and others are good; not with `skip_bad`.
        MalformedDatasetError: no row is good.
    """
    size = path.stat().st_size
    if size > _FILE_BYTES:
        raise MalformedDatasetError(
            f"“{path.name}” has {size / 2**30:.1f} GiB; {_FILE_BYTES // 2**30} GiB is the most that is "
            "loaded at once. Choose a smaller table, or convert it to Parquet."
        )
    read = _Reading(path, layout)
    bounds = _line_bounds(path, layout, size)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        jobs = [threads.submit(_read_block, path, layout, start, stop) for start, stop in pairwise(bounds)]
        try:
            for done, job in enumerate(jobs, start=1):
                read.add(job.result())
                progress(done / len(jobs), f"Reading {path.name}")
        finally:
            threads.shutdown(cancel_futures=True)
    if read.bad and not skip_bad:
        raise read.refusal()
    return read.dataset(split)


@dataclass(slots=True)
class _Block:
    """What one block of lines holds.

    Attributes:
        images: (n, side, side, 1) of the good rows; `labels`, `splits` and `rows` (within the block) too.
        row_count: how many rows it has, good and bad.
        line_count: how many lines, blank ones too.
        bad: (row, line, reason) of the bad rows, both counted within the block.
        outside: how often each label that is an emotion but none of ours occurs.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.intp]
    splits: NDArray[np.str_]
    rows: NDArray[np.intp]
    row_count: int
    line_count: int
    bad: list[tuple[int, int, str]]
    outside: Counter[str]


@dataclass(slots=True)
class _Reading:
    """The blocks read so far, in the order of the file, and what is to be said about them."""

    path: Path
    layout: Layout
    blocks: list[_Block] = field(default_factory=list)
    rows: int = 0
    lines: int = 0
    good: int = 0
    bad: int = 0
    bad_rows: list[tuple[str, str]] = field(default_factory=list)
    outside: Counter[str] = field(default_factory=Counter)

    def add(self, block: _Block) -> None:
        """Take the next block in; gives up on a file that is bad throughout."""
        for row, line, reason in block.bad[: PartlyBadDatasetError.SHOWN_BAD_ROWS - len(self.bad_rows)]:
            where = f"row {self.rows + row + 1:,} (line {self.layout.header + self.lines + line + 1:,})"
            self.bad_rows.append((where, reason))
        block.rows += self.rows
        self.blocks.append(block)
        self.rows += block.row_count
        self.lines += block.line_count
        self.good += len(block.labels)
        self.bad += len(block.bad)
        self.outside += block.outside
        if self.bad > _BAD_ROWS:
            where, reason = self.bad_rows[0]
            raise MalformedDatasetError(
                f"“{self.path.name}”, {where}: {reason}. {_BAD_ROWS:,} more rows are bad as well; "
                "choose another file, or fetch it again."
            )

    def refusal(self) -> MalformedDatasetError:
        """Why the file is refused: its first bad row, and how many there are."""
        where, reason = self.bad_rows[0]
        first = f"“{self.path.name}”, {where}: {reason}."
        if not self.good:
            others = f" None of its {self.rows:,} rows can be used." if self.rows > 1 else ""
            return MalformedDatasetError(f"{first}{others} Mend the file, or fetch it again.")
        bad = "It is the only bad row" if self.bad == 1 else f"{self.bad:,} of {self.rows:,} rows are bad"
        good = "the other one" if self.good == 1 else f"the other {self.good:,}"
        return PartlyBadDatasetError(
            f"{first} {bad}; {good} can be used without {'it' if self.bad == 1 else 'them'}. "
            "Mend the file, or leave bad rows out.",
            self.good,
            self.bad_rows,
            self.bad,
        )

    def dataset(self, split: Split | None) -> Dataset:
        """The good rows of all blocks."""
        if not self.good:
            if self.bad:
                raise self.refusal()
            raise MalformedDatasetError(
                f"“{self.path.name}” shows none of the seven emotions: it has "
                f"{_enumerated(self.outside) or 'no face'}. Choose another file."
            )
        images, labels, splits, rows = (
            np.concatenate([getattr(block, name) for block in self.blocks])
            for name in ("images", "labels", "splits", "rows")
        )
        notes = []
        if self.bad:
            where, reason = self.bad_rows[0]
            one = self.bad == 1
            notes.append(
                f"{self.bad:,} of its {self.rows:,} rows {'is' if one else 'are'} bad and left out"
                f"{'' if one else '; the first'}: {where}: {reason}."
            )
        if self.outside:
            notes.append(
                f"Left out, because they show none of the seven emotions: {_enumerated(self.outside)}."
            )
        if self.layout.split is None and split is None:
            splits, note = filled_splits(labels, splits)
            notes += [note] if note else []
        elif split is not None and self.layout.split is None:
            splits = np.full(len(labels), split.value, "<U10")
        return Dataset(
            self.path.name, EMOTIONS, images, labels, splits, Source(self.path.name), rows, notes=tuple(notes)
        )


def _line_bounds(path: Path, layout: Layout, size: int) -> list[int]:
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


def _read_block(path: Path, layout: Layout, start: int, stop: int) -> _Block:
    """Read the lines between two offsets: all at once, or one by one if any of them is bad."""
    with path.open("rb") as file:
        file.seek(start)
        # A block is longer only if its last line is too long to be a face, and that shows without its end.
        block = file.read(min(stop - start, _BLOCK_BYTES + _LINE_BYTES))
    return _read_lines(block, layout)


def _read_lines(block: bytes, layout: Layout) -> _Block:
    """Read a block of lines; halves it, where some are bad, until each of these is alone."""
    good = _read_good(block, layout)
    if good is not None:
        return good
    middle = block.find(layout.ending, len(block) // 2, len(block) - 1) + 1
    middle = middle or block.rfind(layout.ending, 0, len(block) // 2) + 1
    # A pixel takes two bytes at least, so there is no face in less.
    if not middle or len(block) < 2 * layout.pixels:
        return _read_singly(block, layout)
    return _joined(_read_lines(block[:middle], layout), _read_lines(block[middle:], layout))


def _read_good(block: bytes, layout: Layout) -> _Block | None:
    """Read the lines of a block in which all are good; None if they are not."""
    view = memoryview(block)
    labels, splits, texts = [], [], []
    outside: Counter[str] = Counter()
    for start, stop in _lines(block, layout.ending):
        cut = _cut(block, start, stop, layout)
        if cut is None or (not cut.emotion and _is_blank(block[start:stop])):
            if _is_blank(block[start:stop]):
                continue
            return None
        label, split = _label(cut.emotion), _split(cut.split)
        if label is None or split is None:
            return None
        if label < 0:
            outside[_text(cut.emotion).lower()] += 1
        labels.append(label)
        splits.append(split)
        texts.append(view[cut.start : cut.stop])
    images = _parsed(texts, layout)
    if images is None:
        return None
    return _block(block, layout, images, labels, splits, range(len(labels)), [], outside)


def _read_singly(block: bytes, layout: Layout) -> _Block:
    """Read lines that are blank, or unusual, or bad."""
    images = [np.empty((0, layout.pixels), np.uint8)]
    labels: list[int] = []
    splits: list[Split] = []
    rows: list[int] = []
    bad: list[tuple[int, int, str]] = []
    outside: Counter[str] = Counter()
    for line, (start, stop) in enumerate(_lines(block, layout.ending)):
        text = block[start:stop]
        if _is_blank(text):
            continue
        row = len(rows) + len(bad)
        face = _face(text, layout, whole=stop < len(block))
        if isinstance(face, str):
            bad.append((row, line, face))
            continue
        outside.update([face.word] if face.label < 0 else [])
        images.append(face.pixels[None])
        labels.append(face.label)
        splits.append(face.split)
        rows.append(row)
    return _block(block, layout, np.concatenate(images), labels, splits, rows, bad, outside)


def _joined(first: _Block, second: _Block) -> _Block:
    rows, lines = first.row_count, first.line_count
    return _Block(
        np.concatenate([first.images, second.images]),
        np.concatenate([first.labels, second.labels]),
        np.concatenate([first.splits, second.splits]),
        np.concatenate([first.rows, second.rows + rows]),
        row_count=rows + second.row_count,
        line_count=lines + second.line_count,
        bad=[*first.bad, *((row + rows, line + lines, reason) for row, line, reason in second.bad)],
        outside=first.outside + second.outside,
    )


def _block(
    block: bytes,
    layout: Layout,
    images: NDArray[np.uint8],
    labels: list[int],
    splits: list[Split],
    rows: Sequence[int],
    bad: list[tuple[int, int, str]],
    outside: Counter[str],
) -> _Block:
    """What was read of a block of text, without the faces that show none of our emotions."""
    ours = np.array(labels, np.intp) >= 0
    keep = slice(None) if ours.all() else ours
    return _Block(
        images.reshape(-1, layout.side, layout.side, 1)[keep],
        np.array(labels, np.intp)[keep],
        np.array(splits, "<U10")[keep],
        np.array(rows, np.intp)[keep],
        row_count=len(labels) + len(bad),
        line_count=block.count(layout.ending),
        bad=bad,
        outside=outside,
    )


@dataclass(slots=True)
class _Cut:
    """One line, cut at its separators; the pixels stay where they are."""

    emotion: bytes
    split: bytes
    start: int
    stop: int


def _cut(block: bytes, start: int, stop: int, layout: Layout) -> _Cut | None:
    """Find the fields of the line `block[start:stop]` from both ends; None if it has too few.

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
    return _Cut(fields[layout.emotion], split, start, stop)


def is_label(text: bytes) -> bool:
    """Whether a field holds a label: an emotion, ours or another."""
    return _label(text) is not None


def is_split(text: bytes) -> bool:
    """Whether a field says what a face is for."""
    return _split(text) is not None


def _label(text: bytes) -> int | None:
    """The index of an emotion; -1 for one that is none of ours; None if it is no emotion."""
    return _label_called(text) if len(text) <= _WORD_BYTES else None


def _split(text: bytes) -> Split | None:
    return _split_called(text) if len(text) <= _WORD_BYTES else None


@lru_cache(maxsize=1024)
def _label_called(text: bytes) -> int | None:
    word = _text(text)
    emotion = emotion_called(word)
    if emotion is None:
        return -1 if is_outside(word) else None
    return EMOTIONS.index(emotion)


@lru_cache(maxsize=1024)
def _split_called(text: bytes) -> Split | None:
    return split_called(_text(text))


def _parsed(rows: list[memoryview], layout: Layout) -> NDArray[np.uint8] | None:
    """Turn texts of a face's numbers into (len(rows), pixels) uint8; None if one breaks the rules.

    Each byte is treated as if a number ended there: its value is its own digit, ten times the digit
    before and a hundred times the one before that. Where numbers do end, the values are taken out.
    Digits are 0 to 9 and a separator counts as digit 0, so what was before a number adds nothing.
    """
    count, between = layout.pixels, layout.between
    if not rows:
        return np.empty((0, count), np.uint8)
    # Three separators before, so that each byte of the rows has three before it; one behind ends the last
    # number.
    text = np.frombuffer(b"".join((between * 3, between.join(rows), between)), np.uint8)
    digits = text - np.uint8(48)
    is_digit = digits < 10
    is_between = text == ord(between)
    known = is_digit | is_between
    padded = not known.all()
    if padded and (between == b" " or not (known | (text == 32) | (text == 34)).all()):
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
    if between != b" ":
        # Spaces may be many; of commas there is one after each number, or an empty field would go unseen.
        if np.count_nonzero(is_between) != len(ends) + 3:
            return None
        if padded and (np.cumsum(is_between[3:], dtype=np.int32)[ends - 1] != np.arange(len(ends))).any():
            return None
    images = hundreds.take(ends).reshape(len(rows), count)
    return images if layout.order is None else images[:, layout.order]


@dataclass(slots=True)
class _Face:
    """One good line; `label` is -1 and `word` what it says if its emotion is none of ours."""

    pixels: NDArray[np.uint8]
    label: int
    split: Split
    word: str


def _face(text: bytes, layout: Layout, *, whole: bool) -> _Face | str:
    """Read one line slowly, or say in a few words what breaks a rule in it.

    Args:
        text: the line.
        layout: where it keeps what.
        whole: whether the line has its end, which the last one of a file that was cut off has not.
    """
    if len(text) >= _LINE_BYTES:
        return "the line is longer than a face can be"
    cut_off = "" if whole else "; the file ends there, as if it were half a download"
    fields = _fields(text, layout.separator)
    if len(fields) != layout.columns:
        return f"{layout.columns:,} columns were expected and {len(fields):,} are there{cut_off}"
    label = _label(fields[layout.emotion])
    if label is None:
        return f"the emotion {shown(fields[layout.emotion])} is none of 0 to 6 and no emotion's name"
    split = Split.TRAIN if layout.split is None else _split(fields[layout.split])
    if split is None:
        return (
            f"the split {shown(fields[layout.split or 0])} is none of Training, PublicTest, PrivateTest, "
            f"train, validation and test{cut_off}"
        )
    numbers = fields[layout.before : layout.columns - layout.after]
    word = _text(fields[layout.emotion]).lower()
    images = _parsed([memoryview(layout.separator.join(numbers))], layout)
    if images is not None:
        return _Face(images[0], label, split, word)
    if layout.between == b" ":
        numbers = [number for number in numbers[0].split(b" ") if number]
    for place, number in enumerate(numbers):
        if not (number.isdigit() and len(number) <= 3 and int(number) <= 255):
            column = f" in the column “{layout.names[place]}”" if layout.names else f", number {place + 1:,},"
            return f"the pixel {shown(number)}{column} is no whole number from 0 to 255"
    if len(numbers) != layout.pixels:
        return (
            f"{layout.side}×{layout.side} = {layout.pixels:,} pixels were expected and {len(numbers):,} "
            f"are there{cut_off}"
        )
    pixels = np.array([int(number) for number in numbers], np.uint8)
    if layout.order is not None:
        pixels = pixels[layout.order]
    return _Face(pixels, label, split, word)


def _lines(block: bytes, ending: bytes) -> Iterator[tuple[int, int]]:
    """Where each line of the block begins, and where it stops before its ending."""
    start = 0
    while start < len(block):
        stop = block.find(ending, start)
        stop = len(block) if stop < 0 else stop
        yield start, stop
        start = stop + 1


def _fields(line: bytes, separator: bytes) -> list[bytes]:
    """The fields of a line without what surrounds them; a separator within quotes separates nothing."""
    fields = line.split(separator)
    if b'"' in line:
        whole: list[bytes] = []
        inside = False
        for part in fields:
            if inside:
                whole[-1] += separator + part
            else:
                whole.append(part)
            inside ^= bool(part.count(b'"') % 2)
        fields = whole
    return [part.strip(PADDING) for part in fields]


def _is_blank(line: bytes) -> bool:
    """Whether nothing stands in the line; Excel writes a row that was emptied as separators only."""
    return not line.strip(b' "\t\r\n,;')


def _enumerated(outside: Counter[str]) -> str:
    """How many rows each label has that is none of ours."""
    return ", ".join(f"{count:,} of {shown(word.encode())}" for word, count in outside.most_common())


def _text(field: bytes) -> str:
    return field.strip(PADDING).decode("utf-8-sig", "replace").strip()


def shown(field: bytes) -> str:
    """Bytes from the file as a short quotation that is safe to print."""
    text = field[:400].strip(PADDING).decode("utf-8-sig", "replace")
    text = text if len(text) <= 60 else text[:60] + "…"
    return f"“{''.join(character if character.isprintable() else '?' for character in text)}”"
