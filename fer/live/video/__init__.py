"""Video files: what is in one, its faces read in every frame, an annotated film and a table out."""

from fer.live.video.annotating import FilmReport, annotate_film
from fer.live.video.probing import SUFFIXES, FilmInfo, probe_film
from fer.live.video.table import ReadingTable
from fer.live.video.writing import FilmWriter

__all__ = [
    "SUFFIXES",
    "FilmInfo",
    "FilmReport",
    "FilmWriter",
    "ReadingTable",
    "annotate_film",
    "probe_film",
]
