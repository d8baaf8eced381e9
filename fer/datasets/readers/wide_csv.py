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
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import Dataset, Split
from fer.datasets.readers.csv_faces import (
    FirstLine,
    Layout,
    commonest_side,
    label_of,
    named_once,
    read_faces,
    read_first_line,
    sample_rows,
    shown,
    split_of,
)
from fer.datasets.readers.fer_csv import fer_layout
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
    first = read_first_line(path)
    if looks_like_votes(path):
        raise MalformedDatasetError(
            f"“{path.name}” holds the votes of FER+ and no faces. Leave it in data/ beside FER-2013, "
            "which it belongs to, and open that."
        )
    if "pixels" not in first.names and len(first.names) >= _MANY_COLUMNS:
        layout = _layout(path, first)
    else:
        layout = fer_layout(path, first)
    return read_faces(path, layout, progress, skip_bad=skip_bad, split=split)


def looks_like_wide_csv(path: Path) -> bool:
    """Whether the file begins as a CSV with a column per pixel does; reads its first rows only."""
    with suppress(MalformedDatasetError, OSError):
        return _layout(path, read_first_line(path)).side > 0
    return False


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which columns hold the pixels (`start` to `stop`, not included), the label and the split."""

    start: int
    stop: int
    emotion: int
    split: int | None


def _layout(path: Path, first: FirstLine) -> Layout:
    """Find the columns by the header if there is one, and otherwise by what stands in them."""
    has_header = _is_header(first)
    start = first.stop if has_header else first.start
    columns = None if first.emotion is None else _named_columns(path, first, first.emotion)
    rows = sample_rows(path, first, start)
    # Without a header the first row may be the one that is cut short.
    count = len(first.names) if has_header else Counter(map(len, rows)).most_common(1)[0][0]
    if columns is None:
        columns = _unnamed_columns(path, count, [row for row in rows if len(row) == count])
    names = first.names[columns.start : columns.stop] if has_header else ()
    return Layout(
        columns=count,
        emotion=columns.emotion,
        split=columns.split,
        before=columns.start,
        after=count - columns.stop,
        between=first.separator,
        side=isqrt(columns.stop - columns.start),
        separator=first.separator,
        ending=first.ending,
        first=start,
        header=int(has_header),
        names=names,
        order=_order(names),
    )


def _is_header(first: FirstLine) -> bool:
    """Whether the first line names columns: as we know them, by words, or by counting 0, 1, 2, …"""
    if first.emotion is not None:
        return True
    numbers = [int(name) for name in first.names if name.isascii() and name.isdecimal() and len(name) < 10]
    if len(numbers) < len(first.names) / 2:
        return True
    return all(after - before == 1 for before, after in pairwise(numbers))


def _named_columns(path: Path, first: FirstLine, emotion: int) -> _Columns:
    """The columns by their names."""
    names = first.names
    named_once(path, first, emotion)
    places = [place for place in range(len(names)) if place not in (emotion, first.split)]
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
    return _Columns(pixels[0], pixels[-1] + 1, emotion, first.split)


def _unnamed_columns(path: Path, count: int, rows: list[list[bytes]]) -> _Columns:
    """The columns by what stands in these rows: a label before or behind the pixels, a split, an index."""
    pixels = isqrt(max(count - 1, 0)) ** 2
    if not commonest_side([pixels]) or count - pixels > 3:
        raise _not_square(path, count - 1)
    if not rows:
        raise MalformedDatasetError(
            f"“{path.name}” has {count:,} columns in its first line and another number in the rows below. "
            "Mend the file, or fetch it again."
        )
    columns = list(zip(*rows, strict=True))

    def mostly(rule: Callable[[bytes], bool], place: int) -> bool:
        return sum(map(rule, columns[place])) > len(rows) / 2

    def counts_up(place: int) -> bool:
        fields = columns[place]
        return all(field.isdigit() and len(field) < 10 for field in fields) and all(
            int(after) - int(before) == 1 for before, after in pairwise(fields)
        )

    found: list[tuple[bool, bool, _Columns]] = []
    for before in range(count - pixels, -1, -1):
        ends = [*range(before), *range(before + pixels, count)]
        for emotion in ends:
            splits = [
                place
                for place in ends
                if place != emotion and mostly(lambda field: split_of(field) is not None, place)
            ]
            rest = [place for place in ends if place != emotion and place not in splits]
            if (
                mostly(lambda field: label_of(field) is not None, emotion)
                and len(splits) < 2
                and (not rest or (rest == [0] and counts_up(0)))
            ):
                is_word = not mostly(bytes.isdigit, emotion)
                varies = len(set(columns[emotion])) > 1 and not counts_up(emotion)
                split = splits[0] if splits else None
                found.append((is_word, varies, _Columns(before, before + pixels, emotion, split)))
    if not found:
        raise MalformedDatasetError(
            f"“{path.name}” has {count:,} columns, and neither the first nor the last holds labels: names of "
            "emotions, or 0 to 6. Name the columns “emotion,pixel0,pixel1,…” in a first line."
        )
    # A black margin of the faces looks like a label that is always 0; words, and what varies, go before it.
    return max(found, key=lambda candidate: candidate[:2])[2]


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
