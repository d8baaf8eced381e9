"""List layout: how a list of pictures and labels is written, and which of its columns holds what."""

import csv
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.readers.loose_pictures import is_picture
from fer.datasets.readers.numbering import number_of
from fer.datasets.readers.vocabulary import (
    EMOTION_COLUMNS,
    SPLIT_COLUMNS,
    label_called,
    plain_label,
    printable,
    quoted,
    split_called,
)
from fer.errors import DatasetError, MalformedDatasetError, UnlabelledDatasetError

# A line of a list names one picture; AffectNet's have 68 landmarks besides.
_LONGEST_LINE = 2**16
_SAMPLE_ROWS = 200
_SEPARATORS = (",", ";", "\t", "|")
_SPACES = " "
# So many of the values in a column must be of a kind for it to be guessed.
_LEAST_SHARE = 0.9
# AffectNet's last class.
_HIGHEST_CLASS = 10
_FEWEST_VOTED_ON = 3
_MOST_NAMED = 12
_PICTURE_COLUMNS = frozenset(
    (
        *(
            "image",
            "picture",
            "file",
            "filename",
            "file_name",
            "filepath",
            "file_path",
            "image_name",
            "imagename",
        ),
        *("image_path", "imagepath", "image_file", "image_id", "img", "img_name", "img_path", "pic", "path"),
        *("name", "photo", "subdirectory_filepath"),
    )
)


@dataclass(frozen=True, slots=True)
class ListLayout:
    """How a list is written.

    Attributes:
        separator: the character between two columns; a space for any white space.
        header: whether the first row names the columns.
        names: of the columns; their numbers from 1 without a header.
        picture: the column of the pictures' names.
        label: the column of the labels; None where each emotion has a column of `votes`.
        votes: the columns in which an emotion has its votes, or a 1 where it is the label.
        split: the column of the splits; None if there is none.
    """

    separator: str
    header: bool
    names: tuple[str, ...]
    picture: int
    label: int | None
    votes: tuple[int, ...]
    split: int | None

    @property
    def title(self) -> str:
        """Which columns are read, for a note."""
        label = (
            "one column for each emotion" if self.label is None else f"labels in {self._column(self.label)}"
        )
        split = "" if self.split is None else f", splits in {self._column(self.split)}"
        return f"pictures in {self._column(self.picture)}, {label}{split}"

    def label_of(self, row: Sequence[str]) -> str:
        """The label in a row, in small letters; empty where no emotion has most of the votes."""
        if self.label is not None:
            return plain_label(row[self.label]).casefold()
        votes = sorted(((_number(row[column]), column) for column in self.votes), reverse=True)
        return self.names[votes[0][1]].casefold() if votes[0][0] > votes[1][0] else ""

    def _column(self, place: int) -> str:
        return quoted(self.names[place]) if self.header else f"column {place + 1}"


def read_rows(path: Path, separator: str) -> Iterator[list[str]]:
    """The fields of each line that has any, without the spaces around them.

    Raises:
        MalformedDatasetError: it is no such list.
    """
    with path.open("rb") as file:
        start = file.read(2)
    encoding = "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    # Names of files may hold bytes that are no text, and are to be found all the same.
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    try:
        with path.open(encoding=encoding, errors=errors, newline="") as text:
            lines = iter(lambda: text.readline(_LONGEST_LINE), "")
            whole = (_whole(line, path) for line in lines)
            rows = map(str.split, whole) if separator == _SPACES else csv.reader(whole, delimiter=separator)
            for row in rows:
                if fields := [field.strip() for field in row]:
                    yield fields
    except (csv.Error, UnicodeError) as error:
        raise MalformedDatasetError(
            f"“{path.name}” is no list of pictures that can be read. Save it as “CSV UTF-8”."
        ) from error


def _whole(line: str, path: Path) -> str:
    if len(line) >= _LONGEST_LINE:
        raise MalformedDatasetError(
            f"“{path.name}” is no list of pictures: it has a line of over {_LONGEST_LINE:,} characters."
        )
    return line


def list_layout(path: Path, how: ImportSettings = AS_GUESSED) -> ListLayout:
    """Find the columns of a list: those that were chosen, the others by their names and by what is in them.

    Raises:
        UnlabelledDatasetError: a column cannot be guessed.
        MalformedDatasetError: it is no list.
        DatasetError: a column that was chosen is not there.
    """
    sample = _sampled(path)
    picture = sample.chosen(how.picture_column)
    if picture is None:
        picture = sample.picture()
    split = sample.chosen(how.split_column)
    if split is None:
        split = sample.split({picture})
    label = sample.chosen(how.label_column)
    votes: list[int] = []
    if label is None:
        label, votes = sample.label({picture, split}, how)
    return ListLayout(sample.separator, sample.header, sample.names, picture, label, tuple(votes), split)


def column_names(path: Path) -> tuple[str, ...]:
    """The columns of a list, by their names, or by their numbers from 1 where it has none.

    Raises:
        MalformedDatasetError: it is no list.
    """
    return _sampled(path).names


