"""What a model answers, as figures: one face's scores, a split's accuracy and confusion."""

import numpy as np
import plotly.graph_objects as go

from fer.emotions import EmotionScores
from fer.evaluation import Evaluation
from fer.figures.style import ACCENT, ACCENT_RGB, GRID, QUIET, layout

# Goodfellow et al. (2013): people agree with FER-2013's labels for 65 ± 5 % of the faces.
HUMAN_ACCURACY, HUMAN_ACCURACY_SPREAD = 0.65, 0.05


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
            colorscale=[[0, f"rgba({ACCENT_RGB}, 0.05)"], [1, f"rgba({ACCENT_RGB}, 1)"]],
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
        layout(height=470, annotations=annotations, margin={"l": 4, "r": 4, "t": 56, "b": 4})
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
            QUIET,
            f"{100 * HUMAN_ACCURACY:.0f} ± {HUMAN_ACCURACY_SPREAD:.0%}",
            "on FER-2013, Goodfellow et al. (2013)",
        ),
        (
            f"Always “{common}”",
            evaluation.majority_accuracy,
            evaluation.majority_accuracy,
            evaluation.majority_accuracy,
            QUIET,
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
    figure.update_layout(layout(height=230, margin={"l": 4, "r": 18, "t": 18, "b": 4}))
    figure.update_xaxes(
        range=[0, 1], tickformat=".0%", gridcolor=GRID, zeroline=False, fixedrange=True, nticks=6
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
    figure.update_layout(layout(height=280, margin={"l": 4, "r": 44, "t": 4, "b": 4}, bargap=0.3))
    figure.update_xaxes(
        range=[0, 1], tickformat=".0%", gridcolor=GRID, zeroline=False, fixedrange=True, nticks=6
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix="  ")
    return figure
