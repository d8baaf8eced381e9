"""What all figures share: colours, and the layout each starts from."""

from typing import Any

# Plotly looks for pandas among the loaded modules; while another visitor's thread is half-way through
# importing it, a figure would fail. So it is there before the first figure is.
import pandas  # noqa: F401

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


def plain(title: str) -> str:
    """A title as it is: Plotly would take its angle brackets for markup, and its percent signs for fields."""
    return title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
