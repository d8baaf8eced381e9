"""Number formats: how a table writes the pixels of a face, told by its first rows."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from fer.datasets.readers.csv_faces.text import PADDING
from fer.errors import MalformedDatasetError

# What lists and NumPy arrays have around their numbers and between them, once they were made text.
_AROUND = bytes.maketrans(b"[](),;\t", b" " * 7)
_WHOLE = re.compile(rb"(?<=[0-9])\.0*(?![0-9.eE])")
_WITH_FRACTION = re.compile(rb"[.eE]")
_WITH_COMMA = re.compile(rb"-?[0-9]+,[0-9]+")
# float() would take “nan”, “infinity” and “1_0” as well.
_NO_NUMBER = re.compile(rb"[^-+.0-9eE]")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How the numbers of a face are written.

    Attributes:
        side: a face is side × side pixels.
        between: the byte between two of them.
        order: (side²,) where each pixel stands, if not in its order.
        factor: what makes them 0 to 255: 255 for shares of 1, 1 for others with fractions; None if whole.
        decimal_comma: whether a fraction begins with a comma.
    """

    side: int
    between: bytes
    order: NDArray[np.intp] | None = None
    factor: float | None = None
    decimal_comma: bool = False

    @property
    def pixels(self) -> int:
        """How many pixels a face has."""
        return self.side**2

    @property
    def range(self) -> str:
        """Which numbers there may be, for messages."""
        return {None: "whole number from 0 to 255", 1.0: "number from 0 to 255", 255.0: "number from 0 to 1"}[
            self.factor
        ]

    @property
    def notes(self) -> list[str]:
        """What was done to the numbers, as sentences for `Dataset.notes`."""
        if self.factor is None:
            return []
        done = "are shares of 1 and were multiplied by 255" if self.factor == 255 else "have fractions"
        return [f"Its pixels {done}; they were rounded to whole numbers from 0 to 255."]


def number_format_of(
    name: str, texts: Sequence[bytes], side: int, between: bytes, order: NDArray[np.intp] | None = None
) -> NumberFormat:
    """How most of these rows of numbers, of a table called `name`, are written.

    Raises:
        MalformedDatasetError: their range cannot be that of pixels.
    """
    texts = [text.strip(PADDING) for text in texts]
    commas = Counter(has_decimal_comma(text, between) for text in texts)
    decimal_comma = commas[True] > len(texts) / 2
    ranges = [_range(tidy(text, between, decimal_comma=decimal_comma), between) for text in texts]
    with_fractions = [found for found in ranges if found is not None]
    if len(with_fractions) <= len(texts) / 2:
        return NumberFormat(side, between, order, None, decimal_comma)
    least, most = (sorted(values)[len(values) // 2] for values in zip(*with_fractions, strict=True))
    if least < 0 or most > 255:
        raise MalformedDatasetError(
            f"“{name}” has pixels from {least:.4g} to {most:.4g}; they may have been standardized. Save them "
            "as they were before: as whole numbers from 0 to 255, or as shares from 0 to 1."
        )
    return NumberFormat(side, between, order, 255.0 if most <= 1 else 1.0, decimal_comma)


def has_decimal_comma(text: bytes, between: bytes) -> bool:
    """Whether each number of a row is written as 254,0."""
    return b"," in text and all(map(_WITH_COMMA.fullmatch, text.split(between)))


def tidy(text: bytes, between: bytes, *, decimal_comma: bool = False) -> bytes:
    """Numbers with nothing around them, `between` between them, and 254 for 254.0."""
    if decimal_comma:
        text = text.replace(b",", b".")
    if between == b" ":
        text = text.translate(_AROUND)
    # Most fractions at a stroke; the pattern, many times slower, finds those that are left.
    if not text.startswith(b".") and between + b"." not in text and b".." not in text:
        text = text.replace(b".0" + between, between)
    text = text.strip(PADDING)
    return _WHOLE.sub(b"", text) if b"." in text else text


def numbers_in(text: bytes, between: bytes) -> list[bytes]:
    """The numbers of a tidied row; with spaces between them there may be many, with others an empty one."""
    numbers = text.split(between)
    return (
        [number for number in numbers if number] if between == b" " else [n.strip(PADDING) for n in numbers]
    )


def number(text: bytes) -> float | None:
    """A finite number as a table writes it; None if it is none."""
    if _NO_NUMBER.search(text) or len(text) > _LONGEST:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def numbers_of(text: bytes, between: bytes) -> list[float] | None:
    """`number` of all numbers of a tidied row at once; None if one is none."""
    numbers = numbers_in(text, between)
    if _NO_NUMBER.search(b"".join(numbers)):
        return None
    try:
        return list(map(float, numbers))
    except ValueError:
        return None


def _range(text: bytes, between: bytes) -> tuple[float, float] | None:
    """The least and the greatest number of a row; None if all are whole."""
    numbers = numbers_in(text, between)
    if not any(_WITH_FRACTION.search(found) and number(found) is not None for found in numbers):
        return None
    values = [value for found in numbers if (value := number(found)) is not None]
    return min(values), max(values)
