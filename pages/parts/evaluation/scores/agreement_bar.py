"""On how many of the same faces two models are right: both, only one of them, or neither, as one bar."""

import streamlit as st

from fer.figures.style import ACCENT_RGB, MARK_RGB
from fer.statistics import PairedComparison

_STYLE = """
<style>
.fer-together .bar { display: flex; height: 1.4rem; border-radius: .4rem; overflow: hidden; gap: 2px; }
.fer-together ul { display: flex; flex-wrap: wrap; gap: .25rem 1.2rem; margin: .55rem 0 0; padding: 0; }
.fer-together li { list-style: none; font-size: .86rem; margin: 0; font-variant-numeric: tabular-nums; }
.fer-together i {
  display: inline-block; width: .75em; height: .75em; border-radius: .2em; margin-right: .45em;
}
</style>
"""


def show(comparison: PairedComparison, first: str, second: str) -> None:
    """Show the bar.

    Args:
        comparison: of the two models.
        first: what the first is called.
        second: what the second is called.
    """
    neither = comparison.count - comparison.both - comparison.only_first - comparison.only_second
    parts = [
        ("both right", comparison.both, f"rgb({ACCENT_RGB})"),
        (f"only {first} right", comparison.only_first, f"rgba({ACCENT_RGB}, .45)"),
        (f"only {second} right", comparison.only_second, f"rgba({MARK_RGB}, .85)"),
        ("both wrong", neither, "rgb(128 128 128 / .3)"),
    ]
    bar = "".join(f'<div style="flex:{count} 0 0;background:{color}"></div>' for _, count, color in parts)
    legend = "".join(
        f'<li><i style="background:{color}"></i>{title} <b>{count:,}</b> '
        f"({count / comparison.count:.1%})</li>"
        for title, count, color in parts
    )
    st.html(f'{_STYLE}<div class="fer-together"><div class="bar">{bar}</div><ul>{legend}</ul></div>')
