"""CSV labels: the fields that are words, an emotion or a split, each looked up once."""

from collections.abc import Sequence
from functools import lru_cache

from fer.datasets.dataset import Split
from fer.datasets.readers.csv_faces.layout import Layout
from fer.datasets.readers.csv_faces.text import text_of
from fer.datasets.readers.vocabulary import label_called, plain_label, split_called, true_or_false

# A longer label is none; it is not remembered either.
_WORD_BYTES = 100
# The most that numbers of classes count to, with the eighth that FER+ and AffectNet have.
_HIGHEST = 7


def word_of(text: bytes, layout: Layout) -> str | None:
    """A label as its dataset is asked what it means; None if it is too long, or none of several columns'.

    Args:
        text: the field, or with a column for each class these fields with the separator between them.
        layout: says which.
    """
    if layout.classes:
        return _chosen_class(text, layout.separator, layout.classes)
    return _plain_label(text) if len(text) <= _WORD_BYTES else None


def is_label(text: bytes) -> bool:
    """Whether a field may be a label: an emotion's word, another that is known, or the number of a class."""
    word = _plain_label(text) if len(text) <= _WORD_BYTES else ""
    return label_called(word) is not None or (word.isdecimal() and int(word) <= _HIGHEST)


def split_of(text: bytes) -> Split | None:
    """What a face is for; None if the field does not say it."""
    return _split_called(text) if len(text) <= _WORD_BYTES else None


def one_hot(values: Sequence[bytes]) -> int | None:
    """The place of the only 1 among 0s; None if these are not one 1 and 0s."""
    flags = [true_or_false(text_of(value)) for value in values]
    return flags.index(True) if None not in flags and flags.count(True) == 1 else None


@lru_cache(maxsize=1024)
def _chosen_class(text: bytes, separator: bytes, classes: tuple[str, ...]) -> str | None:
    place = one_hot(text.split(separator))
    return None if place is None else classes[place]


@lru_cache(maxsize=1024)
def _plain_label(text: bytes) -> str:
    return plain_label(text_of(text))


@lru_cache(maxsize=1024)
def _split_called(text: bytes) -> Split | None:
    return split_called(text_of(text))
