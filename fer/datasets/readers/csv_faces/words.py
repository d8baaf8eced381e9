"""CSV labels: the fields that are words, an emotion or a split, each looked up once."""

from functools import lru_cache

from fer.datasets.dataset import Split
from fer.datasets.readers.csv_faces.text import text_of
from fer.datasets.readers.vocabulary import label_called, split_called

# A longer label is none; it is not remembered either.
_WORD_BYTES = 100


def label_of(text: bytes) -> int | None:
    """The index of an emotion; -1 for one that is none of ours; None if it is no emotion."""
    return _label_called(text) if len(text) <= _WORD_BYTES else None


def split_of(text: bytes) -> Split | None:
    """What a face is for; None if the field does not say it."""
    return _split_called(text) if len(text) <= _WORD_BYTES else None


@lru_cache(maxsize=1024)
def _label_called(text: bytes) -> int | None:
    return label_called(text_of(text))


@lru_cache(maxsize=1024)
def _split_called(text: bytes) -> Split | None:
    return split_called(text_of(text))
