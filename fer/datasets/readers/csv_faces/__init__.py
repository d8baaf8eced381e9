"""CSV parsing: faces written out as numbers, found, read and checked in blocks on every core.

FER-2013's 287 MB hold 83 million numbers; turned into `int`s one by one they take a quarter of a minute.
Here the file is cut at line ends into blocks that fit the processor's cache, and all digits of a block
become numbers in a dozen NumPy operations, which let go of the interpreter lock and so use every core.
It is also the strict way: whatever is not one to three digits between separators, at most 255, and exactly
as many as a face has pixels, makes its row a bad one. Lists, 254.0 and numbers with fractions take a second,
slower way. Only a block that holds a bad row is looked at again, in ever smaller halves, to say which it is
and why.

`fer_csv` (all pixels in one column) and `wide_csv` (a column for each) say where a line keeps what, as a
`Layout`; `read_faces` does the rest for both.
"""

from fer.datasets.readers.csv_faces.columns import (
    Columns,
    class_columns,
    number_count,
    one_hot_columns,
    pixel_column,
    split_understood,
    unnamed_columns,
    words_column,
)
from fer.datasets.readers.csv_faces.layout import (
    FirstLine,
    Layout,
    commonest_side,
    named_once,
    read_first_line,
    sample_rows,
)
from fer.datasets.readers.csv_faces.number_format import number, number_format_of
from fer.datasets.readers.csv_faces.reading import read_faces
from fer.datasets.readers.csv_faces.rewriting import place_for_copy, plain_text
from fer.datasets.readers.csv_faces.text import shown
from fer.datasets.readers.csv_faces.words import one_hot
