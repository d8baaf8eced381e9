"""Per-class learning curves: how each emotion comes along in a run, as small charts side by side."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from fer.emotions import Emotion
from fer.figures import epochs as over_epochs
from fer.figures.style import ACCENT, QUIET, axis, corner_label, share_ticks
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
    everyone = over_epochs.finite(row.validation_accuracy for row in metrics)
    rows = -(-(len(emotions) + 1) // columns)
    height = rows * (_CELL_HEIGHT + _CELL_WORDS) + 8
    gap = (0.14 if columns < 3 else 0.11) / columns
    traces: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    for index, emotion in enumerate([*emotions, None]):
        name = "all faces" if emotion is None else str(emotion)
        values = everyone if emotion is None else class_curve(metrics, index)
        down, along = divmod(index, columns)
        left, right = along / columns + (gap if along else 0), (along + 1) / columns
        top = 1 - down / rows - _CELL_WORDS / height
        bottom = 1 - (down + 1) / rows + 22 / height
        suffix = "" if index == 0 else str(index + 1)
        axes[f"xaxis{suffix}"] = over_epochs.axis(
            len(metrics),
            epochs,
            domain=[left, right],
            anchor=f"y{suffix}",
            nticks=4,
            dtick=None,
            tickfont={"size": 11},
            **({"matches": "x"} if suffix else {}),
        )
        axes[f"yaxis{suffix}"] = axis(
            domain=[bottom, top],
            anchor=f"x{suffix}",
            showticklabels=along == 0,
            range=[-0.03, 1.03],
            tickfont={"size": 11},
            fixedrange=False,
            **share_ticks([0, 0.5, 1]),
            **({"matches": "y"} if suffix else {}),
        )
        traces += _curves(metrics, emotion, values, everyone, suffix)
        newest = "–" if not values or values[-1] is None else percent(values[-1], 0)
        count = "" if faces is None else f" of {sum(faces) if emotion is None else faces[index]:,}"
        words.append(corner_label(left, top, f"<b>{name}</b><br>{newest}{count}"))
        shapes += [
            over_epochs.shade(seen, f"x{suffix}", f"y{suffix} domain")
            for seen in evidence
            if seen.measure == "classes" and name in seen.text.lower()
        ]
    layout = over_epochs.frame("", height, showlegend=False, shapes=shapes, annotations=words, **axes)
    return go.Figure(data=traces, layout={**layout, "margin": {"l": 38, "r": 8, "t": 0, "b": 4}})


def _curves(
    metrics: Sequence[EpochMetrics],
    emotion: Emotion | None,
    values: list[float | None],
    everyone: list[float | None],
    suffix: str,
) -> list[dict[str, Any]]:
    """The curve of one small chart; that of an emotion has the one of all faces behind it."""
    name = "all faces" if emotion is None else str(emotion)
    epochs = [row.epoch for row in metrics]
    here = {"type": "scatter", "xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "x": epochs}
    curve = {
        **here,
        "y": values,
        "name": name,
        "mode": "lines+markers",
        "line": {"color": ACCENT if emotion is None else emotion.color, "width": 2.5},
        "marker": {"size": 4 if len(metrics) < 40 else 1},
        "hovertemplate": f"%{{y:.0%}}<extra>{name}</extra>",
    }
    if emotion is None:
        return [curve]
    thin = {"mode": "lines", "line": {"color": QUIET, "width": 1}, "hoverinfo": "skip"}
    return [{**here, **thin, "y": everyone}, curve]


def class_curve(metrics: Sequence[EpochMetrics], index: int) -> list[float | None]:
    """The validation accuracy of one emotion over the epochs, with a gap where none was written down."""
    return over_epochs.finite(
        row.class_accuracies[index] if index < len(row.class_accuracies) else None for row in metrics
    )
