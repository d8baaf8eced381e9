"""What a model answers, as figures: one face's scores, a split's accuracy."""

from collections.abc import Sequence

import plotly.graph_objects as go

from fer.emotions import EmotionScores
from fer.evaluation import Evaluation
from fer.figures.style import ACCENT, GRID, QUIET, layout
from fer.statistics import percent

# Goodfellow et al. (2013): people agree with FER-2013's labels for 65 ± 5 % of the faces.
HUMAN_ACCURACY, HUMAN_ACCURACY_SPREAD = 0.65, 0.05


def accuracy_figure(
    evaluation: Evaluation, *, name: str = "This model", others: Sequence[tuple[str, Evaluation]] = ()
) -> go.Figure:
    """The accuracy with its 95 % interval, on one scale with people and with the laziest answer.

    Args:
        evaluation: whose accuracy.
        name: what it is called; short, for it stands beside the scale.
        others: more models that were asked about the same faces, each with its name.
    """
    supports = evaluation.confusion.sum(axis=1)
    common = evaluation.emotions[int(supports.argmax())]
    people_low, people_high = HUMAN_ACCURACY - HUMAN_ACCURACY_SPREAD, HUMAN_ACCURACY + HUMAN_ACCURACY_SPREAD
    rows = [
        *(_accuracy_row(called, one) for called, one in [(name, evaluation), *others]),
        (
            "People<br>on FER-2013",
            HUMAN_ACCURACY,
            people_low,
            people_high,
            QUIET,
            f"{100 * HUMAN_ACCURACY:.0f} ± {percent(HUMAN_ACCURACY_SPREAD, 0)}",
            "Goodfellow et al. (2013)",
        ),
        (
            f"Always “{common}”",
            evaluation.majority_accuracy,
            evaluation.majority_accuracy,
            evaluation.majority_accuracy,
            QUIET,
            percent(evaluation.majority_accuracy),
            "the laziest model there is",
        ),
    ]
    figure = go.Figure()
    for called, value, lowest, highest, color, text, explanation in rows:
        figure.add_scatter(
            x=[value],
            y=[called],
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
            hovertemplate=f"<b>{called}</b> {text}<br>{explanation}<extra></extra>",
        )
        figure.add_annotation(x=value, y=called, text=text, showarrow=False, yshift=18, font={"size": 13})
    figure.update_layout(layout(height=230 + 62 * len(others), margin={"l": 4, "r": 18, "t": 18, "b": 4}))
    figure.update_xaxes(
        range=[0, 1], tickformat=".0%", gridcolor=GRID, zeroline=False, fixedrange=True, nticks=6
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix="  ")
    return figure


def _accuracy_row(name: str, evaluation: Evaluation) -> tuple[str, float, float, float, str, str, str]:
    low, high = evaluation.correct.interval_95
    return (
        name,
        evaluation.accuracy,
        low,
        high,
        ACCENT,
        percent(evaluation.accuracy),
        f"95\u00a0% interval {percent(low)} to {percent(high)}, {len(evaluation):,} faces",
    )


def scores_figure(
    scores: EmotionScores, other: EmotionScores | None = None, *, names: tuple[str, str] = ("", "")
) -> go.Figure:
    """Seven bars: what the model makes of one face; with a second model's, hatched, below each.

    Args:
        scores: the model's.
        other: a second model's of the same face; emotions that only it knows are left out.
        names: what the two are called.
    """
    percents = scores.as_dict()
    figure = go.Figure(
        go.Bar(
            y=[emotion.capitalize() for emotion in percents],
            x=list(percents.values()),
            orientation="h",
            marker={"color": [emotion.color for emotion in percents], "line": {"width": 0}},
            text=[percent(probability, 0) for probability in percents.values()],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="<b>%{y}</b> %{x:.1%}<extra>" + names[0] + "</extra>",
        )
    )
    if other is not None:
        others = [other.as_dict().get(emotion, 0.0) for emotion in percents]
        figure.add_bar(
            y=[emotion.capitalize() for emotion in percents],
            x=others,
            orientation="h",
            marker={
                "color": [emotion.color for emotion in percents],
                "pattern": {"shape": "/", "fillmode": "replace", "size": 6},
                "line": {"width": 0},
            },
            text=[percent(probability, 0) for probability in others],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="<b>%{y}</b> %{x:.1%}<extra>" + names[1] + "</extra>",
        )
    figure.update_layout(
        layout(
            height=280 if other is None else 380,
            margin={"l": 4, "r": 44, "t": 4, "b": 4},
            bargap=0.3,
            showlegend=False,
        )
    )
    figure.update_xaxes(
        range=[0, 1], tickformat=".0%", gridcolor=GRID, zeroline=False, fixedrange=True, nticks=6
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix="  ")
    return figure
