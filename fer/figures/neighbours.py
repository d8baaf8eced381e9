"""Nearest neighbours: what the training faces nearest to a face are labelled, as a figure."""

from collections.abc import Mapping

import plotly.graph_objects as go

from fer.emotions import Emotion
from fer.figures.style import layout


def labels_figure(counts: Mapping[Emotion, int]) -> go.Figure:
    """One bar, divided by label: how many of a few faces carry each, the commonest first."""
    total = sum(counts.values())
    figure = go.Figure()
    for emotion, count in sorted(counts.items(), key=lambda entry: -entry[1]):
        if count:
            figure.add_bar(
                x=[count],
                y=[""],
                orientation="h",
                marker={"color": emotion.color, "line": {"width": 0}},
                text=f"{emotion.capitalize()} {count}",
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                constraintext="none",
                # White reads on all seven but the pale ones.
                textfont={"color": "#10141a" if emotion in _PALE else "#ffffff", "size": 12},
                hovertemplate=f"<b>{emotion.capitalize()}</b> {count} of {total}<extra></extra>",
            )
    figure.update_layout(
        layout(
            height=40,
            barmode="stack",
            showlegend=False,
            bargap=0.0,
            margin={"l": 0, "r": 0, "t": 4, "b": 4},
            uniformtext={"minsize": 9, "mode": "hide"},
        )
    )
    figure.update_xaxes(visible=False, range=[0, max(total, 1)], fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    return figure


_PALE = (Emotion.HAPPY, Emotion.SURPRISE)
