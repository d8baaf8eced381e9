"""Dataset charts: faces per class and split, pixel histograms, votes against labels, and one face."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer.datasets import Split
from fer.datasets.browsing import TIE, VOTE_OUTCOMES
from fer.datasets.character import VOTE_OF, Character, Disagreement
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import Emotion
from fer.figures.heatmap import accent_heatmap
from fer.figures.style import ACCENT, CLEAR, GRID, QUIET, layout

VOTE_TITLES = {
    **{vote: emotion.capitalize() for emotion, vote in VOTE_OF.items()},
    "contempt": "Contempt",
    "unknown": "Unknown",
    "NF": "Not a face",
    TIE: "Tie",
}
"""What a person reads for each outcome of a vote; an emotion is called as everywhere."""

# Pixel values that share a point of the histogram: single ones jump.
_VALUES_PER_BIN = 4

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
    longest = max((sum(bar) for bar in zip(*(of.values() for of in counts.values()), strict=True)), default=0)
    if longest < 5:
        figure.update_xaxes(dtick=1)  # there are no half faces
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


def histogram_figure(character: Character, emotions: Sequence[Emotion]) -> go.Figure:
    """How light the faces are: which share of each emotion's pixels has which value, and of all in grey."""
    binned = character.histograms.reshape(len(emotions), -1, _VALUES_PER_BIN).sum(axis=2)
    values = np.arange(0, 256, _VALUES_PER_BIN) + (_VALUES_PER_BIN - 1) / 2
    every = binned.sum(axis=0)
    figure = go.Figure()
    figure.add_scatter(
        x=values,
        y=every / max(every.sum(), 1),
        name="All faces",
        mode="lines",
        line={"width": 0, "shape": "spline"},
        fill="tozeroy",
        fillcolor="rgba(138, 143, 152, 0.28)",
        hovertemplate="%{y:.2%}",
    )
    for emotion, counts in zip(emotions, binned, strict=True):
        if counts.any():
            figure.add_scatter(
                x=values,
                y=counts / counts.sum(),
                name=emotion.capitalize(),
                mode="lines",
                line={"color": emotion.color, "width": 2, "shape": "spline"},
                hovertemplate="%{y:.2%}",
            )
    figure.update_layout(
        layout(
            height=320,
            hovermode="x unified",
            margin={"l": 4, "r": 12, "t": 12, "b": 4},
            legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        )
    )
    figure.update_xaxes(
        title="pixel value, from black (0) to white (255)",
        range=[0, 255],
        tickvals=[0, 64, 128, 192, 255],
        gridcolor=GRID,
        zeroline=False,
        hoverformat=".0f",
        fixedrange=True,
    )
    figure.update_yaxes(
        title="share of the pixels",
        tickformat=".1~%",
        gridcolor=GRID,
        zeroline=False,
        rangemode="tozero",
        nticks=5,
        fixedrange=True,
    )
    return figure


def disagreement_figure(disagreement: Disagreement, emotions: Sequence[Emotion]) -> go.Figure:
    """The labels a dataset came with (rows) against what FER+'s votes came to (columns).

    Cells show the share of their row. A heatmap tells nobody that it was clicked, so every cell has an
    invisible point over it: its `customdata` is (label, outcome, faces), as in `Dataset.emotions` and
    `VOTE_OUTCOMES`.
    """
    # The emotions come in the labels' order, so that agreement is the diagonal.
    own = [VOTE_OF[emotion] for emotion in emotions]
    outcomes = [*own, *(outcome for outcome in VOTE_OUTCOMES if outcome not in own)]
    columns = [VOTE_OUTCOMES.index(outcome) for outcome in outcomes]
    counts = disagreement.counts[:, columns]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows, names = [emotion.capitalize() for emotion in emotions], [VOTE_TITLES[name] for name in outcomes]
    # What is no emotion stands a little apart.
    edge = {"xref": "x", "yref": "paper", "x0": len(own) - 0.5, "x1": len(own) - 0.5, "y0": 0, "y1": 1}
    figure = accent_heatmap(
        shares,
        rows,
        names,
        [[f"<b>{share:.0f}</b>" if share >= 10 else f"{share:.0f}" for share in row] for row in 100 * shares],
        most=1,
        faint=0.005,
        hoverinfo="skip",
        changes={
            "height": 430,
            "shapes": [{"type": "line", "line": {"color": QUIET, "width": 1, "dash": "dot"}, **edge}],
            "clickmode": "event+select",
            "margin": {"l": 4, "r": 4, "t": 70, "b": 4},
        },
    )
    cells = list(np.ndindex(counts.shape))
    figure.add_scatter(
        x=[names[column] for _, column in cells],
        y=[rows[row] for row, _ in cells],
        customdata=[
            [emotions[row].value, outcomes[column], int(counts[row, column]), float(shares[row, column])]
            for row, column in cells
        ],
        mode="markers",
        marker={"symbol": "square", "size": 34, "color": CLEAR, "line": {"width": 0}},
        selected={"marker": {"opacity": 1, "color": CLEAR}},
        unselected={"marker": {"opacity": 1, "color": CLEAR}},
        showlegend=False,
        hovertemplate="labelled <b>%{y}</b>, voted <b>%{x}</b><br>%{customdata[2]:,} faces, "
        "%{customdata[3]:.1%} of the label's<extra></extra>",
    )
    figure.update_xaxes(title={"text": "what most FER+ voters saw", "standoff": 8}, tickangle=-40)
    figure.update_yaxes(title={"text": "the label", "standoff": 6})
    return figure


def votes_figure(votes: NDArray[np.uint8], label: Emotion) -> go.Figure:
    """How FER+'s voters saw one face: a bar for each choice that somebody made, most votes first.

    Args:
        votes: (10,), in the order of `VOTE_NAMES`.
        label: the face's own, whose bar is in its colour.
    """
    color = {vote: emotion.color for emotion, vote in VOTE_OF.items()}
    order = [index for index in np.argsort(-votes.astype(int), kind="stable") if votes[index]]
    names = [VOTE_NAMES[index] for index in order]
    figure = go.Figure(
        go.Bar(
            y=[VOTE_TITLES[name] for name in names],
            x=[int(votes[index]) for index in order],
            orientation="h",
            marker={
                "color": [color.get(name, QUIET) for name in names],
                "line": {"width": [2 if name == VOTE_OF[label] else 0 for name in names], "color": ACCENT},
            },
            text=[str(int(votes[index])) for index in order],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="<b>%{y}</b> %{x} of " + str(int(votes.sum())) + " votes<extra></extra>",
        )
    )
    figure.update_layout(
        layout(height=34 + 30 * max(len(order), 1), margin={"l": 4, "r": 24, "t": 4, "b": 4}, bargap=0.35)
    )
    figure.update_xaxes(visible=False, range=[0, max(int(votes.sum()), 1)], fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix="  ")
    return figure
