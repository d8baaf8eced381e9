"""The figures of each model, with how sure one can be of them."""

import streamlit as st

from fer import figures
from pages.parts import phrases, report_table
from pages.parts.evaluation.judged import Judged


def show(judged: Judged) -> None:
    """Draw the view."""
    evaluation = judged.evaluation
    low, high = evaluation.interval_95
    figure, scale = st.columns([2, 3], gap="large", vertical_alignment="center")
    with figure:
        st.metric("Accuracy", f"{evaluation.accuracy:.1%}", border=False)
        st.markdown(
            f"On **{len(evaluation):,}** faces. With 95% confidence, endless faces of this kind would give "
            f"**{phrases.interval(low, high)}**: a smaller difference between two models says little."
        )
    with scale:
        st.plotly_chart(
            figures.accuracy_figure(evaluation), config={"displayModeBar": False}, key="evaluation.accuracy"
        )
    report_table.show(evaluation.class_reports)
