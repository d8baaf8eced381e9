"""Station 4: how often a model is right, which faces it confuses, how sure one can be, and when it breaks."""

import streamlit as st

from pages.parts import masthead, notices
from pages.parts.evaluation import (
    breaking,
    caveats,
    choices,
    curves,
    explaining,
    faces,
    matrix,
    numbers,
    report,
)

VIEWS = {
    "Figures": numbers.show,
    "Confusions": matrix.show,
    "Faces": faces.show,
    "Curves": curves.show,
    "Break it": breaking.show,
    "Explain": explaining.show,
    "Report": report.show,
}

masthead.show(
    "Evaluation",
    "One figure says how often a model is right. The faces behind it say what it confuses, and why, and when "
    "it breaks: that is where the learning is.",
    station=4,
)

with notices.shown():
    judged = choices.choose()
    # Set rather than given as the default, because other views lead here by setting it.
    st.session_state.setdefault("evaluation.view_shown", "Figures")
    view = st.segmented_control(
        "View",
        list(VIEWS),
        required=True,
        key="evaluation.view_shown",
        label_visibility="collapsed",
        persist_state="session",
    )
    caveats.show(judged)
    VIEWS[view or "Figures"](judged)
