"""Robustness curves: accuracy against the severity of a corruption, and one face's scores along it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from fer.emotions import EmotionScores
from fer.evaluation.robustness import CORRUPTIONS, Corruption, CorruptionKind, SeverityScan, Sweep
from fer.figures.evaluation import score_bars, scores_layout
from fer.figures.style import (
    ACCENT,
    ACCENT_RGB,
    MARK,
    MARK_RGB,
    QUIET,
    axis,
    label,
    layout,
    legend_below,
    plain,
    share_axis,
    share_ticks,
)
from fer.statistics import percent

# No colour that means an emotion, and each kind of line once: who sees no colours sees dashes and marks.
_LINES = (
    (ACCENT, ACCENT_RGB, "solid", "circle"),
    (MARK, MARK_RGB, "dash", "square"),
    (QUIET, "138, 143, 152", "dot", "diamond"),
)
_COLUMNS = 3
_MAJORITY = {"color": QUIET, "width": 1, "dash": "dot"}


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
        return f"{self.letter}  {plain(title)}".strip()


def severity_figure(sweeps: Sequence[NamedSweep], kind: CorruptionKind) -> go.Figure:
    """Accuracy at level 0 to 5 of one kind, with 95 % bands, for up to three models over one another."""
    figure = go.Figure()
    _curves(figure, sweeps, kind, bands=True)
    majority = sweeps[0].sweep.majority_accuracy
    figure.add_hline(y=majority, line=_MAJORITY)
    always = f"always the commonest: {percent(majority, 0)}"
    small = {"size": 11, "color": QUIET}
    figure.add_annotation(
        label(1, majority, always, xref="paper", xanchor="right", yanchor="bottom", font=small)
    )
    figure.update_layout(_layout(CORRUPTIONS[kind], "accuracy", 300, len(sweeps)))
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
            name=f"{emotion.capitalize()} ({points[0][1].of:,})",
            mode="lines+markers",
            line={"color": emotion.color, "width": 2},
            marker={"size": 6, "line": {"width": 0}},
            hovertemplate=[
                f"<b>{emotion.capitalize()}</b> at {corruption.number(severity)}<br>{percent(recall.share)}: "
                f"{recall.right:,} of {recall.of:,} faces<br>95\u00a0% interval {recall.range_95}"
                "<extra></extra>"
                for severity, recall in points
            ],
        )
    figure.update_layout(_layout(corruption, "recall", 380))
    figure.update_layout(showlegend=True, legend=legend_below(-0.2, "h"))
    return figure


def all_kinds_figure(sweeps: Sequence[NamedSweep], kinds: Sequence[CorruptionKind]) -> go.Figure:
    """Accuracy at level 0 to 5 of every kind that was measured, one small chart each, on one scale.

    The models, up to three, were asked about the same faces.
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
    for index, kind in enumerate(kinds):
        row, column = divmod(index, _COLUMNS)
        place: dict[str, Any] = {"row": row + 1, "col": column + 1}
        _curves(figure, sweeps, kind, by_level=True, legend=index == 0, **place)
    figure.add_hline(y=sweeps[0].sweep.majority_accuracy, line=_MAJORITY, row="all", col="all")
    figure.update_annotations(font={"size": 12})
    figure.update_layout(
        layout(
            height=60 + 132 * rows + _legend_height(len(sweeps)),
            showlegend=len(sweeps) > 1,
            legend=legend_below(-0.1),
            hovermode="closest",
            margin={"l": 4, "r": 4, "t": 26, "b": 4},
        )
    )
    figure.update_xaxes(axis(range=[-0.3, 5.3], tickvals=[0, 5], showgrid=False))
    figure.update_yaxes(share_axis(**share_ticks([0, 0.5, 1])))
    return figure


def change_figure(before: EmotionScores, after: EmotionScores) -> go.Figure:
    """The scores of a changed face as bars, those of the untouched face as marks across them."""
    was = before.as_dict()
    bars = score_bars(after.emotions, after)
    bars["hovertemplate"] = [
        f"<b>{emotion.capitalize()}</b> {percent(after.as_dict()[emotion])}, untouched "
        f"{percent(was[emotion])}<extra></extra>"
        for emotion in after.emotions
    ]
    marks = {
        "type": "scatter",
        "x": [was[emotion] for emotion in after.emotions],
        "y": bars["y"],
        "mode": "markers",
        "marker": {"symbol": "line-ns", "size": 15, "line": {"width": 2, "color": QUIET}},
        "hoverinfo": "skip",
    }
    return go.Figure(data=[bars, marks], layout=scores_layout(230))


