"""Row number: the field that asks for one face by its row in the source."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from numpy.typing import NDArray


def row_input(
    key: str,
    rows: NDArray[np.intp],
    act: Callable[[int], None],
    *,
    label: str = "Open row",
    width: int = 165,
) -> None:
    """Draw the field; it is empty again once a row was typed.

    Args:
        key: the widget's.
        rows: (n,) of all faces, whose least and greatest are its bounds.
        act: called with the row, which need not be one of `rows`.
        label: what stands in it while it is empty.
        width: pixels.
    """

    def typed() -> None:
        row = st.session_state[key]
        st.session_state[key] = None
        if row is not None:
            act(int(row))

    st.number_input(
        label,
        int(rows.min(initial=0)),
        int(rows.max(initial=0)),
        None,
        key=key,
        width=width,
        placeholder=label,
        label_visibility="collapsed",
        on_change=typed,
        help="Of the face in its source, counted from 0.",
    )
