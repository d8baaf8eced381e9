"""Embedding map (t-SNE): the faces in the plane as a model sees them, and what was chosen on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer.datasets import Dataset, Split
from fer.datasets.browsing import VOTE_OUTCOMES, vote_outcomes
from fer.datasets.character import VOTE_OF
from fer.emotions import Emotion
from fer.figures.style import ACCENT, CLEAR, GRID, QUIET, layout

# Three that are no emotion's colour and stay apart under the common colour blindnesses.
SPLIT_COLORS = {Split.TRAIN: ACCENT, Split.VALIDATION: "#d08a2e", Split.TEST: "#8a5fb0"}
# From little to much, to be told apart on paper and on slate.
_SCALE = [[0, "#6a4a9c"], [0.5, ACCENT], [1, "#f0a830"]]
_OTHER_VOTES = {"contempt": "#9a7b56", "NF": "#e08020"}
# The axes have no unit, so a place is sent as two bytes a coordinate.
_EXTENT = 32_000


@dataclass(frozen=True, slots=True, eq=False)
class MapGroup:
    """Faces of one colour on the map.

    Attributes:
        title: what they have in common, for the legend; empty for the rest of a continuous scale.
        color: "#rrggbb"; with `values` that of faces whose value is unknown.
        points: (p,) intp, which points of the map.
        values: (p,) float32, what a continuous scale colours by; None for `color`.
    """

    title: str
    color: str
    points: NDArray[np.intp]
    values: NDArray[np.float32] | None = None


def groups_by_label(
    dataset: Dataset, places: NDArray[np.intp], labels: NDArray[np.intp] | None = None
) -> list[MapGroup]:
    """Return the faces at `places` by label, in the emotions' order; or by `labels`, (m,), -1 for none."""
    labels = dataset.labels[places] if labels is None else labels
    groups = [
        MapGroup(emotion.capitalize(), emotion.color, np.flatnonzero(labels == label))
        for label, emotion in enumerate(dataset.emotions)
    ]
    return _shown([*groups, MapGroup("Another emotion", QUIET, np.flatnonzero(labels < 0))])


def groups_by_split(dataset: Dataset, places: NDArray[np.intp]) -> list[MapGroup]:
    """Return the faces at `places` by split."""
    splits = dataset.splits[places]
    return _shown(
        [
            MapGroup(split.capitalize(), SPLIT_COLORS[split], np.flatnonzero(splits == split))
            for split in Split
        ]
    )


def groups_by_vote(dataset: Dataset, places: NDArray[np.intp]) -> list[MapGroup]:
    """Return the faces at `places` by what their FER+ votes came to; the dataset must have votes."""
    assert dataset.votes is not None
    outcomes = vote_outcomes(dataset.votes[places])
    colors = {name: emotion.color for emotion, name in VOTE_OF.items()}
    groups = [
        MapGroup(
            "Not a face" if name == "NF" else name.capitalize(),
            colors.get(name, _OTHER_VOTES.get(name, QUIET)),
            np.flatnonzero(outcomes == outcome),
        )
        for outcome, name in enumerate(VOTE_OUTCOMES)
    ]
    return _shown([*groups, MapGroup("No votes", QUIET, np.flatnonzero(outcomes < 0))])


def groups_by_value(values: NDArray[np.float32]) -> list[MapGroup]:
    """Return the faces of a map on a continuous scale, `values` (m,); those without a value (NaN) apart."""
    known = np.isfinite(values)
    with_value, without = np.flatnonzero(known), np.flatnonzero(~known)
    return _shown([MapGroup("Unknown", QUIET, without), MapGroup("", QUIET, with_value, values[with_value])])


def _shown(groups: Sequence[MapGroup]) -> list[MapGroup]:
    return [group for group in groups if len(group.points)]


