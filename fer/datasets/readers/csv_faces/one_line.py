"""CSV line: one line read slowly, or what is wrong with it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Split
from fer.datasets.readers.csv_faces.digits import tidied_pixels_of
from fer.datasets.readers.csv_faces.layout import Layout
from fer.datasets.readers.csv_faces.number_format import number, numbers_in, tidy
from fer.datasets.readers.csv_faces.text import LINE_BYTES, fields_of, shown
from fer.datasets.readers.csv_faces.words import split_of, word_of
from fer.datasets.readers.vocabulary import no_label, quoted

# So much of what should be a number is shown.
_SHOWN = 24


@dataclass(slots=True)
class Face:
    """One good line; whether its label is that of an emotion is not asked here."""

    pixels: NDArray[np.uint8]
    word: str
    split: Split


def read_line(text: bytes, layout: Layout, *, whole: bool) -> Face | str:
    """Read one line slowly, or say in a few words what breaks a rule in it.

    Args:
        whole: whether the line has its end, which the last one of a file that was cut off has not.
    """
    if len(text) >= LINE_BYTES:
        return "the line is longer than a face can be"
    cut_off = "" if whole else "; the file ends there, as if it were half a download"
    fields = fields_of(text, layout.separator)
    if len(fields) != layout.columns:
        return f"{layout.columns:,} columns were expected and {len(fields):,} are there{cut_off}"
    labels = layout.separator.join(fields[place] for place in layout.labels)
    word = word_of(labels, layout)
    if word is None:
        if not layout.classes:
            return no_label(labels.decode("utf-8", "replace"))
        names = f"“{layout.classes[0]}” to “{layout.classes[-1]}”"
        return f"the columns {names} hold {shown(labels)}; one of them must be 1 and the others 0"
    split = Split.TRAIN if layout.split is None else split_of(fields[layout.split])
    if split is None:
        return (
            f"the split {shown(fields[layout.split or 0])} is none of Training, PublicTest, PrivateTest, "
            f"train, validation and test{cut_off}"
        )
    pixels = layout.separator.join(fields[layout.before : layout.columns - layout.after])
    images = tidied_pixels_of([pixels], layout.written)
    return _broken_rule(pixels, layout) + cut_off if images is None else Face(images[0], word, split)


def _broken_rule(pixels: bytes, layout: Layout) -> str:
    """Why these numbers are no face."""
    written = layout.written
    numbers = numbers_in(tidy(pixels, written.between, decimal_comma=written.decimal_comma), written.between)
    for place, text in enumerate(numbers):
        value = number(text)
        whole = written.factor is not None or (text.isdigit() and len(text) <= 3)
        if value is None or not whole or not 0 <= value * (written.factor or 1) <= 255:
            # A field between quotes may hold several numbers: there are more of these than columns then.
            is_column = place < len(layout.names)
            where = (
                f" in the column {quoted(layout.names[place])}" if is_column else f", number {place + 1:,},"
            )
            found = shown(text if len(text) <= _SHOWN else text[:_SHOWN] + "…".encode())
            return f"the pixel {found}{where} is no {written.range}"
    expected = f"{written.side}×{written.side} = {written.pixels:,} pixels were expected"
    return f"{expected} and {len(numbers):,} are there"
