"""The areas under curves as a table, narrow enough for a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

_STYLE = """
<style>
.fer-areas { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.fer-areas :is(th, td) {
  text-align: left; padding: .45rem .75rem .45rem 0;
  border: 0; border-bottom: 1px solid rgb(128 128 128 / .22);
}
.fer-areas :is(th, td):last-child { text-align: right; padding-right: 0; }
.fer-areas th { font-weight: 600; font-size: .85rem; opacity: .7; }
.fer-areas .dot {
  display: inline-block; width: .65em; height: .65em; border-radius: 50%; margin-right: .5em;
}
.fer-areas .interval { display: block; font-size: .8rem; opacity: .65; white-space: nowrap; }
</style>
"""


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
