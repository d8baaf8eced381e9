"""Video files: what is in one, its faces read in every frame, an annotated film and a table out."""

from fer.live.video.annotating import annotate_film
from fer.live.video.probing import SUFFIXES, FilmInfo, probe_film
