"""Chart style: what all figures share: colours, layout, axes, legends, labels and error bars."""

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

# Plotly looks for pandas among the loaded modules; while another visitor's thread is half-way through
# importing it, a figure would fail. So it is there before the first figure is.
import pandas  # noqa: F401

from fer.statistics import percent

# The theme's petrol between its day and night shade: it reads on both.
ACCENT = "#2b8a97"
ACCENT_RGB = "43, 138, 151"
QUIET = "#8a8f98"
CLEAR = "rgba(0, 0, 0, 0)"
GRID = "rgba(128, 128, 128, 0.18)"
# What a mark on a chart points at; between the night and the day shade of amber, and no emotion's colour.
MARK = "#c07a1c"
MARK_RGB = "192, 122, 28"
MARK_SHADE = "rgba(192, 122, 28, 0.14)"
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


def layout(**changes: Any) -> dict[str, Any]:
    """The layout every figure starts from, with `changes` over it."""
    return {
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "margin": {"l": 4, "r": 12, "t": 12, "b": 4},
        "hoverlabel": {"align": "left"},
        "dragmode": False,
        "title": None,
        **changes,
    }


def axis(title: str = "", **changes: Any) -> dict[str, Any]:
    """An axis with the grid of all figures that nobody can drag, with `changes` over it."""
    named = {"automargin": True, "title": {"text": title, "standoff": 6, "font": {"size": 12}}}
    return {
        "gridcolor": GRID,
        "zeroline": False,
        "fixedrange": True,
        **(named if title else {}),
        **changes,
    }


def share_axis(title: str = "", low: float = 0.0, high: float = 1.0, **changes: Any) -> dict[str, Any]:
    """An axis of shares from `low` to `high`, with at most six of them written as people write them."""
    step = next((step for step in _STEPS if (high - low) / step <= 5.01), 0.5)
    within = range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)
    marks = share_ticks([step * mark for mark in within])
    return axis(title, **{"range": [low, high], **marks, **changes})


def share_ticks(marks: Sequence[float]) -> dict[str, Any]:
    """The marks of an axis at these shares."""
    return {"tickvals": list(marks), "ticktext": [percent(mark, 0) for mark in marks]}


def names_axis(**changes: Any) -> dict[str, Any]:
    """A vertical axis of names, the first one on top."""
    return {
        "autorange": "reversed",
        "showgrid": False,
        "fixedrange": True,
        "ticksuffix": "  ",
        **changes,
    }


def legend_below(y: float, orientation: str = "v", **changes: Any) -> dict[str, Any]:
    """A legend under the chart."""
    place = {"x": 0, "y": y, "xanchor": "left", "yanchor": "top"}
    return {"orientation": orientation, **place, **changes}


def label(x: Any, y: Any, text: str, **changes: Any) -> dict[str, Any]:
    """A text at a place of the chart, as an annotation."""
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": 12}, **changes}


def corner_label(x: float, y: float, text: str, size: int = 13) -> dict[str, Any]:
    """A text above the upper left corner of a small chart; `x` and `y` count in the paper, 0 to 1."""
    place = {"xref": "paper", "xanchor": "left", "yref": "paper", "yanchor": "bottom", "yshift": 4}
    return label(x, y, text, align="left", font={"size": size}, **place)


def error_bars(
    values: Sequence[float], intervals: Sequence[tuple[float, float]], color: str, **changes: Any
) -> dict[str, Any]:
    """Bars from the lower to the upper end of each value's interval."""
    return {
        "type": "data",
        "array": [high - value for value, (_, high) in zip(values, intervals, strict=True)],
        "arrayminus": [value - low for value, (low, _) in zip(values, intervals, strict=True)],
        "color": color,
        **changes,
    }


def plain(title: str) -> str:
    """A title as it is: Plotly would take its angle brackets for markup, and its percent signs for fields."""
    return title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