def face_map_figure(
    positions: NDArray[np.float32],
    groups: Sequence[MapGroup],
    rows: NDArray[np.intp],
    words: Sequence[str] | NDArray[np.str_],
    scale_title: str = "",
) -> go.Figure:
    """The faces in the plane; its traces are `groups`, and each trace's points the group's, in their order.

    Args:
        positions: (m, 2), where the faces lie.
        groups: what is shown; in the order of the legend.
        rows: (m,), what the pointer is told as a face's row.
        words: (m,), what it is told besides: a label and a split.
        scale_title: what a continuous scale measures.
    """
    middle = (positions.max(axis=0) + positions.min(axis=0)) / 2
    reach = np.maximum(np.abs(positions - middle).max(axis=0), 1e-9)
    places = np.round((positions - middle) / reach * _EXTENT).astype(np.int16)
    words = np.asarray(words)
    figure = go.Figure()
    for group in groups:
        shown = group.values is not None
        figure.add_scattergl(
            x=places[group.points, 0],
            y=places[group.points, 1],
            name=group.title,
            mode="markers",
            showlegend=not shown and bool(group.title),
            customdata=rows[group.points].astype(np.int32),
            text=words[group.points],
            marker={
                # Smaller where there are many.
                "size": 3.5 if len(positions) > 10_000 else 5 if len(positions) > 2_000 else 8,
                "opacity": 0.75,
                "line": {"width": 0},
                **({"color": group.values, "coloraxis": "coloraxis"} if shown else {"color": group.color}),
            },
            unselected={"marker": {"opacity": 0.12}},
            selected={"marker": {"opacity": 1}},
            hovertemplate=("%{marker.color:.2f}<br>" if shown else "<b>%{fullData.name}</b><br>")
            + "%{text}<br>row %{customdata:,}<extra></extra>",
        )
    figure.update_layout(
        layout(
            height=620,
            dragmode="lasso",
            hovermode="closest",
            modebar={"bgcolor": CLEAR, "color": QUIET, "activecolor": ACCENT},
            # The zoom stays while the faces below change.
            uirevision="map",
            legend={
                "orientation": "h",
                # Below: above are Plotly's own buttons, and on a telephone there is no room for both.
                "yanchor": "top",
                "y": 0,
                "x": 0,
                "itemsizing": "constant",
                "title": {"text": ""},
            },
            margin={"l": 4, "r": 4, "t": 28, "b": 4},
            coloraxis={
                "colorscale": _SCALE,
                "colorbar": {"title": {"text": scale_title}, "thickness": 10, "outlinewidth": 0, "len": 0.6},
            },
        )
    )
    figure.update_xaxes(visible=False, range=[-_EXTENT * 1.04, _EXTENT * 1.04])
    figure.update_yaxes(visible=False, range=[-_EXTENT * 1.04, _EXTENT * 1.04])
    return figure


def chosen_figure(counts: Mapping[Emotion, int], all_counts: Mapping[Emotion, int]) -> go.Figure:
    """What the chosen faces are labelled, in shares, each beside a mark for its share of all faces."""
    chosen, total = max(sum(counts.values()), 1), max(sum(all_counts.values()), 1)
    names = [emotion.capitalize() for emotion in counts]
    whole = [all_counts[emotion] / total for emotion in counts]
    figure = go.Figure(
        go.Bar(
            y=names,
            x=[count / chosen for count in counts.values()],
            orientation="h",
            marker={"color": [emotion.color for emotion in counts], "line": {"width": 0}},
            text=[f"{count:,}" for count in counts.values()],
            textposition="outside",
            cliponaxis=False,
            customdata=whole,
            hovertemplate="<b>%{y}</b> %{text} of the chosen, %{x:.1%}<br>"
            "%{customdata:.1%} of all faces<extra></extra>",
        )
    )
    figure.add_scatter(
        y=names,
        x=whole,
        mode="markers",
        marker={"symbol": "line-ns", "size": 14, "line": {"width": 2, "color": QUIET}},
        hovertemplate="<b>%{y}</b> %{x:.1%} of all faces<extra></extra>",
    )
    figure.update_layout(
        layout(height=250, bargap=0.32, showlegend=False, margin={"l": 4, "r": 40, "t": 4, "b": 4})
    )
    figure.update_xaxes(
        gridcolor=GRID, zeroline=False, tickformat=".0%", fixedrange=True, nticks=6, rangemode="tozero"
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix="  ")
    return figure
