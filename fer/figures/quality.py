"""Data quality charts: data leakage between splits, and a measure as a histogram with its cut."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer.datasets import Split
from fer.figures.heatmap import accent_heatmap
from fer.figures.style import ACCENT, GRID, QUIET, layout

# A few extreme faces would press all others into one bar.
_SHOWN_PERCENTILES = (0.0, 99.5)
_BARS = 60


def crossings_figure(counts: Mapping[tuple[Split, Split], int]) -> go.Figure:
    """Split by split, how many pictures lie in both; `counts` as from `galleries.crossings`."""
    splits = [split for split in Split if (split, split) in counts]
    names = [split.capitalize() for split in splits]
    values = np.array([[counts.get((row, of), counts.get((of, row), 0)) for of in splits] for row in splits])
    return accent_heatmap(
        values,
        names,
        names,
        [[f"{value:,}" for value in row] for row in values],
        most=max(int(values.max()), 1),
        faint=1,
        font_size=15,
        gap=3,
        customdata=[
            ["more than once within this split" if a is b else "in both" for b in splits] for a in splits
        ],
        hovertemplate="%{y} and %{x}<br><b>%{z:,}</b> pictures %{customdata}<extra></extra>",
        changes={"height": 76 * len(splits) + 44, "margin": {"l": 4, "r": 4, "t": 36, "b": 4}},
    )


def cut_figure(values: NDArray[np.floating], cut: float, *, below: bool, measure: str) -> go.Figure:
    """How many faces have which value of a measure, those that a cut takes in the accent.

    Args:
        values: (n,) of every face; NaN is not counted.
        cut: the value from which faces are taken.
        below: the cut takes the low values rather than the high ones.
        measure: what the values are, for the axis.
    """
    known = np.asarray(values, np.float64)[np.isfinite(values)]
    low, high = np.percentile(known, _SHOWN_PERCENTILES) if len(known) else (0.0, 1.0)
    # Where the cut takes from, the outliers are what is looked for.
    if len(known):
        low, high = (known.min(), high) if below else (low, known.max())
    low, high = min(low, cut), max(high, cut)
    if high <= low:
        high = low + 1
    # An edge lies on the cut, so that no bar is half of one and half of the other colour.
    width = (high - low) / _BARS
    edges = cut + width * np.arange(-np.ceil((cut - low) / width), np.ceil((high - cut) / width) + 1)
    counts, _ = np.histogram(np.clip(known, edges[0], edges[-1]), edges)
    middles = (edges[:-1] + edges[1:]) / 2
    taken = middles < cut if below else middles > cut
    figure = go.Figure(
        go.Bar(
            x=middles,
            y=counts,
            width=width,
            marker={"color": np.where(taken, ACCENT, QUIET).tolist(), "line": {"width": 0}},
            opacity=0.9,
            customdata=np.stack([edges[:-1], edges[1:]], axis=1),
            hovertemplate="%{customdata[0]:.4~g} to %{customdata[1]:.4~g}<br><b>%{y:,}</b> faces"
            "<extra></extra>",
        )
    )
    figure.add_vline(x=cut, line={"color": ACCENT, "width": 2, "dash": "dot"})
    figure.update_layout(
        layout(height=200, bargap=0.06, showlegend=False, margin={"l": 4, "r": 8, "t": 8, "b": 4})
    )
    figure.update_xaxes(
        title={"text": measure, "standoff": 4}, showgrid=False, zeroline=False, fixedrange=True
    )
    # Issues are rare: on an even scale their bars could not be seen beside the others.
    figure.update_yaxes(
        type="log", gridcolor=GRID, zeroline=False, fixedrange=True, dtick=1, ticksuffix=" ", tickformat="~s"
    )
    return figure
