"""Accuracy and class probabilities as charts: a split's accuracy with its interval, one face's scores."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from fer.emotions import Emotion, EmotionScores
from fer.evaluation import Evaluation
from fer.figures.style import ACCENT, QUIET, error_bars, label, layout, names_axis, share_axis
from fer.statistics import percent

# Goodfellow et al. (2013): people agree with FER-2013's labels for 65 ± 5 % of the faces.
HUMAN_ACCURACY, HUMAN_ACCURACY_SPREAD = 0.65, 0.05


def accuracy_figure(
    evaluation: Evaluation, *, name: str = "This model", others: Sequence[tuple[str, Evaluation]] = ()
) -> go.Figure:
    """The accuracy with its 95 % interval, on one scale with people and with the laziest answer.

    Names are short, for they stand beside the scale; all models were asked about the same faces.
    """
    supports = evaluation.confusion.sum(axis=1)
    # Where all are as frequent, naming one of them would be a lie about the others.
    is_common = supports == supports.max()
    common = f"“{evaluation.emotions[int(supports.argmax())]}”" if is_common.sum() == 1 else "one emotion"
    people = (HUMAN_ACCURACY - HUMAN_ACCURACY_SPREAD, HUMAN_ACCURACY + HUMAN_ACCURACY_SPREAD)
    spread = f"{100 * HUMAN_ACCURACY:.0f} ± {percent(HUMAN_ACCURACY_SPREAD, 0)}"
    laziest = evaluation.majority_accuracy
    models = [(called, one.correct) for called, one in ((name, evaluation), *others)]
    rows = [
        *(
            (
                called,
                correct.share,
                correct.interval_95,
                ACCENT,
                percent(correct.share),
                f"95\u00a0% interval {correct.range_95}, {correct.of:,} faces",
            )
            for called, correct in models
        ),
        ("People<br>on FER-2013", HUMAN_ACCURACY, people, QUIET, spread, "Goodfellow et al. (2013)"),
        (
            f"Always {common}",
            laziest,
            (laziest, laziest),
            QUIET,
            percent(laziest),
            "the same answer to every one of these faces",
        ),
    ]
    figure = go.Figure()
    for called, value, interval, color, text, explanation in rows:
        figure.add_scatter(
            x=[value],
            y=[called],
            mode="markers",
            showlegend=False,
            marker={"size": 14, "color": color, "symbol": "circle" if len(set(interval)) > 1 else "diamond"},
            error_x=error_bars([value], [interval], color, thickness=5, width=0),
            hovertemplate=f"<b>{called}</b> {text}<br>{explanation}<extra></extra>",
        )
        figure.add_annotation(label(value, called, text, yshift=18, font={"size": 13}))
    figure.update_layout(
        layout(
            height=230 + 62 * len(others),
            margin={"l": 4, "r": 18, "t": 18, "b": 4},
            xaxis=share_axis(),
            yaxis=names_axis(),
        )
    )
    return figure


def scores_figure(
    scores: EmotionScores, other: EmotionScores | None = None, *, names: tuple[str, str] = ("", "")
) -> go.Figure:
    """Seven bars: what the model makes of one face; with a second model's, hatched, below each.

    Emotions that only the second knows are left out.
    """
    emotions = list(scores.as_dict())
    bars: list[tuple[EmotionScores, str, dict[str, Any]]] = [(scores, names[0], {})]
    if other is not None:
        bars.append((other, names[1], {"pattern": {"shape": "/", "fillmode": "replace", "size": 6}}))
    return go.Figure(
        data=[score_bars(emotions, one, name, **marker) for one, name, marker in bars],
        layout=scores_layout(280 if other is None else 380),
    )


def score_bars(
    emotions: Sequence[Emotion], scores: EmotionScores, name: str = "", **marker: Any
) -> dict[str, Any]:
    """A bar for the probability of each emotion, as a trace; `marker` is over the emotions' colours."""
    shares = [scores.as_dict().get(emotion, 0.0) for emotion in emotions]
    return {
        "type": "bar",
        "y": [emotion.capitalize() for emotion in emotions],
        "x": shares,
        "orientation": "h",
        "marker": {"color": [emotion.color for emotion in emotions], "line": {"width": 0}, **marker},
        "text": [percent(share, 0) for share in shares],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": [
            f"<b>{emotion.capitalize()}</b> {percent(share)}<extra>{name}</extra>"
            for emotion, share in zip(emotions, shares, strict=True)
        ],
    }


def scores_layout(height: int) -> dict[str, Any]:
    """The layout of bars of probabilities."""
    return layout(
        height=height,
        margin={"l": 4, "r": 44, "t": 4, "b": 4},
        bargap=0.3,
        showlegend=False,
        xaxis=share_axis(),
        yaxis=names_axis(),
    )
