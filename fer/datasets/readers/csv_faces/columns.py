"""CSV columns: which of them hold what, by their names and by what stands in them."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from fer.datasets.readers.csv_faces.layout import FirstLine, commonest_side
from fer.datasets.readers.csv_faces.number_format import has_decimal_comma, numbers_in, tidy
from fer.datasets.readers.csv_faces.text import shown
from fer.datasets.readers.csv_faces.words import is_label, one_hot, split_of
from fer.datasets.readers.vocabulary import EMOTION_COLUMNS, label_called
from fer.errors import MalformedDatasetError

# "emotion_angry", as pandas' get_dummies calls the columns that it makes of one.
_BEFORE_CLASS = re.compile(rf"(?:{'|'.join(EMOTION_COLUMNS)})[_ .:-]+")
# An 8×8 face, each pixel a digit and a space.
_SHORTEST_FACE = 127
_LOOKS_LIKE_NUMBERS = re.compile(rb"[\s\[(\"]*[-+.0-9]")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold the pixels (`start` to `stop`, not included), the label and the split.

    `classes` are the names of several `labels`, one for each class.
    """

    start: int
    stop: int
    labels: tuple[int, ...]
    split: int | None
    classes: tuple[str, ...] = ()


def number_count(field: bytes) -> int:
    """How many numbers stand in a field, if it begins as numbers do."""
    if not _LOOKS_LIKE_NUMBERS.match(field):
        return 0
    return len(numbers_in(tidy(field, b" ", decimal_comma=has_decimal_comma(field, b" ")), b" "))


def pixel_column(rows: Sequence[Sequence[bytes]]) -> int | None:
    """The column that holds a square face in most of these rows; None if there is none."""
    found = Counter(
        place
        for row in rows
        for place, field in enumerate(row)
        if len(field) >= _SHORTEST_FACE and commonest_side([number_count(field)])
    )
    [(place, rows_with)] = found.most_common(1) or [(0, 0)]
    return place if rows_with > len(rows) / 2 else None


def class_columns(names: Sequence[str], *, numbered: bool) -> dict[int, str]:
    """The columns that are called like classes, by their places; none if it is one only, or one twice."""
    found = {}
    for place, name in enumerate(names):
        word = _BEFORE_CLASS.sub("", name, count=1)
        is_number = word.isascii() and word.isdecimal() and len(word) == 1
        if (is_number and (numbered or word != name)) or (not is_number and label_called(word) is not None):
            found[place] = word
    return found if len(set(found.values())) == len(found) > 1 else {}


def one_hot_columns(
    path: Path, first: FirstLine, rows: Sequence[Sequence[bytes]], *, numbered: bool = False
) -> dict[int, str]:
    """The columns of which one is 1 and the others are 0, a class each, by their places; or none.

    Args:
        path, first, rows: the table, its first line and its first rows.
        numbered: whether a column that is called by a digit only is one of a class.

    Raises:
        MalformedDatasetError: they are called like classes and hold something else.
    """
    found = class_columns(first.names, numbered=numbered)
    if found and rows:
        good = [one_hot([row[place] for place in found]) is not None for row in rows]
        if sum(good) <= len(rows) / 2:
            held = b", ".join(rows[good.index(False)][place] for place in found)
            raise MalformedDatasetError(
                f"“{path.name}” has a column for each of {', '.join(found.values())}, and they hold "
                f"{shown(held)}: not a single 1 and 0s. Add a column “emotion” with a name in each row."
            )
    return found


def unnamed_columns(rows: Sequence[Sequence[bytes]], width: int, first: int | None = None) -> Columns | None:
    """The columns by what stands in these rows: a label before or behind the pixels, a split, an index.

    Args:
        rows: all of one length.
        width: how many columns the pixels take.
        first: the first of these, where it is known.

    Returns:
        None if there is no label.
    """
    columns = list(zip(*rows, strict=True))
    count = len(columns)

    def mostly(rule: Callable[[bytes], bool], place: int) -> bool:
        return sum(map(rule, columns[place])) > len(rows) / 2

    def counts_up(place: int) -> bool:
        fields = columns[place]
        return all(field.isdigit() and len(field) < 10 for field in fields) and all(
            int(after) - int(before) == 1 for before, after in pairwise(fields)
        )

    found: list[tuple[bool, bool, Columns]] = []
    for before in range(count - width, -1, -1) if first is None else [first]:
        ends = [*range(before), *range(before + width, count)]
        for label in ends:
            splits = [
                place
                for place in ends
                if place != label and mostly(lambda field: split_of(field) is not None, place)
            ]
            rest = [place for place in ends if place != label and place not in splits]
            if mostly(is_label, label) and len(splits) < 2 and (not rest or (rest == [0] and counts_up(0))):
                is_word = not mostly(lambda field: field[:1].isdigit(), label)
                varies = len(set(columns[label])) > 1 and not counts_up(label)
                split = splits[0] if splits else None
                found.append((is_word, varies, Columns(before, before + width, (label,), split)))
    # A black margin of the faces looks like a label that is always 0; words, and what varies, go before it.
    return max(found, key=lambda candidate: candidate[:2])[2] if found else None


def split_understood(path: Path, first: FirstLine, rows: Sequence[Sequence[bytes]]) -> int | None:
    """The column of splits by its name, if there is one and it says in any of these rows what a face is for.

    Raises:
        MalformedDatasetError: it does in none of them.
    """
    place = first.split
    if place is not None and rows and not any(split_of(row[place]) for row in rows):
        raise MalformedDatasetError(
            f"“{path.name}” has {shown(rows[0][place])} in its column {shown(first.names[place].encode())}, "
            "which is none of Training, PublicTest, PrivateTest, train, validation and test. Write these "
            "words into it, or take the column away: splits are drawn then."
        )
    return place


def words_column(rows: Sequence[Sequence[bytes]]) -> int | None:
    """The only column that holds words for emotions in most rows; None if there is none, or several."""
    found = [
        place
        for place, fields in enumerate(zip(*rows, strict=True))
        if sum(is_label(field) and not field[:1].isdigit() for field in fields) > len(rows) / 2
    ]
    return found[0] if len(found) == 1 else None
