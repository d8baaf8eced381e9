"""Evaluation (station 4): how often a model is right, what it confuses, how sure one can be of it."""

import streamlit as st

from pages.parts import masthead, notices
from pages.parts.address import Linked
from pages.parts.evaluation import caveats, choices
from pages.parts.evaluation.confusion.view import confusion_view
from pages.parts.evaluation.curves.view import curves_view
from pages.parts.evaluation.explanation.view import explanation_view
from pages.parts.evaluation.faces.view import faces_view
from pages.parts.evaluation.report.view import report_view
from pages.parts.evaluation.robustness.view import robustness_view
from pages.parts.evaluation.scores.view import scores_view

VIEWS = {
    "Figures": scores_view,
    "Confusions": confusion_view,
    "Faces": faces_view,
    "Curves": curves_view,
    "Robustness": robustness_view,
    "Explain": explanation_view,
    "Report": report_view,
}

masthead.page_header(
    "Evaluation",
    "One figure says how often a model is right. The faces behind it say what it confuses, and when it "
    "breaks.",
    station=4,
    linked=Linked("evaluation.view_shown", list(VIEWS), dataset=True, extra=("models", "split")),
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
