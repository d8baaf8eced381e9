"""Where models break: accuracy against severity, and one face along it."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from fer.emotions import EmotionScores
from fer.evaluation.robustness import CORRUPTIONS, Corruption, CorruptionKind, FaceAlong, Sweep
from fer.figures.style import ACCENT, ACCENT_RGB, GRID, MARK, QUIET, layout
from fer.statistics import percent, percent_range

# No colour that means an emotion, and each kind of line once: who sees no colours sees dashes and marks.
_LINES = (
    (ACCENT, ACCENT_RGB, "solid", "circle"),
    (MARK, "192, 122, 28", "dash", "square"),
    (QUIET, "138, 143, 152", "dot", "diamond"),
)
_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class NamedSweep:
    """A model in a figure of up to three.

    Attributes:
        letter: what it is called within the page, "A" to "C"; empty when it is the only one.
        title: what the learner calls it.
        sweep: its answers.
    """

    letter: str
    title: str
    sweep: Sweep

    @property
    def name(self) -> str:
        """Letter and title as a legend shows them, at most 44 letters."""
        title = self.title if len(self.title) <= 40 else f"{self.title[:39]}…"
        # Plotly would take angle brackets for markup, and percent signs for fields.
        plain = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
        return f"{self.letter}  {plain}".strip()


def severity_figure(sweeps: Sequence[NamedSweep], kind: CorruptionKind) -> go.Figure:
    """Accuracy at level 0 to 5 of one kind, with 95 % bands, for up to three models over one another.

    Args:
        sweeps: of the same faces; all have measured `kind`.
        kind: which.
    """
    corruption = CORRUPTIONS[kind]
    figure = go.Figure()
    _curves(figure, sweeps, kind, bands=True)
    majority = sweeps[0].sweep.majority_accuracy
    figure.add_hline(y=majority, line={"color": QUIET, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=1,
        xref="paper",
        y=majority,
        text=f"always the commonest: {percent(majority, 0)}",
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"size": 11, "color": QUIET},
    )
    figure.update_layout(
        layout(
            height=300 + 22 * (len(sweeps) if len(sweeps) > 1 else 0),
            showlegend=len(sweeps) > 1,
            legend={"orientation": "v", "x": 0, "y": -0.22, "xanchor": "left", "yanchor": "top"},
            hovermode="closest",
            margin={"l": 4, "r": 14, "t": 10, "b": 4},
        )
    )
    _severity_axis(figure, corruption)
    _share_axis(figure, "accuracy")
    return figure


def recalls_figure(swept: Sweep, kind: CorruptionKind) -> go.Figure:
    """How many faces of each emotion a model still finds, at level 0 to 5 of one kind."""
    corruption = CORRUPTIONS[kind]
    figure = go.Figure()
    for emotion in swept.emotions:
        found = [(point.severity, swept.recall(point, emotion)) for point in swept.curve(kind)]
        points = [(severity, recall) for severity, recall in found if recall is not None]
        if not points:
            continue
        figure.add_scatter(
            x=[severity for severity, _ in points],
            y=[recall.share for _, recall in points],
            customdata=[
                [
                    corruption.number(severity),
                    f"{recall.right:,} of {recall.of:,}",
                    recall.range_95,
                ]
                for severity, recall in points
            ],
            name=f"{emotion.capitalize()} ({points[0][1].of:,})",
            mode="lines+markers",
            line={"color": emotion.color, "width": 2},
            marker={"size": 6, "line": {"width": 0}},
            hovertemplate=f"<b>{emotion.capitalize()}</b> at %{{customdata[0]}}<br>%{{y:.1%}}: "
            "%{customdata[1]} faces<br>95\u00a0% interval %{customdata[2]}<extra></extra>",
        )
    figure.update_layout(
        layout(
            height=380,
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": -0.2, "xanchor": "left", "yanchor": "top"},
            hovermode="closest",
            margin={"l": 4, "r": 14, "t": 10, "b": 4},
        )
    )
    _severity_axis(figure, corruption)
    _share_axis(figure, "recall")
    return figure


def all_kinds_figure(sweeps: Sequence[NamedSweep], kinds: Sequence[CorruptionKind]) -> go.Figure:
    """Accuracy at level 0 to 5 of every kind that was measured, one small chart each, on one scale.

    Args:
        sweeps: up to three, of the same faces; all have measured `kinds`.
        kinds: in the order in which the charts stand.
    """
    rows = -(-len(kinds) // _COLUMNS)
    figure = make_subplots(
        rows=rows,
        cols=_COLUMNS,
        shared_yaxes=True,
        subplot_titles=[CORRUPTIONS[kind].title for kind in kinds],
        horizontal_spacing=0.03,
        vertical_spacing=0.3 / rows,
    )
    majority = sweeps[0].sweep.majority_accuracy
    for index, kind in enumerate(kinds):
        row, column = divmod(index, _COLUMNS)
        _curves(figure, sweeps, kind, by_level=True, row=row + 1, column=column + 1, legend=index == 0)
    figure.add_hline(y=majority, line={"color": QUIET, "width": 1, "dash": "dot"}, row="all", col="all")
    figure.update_annotations(font={"size": 12})
    figure.update_layout(
        layout(
            height=60 + 132 * rows + 22 * (len(sweeps) if len(sweeps) > 1 else 0),
            showlegend=len(sweeps) > 1,
            legend={"orientation": "v", "x": 0, "y": -0.1, "xanchor": "left", "yanchor": "top"},
            hovermode="closest",
            margin={"l": 4, "r": 4, "t": 26, "b": 4},
        )
    )
    figure.update_xaxes(
        range=[-0.3, 5.3], tickvals=[0, 5], gridcolor=GRID, zeroline=False, fixedrange=True, showgrid=False
    )
    figure.update_yaxes(
        range=[0, 1],
        tickvals=[0, 0.5, 1],
        tickformat=".0%",
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
    )
    return figure


def change_figure(before: EmotionScores, after: EmotionScores) -> go.Figure:
    """The scores of a changed face as bars, those of the untouched face as marks across them."""
    names = [emotion.capitalize() for emotion in after.emotions]
    was = [float(value) for value in before.probabilities]
    figure = go.Figure(
        go.Bar(
            y=names,
            x=[float(value) for value in after.probabilities],
            customdata=was,
            orientation="h",
            marker={"color": [emotion.color for emotion in after.emotions], "line": {"width": 0}},
            text=[percent(value, 0) for value in after.probabilities],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="<b>%{y}</b> %{x:.1%}, untouched %{customdata:.1%}<extra></extra>",
        )
    )
    figure.add_scatter(
        x=was,
        y=names,
        mode="markers",
        marker={"symbol": "line-ns", "size": 15, "line": {"width": 2, "color": QUIET}},
        hoverinfo="skip",
    )
    figure.update_layout(
        layout(height=230, margin={"l": 4, "r": 44, "t": 4, "b": 4}, bargap=0.3, showlegend=False)
    )
    figure.update_xaxes(
        range=[0, 1], tickformat=".0%", gridcolor=GRID, zeroline=False, fixedrange=True, nticks=6
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix="  ")
    return figure


def along_figure(along: FaceAlong, present: float) -> go.Figure:
    """The score of each emotion at every severity, for one face and one model.

    Where the answer flips a line stands, the first one from the untouched face with its words; the severity
    that is set now is a line of another colour.

    Args:
        along: the scores.
        present: the severity that is set.
    """
    corruption = CORRUPTIONS[along.kind]
    severities = along.severities
    numbers = [corruption.number(float(severity)) for severity in severities]
    peaks = along.probabilities.max(axis=0)
    figure = go.Figure()
    for column, emotion in enumerate(along.emotions):
        figure.add_scatter(
            x=severities,
            y=along.probabilities[:, column],
            text=numbers,
            mode="lines",
            # Emotions that never come near an answer stay in the background.
            opacity=1 if peaks[column] >= 0.2 else 0.45,
            line={"color": emotion.color, "width": 2.5 if peaks[column] >= 0.2 else 1.2},
            name=emotion.capitalize(),
            hovertemplate=f"<b>{emotion.capitalize()}</b> %{{y:.0%}} at %{{text}}<extra></extra>",
        )
    for flip in along.answer_changes:
        figure.add_vline(
            x=flip.severity,
            line={"color": QUIET, "width": 1.5 if flip.is_first else 0.8, "dash": "dash"},
            opacity=1 if flip.is_first else 0.55,
        )
        if flip.is_first:
            late = flip.severity > (corruption.least + corruption.greatest) / 2
            figure.add_annotation(
                x=flip.severity,
                y=1,
                yref="paper",
                text=f"{flip.before} → {flip.after}",
                showarrow=False,
                xanchor="right" if late else "left",
                yanchor="bottom",
                font={"size": 11},
            )
    figure.add_vline(x=present, line={"color": MARK, "width": 2})
    figure.add_scatter(
        x=[present],
        y=[float(along.scores(present).confidence)],
        mode="markers",
        marker={"color": MARK, "size": 9, "line": {"width": 0}},
        hoverinfo="skip",
    )
    figure.update_layout(
        layout(height=230, showlegend=False, hovermode="closest", margin={"l": 4, "r": 12, "t": 26, "b": 4})
    )
    _severity_axis(figure, corruption, whole=True)
    _share_axis(figure, "score")
    figure.update_yaxes(range=[-0.02, 1.02])
    return figure


def _curves(
    figure: go.Figure,
    sweeps: Sequence[NamedSweep],
    kind: CorruptionKind,
    *,
    bands: bool = False,
    by_level: bool = False,
    row: int | None = None,
    column: int | None = None,
    legend: bool = True,
) -> None:
    """One line of accuracies for each model, over severity or over the number of the level."""
    place = {} if row is None else {"row": row, "col": column}
    corruption = CORRUPTIONS[kind]
    for named, (color, rgb, dash, symbol) in zip(sweeps, _LINES, strict=False):
        swept = named.sweep
        points = swept.curve(kind)
        x = list(range(len(points))) if by_level else [point.severity for point in points]
        intervals = [swept.correct(point).interval_95 for point in points]
        if bands:
            figure.add_scatter(
                x=[*x, *reversed(x)],
                y=[*(high for _, high in intervals), *(low for low, _ in reversed(intervals))],
                mode="lines",
                fill="toself",
                fillcolor=f"rgba({rgb}, 0.16)",
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
                **place,
            )
        figure.add_scatter(
            x=x,
            y=[swept.accuracy(point) for point in points],
            customdata=[
                [
                    corruption.number(point.severity) if level else "untouched",
                    percent_range(low, high),
                    percent(swept.flips(point) / len(swept), 0),
                    percent(point.mean_confidence, 0),
                ]
                for level, (point, (low, high)) in enumerate(zip(points, intervals, strict=True))
            ],
            name=named.name,
            mode="lines+markers",
            line={"color": color, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 5 if by_level else 8, "line": {"width": 0}},
            showlegend=legend and len(sweeps) > 1,
            hovertemplate=f"<b>{named.name}</b><br>"
            f"{corruption.title} %{{customdata[0]}}: %{{y:.1%}} right<br>"
            f"of {len(swept):,} faces, 95\u00a0% interval %{{customdata[1]}}<br>"
            "%{customdata[2]} of the answers turned<br>"
            "mean confidence %{customdata[3]}<extra></extra>",
            **place,
        )


def _severity_axis(figure: go.Figure, corruption: Corruption, *, whole: bool = False) -> None:
    """Severities as a person writes them, at the standard levels; `whole` also the other way."""
    ends = (corruption.least, corruption.greatest) if whole else (corruption.neutral, corruption.levels[-1])
    marks = [corruption.neutral, *corruption.levels]
    if whole:
        marks += [-level for level in corruption.levels if corruption.least < 0]
        marks = _apart(marks, 0.12 * (ends[1] - ends[0]))
    room = 0.03 * (ends[1] - ends[0])
    figure.update_xaxes(
        range=[ends[0] - room, ends[1] + room],
        tickvals=marks,
        ticktext=[corruption.number(mark) for mark in marks],
        title={"text": corruption.measure, "standoff": 6, "font": {"size": 12}},
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
        automargin=True,
        tickangle=0,
    )


def _apart(marks: Sequence[float], room: float) -> list[float]:
    """Those of the marks that are at least `room` from those before them."""
    kept: list[float] = []
    for mark in marks:
        if all(abs(mark - other) >= room for other in kept):
            kept.append(mark)
    return sorted(kept)


def _share_axis(figure: go.Figure, title: str) -> None:
    figure.update_yaxes(
        range=[0, 1],
        tickformat=".0%",
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
        nticks=6,
        automargin=True,
        title={"text": title, "standoff": 4, "font": {"size": 12}},
    )
