"""Chart widget (Plotly): a figure without Plotly's own tool bar."""

import plotly.graph_objects as go
import streamlit as st


def plot(figure: go.Figure, key: str) -> None:
    """Draw a figure as wide as there is room.

    Args:
        figure: what is drawn; it needs no tool bar, because nothing in it can be dragged.
        key: the widget's.
    """
    st.plotly_chart(figure, config={"displayModeBar": False}, key=key)
