"""Confusion matrix: one model's as a figure, or the difference between two."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.evaluation import Evaluation
from fer.evaluation.comparison import ConfusionDifference
from fer.figures.style import ACCENT_RGB, MARK_RGB, axis, label, layout, names_axis
from fer.statistics import percent

Cells = Literal["row share", "column share", "count"]
"""What a cell says: which share of the faces that show this, or of those called that, or how many."""

# The full shade: as strong as the page's own ink, dark by day and light by night, can still be read on.
_FULL = 0.7
# A difference this small is drawn in the palest shade, however small the others are: it is next to nothing.
_LEAST_SCALE = 0.05


def confusion_figure(evaluation: Evaluation, cells: Cells = "row share") -> go.Figure:
    """The confusion matrix: rows are what a face shows, columns what the model said.

    Counts are shaded by their share of the row, or the common emotions would drown the rare ones.
    """
    counts = evaluation.confusion
    of_row = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    of_column = counts / np.maximum(counts.sum(axis=0, keepdims=True), 1)
    shares = of_column if cells == "column share" else of_row
    texts = [
        [f"{count:,}" if cells == "count" else percent(share, 0) for share, count in zip(*row, strict=True)]
        for row in zip(shares, counts, strict=True)
    ]
    figure = _matrix(
        evaluation.emotions,
        shares,
        texts,
        is_quiet=counts == 0,
        zmin=0,
        colorscale=[[0, f"rgba({ACCENT_RGB}, 0.05)"], [1, f"rgba({ACCENT_RGB}, {_FULL})"]],
    )
    figure.data[0].update(
        zmax=1,
        customdata=np.stack([counts, of_row, of_column], axis=-1).tolist(),
        hovertemplate="shows <b>%{y}</b>, called <b>%{x}</b><br>%{customdata[0]:,} faces<br>"
        "%{customdata[1]:.1%} of the faces that show it<br>"
        "%{customdata[2]:.1%} of the faces called so<extra></extra>",
    )
    return figure


def confusion_difference_figure(difference: ConfusionDifference, first: str, second: str) -> go.Figure:
    """The second model's matrix minus the first's: how many more of each row, in percentage points."""
    points = difference.points
    most = max(float(np.abs(points).max(initial=0)), _LEAST_SCALE)
    texts = [[_signed(100 * value) for value in row] for row in points]
    figure = _matrix(
        difference.emotions,
        points,
        texts,
        is_quiet=difference.first == difference.second,
        zmin=-most,
        colorscale=[
            [0, f"rgba({MARK_RGB}, {_FULL})"],
            [0.5, "rgba(128, 128, 128, 0.06)"],
            [1, f"rgba({ACCENT_RGB}, {_FULL})"],
        ],
    )
    figure.data[0].update(
        zmax=most,
        customdata=np.stack([difference.first, difference.second], axis=-1).tolist(),
        hovertemplate="shows <b>%{y}</b>, called <b>%{x}</b><br>"
        f"%{{customdata[0]:,}} faces by {first}, %{{customdata[1]:,}} by {second}<extra></extra>",
    )
    return figure


def _matrix(
    emotions: Sequence[Emotion],
    values: NDArray[np.float64],
    texts: Sequence[Sequence[str]],
    *,
    is_quiet: NDArray[np.bool_],
    zmin: float,
    colorscale: list[list[object]],
) -> go.Figure:
    """Cells with a text each; those of which there is nothing to say, `is_quiet`, are pale."""
    names = [emotion.capitalize() for emotion in emotions]
    figure = go.Figure(
        go.Heatmap(
            z=values.tolist(),
            x=names,
            y=names,
            zmin=zmin,
            xgap=2,
            ygap=2,
            showscale=False,
            colorscale=colorscale,
        )
    )
    # The text takes the page's own colour, which a fixed one could not know. All cells in one call: Plotly
    # weighs every addition against all that is there.
    annotations = [
        label(names[column], names[row], texts[row][column], opacity=0.35 if is_quiet[row, column] else 1)
        for row, column in np.ndindex(values.shape)
    ]
    figure.update_layout(layout(height=470, annotations=annotations, margin={"l": 4, "r": 4, "t": 8, "b": 4}))
    figure.update_xaxes(axis("the model said", side="top", ticks="", showgrid=False, tickangle=-40))
    figure.update_yaxes(names_axis(ticksuffix=" ", ticks="", automargin=True))
    figure.update_yaxes(title={"text": "the face shows", "standoff": 6})
    return figure


def _signed(points: float) -> str:
    rounded = round(points)
    return "0" if rounded == 0 else f"{rounded:+d}".replace("-", "−")
