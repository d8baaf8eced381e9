"""Agreement bar: on how many of the same faces two models are right, both, one or neither."""

import streamlit as st

from fer.figures.style import ACCENT_RGB, MARK_RGB
from fer.statistics import PairedComparison, percent
from pages.parts import components

_STYLE = components.style(__file__)


def show(comparison: PairedComparison, first: str, second: str) -> None:
    """Show the bar, with what the two models are called."""
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
        f"({percent(count / comparison.count)})</li>"
        for title, count, color in parts
    )
    st.html(f'{_STYLE}<div class="fer-together"><div class="bar">{bar}</div><ul>{legend}</ul></div>')
