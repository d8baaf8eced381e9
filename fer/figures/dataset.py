"""Datasets as figures: their counts, and one face."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer.datasets import Split
from fer.emotions import Emotion
from fer.figures.style import GRID, layout

SPLIT_OPACITY = {Split.TRAIN: 1.0, Split.VALIDATION: 0.62, Split.TEST: 0.34}


def counts_figure(counts: Mapping[Split, Mapping[Emotion, int]]) -> go.Figure:
    """Bars of how many faces each emotion has, stacked by split; `counts` as from `Dataset.counts`."""
    figure = go.Figure()
    for split, of_split in counts.items():
        total = sum(of_split.values())
        figure.add_bar(
            y=[emotion.capitalize() for emotion in of_split],
            x=list(of_split.values()),
            orientation="h",
            name=split.capitalize(),
            marker={
                "color": [emotion.color for emotion in of_split],
                "opacity": SPLIT_OPACITY[split],
                "line": {"width": 0},
            },
            customdata=[[split, count / max(total, 1)] for count in of_split.values()],
            hovertemplate="<b>%{y}</b> · %{customdata[0]}<br>%{x:,} faces, %{customdata[1]:.1%} of the split"
            "<extra></extra>",
        )
    figure.update_layout(layout(height=330, barmode="stack", bargap=0.32, showlegend=False))
    figure.update_xaxes(title="faces", gridcolor=GRID, zeroline=False, tickformat="~s", nticks=6)
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    return figure


def face_figure(image: NDArray[np.uint8]) -> go.Figure:
    """One face, (h, w, 1 or 3) uint8, each pixel telling its place and value when pointed at."""
    if image.shape[2] == 1:
        trace = go.Heatmap(
            z=image[:, :, 0],
            zmin=0,
            zmax=255,
            colorscale=[[0, "#000000"], [1, "#ffffff"]],
            showscale=False,
            hovertemplate="row %{y}, column %{x}<br><b>%{z}</b> of 255<extra></extra>",
        )
    else:
        trace = go.Image(
            z=image, hovertemplate="row %{y}, column %{x}<br>red, green, blue <b>%{z}</b><extra></extra>"
        )
    figure = go.Figure(trace)
    figure.update_layout(layout(height=360, margin={"l": 0, "r": 0, "t": 0, "b": 0}))
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, constrain="domain", scaleanchor="x", autorange="reversed")
    return figure
