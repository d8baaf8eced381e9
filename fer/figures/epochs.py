"""Epoch axis: what figures over the epochs of a run share, and the points that a screen can show.

They are drawn each second, so they are put together as plain values and checked by Plotly once: adding
to a figure bit by bit takes three to six times as long.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from fer.figures.style import GRID, MARK_SHADE, layout
from fer.runs import BatchMetrics
from fer.runs.diagnosis import Evidence


def frame(title: str, height: int, **changes: Any) -> dict[str, Any]:
    """The layout of a chart that a run is drawn into, its title above its left edge."""
    return layout(
        height=height,
        dragmode="zoom",
        hovermode="x unified",
        margin={"l": 52, "r": 12, "t": 34, "b": 40},
        legend={
            "orientation": "h",
            "x": 1,
            "xanchor": "right",
            "y": 1.02,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        title={
            "text": title,
            "x": 0,
            "xref": "paper",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "pad": {"b": 12},
            "font": {"size": 15},
        },
        **changes,
    )


def room_for(done: int, epochs: int) -> int:
    """How many epochs the axis shows: room ahead, but not for a hundred epochs while there are two."""
    return min(epochs, next((size for size in (5, 10, 20, 50, 100, 200, 500) if size > done), epochs))


def axis(done: int, epochs: int, **changes: Any) -> dict[str, Any]:
    """A horizontal axis of epochs from 0 on, with room for those to come."""
    room = room_for(done, epochs)
    # Asked of Plotly's own ranging: a range given outright would undo a learner's zoom whenever it changes.
    return {
        "autorange": True,
        "autorangeoptions": {"include": [0, room], "clipmin": 0},
        "gridcolor": GRID,
        "zeroline": False,
        "tickformat": "d",
        "hoverformat": ".0f",
        **({"dtick": 1} if room <= 10 else {"nticks": 10}),
        **changes,
    }


def shade(seen: Evidence, xref: str = "x", yref: str = "y domain") -> dict[str, Any]:
    """A shade over the epochs in which something is to be seen, as a shape."""
    return {
        "type": "rect",
        "xref": xref,
        "yref": yref,
        "x0": seen.first_epoch - 0.5,
        "x1": seen.last_epoch + 0.5,
        "y0": 0,
        "y1": 1,
        "fillcolor": MARK_SHADE,
        "line": {"width": 0},
        "layer": "below",
    }


def finite(values: Iterable[float | None]) -> list[float | None]:
    """The values with gaps where one is no number: JSON knows neither NaN nor infinity, nor does a screen."""
    return [value if value is not None and math.isfinite(value) else None for value in values]


def place(row: BatchMetrics) -> float:
    """Where on the axis a line within an epoch stands: half-way through the third epoch at 2.5."""
    return row.epoch - 1 + row.batch / row.batches


def thinned(rows: Sequence[BatchMetrics], at_most: int) -> list[BatchMetrics]:
    """At most so many rows and one, evenly taken; the newest always stays, for it is what moves."""
    step = -(-len(rows) // at_most) or 1
    return [row for index, row in enumerate(rows) if index % step == 0 or index == len(rows) - 1]


def spaced(rows: Sequence[BatchMetrics], distance: float) -> list[BatchMetrics]:
    """The first of the rows, and each that lies so many epochs or more behind the one before it."""
    kept: list[BatchMetrics] = []
    for row in rows:
        if not kept or place(row) - place(kept[-1]) >= distance:
            kept.append(row)
    return kept
