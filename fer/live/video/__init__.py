"""Films: what is in a file, the faces read in every frame, and a film and a table out."""

from fer.live.video.annotating import FilmReport, annotate_film
from fer.live.video.probing import SUFFIXES, FilmInfo, probe_film
from fer.live.video.table import ReadingTable, rows_of
from fer.live.video.writing import FilmWriter

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
