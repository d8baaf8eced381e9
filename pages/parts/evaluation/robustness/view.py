"""Robustness view: when a model stops being right, for one face and for the whole split."""

import streamlit as st

from pages.parts.evaluation.judged import Judged
from pages.parts.evaluation.robustness import one_face, sweep_panel


def robustness_view(judged: Judged) -> None:
    """Draw the lab: one face with a slider, then the sweep of the split."""
    st.markdown(
        "A model that is right on clear faces may fail in a dim room. Systems that are shown to the public "
        "admit such limits in words: **side faces, low light, tilted heads, noise, more than one person**. "
        "Here they are measured, on the faces and models chosen above."
    )
    with st.expander("What can be measured here, and what cannot", icon=":material/info:"):
        st.markdown(
            "- **Low light, noise, tilted heads**: Darkness, Noise and Rotation.\n"
            "- **Side faces**: a head that is turned away shows other parts of the face, and no change of a "
            "picture from the front can make one. Side shift only tells what happens when the face is not in "
            "the middle of its crop.\n"
            "- **More than one person**: each face is cut out and judged by itself, so the second person "
            "costs this model nothing. Whether both are found is the face finder's work, which station 5 "
            "shows.\n"
            "- **The face finder** is not tested here at all: a dark or covered face may never reach the "
            "model.\n\n"
            "The idea, several corruptions at five levels each, is that of Hendrycks and Dietterich (2019). "
            "The kinds and levels are this workshop’s own, made for faces of 48 pixels, so the figures "
            "compare with no published ones. Level 5 of one kind is also not “as bad as” level 5 of another: "
            "compare models on the same kind."
        )
    one_face.show(judged)
    st.divider()
    sweep_panel.show(judged)
