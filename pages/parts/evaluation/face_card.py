"""One face of the evaluation, large: what each model says of it, what people said, which faces taught it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fer import figures
from pages.parts import state
from pages.parts.evaluation.judged import Judged


def open_face(judged: Judged, row: int, among: Sequence[int] | np.ndarray = ()) -> None:
    """Open one face in a dialog; called while the page runs, not from a callback.

    A gallery lets `state.set_opened_face` remember the face that was clicked, and calls this at its end for
    as long as `state.opened_face()` is one.

    Args:
        judged: what is judged.
        row: of the face, in its source.
        among: the rows that "previous" and "next" lead through; none without them.
    """
    if judged.index_of(row) is not None:
        state.set_opened_face(int(row))
        _card(judged, among)


def _closed() -> None:
    state.set_opened_face(None)


@st.dialog("One face", width=940, on_dismiss=_closed)
def _card(judged: Judged, among: Sequence[int] | np.ndarray) -> None:
    row = state.opened_face()
    index = None if row is None else judged.index_of(row)
    if index is None:
        return
    st.plotly_chart(
        figures.scores_figure(judged.evaluation.scores(index)),
        config={"displayModeBar": False},
        key="evaluation.card_scores",
    )
