"""Dot plot: what others published beside what came of repeating it, a line for each figure."""

from collections.abc import Sequence

import plotly.graph_objects as go

from fer.evaluation.replication.comparison import Comparison, Outcome
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

_LINE_HEIGHT = 44
# Room for the axis and the legend.
_BELOW = 84
# An accuracy axis that shows differences of points, and never less than this much of it.
_LEAST_RANGE, _MARGIN = 0.1, 0.02


def replication_figure(rows: Sequence[Comparison]) -> go.Figure:
    """The published accuracies as open diamonds, ours as dots with their 95 % intervals.

    The titles stand on the lines and not beside them, so that a telephone has room for the dots. A dot that
    cannot be compared is open; a line without any figure is left out.
    """
    drawn = [row for row in rows if row.figure is not None or row.ours is not None]
    lines = [(-float(number), row) for number, row in enumerate(drawn)]
    figure = go.Figure()
    _add_ours(figure, lines)
    _add_published(figure, lines)
    for place, row in lines:
        at = {"xref": "paper", "xanchor": "left", "yshift": 13}
        figure.add_annotation(label(0, place, plain(_title(row)), **at))
    figure.update_layout(
        layout(
            height=_LINE_HEIGHT * max(len(drawn), 1) + _BELOW,
            hovermode="closest",
            showlegend=True,
            legend=legend_below(-0.12, "h"),
        )
    )
    figure.update_xaxes(**share_axis("", *_range(drawn)))
    figure.update_yaxes(
        **axis(range=[-len(drawn) + 0.4, 0.75], tickvals=[place for place, _ in lines], showticklabels=False)
    )
    return figure


def _add_published(figure: go.Figure, lines: Sequence[tuple[float, Comparison]]) -> None:
    known = [(place, row, row.figure) for place, row in lines if row.figure is not None]
    figure.add_scatter(
        x=[told.share for _, _, told in known],
        y=[place for place, _, _ in known],
        mode="markers",
        name="published",
        marker={"symbol": "diamond-open", "size": 10, "color": MARK, "line": {"width": 2, "color": MARK}},
        customdata=[[plain(row.variant.title), told.in_words, plain(told.source)] for _, row, told in known],
        hovertemplate="<b>%{customdata[0]}</b><br>published %{customdata[1]}<br>%{customdata[2]}"
        "<extra></extra>",
    )


def _add_ours(figure: go.Figure, lines: Sequence[tuple[float, Comparison]]) -> None:
    """Nothing without a run: a legend for dots that are not there would be a riddle."""
    known = [(place, row, row.ours) for place, row in lines if row.ours is not None]
    if not known:
        return
    symbols = ["circle-open" if row.outcome is Outcome.NOT_COMPARABLE else "circle" for _, row, _ in known]
    figure.add_scatter(
        x=[ours.accuracy for _, _, ours in known],
        y=[place for place, _, _ in known],
        mode="markers",
        name="ours, 95\u00a0% interval",
        marker={"symbol": symbols, "size": 10, "color": ACCENT, "line": {"width": 2, "color": ACCENT}},
        error_x=error_bars(
            [ours.accuracy for _, _, ours in known],
            [ours.interval_95 for _, _, ours in known],
            QUIET,
            thickness=1.5,
            width=4,
        ),
        customdata=[
            [plain(row.variant.title), ours.in_words, row.faces, plain(row.verdict)] for _, row, ours in known
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>ours %{customdata[1]}<br>%{customdata[2]}<br>"
        "%{customdata[3]}<extra></extra>",
    )


def _title(row: Comparison) -> str:
    if row.figure is None or row.figure.faces == "validation":
        return row.variant.title
    return f"{row.variant.title} ({'test' if row.figure.faces == 'test' else 'faces not told'})"


def _range(rows: Sequence[Comparison]) -> tuple[float, float]:
    shares = [row.figure.share for row in rows if row.figure is not None]
    shares += [bound for row in rows if row.ours is not None for bound in row.ours.interval_95]
    low, high = (min(shares), max(shares)) if shares else (0.5, 0.7)
    missing = max(_LEAST_RANGE - (high - low), 0) / 2
    return max(low - missing - _MARGIN, 0), min(high + missing + _MARGIN, 1)