@dataclass(frozen=True, slots=True)
class _Sample:
    """The first rows of a list, column by column."""

    path: Path
    separator: str
    header: bool
    names: tuple[str, ...]
    columns: list[tuple[str, ...]]

    def chosen(self, column: str) -> int | None:
        """The place of a column that was chosen; None where none was."""
        if not column:
            return None
        wanted = column.strip().lower()
        found = [place for place, name in enumerate(self.names) if name.lower() == wanted]
        if not found and wanted.isascii() and wanted.isdecimal() and 0 < int(wanted[:9]) <= len(self.names):
            found = [int(wanted) - 1]
        if not found:
            raise DatasetError(
                f"“{self.path.name}” has no column {quoted(column)}. Choose one of {self.listed()}."
            )
        return found[0]

    def picture(self) -> int:
        """The column whose values end as names of pictures do; or else one that is called like it."""
        shares = [self._share(place, is_picture) for place in range(len(self.columns))]
        fitting = [place for place, share in enumerate(shares) if share >= _LEAST_SHARE]
        called = [place for place, name in enumerate(self.names) if _plain(name) in _PICTURE_COLUMNS]
        best = [place for place in fitting if place in called] or fitting or called
        if not best:
            raise self._refusal("the names of pictures", "picture")
        return best[0]

    def split(self, others: Collection[int | None]) -> int | None:
        """The column that says what a picture is for."""
        fitting = [
            place
            for place in range(len(self.columns))
            if place not in others
            and self._share(place, lambda value: split_called(value) is not None) >= _LEAST_SHARE
        ]
        called = [place for place in fitting if _plain(self.names[place]) in SPLIT_COLUMNS]
        return next(iter(called or fitting), None)

    def label(self, others: Collection[int | None], how: ImportSettings) -> tuple[int | None, list[int]]:
        """The column of the labels, or the columns in which each emotion has its votes."""
        mapped = {plain_label(label).casefold() for label, _ in how.mapping}
        fitting: list[tuple[tuple[bool, bool], int]] = []
        for place, values in enumerate(self.columns):
            if place in others:
                continue
            known = self._share(
                place, lambda value: plain_label(value).casefold() in mapped or _is_label(value)
            )
            if known >= _LEAST_SHARE and len(set(values)) > 1:
                numbers = self._share(place, str.isdecimal) >= _LEAST_SHARE
                fitting.append(((_plain(self.names[place]) in EMOTION_COLUMNS, not numbers), place))
        fitting.sort(reverse=True)
        votes = [
            place
            for place, name in enumerate(self.names)
            if place not in others
            and not plain_label(name).isdecimal()
            and label_called(name) is not None
            and self._share(place, lambda value: _number(value) >= 0) >= _LEAST_SHARE
        ]
        if len(votes) >= _FEWEST_VOTED_ON and not (fitting and fitting[0][0][0]):
            return None, votes
        if not fitting or (len(fitting) > 1 and fitting[0][0] == fitting[1][0]):
            raise self._refusal("the labels", "label")
        return fitting[0][1], []

    def listed(self) -> str:
        """The columns by their names."""
        shown = [quoted(name) for name in self.names[:_MOST_NAMED]]
        return ", ".join(shown) + (", …" if len(self.names) > _MOST_NAMED else "")

    def _share(self, place: int, rule: Callable[[str], bool]) -> float:
        values = self.columns[place]
        return sum(map(rule, values)) / len(values) if values else 0.0

    def _refusal(self, what: str, kind: str) -> UnlabelledDatasetError:
        return UnlabelledDatasetError(
            f"Which column of “{self.path.name}” holds {what} cannot be told. Choose one of "
            f"{self.listed()} when you import it (--{kind}-column)."
        )


def _sampled(path: Path) -> _Sample:
    separator = _separator(path)
    rows = list(islice(read_rows(path, separator), _SAMPLE_ROWS))
    if not rows:
        raise MalformedDatasetError(
            f"“{path.name}” is empty. Choose the list of the pictures and their labels."
        )
    count = len(rows[-1 if len(rows) == 1 else 1])
    below = [row for row in rows[1:] if len(row) == count]
    header = len(rows[0]) == count and not any(map(is_picture, rows[0])) and bool(below)
    names = tuple(rows[0]) if header else tuple(str(number + 1) for number in range(count))
    columns = list(zip(*(below if header else [rows[0], *below]), strict=False))
    return _Sample(path, separator, header, names, columns)


def _separator(path: Path) -> str:
    """What stands between the columns: what parts most lines into the same number of them."""

    def fitness(separator: str) -> tuple[bool, int]:
        counts = [len(row) for row in islice(read_rows(path, separator), _SAMPLE_ROWS)]
        common = max(set(counts), key=counts.count) if counts else 0
        return common > 1 and counts.count(common) >= _LEAST_SHARE * len(counts), common

    fitting = {separator: fitness(separator) for separator in (*_SEPARATORS, _SPACES)}
    by_character = max(_SEPARATORS, key=fitting.__getitem__)
    if fitting[by_character][0]:  # spaces may stand within a name
        return by_character
    if fitting[_SPACES][0]:
        return _SPACES
    raise MalformedDatasetError(
        f"“{printable(path.name)}” is no list of pictures and labels: its lines do not have the same "
        "columns. Choose a table with a row for each picture."
    )


def _is_label(value: str) -> bool:
    """Whether a value may be a label: a word that names an emotion, or the number of a class."""
    number = number_of(value)
    return number <= _HIGHEST_CLASS if number is not None else label_called(value) is not None


def _plain(name: str) -> str:
    return name.lower().replace(" ", "_")


def _number(text: str) -> float:
    """A number of votes; -1 for none."""
    text = plain_label(text)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1.0
