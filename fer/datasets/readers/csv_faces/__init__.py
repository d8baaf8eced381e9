from fer.datasets.readers.csv_faces.columns import (
    Columns,
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
from fer.datasets.readers.csv_faces.text import shown
