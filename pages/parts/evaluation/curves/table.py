"""AUC table: the areas under the curves, narrow enough for a telephone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from pages.parts import components

_STYLE = components.style(__file__)


@dataclass(frozen=True, slots=True)
class CurveRow:
    """What one pair of curves comes to.

    Attributes:
        title: of the emotion, or of the model.
        color: "#rrggbb" of the emotion.
        area: under the ROC curve, 0 to 1.
        area_interval: its 95 % interval; None for too few faces.
        average_precision: 0 to 1.
        precision_interval: its 95 % interval.
        share: of the faces that are of the emotion: the average precision of a blind guess.
        faces: how many are of the emotion.
    """

    title: str
    color: str
    area: float
    area_interval: tuple[float, float] | None
    average_precision: float
    precision_interval: tuple[float, float]
    share: float
    faces: int


def show(rows: Sequence[CurveRow]) -> None:
    """Show the areas with their 95 % intervals, and what a blind guess would get."""
    body = "".join(
        f'<tr><td><span class="dot" style="background:{row.color}"></span>{escape(row.title)}</td>'
        f"<td>{row.area:.3f}{_interval(row.area_interval)}</td>"
        f"<td>{row.average_precision:.3f}{_interval(row.precision_interval)}</td>"
        f"<td>{row.share:.3f}</td><td>{row.faces:,}</td></tr>"
        for row in rows
    )
    st.html(
        f'{_STYLE}<table class="fer-areas"><thead><tr><th></th><th>AUC</th><th>Average precision</th>'
        f"<th>by a blind guess</th><th>Faces</th></tr></thead><tbody>{body}</tbody></table>"
    )


def _interval(bounds: tuple[float, float] | None) -> str:
    if bounds is None:
        return '<span class="interval">too few faces for an interval</span>'
    return f'<span class="interval">{bounds[0]:.3f}–{bounds[1]:.3f}</span>'
