"""Heatmap: cells shaded from pale to the accent colour, each with a text of its own."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer.figures.style import ACCENT_RGB, layout


def accent_heatmap(
    values: NDArray[np.floating] | NDArray[np.integer],
    rows: Sequence[str],
    columns: Sequence[str],
    texts: Sequence[Sequence[str]],
    *,
    most: float,
    faint: float,
    font_size: int = 12,
    gap: int = 2,
    changes: dict[str, Any],
    **cells: Any,
) -> go.Figure:
    """Return a figure of r by c cells, the first row on top, the columns' names above.

    Args:
        values: (r, c), what a cell is shaded by, from 0.
        rows: names, r of them.
        columns: names, c of them.
        texts: what stands in each cell.
        most: the value of the full colour.
        faint: the text of a cell below this value is pale.
        font_size: of the texts, pixels.
        gap: between cells, pixels.
        changes: of the layout.
        cells: what else the heatmap's trace is given.
    """
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=columns,
            y=rows,
            zmin=0,
            zmax=most,
            xgap=gap,
            ygap=gap,
            showscale=False,
            colorscale=[[0, f"rgba({ACCENT_RGB}, 0.05)"], [1, f"rgba({ACCENT_RGB}, 1)"]],
            **cells,
        )
    )
    # All texts in one call: Plotly weighs every addition against all that is there.
    annotations = [
        {
            "x": columns[column],
            "y": rows[row],
            "text": texts[row][column],
            "showarrow": False,
            "captureevents": False,
            # On a pale cell the text takes the page's own colour, which a fixed one could not know.
            "font": {"size": font_size, **({"color": "#ffffff"} if value > 0.55 * most else {})},
            "opacity": 0.35 if value < faint else 1,
        }
        for (row, column), value in np.ndenumerate(values)
    ]
    figure.update_layout(layout(annotations=annotations, **changes))
    figure.update_xaxes(side="top", showgrid=False, ticks="", fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="", ticksuffix="  ", fixedrange=True)
    return figure
