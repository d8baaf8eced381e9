"""ROC curve and precision-recall curve: what a decision threshold changes, with a mark at the chosen one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer.evaluation import ThresholdCurve
from fer.figures.style import QUIET, axis, layout, legend_below, share_ticks
from fer.statistics import percent

# Points closer than this share of the chart fall on the same pixel.
_CELLS = 300
_DASHES = ("solid", "dash", "dot")
_HEIGHT = 380


@dataclass(frozen=True, slots=True, eq=False)
class CurveLine:
    """A curve to be drawn, in its emotion's colour.

    Attributes:
        curve: which one.
        name: what the legend calls it.
        rank: 0, 1 or 2: which dash tells it from another line of the same colour.
    """

    curve: ThresholdCurve
    name: str
    rank: int = 0


def roc_figure(lines: Sequence[CurveLine], threshold: float | None = None) -> go.Figure:
    """The share that is found against the share of false alarms, at every threshold, beside a blind guess.

    `lines` are of several emotions or of several models, one at least; `threshold` puts a mark on each.
    """
    traces: list[dict[str, Any]] = [_chance([0, 1], [0, 1])]
    for line in lines:
        curve = line.curve
        x, y = curve.false_positive_rate, curve.recall
        traces.append(_line(line, x, y, "false alarms %{x:.1%}, found %{y:.1%}"))
    for line in lines if threshold is not None else ():
        curve, place = line.curve, line.curve.at(threshold or 0.0)
        traces.append(_mark(line, curve.false_positive_rate[place], curve.recall[place], threshold or 0.0))
    return _figure(traces, "other faces taken for it", "of its own faces found", len(lines))


def precision_recall_figure(lines: Sequence[CurveLine], threshold: float | None = None) -> go.Figure:
    """How many of the faces called an emotion are it, against the share that is found, at every threshold.

    A blind guess has the share of the emotion for its precision, whatever it finds; that level is drawn where
    all lines are of one emotion.

    `lines` and `threshold` are as for `roc_figure`.
    """
    traces: list[dict[str, Any]] = []
    if len({line.curve.emotion for line in lines}) == 1:
        curve = lines[0].curve
        traces.append(_chance([0, 1], [curve.share, curve.share]))
    for line in lines:
        # While no face is found, precision is 1 by agreement or 0 by bad luck, and counts for nothing.
        first = int(np.argmax(line.curve.true_positives > 0))
        x, y = line.curve.recall[first:], line.curve.precision[first:]
        traces.append(_line(line, x, y, "found %{x:.1%}, right when called so %{y:.1%}", first))
    for line in lines if threshold is not None else ():
        curve, place = line.curve, line.curve.at(threshold or 0.0)
        if place:
            traces.append(_mark(line, curve.recall[place], curve.precision[place], threshold or 0.0))
    return _figure(traces, "of its own faces found", "of those called so, right", len(lines))


def _figure(traces: list[dict[str, Any]], across: str, up: str, lines: int) -> go.Figure:
    ends = share_ticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    return go.Figure(
        data=traces,
        layout=layout(
            height=_HEIGHT + (44 if lines > 3 else 0),
            showlegend=lines > 1,
            legend=legend_below(-0.2, "h", itemclick=False),
            xaxis=axis(across, range=[-0.015, 1.015], **ends),
            yaxis=axis(up, range=[-0.015, 1.015], **ends),
            hovermode="closest",
        ),
    )


def _line(
    line: CurveLine, x: NDArray[np.float64], y: NDArray[np.float64], said: str, first: int = 0
) -> dict[str, Any]:
    kept = _distinct(x, y)
    curve = line.curve
    return {
        "type": "scatter",
        "x": x[kept].tolist(),
        "y": y[kept].tolist(),
        "customdata": np.column_stack(
            [
                values[kept + first]
                for values in (curve.thresholds, curve.true_positives, curve.false_positives)
            ]
        ).tolist(),
        "name": line.name,
        "mode": "lines",
        "line": {"color": curve.emotion.color, "width": 2.5, "dash": _DASHES[line.rank]},
        # A template for all points: a text for each would make a report twice as large.
        "hovertemplate": f"<b>{line.name}</b> from %{{customdata[0]:.2f}} on<br>{said}<br>"
        "%{customdata[1]:,} found, %{customdata[2]:,} false alarms<extra></extra>",
    }


def _mark(line: CurveLine, x: float, y: float, threshold: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [float(x)],
        "y": [float(y)],
        "name": f"{line.name} from {threshold:.2f} on",
        "mode": "markers",
        "showlegend": False,
        "cliponaxis": False,
        "marker": {
            "size": 13,
            "color": line.curve.emotion.color,
            "symbol": ("circle", "square", "diamond")[line.rank],
            "line": {"width": 2, "color": "#ffffff"},
        },
        "hovertemplate": f"<b>{line.name}</b> from {threshold:.2f} on<br>{percent(x)}, {percent(y)}"
        "<extra></extra>",
    }


def _chance(x: list[float], y: list[float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "showlegend": False,
        "line": {"color": QUIET, "width": 1.5, "dash": "dash"},
        "hovertemplate": "a blind guess<extra></extra>",
    }


def _distinct(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.intp]:
    """The places that a screen can tell apart from the one before, the first and the last among them."""
    cells = np.round(np.column_stack([x, y]) * _CELLS)
    moved = np.any(np.diff(cells, axis=0) != 0, axis=1)
    kept = np.concatenate([[True], moved])
    kept[-1] = True
    return np.flatnonzero(kept)
