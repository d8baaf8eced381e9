"""Number parsing: all digits of many faces turned into pixels at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fer.datasets.readers.csv_faces.number_format import NumberFormat, numbers_of, tidy


def pixels_of(rows: Sequence[bytes | memoryview], written: NumberFormat) -> NDArray[np.uint8] | None:
    """Turn texts of a face's numbers into (len(rows), pixels) uint8; None if one breaks the rules.

    Each byte is treated as if a number ended there: its value is its own digit, ten times the digit
    before and a hundred times the one before that. Where numbers do end, the values are taken out.
    Digits are 0 to 9 and a separator counts as digit 0, so what was before a number adds nothing.
    """
    count, between = written.pixels, written.between
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
    return images if written.order is None else images[:, written.order]


def tidied_pixels_of(rows: Sequence[bytes], written: NumberFormat) -> NDArray[np.uint8] | None:
    """`pixels_of` for numbers that stand in a list, are written as 254.0, or have fractions."""
    tidied = [tidy(row, written.between, decimal_comma=written.decimal_comma) for row in rows]
    if written.factor is None:
        return pixels_of(tidied, written)
    images = np.empty((len(rows), written.pixels), np.uint8)
    for image, row in zip(images, tidied, strict=True):
        values = numbers_of(row, written.between)
        if values is None or len(values) != written.pixels:
            return None
        numbers = np.array(values)
        if not ((numbers >= 0) & (numbers <= 255 / written.factor)).all():
            return None
        image[:] = np.rint(numbers * written.factor)
    return images if written.order is None else images[:, written.order]