def severity_scan_figure(along: SeverityScan, present: float) -> go.Figure:
    """The score of each emotion at every severity, for one face and one model.

    Where the answer changes a line stands, the first one from the untouched face with its words; the severity
    that is set now, `present`, is a line of another colour.
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
            mode="lines",
            # Emotions that never come near an answer stay in the background.
            opacity=1 if peaks[column] >= 0.2 else 0.45,
            line={"color": emotion.color, "width": 2.5 if peaks[column] >= 0.2 else 1.2},
            name=emotion.capitalize(),
            hovertemplate=[
                f"<b>{emotion.capitalize()}</b> {percent(score, 0)} at {number}<extra></extra>"
                for score, number in zip(along.probabilities[:, column], numbers, strict=True)
            ],
        )
    for change in along.answer_changes:
        figure.add_vline(
            x=change.severity,
            line={"color": QUIET, "width": 1.5 if change.is_first else 0.8, "dash": "dash"},
            opacity=1 if change.is_first else 0.55,
        )
        if change.is_first:
            late = change.severity > (corruption.least + corruption.greatest) / 2
            place = {"yref": "paper", "xanchor": "right" if late else "left", "yanchor": "bottom"}
            words = f"{change.before} → {change.after}"
            figure.add_annotation(label(change.severity, 1, words, font={"size": 11}, **place))
    figure.add_vline(x=present, line={"color": MARK, "width": 2})
    figure.add_scatter(
        x=[present],
        y=[float(along.scores(present).confidence)],
        mode="markers",
        marker={"color": MARK, "size": 9, "line": {"width": 0}},
        hoverinfo="skip",
    )
    figure.update_layout(_layout(corruption, "score", 230, whole=True))
    figure.update_layout(margin={"r": 12, "t": 26}, yaxis={"range": [-0.02, 1.02]})
    return figure


def _curves(
    figure: go.Figure,
    sweeps: Sequence[NamedSweep],
    kind: CorruptionKind,
    *,
    bands: bool = False,
    by_level: bool = False,
    legend: bool = True,
    **place: Any,
) -> None:
    """One line of accuracies for each model, over severity or over the number of the level."""
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
            name=named.name,
            mode="lines+markers",
            line={"color": color, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 5 if by_level else 8, "line": {"width": 0}},
            showlegend=legend and len(sweeps) > 1,
            hovertemplate=[
                f"<b>{named.name}</b><br>{corruption.title} "
                f"{corruption.number(point.severity) if level else 'untouched'}: "
                f"{percent(swept.accuracy(point))} right<br>of {len(swept):,} faces, 95\u00a0% interval "
                f"{swept.correct(point).range_95}<br>"
                f"{percent(swept.answers_changed(point) / len(swept), 0)} of the "
                f"answers changed<br>mean confidence {percent(point.mean_confidence, 0)}<extra></extra>"
                for level, point in enumerate(points)
            ],
            **place,
        )


def _layout(
    corruption: Corruption, title: str, height: int, models: int = 1, *, whole: bool = False
) -> dict[str, Any]:
    """The layout of a share over severities, at the standard levels; `whole` also the other way."""
    ends = (corruption.least, corruption.greatest) if whole else (corruption.neutral, corruption.levels[-1])
    marks = [corruption.neutral, *corruption.levels]
    if whole:
        marks += [-level for level in corruption.levels if corruption.least < 0]
        marks = _apart(marks, 0.12 * (ends[1] - ends[0]))
    room = 0.03 * (ends[1] - ends[0])
    return layout(
        height=height + _legend_height(models),
        showlegend=models > 1,
        legend=legend_below(-0.22),
        hovermode="closest",
        margin={"l": 4, "r": 14, "t": 10, "b": 4},
        xaxis=axis(
            corruption.measure,
            range=[ends[0] - room, ends[1] + room],
            tickvals=marks,
            ticktext=[corruption.number(mark) for mark in marks],
            tickangle=0,
        ),
        yaxis=share_axis(title),
    )


def _legend_height(models: int) -> int:
    return 22 * models if models > 1 else 0


def _apart(marks: Sequence[float], room: float) -> list[float]:
    """Those of the marks that are at least `room` from those before them."""
    kept: list[float] = []
    for mark in marks:
        if all(abs(mark - other) >= room for other in kept):
            kept.append(mark)
    return sorted(kept)
