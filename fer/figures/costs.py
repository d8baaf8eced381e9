"""Scatter plot: how good a network is against what it costs."""

import math
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

import plotly.graph_objects as go

from fer.figures.style import (
    ACCENT,
    MARK,
    QUIET,
    axis,
    error_bars,
    label,
    layout,
    legend_below,
    plain,
    share_axis,
)
from fer.models.costs.table import Accuracy, Cost, CostPoint, Kind
from fer.statistics import percent

_AXES: Mapping[Cost, str] = {
    "parameters": "parameters",
    "multiply_adds": "multiply-adds for one face",
    "milliseconds": "milliseconds for one face, one thread",
    "file_bytes": "file size, bytes",
}
# Whose a point is can be told without colours.
_MARKS: Mapping[Kind, tuple[str, str, str]] = {
    "shipped": ("circle", ACCENT, "shipped"),
    "run": ("triangle-up", ACCENT, "yours"),
    "measured peer": ("square", MARK, "measured"),
    "published": ("diamond-open", QUIET, "published"),
    "untrained": ("line-ns-open", QUIET, "no weights shipped"),
}
# Points nearer to one another than this share of the axis are drawn side by side.
_NEAR, _MARGIN = 0.025, 0.06
# A legend in one column has to fit a telephone.
_LEGEND_LETTERS = 42


def drawn_points(points: Sequence[CostPoint], cost: Cost) -> tuple[list[CostPoint], list[CostPoint]]:
    """Return the points with an accuracy that can be drawn over this cost, and those that cannot."""
    judged = [point for point in points if point.accuracy is not None]
    drawn = [point for point in judged if point.costs.get(cost, 0) > 0]
    return drawn, [point for point in judged if point not in drawn]


def cost_figure(points: Sequence[CostPoint], cost: Cost = "parameters", chosen: str = "") -> go.Figure:
    """Accuracy with its 95 % interval over a cost, each network with a letter that the legend explains.

    Architectures without weights stand as strokes on the floor: where they are on the scale, and no more.

    Args:
        points: what `cost_points` gives; those without this cost are left out, see `drawn_points`.
        cost: what goes to the right, on a logarithmic scale.
        chosen: the architecture whose place is marked by an upright line; empty for none.
    """
    drawn, _ = drawn_points(points, cost)
    strokes = [point for point in points if point.accuracy is None and point.costs.get(cost, 0) > 0]
    values = [point.costs[cost] for point in (*drawn, *strokes)]
    low, high = (math.log10(min(values)), math.log10(max(values))) if values else (0.0, 1.0)
    width = max(high - low, 0.3)
    figure = go.Figure()
    places: list[float] = []
    for letter, point in zip(_letters(len(drawn)), drawn, strict=True):
        assert point.accuracy is not None
        place = math.log10(point.costs[cost])
        while any(abs(place - other) < _NEAR * width for other in places):
            place += _NEAR * width
        places.append(place)
        _add_point(figure, letter, point, point.accuracy, 10**place, cost)
    bounds = [bound for point in drawn if point.accuracy for bound in point.accuracy.interval_95] or [
        0.6,
        0.7,
    ]
    floor, ceiling = min(bounds) - 0.04, max(bounds) + 0.02
    if strokes:
        figure.add_scatter(
            x=[point.costs[cost] for point in strokes],
            y=[floor + 0.01] * len(strokes),
            mode="markers",
            name=_MARKS["untrained"][2],
            marker=_marker("untrained"),
            customdata=[[plain(point.title), _shown(point.costs[cost], cost)] for point in strokes],
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>no trained weights shipped"
            "<extra></extra>",
        )
    marked = next((p for p in points if chosen and p.architecture == chosen and p.costs.get(cost)), None)
    if marked is not None:
        figure.add_vline(x=marked.costs[cost], line={"color": QUIET, "width": 1, "dash": "dot"})
    figure.update_layout(
        layout(
            height=320 + 21 * len(figure.data),
            hovermode="closest",
            showlegend=True,
            legend=legend_below(-0.2),
            margin={"l": 4, "r": 14, "t": 14, "b": 4},
        )
    )
    figure.update_xaxes(
        **axis(
            _AXES[cost],
            type="log",
            range=[low - _MARGIN * width, high + 2 * _MARGIN * width],
            dtick=1 if width > 1 else None,
            exponentformat="SI",
        )
    )
    figure.update_yaxes(**share_axis("", floor, ceiling, automargin=True))
    return figure


def _marker(kind: Kind) -> dict[str, object]:
    symbol, color, _ = _MARKS[kind]
    return {"symbol": symbol, "size": 10, "color": color, "line": {"width": 2, "color": color}}


def _add_point(
    figure: go.Figure, letter: str, point: CostPoint, accuracy: Accuracy, place: float, cost: Cost
) -> None:
    _, color, words = _MARKS[point.kind]
    split = "" if accuracy.split == "PrivateTest" else f", {accuracy.split}"
    head, tail = f"{letter}  {percent(accuracy.share)}  ", f", {words}{split}"
    room = _LEGEND_LETTERS - len(head) - len(tail)
    title = point.title if len(point.title) <= room else f"{point.title[: room - 1]}…"
    bars = error_bars([accuracy.share], [accuracy.interval_95], color, thickness=1.5, width=3)
    figure.add_scatter(
        x=[place],
        y=[accuracy.share],
        mode="markers",
        name=f"{head}{plain(title)}{tail}",
        marker=_marker(point.kind),
        error_y=bars,
        hovertemplate=f"<b>{letter}</b> {plain(point.title)}<br>{accuracy.split} {accuracy}<br>"
        f"{_shown(point.costs[cost], cost)}<extra></extra>",
    )
    # A place on a logarithmic axis is told by its exponent.
    at, top = math.log10(place), accuracy.interval_95[1]
    figure.add_annotation(label(at, top, f"<b>{letter}</b>", yshift=10, font={"size": 13}))


def _letters(count: int) -> list[str]:
    """ "A" to "Z", then "AA", "AB" and so on."""
    more = (first + second for first in ascii_uppercase for second in ascii_uppercase)
    return [*ascii_uppercase, *more][:count]


def _shown(value: float, cost: Cost) -> str:
    if cost == "milliseconds":
        return f"{value:.2f} ms for one face"
    if cost == "file_bytes":
        return f"{value / 1e3:,.0f} kB"
    return f"{value:,.0f} {'parameters' if cost == 'parameters' else 'multiply-adds'}"
