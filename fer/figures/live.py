"""Live charts: one person's last minute, and how much there was of each emotion."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from fer.emotions import EMOTIONS, Emotion
from fer.figures.style import axis, layout, names_axis, share_axis, share_ticks
from fer.live import PersonHistory
from fer.live.history import KEPT_SECONDS
from fer.statistics import percent

UNSURE_COLOR = "#b9bec6"
# From this share on there is room for the emotion's name in its part of a bar.
_NAMED_SHARE = 0.14
# A pause as long as this is a gap in the chart and not a straight line over it.
_GAP_SECONDS = 1.0
_STRIP_HEIGHT = 0.14


def timeline_figure(person: PersonHistory, *, seconds: float = KEPT_SECONDS, height: int = 170) -> go.Figure:
    """The probabilities of one person over the last `seconds` as stacked areas, and the told label below."""
    figure = go.Figure()
    moments, probabilities, labels = _with_gaps(person)
    for column, emotion in enumerate(person.emotions):
        figure.add_scatter(
            x=moments,
            y=probabilities[:, column],
            name=emotion.capitalize(),
            mode="lines",
            stackgroup="scores",
            line={"width": 0, "color": emotion.color},
            fillcolor=emotion.color,
            connectgaps=False,
            showlegend=False,
            hovertemplate=f"{emotion.capitalize()} %{{y:.0%}}<extra></extra>",
        )
    # The label in a strip of its own: what is told is not always what is likeliest at that moment.
    figure.add_scatter(
        x=moments,
        y=np.full(len(moments), -_STRIP_HEIGHT / 2),
        mode="markers",
        marker={
            "symbol": "square",
            "size": 9,
            "color": [_color(label) for label in labels],
            "line": {"width": 0},
        },
        showlegend=False,
        text=[_name(label) for label in labels],
        hovertemplate="told: %{text}<extra></extra>",
    )
    figure.update_layout(
        layout(height=height, margin={"l": 42, "r": 8, "t": 4, "b": 24}, hovermode="x unified")
    )
    figure.update_xaxes(axis(range=[-seconds, 0], ticksuffix=" s", nticks=5))
    figure.update_yaxes(axis(range=[-_STRIP_HEIGHT, 1], **share_ticks([0, 0.5, 1])))
    return figure


def shares_figure(shares: Mapping[str, Mapping[Emotion | None, float]], *, height: int = 0) -> go.Figure:
    """How much of the time each label was told, None being unsure: one bar per person, by their names.

    A height of 0 pixels follows the number of people.
    """
    figure = go.Figure()
    names = list(shares)
    for label in (*EMOTIONS, None):
        values = [shares[name].get(label, 0.0) for name in names]
        if not any(values):
            continue
        figure.add_bar(
            x=values,
            y=names,
            orientation="h",
            name=_name(label),
            marker={"color": _color(label), "line": {"width": 0}},
            text=[f"{_name(label)} {percent(value, 0)}" if value >= _NAMED_SHARE else "" for value in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"size": 12, "color": "#121212"},
            showlegend=False,
            hovertemplate=f"<b>%{{y}}</b><br>{_name(label)} %{{x:.0%}}<extra></extra>",
        )
    figure.update_layout(
        layout(
            barmode="stack",
            bargap=0.25,
            height=height or 44 + 34 * max(len(names), 1),
            margin={"l": 76, "r": 14, "t": 4, "b": 24},
        )
    )
    figure.update_xaxes(share_axis())
    figure.update_yaxes(names_axis())
    return figure


def _with_gaps(
    person: PersonHistory,
) -> tuple[np.ndarray, np.ndarray, Sequence[Emotion | None]]:
    """The samples with an empty one wherever the person was out of view, so that no area spans the gap."""
    after = np.flatnonzero(np.diff(person.seconds) > _GAP_SECONDS) + 1
    moments = np.insert(person.seconds, after, person.seconds[after - 1] + 0.01)
    probabilities = np.insert(person.probabilities.astype(float), after, np.nan, axis=0)
    labels = list(person.labels)
    for place in after[::-1]:
        labels.insert(int(place), None)
    return moments, probabilities, labels


def _color(label: Emotion | None) -> str:
    return UNSURE_COLOR if label is None else label.color


def _name(label: Emotion | None) -> str:
    return "Unsure" if label is None else label.capitalize()
