"""A training run as figures."""

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from fer.figures.style import ACCENT, CLEAR, GRID, QUIET, layout
from fer.runs import BatchMetrics, EpochMetrics, best_epoch


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
        line={"color": QUIET, "width": 1},
        opacity=0.55,
        showlegend=False,
        hoverinfo="skip",
    )
    for part, name, line in (
        ("train", "training", {"color": QUIET, "width": 2}),
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
            marker={"size": 13, "color": CLEAR, "line": {"color": ACCENT, "width": 2.5}},
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
        layout(
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
        gridcolor=GRID,
        zeroline=False,
        title={"text": "epoch", "standoff": 4},
        tickformat="d",
        hoverformat=".0f",
        **({"dtick": 1} if room <= 10 else {"nticks": 10}),
    )
    figure.update_yaxes(
        gridcolor=GRID,
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
