"""Confusion matrix chart: one that answers a click and the arrow keys, and marks the chosen cell at once.

`st.plotly_chart` tells of no click on a heatmap, and builds its chart anew whenever the mark moves. This one
stays where it is: the mark lies over it, and only a new figure is drawn.
"""

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from pages.parts import components, plotly_script

_component = components.component(
    __file__,
    '<div class="fer-matrix" role="group" tabindex="0"><div class="fer-matrix-chart"></div>'
    '<div class="fer-cell" hidden></div></div>',
    "plotly_script.js",
    isolate_styles=False,
)
_NARROW_PIXELS, _NARROW_HEIGHT = 480, 390


def show(
    figure: go.Figure,
    key: str,
    cell: tuple[int, int] | None,
    on_choose: Callable[[int, int], None],
    *,
    description: str,
) -> None:
    """Show a matrix, or change the one already there into it.

    Args:
        figure: a heatmap of as many rows as columns, with a height in its layout.
        key: the chart's key; the same key is the same chart.
        cell: the row and column that are marked; None for none.
        on_choose: called with the row and column of a cell when it is clicked, or reached by an arrow key.
        description: what a screen reader is told.

    Raises:
        StorageError: the chart library cannot be put into `./static`.
    """
    answered = f"{key}.answered"

    def chosen(choice: dict[str, int]) -> None:
        st.session_state[answered] = choice["number"]
        on_choose(choice["row"], choice["column"])

    _component(
        key=key,
        data={
            **plotly_script.figure_data(figure),
            "cell": cell,
            "answered": st.session_state.get(answered, 0),
            "description": description,
            "narrow_below": _NARROW_PIXELS,
            "narrow_height": _NARROW_HEIGHT,
            "library": plotly_script.url(),
        },
        on_chosen_change=components.on_trigger(key, "chosen", chosen),
    )
