"""Chart widget (Plotly): a figure without Plotly's own tool bar."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st


def plot(figure: go.Figure, key: str, **options: Any) -> None:
    """Draw a figure as wide as there is room.

    Args:
        figure: what is drawn; it needs no tool bar, because nothing in it can be dragged.
        key: the widget's.
        options: what else `st.plotly_chart` takes.
    """
    st.plotly_chart(figure, config={"displayModeBar": False}, key=key, **options)
