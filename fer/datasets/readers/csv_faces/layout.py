"""CSV layout: the first line of a table of faces, and which columns hold what."""

from collections import Counter
from dataclasses import dataclass
from math import isqrt
from pathlib import Path

from fer.datasets.readers.csv_faces.number_format import NumberFormat
from fer.datasets.readers.csv_faces.text import (
    LINE_BYTES,
    fields_of,
    is_blank,
    lines_of,
    shown,
    text_of,
    utf_16_of,
)
from fer.datasets.readers.vocabulary import EMOTION_COLUMNS, PIXEL_COLUMNS, SPLIT_COLUMNS
from fer.errors import MalformedDatasetError

# Almost every first line ends within this.
_FIRST_BYTES = 2**16
# The rows by which the size of a face, and the place of a label, are recognised.
_SAMPLE_ROWS = 64
_SMALLEST_SIDE = 8
_SEPARATORS = (b",", b";", b"\t", b"|")
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
        line: as it stands.
    """

    names: tuple[str, ...]
    separator: bytes
    ending: bytes
    start: int
    stop: int
    line: bytes

    @property
    def quoted(self) -> str:
        """Its beginning, for messages."""
        return shown(self.line)

    def first(self, wanted: tuple[str, ...]) -> int | None:
        """The place of the first of these names that there is; None if there is none."""
        return next((self.names.index(name) for name in wanted if name in self.names), None)

    @property
    def emotion(self) -> int | None:
        """The column that holds the labels, by its name."""
        return self.first(EMOTION_COLUMNS)

    @property
    def split(self) -> int | None:
        """The column that holds the splits, by its name."""
        return self.first(SPLIT_COLUMNS)

    @property
    def pixels(self) -> int | None:
        """The column that holds the pixels, by its name."""
        return self.first(PIXEL_COLUMNS)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a line keeps a face.

    Attributes:
        columns: how many there are.
        labels: the label's position among them; with a column for each class, theirs.
        split: the split's position; None if the file does not say what a face is for.
        before: how many columns stand before the pixels; as many as are left stand `after` them.
        written: how the pixels are; the separator stands between them where each has a column of its own.
        separator: the byte between two columns.
        ending: the byte that ends a line.
        first: the byte where the faces begin, after the header.
        header: the line before the faces, as it stands; empty if there is none.
        names: of the pixels' columns, for messages; empty if they have none.
        classes: what the columns of the label are called, if each class has one of its own.
    """

    columns: int
    labels: tuple[int, ...]
    split: int | None
    before: int
    after: int
    written: NumberFormat
    separator: bytes
    ending: bytes
    first: int
    header: bytes
    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


def read_first_line(path: Path) -> FirstLine:
    """Look at the first line of a table of text; reads no more than a line may have.

    Raises:
        MalformedDatasetError: the file is empty, is no text, or has no end of line where one must be.
    """
    with path.open("rb") as file:
        head = file.read(_FIRST_BYTES)
        if b"\n" not in head and b"\r" not in head[:-1]:  # which may be half of a \r\n
            head += file.read(LINE_BYTES - len(head))
    if not head.strip():
        raise MalformedDatasetError(f"“{path.name}” is empty. It may be half a download; fetch it again.")
    if utf_16_of(head):
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
    if stop >= LINE_BYTES:
        raise MalformedDatasetError(
            f"“{path.name}” is not a CSV: {LINE_BYTES // 2**20} MiB have passed without the end of its "
            "first line. Choose the file that holds the faces."
        )
    line = head[start:stop]
    separator = max(_SEPARATORS, key=line.count)
    if separator not in line and line.strip().count(b" ") >= _SMALLEST_SIDE**2:  # as NumPy's savetxt has it
        separator = b" "
    names = (text_of(name).lower() for name in fields_of(line, separator))
    return FirstLine(tuple(names), separator, ending, start, stop, line)


def named_once(path: Path, first: FirstLine) -> None:
    """Raise MalformedDatasetError for a table that has two columns of labels or of splits."""
    names = first.names
    for column in {names[place] for place in (first.emotion, first.split) if place is not None}:
        if names.count(column) > 1:
            raise MalformedDatasetError(
                f"“{path.name}” has {names.count(column)} columns called {shown(column.encode())}. "
                "Rename all but one."
            )


def sample_rows(path: Path, table: FirstLine, start: int) -> list[list[bytes]]:
    """The fields of the first rows from offset `start` on: at most 64, and two longest lines' bytes.

    Raises:
        MalformedDatasetError: there is no row.
    """
    with path.open("rb") as file:
        file.seek(start)
        head = file.read(2 * LINE_BYTES)
    whole = len(head) < 2 * LINE_BYTES
    rows: list[list[bytes]] = []
    for begin, end in lines_of(head, table.ending):
        if len(rows) == _SAMPLE_ROWS or (end == len(head) and not whole):
            break
        if not is_blank(head[begin:end]):
            rows.append(fields_of(head[begin:end], table.separator))
    if not rows and not whole:
        raise MalformedDatasetError(
            f"“{path.name}”, row 1: the line is longer than a face can be, {LINE_BYTES // 2**20} MiB. Choose "
            "another file."
        )
    if not rows:
        raise MalformedDatasetError(
            f"“{path.name}” has not one face below its header. It may be half a download; fetch it again."
        )
    return rows


def commonest_side(counts: list[int]) -> int | None:
    """The side of the square face that most of these numbers of pixels make; None if none does."""
    squares = Counter(n for n in counts if isqrt(n) ** 2 == n and isqrt(n) >= _SMALLEST_SIDE)
    return isqrt(squares.most_common(1)[0][0]) if squares else None
