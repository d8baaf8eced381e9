"""FER-2013 CSV: one face per line, its pixels as decimal numbers in one column.

```
emotion,pixels,Usage
0,70 80 82 72 58 58 60 ...,Training
```

Columns in another order, more of them, semicolons or tabs between them, and what the programs of this
world do to a CSV when they save it make no difference.

Source:
    Goodfellow et al. (2013), "Challenges in Representation Learning: A report on three machine
    learning contests". `icml_face_data.csv` has its columns in another order, with spaces in their names;
    `train.csv` of the same contest has no `Usage`.
"""

from pathlib import Path

from fer.datasets.readers.csv_faces import (
    FirstLine,
    Layout,
    commonest_side,
    named_once,
    sample_rows,
)
from fer.errors import MalformedDatasetError


def fer_layout(path: Path, first: FirstLine) -> Layout:
    """Find the columns by the header, and the size of a face by the first rows.

    Raises:
        MalformedDatasetError: the file is not of that form.
    """
    names = first.names
    if names.count("pixels") != 1 or first.emotion is None:
        if "pixels" in names and first.emotion is None:
            raise MalformedDatasetError(
                f"“{path.name}” has faces without labels, as the test.csv of Kaggle's contest: its first "
                f"line is {first.quoted}. There is nothing to learn from or to be scored by. "
                "Choose fer2013.csv, icml_face_data.csv or train.csv, which have a column “emotion”."
            )
        raise MalformedDatasetError(
            f"“{path.name}” must begin with the columns “emotion,pixels,Usage”, or have a label and a column "
            f"for each pixel; its first line is {first.quoted}. Choose a CSV of faces."
        )
    named_once(path, first, first.emotion)
    rows = sample_rows(path, first, first.stop)
    place = names.index("pixels")
    whole = [row for row in rows if len(row) == len(names)]
    counts = [len(row[place].split()) for row in whole]
    side = commonest_side(counts)
    if side is None:
        reason = (
            f"{counts[0]:,} pixels do not make a square face of 8×8 or more; FER-2013 has 48×48 = 2304"
            if counts
            else f"{len(names)} columns were expected and {len(rows[0])} are there"
        )
        raise MalformedDatasetError(
            f"“{path.name}”, row 1: {reason}. The rows after it are no better; choose another file, or fetch "
            "it again."
        )
    return Layout(
        columns=len(names),
        emotion=first.emotion,
        split=first.split,
        before=place,
        after=len(names) - 1 - place,
        between=b" ",
        side=side,
        separator=first.separator,
        ending=first.ending,
        first=first.stop,
        header=1,
    )
