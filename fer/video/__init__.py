"""Films: what is in a file, the faces read in every frame, and a film and a table out."""

from fer.video.annotating import FilmReport, annotate_film
from fer.video.probing import SUFFIXES, FilmInfo, probe_film
from fer.video.table import ReadingTable, rows_of
from fer.video.writing import FilmWriter

__all__ = [
    "SUFFIXES",
    "FilmInfo",
    "FilmReport",
    "FilmWriter",
    "ReadingTable",
    "annotate_film",
    "probe_film",
    "rows_of",
]
