"""File size estimate: how large the files of a report will be, told before they are made."""

from math import sqrt
from typing import Literal

from fer.evaluation import Evaluation
from fer.figures.report.charts import plotly_script
from fer.figures.report.mistakes import MOST_FACES

Form = Literal["html", "json", "csv"]
FORMS: tuple[Form, ...] = ("html", "json", "csv")

# Bytes, measured on seven emotions: what a face takes once, what each probability of it takes, and what a
# page holds beside the answers and the library of its charts.
_PER_FACE = {"html": 16, "json": 16, "csv": 26}
_PER_PROBABILITY = {"html": 14.5, "json": 14.5, "csv": 12.5}
_AROUND = {"html": 36_000, "json": 5_000, "csv": 0}
# A curve has as many points as faces, until a screen could not tell them apart.
_PER_ROOT_OF_FACES, _MOST_OF_CURVES = 6_800, 300_000
# A PNG takes nearly as much as its pixels, and four letters for three bytes.
_PER_PIXEL = 1.2


def expected_bytes(
    form: Form, evaluations: tuple[Evaluation, ...], pixels: int = 0, *, with_faces: bool = False
) -> int:
    """Return about how many bytes a report takes, within some tenths.

    `pixels` is how many values one face has, where faces are shown.
    """
    size: float = _AROUND[form] + _PER_FACE[form] * len(evaluations[0])
    for of_one in evaluations:
        size += _PER_PROBABILITY[form] * of_one.probabilities.size
        if form == "html":
            size += min(_PER_ROOT_OF_FACES * sqrt(len(of_one)), _MOST_OF_CURVES)
            size += _PER_PIXEL * pixels * min(MOST_FACES, int((~of_one.is_right).sum())) if with_faces else 0
    return round(size + (len(plotly_script()) if form == "html" else 0))
