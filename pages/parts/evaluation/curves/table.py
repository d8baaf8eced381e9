"""AUC table: the areas under the curves, narrow enough for a telephone."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from fer.evaluation import Evaluation, ThresholdCurve
from fer.evaluation.curves import area_interval
from pages.parts import components

_STYLE = components.style(__file__)


def show(rows: Sequence[tuple[str, Evaluation, ThresholdCurve]]) -> None:
    """Show the areas with their 95 % intervals, and what a blind guess would get.

    Args:
        rows: each with the title of the emotion or of the model, whose answers, and one of their curves.
    """
    body = "".join(
        f'<tr><td><span class="dot" style="background:{curve.emotion.color}"></span>{escape(title)}</td>'
        f"<td>{curve.area:.3f}{_interval(area_interval(evaluation, curve))}</td>"
        f"<td>{curve.average_precision:.3f}{_interval(curve.average_precision_interval_95)}</td>"
        f"<td>{curve.share:.3f}</td><td>{curve.positives:,}</td></tr>"
        for title, evaluation, curve in rows
    )
    st.html(
        f'{_STYLE}<table class="fer-areas"><thead><tr><th></th><th>AUC</th><th>Average precision</th>'
        f"<th>by a blind guess</th><th>Faces</th></tr></thead><tbody>{body}</tbody></table>"
    )


def _interval(bounds: tuple[float, float] | None) -> str:
    if bounds is None:
        return '<span class="interval">too few faces for an interval</span>'
    return f'<span class="interval">{bounds[0]:.3f}–{bounds[1]:.3f}</span>'
