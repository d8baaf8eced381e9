"""Curves view: decision thresholds, and calibration."""

import streamlit as st

from pages.parts.evaluation.curves import calibration, thresholds
from pages.parts.evaluation.judged import Judged

_SHOWN = "evaluation.curves_shown"
_SIDES = {
    ":material/tune: Thresholds": thresholds.show,
    ":material/speed: Confidence": calibration.show,
}


def curves_view(judged: Judged) -> None:
    """Draw the view."""
    side = st.segmented_control(
        "What to look at",
        list(_SIDES),
        default=next(iter(_SIDES)),
        required=True,
        key=_SHOWN,
        label_visibility="collapsed",
        persist_state="session",
    )
    _SIDES[side](judged)
