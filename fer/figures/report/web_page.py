"""HTML export: a report as one file that holds everything it needs and asks no network for anything."""

import json
from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fer.datasets.registry import SYNTHETIC
from fer.evaluation import Score, scores_of
from fer.evaluation.caveats import learned_from
from fer.figures import HUMAN_ACCURACY, HUMAN_ACCURACY_SPREAD
from fer.figures.report.charts import (
    accuracy_chart,
    confusion_charts,
    curve_charts,
    difference_charts,
    plotly_script,
)
from fer.figures.report.formulas import sentence_html, to_mathml
from fer.figures.report.mistakes import named_mistakes, shown_faces
from fer.figures.report.plain_text import file_stem, one_line
from fer.figures.report.report import EvaluationReport
from fer.figures.report.values import as_dict
from fer.models.card import INTENDED_USE
from fer.statistics import percent
from fer.system.progress import Progress, silent

_TEMPLATE = "report.html.jinja"


def to_html(report: EvaluationReport, progress: Progress = silent, *, with_faces: bool = False) -> str:
    """Return the report as one page of about five megabytes, nearly all of them the library of its charts.

    It opens from a disk, by day and by night, on a telephone and on paper. Its answers lie in it as JSON and
    can be saved from it, as JSON and as CSV.
    With faces it shows the most confident mistakes as pictures, which are other people's photographs.
    """
    progress(0.0, "Counting")
    values = as_dict(report, with_faces=with_faces)
    scores = [scores_of(model.evaluation) for model in report.models]
    progress(0.4, "Drawing")
    accuracy, confusions = accuracy_chart(report), confusion_charts(report)
    differences = difference_charts(report)
    curves = curve_charts(report)
    charts = (accuracy, *confusions, *differences, *chain.from_iterable(curves))
    progress(0.8, "Writing")
    return (
        _environment()
        .get_template(_TEMPLATE)
        .render(
            report=report,
            values=values,
            scores=[_FigureOfModels(of_models) for of_models in zip(*scores, strict=True)],
            comparisons=report.comparisons(),
            caveats=values["caveats"],
            mistakes=[named_mistakes(model.evaluation) for model in report.models],
            pictures=[
                shown_faces(model.evaluation, report.faces) if with_faces else () for model in report.models
            ],
            shows_people=report.faces.name != SYNTHETIC,
            learned_from=[one_line(learned_from(model)) for model in report.models],
            settings=[_written_settings(model["card"]["config"]) for model in values["models"]],
            accuracy=accuracy,
            confusions=confusions,
            differences=differences,
            data_json=_within_script(values),
            charts_json=_within_script({chart.id: chart.figure for chart in charts}),
            plotly=Markup(plotly_script()),
            curves=curves,
            file_stem=file_stem([model.evaluation.model for model in report.models] + [report.split]),
            human=(HUMAN_ACCURACY, HUMAN_ACCURACY_SPREAD),
            intended_use=INTENDED_USE,
        )
    )


class _FigureOfModels:
    """One figure of every model, and what is to be said of it."""

    def __init__(self, scores: Sequence[Score]) -> None:
        self.scores = scores
        self.key, self.title, self.formula = scores[0].key, scores[0].title, scores[0].formula
        # The same for all models, but where a sentence tells something of the model's own.
        words = [score.words for score in scores]
        self.words = words[:1] if len(set(words)) == 1 else words


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "share": lambda value: "–" if value is None else percent(value),
        "decimals": lambda value: "–" if value is None else f"{value:.3f}",
        "mathml": lambda latex: Markup(to_mathml(latex, large=True)),
        "sentence": lambda text: Markup(sentence_html(text)),
        "thousands": lambda value: f"{value:,}",
        "moment": lambda moment: f"{moment:%d %B %Y, %H:%M} (UTC{moment:%z})",
    }
    return environment


def _within_script(values: Any) -> Markup:
    """JSON that cannot end the script element it stands in, whatever a learner typed."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def _written_settings(config: dict[str, Any]) -> list[tuple[str, str]]:
    """Every setting of a training with its name, those within others with both names."""
    rows = []
    for name, value in config.items():
        if isinstance(value, dict):
            rows += [(f"{name}, {inner}", written) for inner, written in _written_settings(value)]
        else:
            rows.append((name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    return rows
