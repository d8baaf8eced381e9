"""Our values as Plotly figures.

Backgrounds are transparent and text carries no colour of its own, so that the page's theme, light
or dark, shows through (`st.plotly_chart(..., theme="streamlit")`). Colour always means an emotion,
but for one accent that stands for "the model".
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer.datasets import Split
from fer.emotions import Emotion, EmotionScores
from fer.evaluation import Evaluation
from fer.runs import BatchMetrics, EpochMetrics, best_epoch

# The theme's petrol between its day and night shade: it reads on both.
ACCENT = "#2b8a97"
_ACCENT_RGB = "43, 138, 151"
_QUIET = "#8a8f98"
_CLEAR = "rgba(0, 0, 0, 0)"
_GRID = "rgba(128, 128, 128, 0.18)"

SPLIT_OPACITY = {Split.TRAIN: 1.0, Split.VALIDATION: 0.62, Split.TEST: 0.34}

# Goodfellow et al. (2013): people agree with FER-2013's labels for 65 ± 5 % of the faces.
HUMAN_ACCURACY, HUMAN_ACCURACY_SPREAD = 0.65, 0.05


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
    figure.update_layout(_layout(height=330, barmode="stack", bargap=0.32, showlegend=False))
    figure.update_xaxes(title="faces", gridcolor=_GRID, zeroline=False, tickformat="~s", nticks=6)
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
    figure.update_layout(_layout(height=360, margin={"l": 0, "r": 0, "t": 0, "b": 0}))
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, constrain="domain", scaleanchor="x", autorange="reversed")
    return figure


def confusion_figure(evaluation: Evaluation, *, as_share: bool) -> go.Figure:
    """The confusion matrix: rows are what a face shows, columns what the model said.

    Args:
        evaluation: whose matrix.
        as_share: cells show the share of their row instead of counts. The shade is the row's share
            either way, or the common emotions would drown the rare ones.
    """
    counts = evaluation.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [emotion.capitalize() for emotion in evaluation.emotions]
    texts = [
        [f"{share:.0%}" if as_share else f"{count:,}" for share, count in zip(*row, strict=True)]
        for row in zip(shares, counts, strict=True)
    ]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=names,
            y=names,
            zmin=0,
            zmax=1,
            xgap=2,
            ygap=2,
            showscale=False,
            customdata=counts,
            colorscale=[[0, f"rgba({_ACCENT_RGB}, 0.05)"], [1, f"rgba({_ACCENT_RGB}, 1)"]],
            hovertemplate="shows <b>%{y}</b>, called <b>%{x}</b><br>"
            "%{customdata:,} faces, %{z:.1%} of the row<extra></extra>",
        )
    )
    # On a pale cell the text takes the page's own colour, which a fixed one could not know. All cells
    # in one call: Plotly weighs every addition against all that is there.
    annotations = [
        {
            "x": names[column],
            "y": names[row],
            "text": texts[row][column],
            "showarrow": False,
            "font": {"size": 12, **({"color": "#ffffff"} if shares[row, column] > 0.55 else {})},
            "opacity": 1 if counts[row, column] else 0.35,
        }
        for row, column in np.ndindex(counts.shape)
    ]
    figure.update_layout(
        _layout(height=470, annotations=annotations, margin={"l": 4, "r": 4, "t": 56, "b": 4})
    )
    figure.update_xaxes(
        side="top",
        title={"text": "the model said", "standoff": 8},
        showgrid=False,
        tickangle=-40,
        fixedrange=True,
    )
    figure.update_yaxes(
        autorange="reversed", title={"text": "the face shows", "standoff": 6}, showgrid=False, fixedrange=True
    )
    return figure


def accuracy_figure(evaluation: Evaluation) -> go.Figure:
    """The accuracy with its 95 % interval, on one scale with people and with the laziest answer."""
    low, high = evaluation.interval_95
    supports = evaluation.confusion.sum(axis=1)
    common = evaluation.emotions[int(supports.argmax())]
    people_low, people_high = HUMAN_ACCURACY - HUMAN_ACCURACY_SPREAD, HUMAN_ACCURACY + HUMAN_ACCURACY_SPREAD
    rows = [
        (
            "This model",
            evaluation.accuracy,
            low,
            high,
            ACCENT,
            f"{evaluation.accuracy:.1%}",
            f"95% interval {low:.1%} to {high:.1%}",
        ),
        (
            "People",
            HUMAN_ACCURACY,
            people_low,
            people_high,
            _QUIET,
            f"{100 * HUMAN_ACCURACY:.0f} ± {HUMAN_ACCURACY_SPREAD:.0%}",
            "on FER-2013, Goodfellow et al. (2013)",
        ),
        (
            f"Always “{common}”",
            evaluation.majority_accuracy,
            evaluation.majority_accuracy,
            evaluation.majority_accuracy,
            _QUIET,
            f"{evaluation.majority_accuracy:.1%}",
            "the laziest model there is",
        ),
    ]
    figure = go.Figure()
    for name, value, lowest, highest, color, text, explanation in rows:
        figure.add_scatter(
            x=[value],
            y=[name],
            mode="markers",
            showlegend=False,
            marker={"size": 14, "color": color, "symbol": "circle" if lowest < highest else "diamond"},
            error_x={
                "type": "data",
                "array": [highest - value],
                "arrayminus": [value - lowest],
                "color": color,
                "thickness": 5,
                "width": 0,
            },
            hovertemplate=f"<b>{name}</b> {text}<br>{explanation}<extra></extra>",
        )
        figure.add_annotation(x=value, y=name, text=text, showarrow=False, yshift=18, font={"size": 13})
    figure.update_layout(_layout(height=230, margin={"l": 4, "r": 18, "t": 18, "b": 4}))
    figure.update_xaxes(
        range=[0, 1], tickformat=".0%", gridcolor=_GRID, zeroline=False, fixedrange=True, nticks=6
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix="  ")
    return figure


def scores_figure(scores: EmotionScores) -> go.Figure:
    """Seven bars: what the model makes of one face."""
    percents = scores.as_dict()
    figure = go.Figure(
        go.Bar(
            y=[emotion.capitalize() for emotion in percents],
            x=list(percents.values()),
            orientation="h",
            marker={"color": [emotion.color for emotion in percents], "line": {"width": 0}},
            text=[f"{probability:.0%}" for probability in percents.values()],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="<b>%{y}</b> %{x:.1%}<extra></extra>",
        )
    )
    figure.update_layout(_layout(height=280, margin={"l": 4, "r": 44, "t": 4, "b": 4}, bargap=0.3))
    figure.update_xaxes(
        range=[0, 1], tickformat=".0%", gridcolor=_GRID, zeroline=False, fixedrange=True, nticks=6
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix="  ")
    return figure


def curves_figure(
    metrics: Sequence[EpochMetrics],
    batches: Sequence[BatchMetrics],
    epochs: int,
    measure: Literal["accuracy", "loss"],
) -> go.Figure:
    """How a run comes along: training in grey, validation in the accent, the kept epoch ringed.

    Args:
        metrics: the epochs done.
        batches: where it was within them; drawn thin, for a mean over few batches jumps.
        epochs: how many there will be.
        measure: what goes up or down.
    """
    percent = measure == "accuracy"
    value = "%{y:.1%}" if percent else "%{y:.3f}"
    x, y = _within_epochs(batches, measure)
    done = [row.epoch for row in metrics]
    marker = {"size": 5 if len(done) < 60 else 1}
    figure = go.Figure()
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": _QUIET, "width": 1},
        opacity=0.55,
        showlegend=False,
        hoverinfo="skip",
    )
    for part, name, line in (
        ("train", "training", {"color": _QUIET, "width": 2}),
        ("validation", "validation", {"color": ACCENT, "width": 2.5}),
    ):
        figure.add_scatter(
            x=done,
            y=[getattr(row, f"{part}_{measure}") for row in metrics],
            name=name,
            mode="lines+markers",
            line=line,
            marker=marker,
            hovertemplate=f"{value}<extra>{name}</extra>",
        )
    best = best_epoch(metrics)
    if best is not None:
        kept = getattr(best, f"validation_{measure}")
        figure.add_scatter(
            x=[best.epoch],
            y=[kept],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            cliponaxis=False,
            marker={"size": 13, "color": _CLEAR, "line": {"color": ACCENT, "width": 2.5}},
        )
        figure.add_annotation(
            x=best.epoch,
            y=kept,
            text=f"best: {kept:.1%}" if percent else "kept",
            # On the far side of the training curve, once the model overfits.
            yshift=-18 if percent else 18,
            showarrow=False,
            font={"size": 12},
            # To its right, where a curve that rose steeply leaves room, unless the frame ends there.
            xanchor="left" if best.epoch < 0.85 * epochs else "right",
        )
    figure.update_layout(
        _layout(
            height=270,
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
                "text": measure.capitalize(),
                "x": 0,
                "xref": "paper",
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "pad": {"b": 12},
                "font": {"size": 15},
            },
        )
    )
    # Room ahead, but not for a hundred epochs while there are two. Asked of Plotly's own ranging: a range
    # given outright would undo a learner's zoom whenever it changes.
    room = min(epochs, next((size for size in (5, 10, 20, 50, 100, 200, 500) if size > len(done)), epochs))
    figure.update_xaxes(
        autorange=True,
        autorangeoptions={"include": [0, room], "clipmin": 0},
        gridcolor=_GRID,
        zeroline=False,
        title={"text": "epoch", "standoff": 4},
        tickformat="d",
        hoverformat=".0f",
        **({"dtick": 1} if room <= 10 else {"nticks": 10}),
    )
    figure.update_yaxes(
        gridcolor=_GRID,
        zeroline=False,
        nticks=6,
        ticksuffix=" ",
        tickformat=".0%" if percent else ".2~f",
        **({} if batches or metrics else {"range": [0, 1 if percent else 2]}),
    )
    return figure


def _within_epochs(
    batches: Sequence[BatchMetrics], measure: str, at_most: int = 600
) -> tuple[list[float | None], list[float | None]]:
    """The running means as one line with a gap between epochs, thinned to what a screen can show."""
    x: list[float | None] = []
    y: list[float | None] = []
    step = -(-len(batches) // at_most) or 1
    epoch = 0
    for index, row in enumerate(batches):
        # The newest always stays: it is what moves.
        if index % step and index != len(batches) - 1:
            continue
        if row.epoch != epoch:
            x.append(None)
            y.append(None)
            epoch = row.epoch
        x.append(row.epoch - 1 + row.batch / row.batches)
        y.append(getattr(row, measure))
    return x, y


def _layout(**changes: Any) -> dict[str, Any]:
    """The layout every figure starts from, with `changes` over it."""
    return {
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "margin": {"l": 4, "r": 12, "t": 12, "b": 4},
        "hoverlabel": {"align": "left"},
        "dragmode": False,
        "title": None,
        **changes,
    }
