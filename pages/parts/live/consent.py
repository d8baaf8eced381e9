"""Consent: what everyone in view should know before a camera opens, and that they agree."""

import streamlit as st

from fer.models.card import ModelCard
from pages.parts import phrases

_KEY = "live.agreed"


def ask_consent(card: ModelCard) -> bool:
    """Say what the camera is and is not for; returns whether everyone agreed."""
    # Open until it has been read; the camera then takes its place on the screen.
    with st.expander(
        "Before you begin", icon=":material/privacy_tip:", expanded=not st.session_state.get(_KEY, False)
    ):
        memory, meaning, law = st.columns(3, gap="medium")
        memory.markdown(
            ":material/memory: **Your picture stays in memory.** It goes from the browser to the FER Lab "
            "server, on this computer unless someone else runs it for you, is read and forgotten. Nothing is "
            "stored unless you press Record, Keep, or Read the film; nothing is sent on."
        )
        meaning.markdown(
            ":material/theater_comedy: **An expression, not a feeling.** The model names how a face looks. "
            f"It cannot know how anyone feels, and {phrases.often_wrong(card)}."
        )
        law.markdown(
            ":material/gavel: **Not for judging people.** The EU AI Act forbids AI that infers emotions at "
            "work and in education, except for medical or safety reasons (Art. 5(1)(f)); whoever is exposed "
            "to it must be told (Art. 50(3)). Do not use it to assess learners. Ask your school before using "
            "their faces."
        )
        return st.checkbox("Everyone in view knows this and agrees.", key=_KEY)
