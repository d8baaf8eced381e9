"""Metrics table: every figure of one to three models, its interval, and what it says."""

import html
import re
from collections.abc import Sequence

import streamlit as st

from fer.evaluation import Score
from pages.parts import components

_STYLE = components.style(__file__)


def show(models: Sequence[tuple[str, Sequence[Score]]]) -> None:
    """Show the figures of one to three models, a line each; the models by their names, side by side."""
    several = len(models) > 1
    names = [name for name, _ in models]
    lines = "".join(
        f"<tr><th>{scores[0].title}</th>"
        + "".join(_value(score, name if several else "") for name, score in zip(names, scores, strict=True))
        + f'<td class="words">{_words(scores)}</td></tr>'
        for scores in zip(*(scores for _, scores in models), strict=True)
    )
    heads = (
        "".join(f"<th>{html.escape(name)}</th>" for name in names)
        if several
        else "<th>Value and 95\u00a0% interval</th>"
    )
    kind = "fer-scores several" if several else "fer-scores"
    st.html(
        f'{_STYLE}<table class="{kind}" style="--models: {len(models)}"><thead><tr><th>Figure</th>{heads}'
        f"<th>What it says</th></tr></thead><tbody>{lines}</tbody></table>"
    )


def show_formulas(scores: Sequence[Score]) -> None:
    """Show how each figure is computed."""
    st.markdown(
        "\n".join(
            [
                "| Figure | Formula |",
                "|---|---|",
                *(f"| {score.title} | ${score.formula}$ |" for score in scores),
            ]
        )
    )
    st.caption(
        "$TP_i$ are faces of emotion $i$ that were called so, $FP_i$ other faces called so, $FN_i$ faces of "
        "it called otherwise; $n_i$ of all $n$ faces show it, and $k$ emotions are shown. The intervals are "
        "Wilson's for shares of faces, DeLong's for the area, the normal one for means over faces, and the "
        "middle 95\u00a0% of 2,000 redrawn splits for the others."
    )


def _value(score: Score, model: str) -> str:
    about = f' data-model="{html.escape(model)}"' if model else ""
    if score.value is None:
        return f'<td class="value"{about}><b>–</b><small>cannot be told here</small></td>'
    bar = interval = ""
    if score.interval_95 is not None:
        low, high = score.interval_95
        interval = f"<small>{score.interval_in_words}</small>"
        # Losses have no right end; kappa may be negative, which the bar shows as nothing.
        if score.best == 1:
            left, right = max(low, 0.0), min(max(high, 0.0), 1.0)
            at = f"left:{left:.1%};width:{max(right - left, 0):.1%}"
            bar = f'<div class="range"><div style="{at}"></div></div>'
    return f'<td class="value"{about}><b>{score.value_in_words}</b>{interval}{bar}</td>'


def _words(scores: Sequence[Score]) -> str:
    """What a figure says, without the sentences about one model's value where several stand there."""
    words = scores[0].words
    if any(score.words != words for score in scores):
        said = [re.split(r"(?<=[.?]) ", score.words) for score in scores]
        words = " ".join(sentence for sentence in said[0] if all(sentence in others for others in said))
    return re.sub(r"\$(\w)_(\w)\$", r"<i>\1</i><sub>\2</sub>", html.escape(words, quote=False))
