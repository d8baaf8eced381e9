"""Run comparison: the learning curves of several runs in one figure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

import plotly.graph_objects as go

from fer.figures.style import ACCENT, GRID, MARK, QUIET, label, layout, legend_below, plain
from fer.runs import EpochMetrics

MOST_CURVES = 8
"""How many runs can still be told apart in one figure."""

Measure = Literal["validation_accuracy", "validation_loss", "train_accuracy", "train_loss"]

Over = Literal["epoch", "corrections", "minutes"]
_AXES: dict[Over, tuple[str, str]] = {
    "epoch": ("epoch", "epoch %{x}"),
    "corrections": ("corrections of the weights", "%{x:,} corrections"),
    "minutes": ("minutes of training", "%{x:.1f} min"),
}

# No colour that means an emotion, and each kind of line once: who sees no colours sees dashes and marks.
_LINES = (
    (ACCENT, "solid", "circle"),
    (MARK, "solid", "square"),
    (QUIET, "solid", "diamond"),
    (ACCENT, "dash", "triangle-up"),
    (MARK, "dash", "x"),
    (QUIET, "dash", "cross"),
    (ACCENT, "dot", "star"),
    (MARK, "dot", "pentagon"),
)
_MOST_MARKS = 12


@dataclass(frozen=True, slots=True)
class NamedCurve:
    """A run in a figure of several.

    Attributes:
        letter: what it is called within the page, "A" to "H".
        title: what the learner calls it.
        metrics: its epochs.
        steps: corrections of the weights in an epoch; 0 where that is not known.
    """

    letter: str
    title: str
    metrics: Sequence[EpochMetrics]
    steps: int = 0

    def places(self, over: Over) -> list[float]:
        """Where each epoch stands on the axis."""
        match over:
            case "epoch":
                return [float(row.epoch) for row in self.metrics]
            case "corrections":
                return [float(row.epoch * self.steps) for row in self.metrics]
            case "minutes":
                return [seconds / 60 for seconds in accumulate(row.duration_seconds for row in self.metrics)]


def comparison_figure(curves: Sequence[NamedCurve], measure: Measure, over: Over = "epoch") -> go.Figure:
    """Draw the curves of up to `MOST_CURVES` runs over one another, each with its letter at its end.

    Args:
        curves: the runs; one without an epoch keeps its place in the legend. What is no number leaves a gap.
        measure: what goes up or down.
        over: epochs, the corrections of the weights, or the minutes that training had taken by then.
    """
    is_share = measure.endswith("accuracy")
    value = "%{y:.1%}" if is_share else "%{y:.3f}"
    axis, place = _AXES[over]
    figure = go.Figure()
    for curve, (color, dash, symbol) in zip(curves, _LINES, strict=False):
        # At most 40 letters: a legend in one column shall leave room on a telephone.
        title = curve.title if len(curve.title) <= 40 else f"{curve.title[:39]}…"
        rows = curve.metrics
        x = curve.places(over)
        y = [number if math.isfinite(number := getattr(row, measure)) else None for row in rows]
        every = max(1, math.ceil(len(rows) / _MOST_MARKS))
        figure.add_scatter(
            x=x,
            y=y,
            name=f"{curve.letter}  {plain(title)}",
            mode="lines+markers",
            line={"color": color, "dash": dash, "width": 2},
            marker={
                "symbol": symbol,
                "size": [
                    8 if index % every == 0 or index == len(rows) - 1 else 0 for index in range(len(rows))
                ],
                "line": {"width": 0},
            },
            hovertemplate=f"<b>{curve.letter}</b> {plain(title)}<br>{place}: {value}<extra></extra>",
        )
    _letter_the_ends(figure, curves)
    figure.update_layout(
        layout(
            height=330 + 22 * min(len(curves), MOST_CURVES),
            dragmode="zoom",
            hovermode="closest",
            showlegend=True,
            legend=legend_below(-0.18),
            margin={"l": 4, "r": 26, "t": 12, "b": 4},
        )
    )
    figure.update_xaxes(
        title={"text": axis, "standoff": 4},
        gridcolor=GRID,
        zeroline=False,
        rangemode="tozero",
        automargin=True,
    )
    figure.update_yaxes(
        gridcolor=GRID,
        zeroline=False,
        automargin=True,
        tickformat=".0%" if is_share else ".2~f",
        nticks=7,
    )
    return figure


def _letter_the_ends(figure: go.Figure, curves: Sequence[NamedCurve]) -> None:
    """Write each curve's letter at its end; those that would lie on one another side by side."""
    heights = [number for trace in figure.data for number in trace.y if number is not None]
    if not heights:
        return
    near = (max(heights) - min(heights)) / 20
    written: list[tuple[float, float]] = []
    for curve, trace in zip(curves, figure.data, strict=False):
        points = [(at, number) for at, number in zip(trace.x, trace.y, strict=True) if number is not None]
        if not points:
            continue
        x, y = points[-1]
        neighbours = sum(x == at and abs(y - height) < near for at, height in written)
        written.append((x, y))
        letter = f"<b>{curve.letter}</b>"
        figure.add_annotation(label(x, y, letter, xshift=13 + 12 * neighbours, font={"size": 13}))
