"""Resource usage: what a run asks of the machine, as a figure."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from fer.figures import epochs as over_epochs
from fer.figures.style import ACCENT, GRID, QUIET, corner_label
from fer.figures.training import Reading
from fer.runs import BatchMetrics

_CELL_HEIGHT = 150
_MOST_POINTS = 500
_TITLES = ("Faces a second", "Processor, % of all cores", "Memory, GB")
_FORMATS = ("%{y:,.0f} faces/s", "%{y:.0f}\u00a0%", "%{y:.2f} GB")


def load_readings(batches: Sequence[BatchMetrics]) -> tuple[Reading, ...]:
    """The newest, smallest and largest of faces a second, of the processor in percent, of memory in GB."""
    names = ("faces a second", "processor, %", "memory, GB")
    return tuple(
        Reading.of(name, ACCENT if index == 0 else QUIET, values)
        for index, (name, values) in enumerate(zip(names, _columns(batches), strict=True))
    )


def load_figure(batches: Sequence[BatchMetrics]) -> go.Figure:
    """Speed, processor and memory over the minutes that were trained, one chart above the other.

    A run that was resumed counts on where it stopped.
    """
    rows = over_epochs.thinned(batches, _MOST_POINTS)
    minutes = _minutes(rows)
    height = len(_TITLES) * _CELL_HEIGHT + 40
    traces: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    for index, (title, values, shown) in enumerate(zip(_TITLES, _columns(rows), _FORMATS, strict=True)):
        suffix = "" if index == 0 else str(index + 1)
        top = 1 - index / len(_TITLES) - 30 / height
        traces.append(
            {
                "type": "scatter",
                "x": minutes,
                "y": values,
                "name": title,
                "mode": "lines",
                "line": {"color": ACCENT if index == 0 else QUIET, "width": 2},
                "hovertemplate": f"{shown}<extra></extra>",
                "xaxis": "x",
                "yaxis": f"y{suffix}",
            }
        )
        axes[f"yaxis{suffix}"] = {
            "domain": [1 - (index + 1) / len(_TITLES) + 8 / height, top],
            "rangemode": "tozero",
            "ticksuffix": " ",
            "gridcolor": GRID,
            "zeroline": False,
            **({"range": [0, 104], "tickvals": [0, 50, 100]} if index == 1 else {"nticks": 4}),
        }
        words.append(corner_label(0, top, title, 14))
    axes["xaxis"] = {
        "anchor": f"y{len(_TITLES)}",
        "gridcolor": GRID,
        "zeroline": False,
        "rangemode": "tozero",
        "nticks": 8,
        "title": {"text": "minutes of training", "standoff": 4, "font": {"size": 13}},
        "hoverformat": ".1f",
    }
    layout = over_epochs.frame("", height, showlegend=False, annotations=words, **axes)
    return go.Figure(data=traces, layout={**layout, "margin": {**layout["margin"], "t": 4}})


def _columns(rows: Sequence[BatchMetrics]) -> tuple[list[float | None], ...]:
    return (
        over_epochs.finite(row.images_per_second for row in rows),
        over_epochs.finite(row.cpu_percent for row in rows),
        over_epochs.finite(
            None if row.memory_megabytes is None else row.memory_megabytes / 1000 for row in rows
        ),
    )


def _minutes(rows: Sequence[BatchMetrics]) -> list[float | None]:
    """When each row was written; the clock of a resumed run begins at zero again, and is counted on."""
    minutes: list[float | None] = []
    before = last = 0.0
    for seconds in over_epochs.finite(row.elapsed_seconds for row in rows):
        if seconds is None:
            minutes.append(None)
            continue
        if seconds < last:
            before += last
        last = seconds
        minutes.append((before + seconds) / 60)
    return minutes
