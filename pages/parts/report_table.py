"""The scores of every emotion as a table with bars, narrow enough for a phone."""

from collections.abc import Sequence

import streamlit as st

from fer.evaluation import ClassReport

_STYLE = """
<style>
.fer-reports { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.fer-reports :is(th, td) {
  text-align: left; padding: .5rem .75rem .5rem 0; border: 0; border-bottom: 1px solid rgb(128 128 128 / .22);
}
.fer-reports :is(th, td):last-child { text-align: right; padding-right: 0; }
.fer-reports th { font-weight: 600; font-size: .85rem; opacity: .7; }
.fer-reports .score { width: 22%; }
.fer-reports .dot {
  display: inline-block; width: .65em; height: .65em; border-radius: 50%; margin-right: .5em;
}
.fer-reports .bar {
  height: .3rem; border-radius: .3rem; background: rgb(128 128 128 / .18); margin-top: .2rem;
}
.fer-reports .bar div { height: 100%; border-radius: inherit; }
</style>
"""


def show(reports: Sequence[ClassReport]) -> None:
    """Show precision, recall, F1 and support of each emotion; a dash where the split never asks."""
    rows = "".join(
        f'<tr><td><span class="dot" style="background:{report.emotion.color}"></span>'
        f"{report.emotion.capitalize()}</td>"
        + "".join(
            f'<td class="score">{_bar(score, report.emotion.color)}</td>'
            for score in (report.precision, report.recall, report.f1)
        )
        + f"<td>{report.support:,}</td></tr>"
        for report in reports
    )
    st.html(
        f'{_STYLE}<table class="fer-reports"><thead><tr><th>Emotion</th><th>Precision</th><th>Recall</th>'
        f"<th>F1</th><th>Faces</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _bar(score: float | None, color: str) -> str:
    if score is None:
        return "–"
    return f'{score:.1%}<div class="bar"><div style="width:{score:.1%};background:{color}"></div></div>'
