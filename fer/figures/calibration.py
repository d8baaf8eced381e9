"""How far a model's confidence can be trusted, as a figure."""

from typing import Any

import plotly.graph_objects as go

from fer.evaluation.calibration import Reliability
from fer.figures.style import ACCENT, GRID, MARK, QUIET, layout
from fer.statistics import percent

# A bin of fewer faces is drawn pale: its bar could be anywhere.
_FEW_FACES = 10


def reliability_figure(reliability: Reliability, height: int = 380) -> go.Figure:
    """How often the model is right by how sure it says it is, and below it how many faces there are of each.

    A bar that ends at the dashed diagonal is right as often as it says; a lower one is over-confident.

    Args:
        reliability: what is drawn.
        height: of the whole figure, in pixels.
    """
    filled = [one for one in reliability.bins if one.count]
    middles = [(one.low + one.high) / 2 for one in filled]
    widths = [0.94 * (one.high - one.low) for one in filled]
    accuracies = [one.accuracy or 0.0 for one in filled]
    bounds = [one.correct.interval_95 if one.correct else (0.0, 1.0) for one in filled]
    said = [
        f"<b>says {_range(one.low, one.high)}</b> ({percent(one.mean_confidence or 0)} on average)<br>"
        f"right {percent(accuracy)} of the time, 95\u00a0% interval {percent(low)} to {percent(high)}<br>"
        f"{one.right:,} of {one.count:,} faces<extra></extra>"
        for one, accuracy, (low, high) in zip(filled, accuracies, bounds, strict=True)
    ]
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": middles,
            "y": accuracies,
            "width": widths,
            "marker": {
                "color": ACCENT,
                "opacity": [0.85 if one.count >= _FEW_FACES else 0.3 for one in filled],
                "line": {"width": 0},
            },
            "error_y": {
                "type": "data",
                "array": [high - y for y, (_, high) in zip(accuracies, bounds, strict=True)],
                "arrayminus": [y - low for y, (low, _) in zip(accuracies, bounds, strict=True)],
                "color": QUIET,
                "thickness": 1.6,
                "width": 3,
            },
            "hovertemplate": said,
        },
        {
            "type": "scatter",
            "x": [0, 1],
            "y": [0, 1],
            "mode": "lines",
            "line": {"color": MARK, "width": 2, "dash": "dash"},
            "hoverinfo": "skip",
        },
        {
            "type": "bar",
            "x": middles,
            "y": [one.count for one in filled],
            "width": widths,
            "yaxis": "y2",
            "marker": {"color": QUIET, "opacity": 0.7, "line": {"width": 0}},
            "hovertemplate": said,
        },
    ]
    shares = {"fixedrange": True, "gridcolor": GRID, "zeroline": False}
    ticks = {"tickformat": ".0%", "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1]}
    return go.Figure(
        data=traces,
        layout=layout(
            height=height,
            # Room for half of the last label, which would be left out without it.
            margin={"l": 4, "r": 24, "t": 12, "b": 4},
            showlegend=False,
            barmode="overlay",
            xaxis={
                **shares,
                **ticks,
                "range": [0, 1],
                "anchor": "y2",
                "title": {"text": "how sure it says it is", "standoff": 8},
            },
            yaxis={
                **shares,
                **ticks,
                "range": [0, 1.02],
                "domain": [0.3, 1],
                "title": {"text": "right", "standoff": 14},
            },
            yaxis2={
                **shares,
                "rangemode": "tozero",
                "nticks": 3,
                "domain": [0, 0.2],
                "title": {"text": "faces", "standoff": 14},
            },
        ),
    )


def _range(low: float, high: float) -> str:
    return f"{100 * low:.0f}–{100 * high:.0f}\u00a0%"
