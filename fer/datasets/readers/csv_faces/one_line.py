"""CSV line: one line read slowly, or what is wrong with it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Split
from fer.datasets.readers.csv_faces.digits import pixels_of
from fer.datasets.readers.csv_faces.layout import Layout
from fer.datasets.readers.csv_faces.text import LINE_BYTES, fields_of, shown, text_of
from fer.datasets.readers.csv_faces.words import label_of, split_of


@dataclass(slots=True)
class Face:
    """One good line; `label` is -1 and `word` what it says if its emotion is none of ours."""

    pixels: NDArray[np.uint8]
    label: int
    split: Split
    word: str


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
    label = label_of(fields[layout.emotion])
    if label is None:
        return f"the emotion {shown(fields[layout.emotion])} is none of 0 to 6 and no emotion's name"
    split = Split.TRAIN if layout.split is None else split_of(fields[layout.split])
    if split is None:
        return (
            f"the split {shown(fields[layout.split or 0])} is none of Training, PublicTest, PrivateTest, "
            f"train, validation and test{cut_off}"
        )
    numbers = fields[layout.before : layout.columns - layout.after]
    word = text_of(fields[layout.emotion]).lower()
    images = pixels_of([memoryview(layout.separator.join(numbers))], layout)
    if images is not None:
        return Face(images[0], label, split, word)
    if layout.between == b" ":
        numbers = [number for number in numbers[0].split(b" ") if number]
    for place, number in enumerate(numbers):
        if not (number.isdigit() and len(number) <= 3 and int(number) <= 255):
            column = f" in the column “{layout.names[place]}”" if layout.names else f", number {place + 1:,},"
            return f"the pixel {shown(number)}{column} is no whole number from 0 to 255"
    if len(numbers) != layout.pixels:
        return (
            f"{layout.side}×{layout.side} = {layout.pixels:,} pixels were expected and {len(numbers):,} "
            f"are there{cut_off}"
        )
    pixels = np.array([int(number) for number in numbers], np.uint8)
    if layout.order is not None:
        pixels = pixels[layout.order]
    return Face(pixels, label, split, word)
