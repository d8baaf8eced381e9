"""How each emotion comes along in a run, as small charts side by side."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from fer.emotions import Emotion
from fer.figures import epochs as over_epochs
from fer.figures.style import ACCENT, GRID, MARK_SHADE, QUIET
from fer.runs import EpochMetrics
from fer.runs.diagnosis import Evidence
from fer.statistics import percent

# A small chart and the words above it, in pixels.
_CELL_HEIGHT = 150
_CELL_WORDS = 40


def class_accuracies_figure(
    metrics: Sequence[EpochMetrics],
    emotions: Sequence[Emotion],
    faces: Sequence[int] | None,
    epochs: int,
    columns: int,
    evidence: Sequence[Evidence] = (),
) -> go.Figure:
    """The share of each emotion's validation faces that was recognised, epoch by epoch, and of all faces.

    Each emotion has a small chart of its own with its name above: seven lines in one chart cross too often to
    be told apart. All share one scale, and the accuracy on all faces stands in each as a thin line.

    Args:
        metrics: the epochs done; those without `class_accuracies` leave gaps.
        emotions: the k classes, in the order of `EpochMetrics.class_accuracies`.
        faces: (k,) how many validation faces there are of each; None where nobody knows.
        epochs: how many there will be.
        columns: how many charts stand side by side.
        evidence: spans to be marked, of any measure; those of another are passed over.
    """
    done = [row.epoch for row in metrics]
    everyone = over_epochs.finite(row.validation_accuracy for row in metrics)
    rows = -(-(len(emotions) + 1) // columns)
    height = rows * (_CELL_HEIGHT + _CELL_WORDS) + 8
    across = 1 / columns
    gap = (0.14 if columns < 3 else 0.11) * across
    traces: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    for index, emotion in enumerate([*emotions, None]):
        name = "all faces" if emotion is None else str(emotion)
        values = everyone if emotion is None else class_curve(metrics, index)
        down, along = divmod(index, columns)
        left, right = along * across + (gap if along else 0), (along + 1) * across
        top = 1 - down / rows - _CELL_WORDS / height
        bottom = 1 - (down + 1) / rows + 22 / height
        suffix = "" if index == 0 else str(index + 1)
        here = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "type": "scatter"}
        axes[f"xaxis{suffix}"] = over_epochs.axis(
            len(done),
            epochs,
            domain=[left, right],
            anchor=f"y{suffix}",
            nticks=4,
            dtick=None,
            tickfont={"size": 11},
            **({"matches": "x"} if suffix else {}),
        )
        axes[f"yaxis{suffix}"] = {
            "domain": [bottom, top],
            "anchor": f"x{suffix}",
            "showticklabels": along == 0,
            "range": [-0.03, 1.03],
            "gridcolor": GRID,
            "zeroline": False,
            "tickvals": [0, 0.5, 1],
            "tickformat": ".0%",
            "tickfont": {"size": 11},
            **({"matches": "y"} if suffix else {}),
        }
        if emotion is not None:
            thin = {"mode": "lines", "line": {"color": QUIET, "width": 1}, "hoverinfo": "skip"}
            traces.append({**here, **thin, "x": done, "y": everyone})
        traces.append(
            {
                **here,
                "x": done,
                "y": values,
                "name": name,
                "mode": "lines+markers",
                "line": {"color": ACCENT if emotion is None else emotion.color, "width": 2.5},
                "marker": {"size": 4 if len(done) < 40 else 1},
                "hovertemplate": f"%{{y:.0%}}<extra>{name}</extra>",
            }
        )
        newest = values[-1] if values else None
        count = "" if faces is None else f" of {sum(faces) if emotion is None else faces[index]:,}"
        words.append(
            {
                "x": left,
                "xref": "paper",
                "xanchor": "left",
                "y": top,
                "yref": "paper",
                "yanchor": "bottom",
                "yshift": 4,
                "align": "left",
                "showarrow": False,
                "font": {"size": 13},
                "text": f"<b>{name}</b><br>{'–' if newest is None else f'{percent(newest, 0)}'}{count}",
            }
        )
        shapes += [
            {
                "type": "rect",
                "xref": f"x{suffix}",
                "yref": f"y{suffix} domain",
                "x0": seen.first_epoch - 0.5,
                "x1": seen.last_epoch + 0.5,
                "y0": 0,
                "y1": 1,
                "fillcolor": MARK_SHADE,
                "line": {"width": 0},
                "layer": "below",
            }
            for seen in evidence
            if seen.measure == "classes" and name in seen.text.lower()
        ]
    layout = over_epochs.frame("", height, showlegend=False, shapes=shapes, annotations=words, **axes)
    return go.Figure(data=traces, layout={**layout, "margin": {"l": 38, "r": 8, "t": 0, "b": 4}})


def class_curve(metrics: Sequence[EpochMetrics], index: int) -> list[float | None]:
    """The validation accuracy of one emotion over the epochs, with a gap where none was written down."""
    return over_epochs.finite(
        row.class_accuracies[index] if index < len(row.class_accuracies) else None for row in metrics
    )
