"""Report charts: plain values for the Plotly that is written into the page."""

import json
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import plotly.graph_objects as go

from fer import figures
from fer.evaluation import threshold_curves
from fer.evaluation.calibration import reliability
from fer.evaluation.comparison import compare_confusions
from fer.figures.report.plain_text import one_line
from fer.figures.report.report import EvaluationReport

# Lines that read on paper and on slate; the ink is set by the page, which knows which of the two it is.
_LINES = "rgba(128, 128, 128, 0.25)"
_AXIS = {"gridcolor": _LINES, "linecolor": _LINES, "zerolinecolor": _LINES, "automargin": True}
_TEMPLATE = {"layout": {"xaxis": _AXIS, "yaxis": _AXIS, "hoverlabel": {"align": "left"}}}
# What fits beside the bars of a chart on a telephone.
_LONGEST_NAME = 22


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """One chart of a page.

    Attributes:
        id: of the place where it is drawn.
        title: what it shows, in a line; the text for who cannot see it.
        figure: "data" and "layout", as Plotly takes them.
    """

    id: str
    title: str
    figure: dict[str, Any]


def accuracy_chart(report: EvaluationReport) -> Chart:
    """Return every model's accuracy on one scale."""
    first, *others = zip(_names(report), report.evaluations, strict=True)
    figure = figures.accuracy_figure(first[1], name=first[0], others=others)
    return Chart(
        "accuracy",
        "Accuracy with its 95\u00a0% interval, beside people and the laziest answer",
        _plain(figure),
    )


def confusion_charts(report: EvaluationReport) -> tuple[Chart, ...]:
    """Return every model's confusion matrix."""
    return tuple(
        Chart(
            f"confusion-{number}",
            f"Confusion matrix of {model.title}; the table below holds the same counts",
            _plain(figures.confusion_figure(model.evaluation, "count")),
        )
        for number, model in enumerate(report.models)
    )


def difference_charts(report: EvaluationReport) -> tuple[Chart, ...]:
    """Return what every further model calls otherwise than the first, cell by cell."""
    names, first = _names(report), report.evaluations[0]
    return tuple(
        Chart(
            f"difference-{number}",
            f"Confusion matrix of {report.models[number].title} minus that of {report.models[0].title}",
            _plain(
                figures.confusion_difference_figure(compare_confusions(first, other), names[0], names[number])
            ),
        )
        for number, other in enumerate(report.evaluations[1:], start=1)
    )


def curve_charts(report: EvaluationReport) -> tuple[tuple[Chart, ...], ...]:
    """Return, for every model, its ROC curves, its precision-recall curves and its reliability diagram.

    The first two are missing where no emotion can be told from another, because the faces show only one.
    """
    charts = []
    for number, model in enumerate(report.models):
        lines = [
            figures.CurveLine(curve, curve.emotion.capitalize())
            for curve in threshold_curves(model.evaluation)
        ]
        drawn = [
            (
                f"reliability-{number}",
                f"How often {model.title} is right, by how sure it says it is",
                figures.reliability_figure(reliability(model.evaluation)),
            )
        ]
        if lines:
            drawn = [
                (f"roc-{number}", f"ROC curves of {model.title}", figures.roc_figure(lines)),
                (
                    f"precision-{number}",
                    f"Precision-recall curves of {model.title}",
                    figures.precision_recall_figure(lines),
                ),
                *drawn,
            ]
        charts.append(tuple(Chart(place, title, _plain(figure)) for place, title, figure in drawn))
    return tuple(charts)


@cache
def plotly_script() -> str:
    """Return the library that draws the charts, about five megabytes of JavaScript."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


def _names(report: EvaluationReport) -> list[str]:
    """What the models are called within a chart, where Plotly would take a tag for one."""
    short = [one_line(model.title, _LONGEST_NAME) for model in report.models]
    if len(set(short)) < len(short):
        short = [f"{number}. {name}" for number, name in enumerate(short, start=1)]
    return [escape(name) for name in short]


def _plain(figure: go.Figure) -> dict[str, Any]:
    # No screen shows more digits, and a curve of a thousand points would carry half a megabyte of them.
    values: dict[str, Any] = json.loads(
        figure.to_json(), parse_float=lambda digits: float(f"{float(digits):.5g}")
    )
    return {"data": values["data"], "layout": {**values["layout"], "template": _TEMPLATE}}
