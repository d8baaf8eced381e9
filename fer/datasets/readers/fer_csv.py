"""FER-2013 CSV: one face per line, its pixels as decimal numbers in one column.

```
emotion,pixels,Usage
0,70 80 82 72 58 58 60 ...,Training
```

Columns in another order or of other names, more of them or no names at all, semicolons or tabs between them,
a column for each emotion, pixels as a list or as 70.0, and what the programs of this world do to a CSV when
they save it make no difference.

Source:
    Goodfellow et al. (2013), "Challenges in Representation Learning: A report on three machine
    learning contests". `icml_face_data.csv` has its columns in another order, with spaces in their names;
    `train.csv` of the same contest has no `Usage`.
"""

from collections import Counter
from contextlib import suppress
from pathlib import Path

from fer.datasets.readers.csv_faces import (
    Columns,
    FirstLine,
    Layout,
    commonest_side,
    named_once,
    number_count,
    number_format_of,
    one_hot_columns,
    pixel_column,
    sample_rows,
    shown,
    split_understood,
    unnamed_columns,
    words_column,
)
from fer.errors import MalformedDatasetError
from fer.images import SUFFIXES


def looks_like_fer_csv(path: Path, first: FirstLine) -> bool:
    """Whether the table has labels and, in one column, the pixels of faces; reads its first rows only."""
    with suppress(MalformedDatasetError, OSError):
        return fer_layout(path, first).columns > 1
    return False


def has_pixel_column(path: Path, first: FirstLine) -> bool:
    """Whether one column holds all pixels of a face, or is called so; reads the first rows only."""
    if "pixels" in first.names or not _is_header(first):
        return True
    with suppress(MalformedDatasetError):
        return pixel_column(sample_rows(path, first, first.stop)) is not None
    return False


def fer_layout(path: Path, first: FirstLine) -> Layout:
    """Find the columns by the header and by what stands in them, and the size of a face by the first rows.

    Raises:
        MalformedDatasetError: the file is not of that form.
    """
    has_header = _is_header(first)
    if has_header and first.pixels is None and not has_pixel_column(path, first):
        raise MalformedDatasetError(
            f"“{path.name}” must begin with the columns “emotion,pixels,Usage”, or have a label and a column "
            f"for each pixel; its first line is {first.quoted}. Choose a CSV of faces."
        )
    if has_header:
        named_once(path, first)
    start = first.stop if has_header else first.start
    rows = sample_rows(path, first, start)
    count = len(first.names) if has_header else Counter(map(len, rows)).most_common(1)[0][0]
    whole = [row for row in rows if len(row) == count]
    place = pixel_column(whole)
    if place is None:
        place = first.pixels or 0
    columns = (_named if has_header else _unnamed)(path, first, whole, place)
    texts = [row[place] for row in whole]
    side = commonest_side([number_count(text) for text in texts])
    if side is None:
        raise _no_faces(path, first, rows, texts)
    return Layout(
        columns=count,
        labels=columns.labels,
        split=columns.split,
        before=place,
        after=count - 1 - place,
        written=number_format_of(path.name, texts, side, b" "),
        separator=first.separator,
        ending=first.ending,
        first=start,
        header=first.line.strip() if has_header else b"",
        classes=columns.classes,
    )


def _is_header(first: FirstLine) -> bool:
    """Whether the first line names columns, and is no face itself."""
    is_face = pixel_column([[name.encode() for name in first.names]]) is not None
    return not is_face or first.emotion is not None or first.pixels is not None


def _named(path: Path, first: FirstLine, rows: list[list[bytes]], place: int) -> Columns:
    """The columns by their names; the label may have one for each class, or one of words of any name."""
    split = split_understood(path, first, rows)
    if first.emotion not in (None, place):
        return Columns(place, place + 1, (first.emotion,), split)
    classes = one_hot_columns(path, first, rows, numbered=True)
    if classes:
        return Columns(place, place + 1, tuple(classes), split, tuple(classes.values()))
    words = words_column(rows)
    if words is None:
        raise MalformedDatasetError(
            f"“{path.name}” has faces without labels, as the test.csv of Kaggle's contest: its first "
            f"line is {first.quoted}. There is nothing to learn from or to be scored by. "
            "Choose one with a column “emotion”, such as fer2013.csv or train.csv, or name its labels so."
        )
    return Columns(place, place + 1, (words,), split)


def _unnamed(path: Path, first: FirstLine, rows: list[list[bytes]], place: int) -> Columns:
    found = unnamed_columns(rows, 1, place)
    if found is None:
        raise MalformedDatasetError(
            f"“{path.name}” has faces and no line that names its columns, and which of them is the label "
            "cannot be told. Write “emotion,pixels,Usage” above its rows, in their order."
        )
    return found


def _no_faces(
    path: Path, first: FirstLine, rows: list[list[bytes]], texts: list[bytes]
) -> MalformedDatasetError:
    """Why what stands in the column of pixels makes no square faces."""
    begin = f"“{path.name}”, row 1: "
    if not texts:
        return MalformedDatasetError(
            f"{begin}{len(first.names)} columns were expected and {len(rows[0])} are there. The rows after "
            "it are no better; choose another file, or fetch it again."
        )
    text, count = texts[0], number_count(texts[0])
    if b"..." in text:
        return MalformedDatasetError(
            f"{begin}NumPy left pixels out where it wrote “...”, and they are lost. Write the table again, "
            "each face as “' '.join(map(str, face.ravel()))”."
        )
    if text.lower().endswith(tuple(suffix.encode() for suffix in SUFFIXES)):
        return MalformedDatasetError(
            f"“{path.name}” names files of pictures, as {shown(text)}, and holds no pixels. Choose the "
            "folder in which it lies beside these pictures."
        )
    if not count:
        return MalformedDatasetError(
            f"{begin}the pixels {shown(text)} are no numbers. Write each face as its numbers from 0 to 255, "
            "with spaces between them."
        )
    colours = " They may be three for each pixel; bring the faces to grey." if _is_colour(count) else ""
    return MalformedDatasetError(
        f"{begin}{count:,} pixels do not make a square face of 8×8 or more; FER-2013 has 48×48 = 2304."
        f"{colours} The rows after it are no better; choose another file, or fetch it again."
    )


def _is_colour(count: int) -> bool:
    return count % 3 == 0 and commonest_side([count // 3]) is not None
