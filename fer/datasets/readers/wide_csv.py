"""Wide CSV: one face per line, a label and a column for each pixel; and which form a CSV has.

```
emotion,pixel0,pixel1,...,pixel2303,Usage
angry,70,80,...,129,Training
```

Those who turn folders of pictures into a table write it so, often without the first line. The label is a
word or FER-2013's number, in the first column or the last; faces are square.
"""

import re
from collections import Counter
from contextlib import suppress
from itertools import pairwise
from math import isqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import Dataset, Split
from fer.datasets.readers.csv_faces import (
    Columns,
    FirstLine,
    Layout,
    commonest_side,
    named_once,
    number,
    number_format_of,
    one_hot_columns,
    plain_text,
    read_faces,
    read_first_line,
    sample_rows,
    shown,
    split_understood,
    unnamed_columns,
)
from fer.datasets.readers.fer_csv import fer_layout, has_pixel_column
from fer.datasets.readers.ferplus import looks_like_votes
from fer.errors import MalformedDatasetError
from fer.system.progress import Progress, silent

# No other table of faces has so many.
_MANY_COLUMNS = 17
# "0", "pixel0", "px_17", "1x28", "pixel (3, 4)": a stem, a number, perhaps another.
_PIXEL_NAME = re.compile(r"(\D*)(\d{1,9})(\D+\d{1,9})?\D*")


def load_csv(
    path: Path,
    progress: Progress = silent,
    skip_bad: bool = False,
    how: ImportSettings = AS_GUESSED,
    *,
    split: Split | None = None,
) -> Dataset:
    """Read a CSV of faces, whichever of the two forms it has; see `fer.datasets.readers`."""
    if how.cut_faces:
        raise MalformedDatasetError(
            f"“{path.name}” holds faces as numbers and no photographs to cut them out of. Read it as it is: "
            "python -m fer import DATASET --cut-faces 0"
        )
    if looks_like_votes(path):
        raise MalformedDatasetError(
            f"“{path.name}” holds the votes of FER+ and no faces. Leave it in data/ beside FER-2013, "
            "which it belongs to, and open that."
        )
    with plain_text(path) as (text, is_copy):
        return load_plain(text, progress, skip_bad, how, split=split, is_copy=is_copy)


def load_plain(
    path: Path,
    progress: Progress,
    skip_bad: bool,
    how: ImportSettings,
    *,
    split: Split | None,
    is_copy: bool,
) -> Dataset:
    """`load_csv` for a table in UTF-8 with a row in each line; see `read_faces`."""
    first = read_first_line(path)
    is_wide = len(first.names) >= _MANY_COLUMNS and not has_pixel_column(path, first)
    layout = _layout(path, first) if is_wide else fer_layout(path, first)
    return read_faces(path, layout, progress, skip_bad=skip_bad, how=how, split=split, is_copy=is_copy)


def looks_like_wide_csv(path: Path) -> bool:
    """Whether the file begins as a CSV with a column per pixel does; reads its first rows only."""
    with suppress(MalformedDatasetError, OSError):
        return _layout(path, read_first_line(path)).columns > 1
    return False


def _layout(path: Path, first: FirstLine) -> Layout:
    """Find the columns by the header if there is one, and otherwise by what stands in them."""
    has_header = _is_header(first)
    start = first.stop if has_header else first.start
    rows = sample_rows(path, first, start)
    # Without a header the first row may be the one that is cut short.
    count = len(first.names) if has_header else Counter(map(len, rows)).most_common(1)[0][0]
    whole = [row for row in rows if len(row) == count]
    columns = _named_columns(path, first, whole) if has_header else None
    if columns is None:
        columns = _unnamed_columns(path, count, whole)
    pixels = slice(columns.start, columns.stop)
    names = first.names[pixels] if has_header else ()
    texts = [first.separator.join(row[pixels]) for row in whole]
    side = isqrt(columns.stop - columns.start)
    return Layout(
        columns=count,
        labels=columns.labels,
        split=columns.split,
        before=columns.start,
        after=count - columns.stop,
        written=number_format_of(path.name, texts, side, first.separator, _order(names)),
        separator=first.separator,
        ending=first.ending,
        first=start,
        header=first.line.strip() if has_header else b"",
        names=names,
        classes=columns.classes,
    )


def _is_header(first: FirstLine) -> bool:
    """Whether the first line names columns: as we know them, by words, or by counting 0, 1, 2, …"""
    if first.emotion is not None:
        return True
    numbers = [value for name in first.names if (value := number(name.encode())) is not None]
    if len(numbers) < len(first.names) / 2:
        return True
    return all(after - before == 1 for before, after in pairwise(numbers))


def _named_columns(path: Path, first: FirstLine, rows: list[list[bytes]]) -> Columns | None:
    """The columns by their names; None if none of them is called as a label."""
    names = first.names
    named_once(path, first)
    classes = one_hot_columns(path, first, rows) if first.emotion is None else {}
    if first.emotion is None and not classes:
        return None
    labels = tuple(classes) or (first.emotion or 0,)
    places = [place for place in range(len(names)) if place not in (*labels, first.split)]
    # Most names are one word and a number; others (an index, a file's name) are those of no pixel.
    stems = {place: found[1] for place in places if (found := _PIXEL_NAME.fullmatch(names[place]))}
    commonest = Counter(stems.values()).most_common(1)
    numbered = [place for place in places if commonest and stems.get(place) == commonest[0][0]]
    pixels = numbered if commonest_side([len(numbered)]) else places
    if not commonest_side([len(pixels)]):
        raise _not_square(path, len(pixels))
    if pixels[-1] - pixels[0] >= len(pixels):
        amid = next(place for place in range(pixels[0], pixels[-1]) if place not in pixels)
        raise MalformedDatasetError(
            f"“{path.name}” has the column {shown(names[amid].encode())} amid those of the pixels. Move "
            "it before or behind them."
        )
    split = split_understood(path, first, rows)
    return Columns(pixels[0], pixels[-1] + 1, labels, split, tuple(classes.values()))


def _unnamed_columns(path: Path, count: int, rows: list[list[bytes]]) -> Columns:
    """The columns by what stands in these rows."""
    pixels = isqrt(max(count - 1, 0)) ** 2
    if not commonest_side([pixels]) or count - pixels > 3:
        raise _not_square(path, count - 1)
    if not rows:
        raise MalformedDatasetError(
            f"“{path.name}” has {count:,} columns in its first line and another number in the rows below. "
            "Mend the file, or fetch it again."
        )
    found = unnamed_columns(rows, pixels)
    if found is None:
        raise MalformedDatasetError(
            f"“{path.name}” has {count:,} columns, and neither the first nor the last holds labels: names of "
            "emotions, or 0 to 6. Name the columns “emotion,pixel0,pixel1,…” in a first line."
        )
    return found


def _not_square(path: Path, count: int) -> MalformedDatasetError:
    return MalformedDatasetError(
        f"“{path.name}” has {count:,} columns beside its label, and they do not make a square face of 8×8 or "
        "more pixels; 48×48 are 2,304. Choose a table with a column for each pixel."
    )


def _order(names: tuple[str, ...]) -> NDArray[np.intp] | None:
    """Where each pixel stands, if names with one number each are not in the order of their numbers."""
    found = [_PIXEL_NAME.fullmatch(name) for name in names]
    numbers = [int(match[2]) for match in found if match and not match[3]]
    if len(set(numbers)) != len(names) or not names:
        return None
    order = np.argsort(numbers)
    return None if (order == np.arange(len(order))).all() else order
