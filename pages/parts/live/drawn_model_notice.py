"""Domain shift notice: a model that learned from drawn faces is about to read photographs."""

import streamlit as st

from fer.models.card import ModelCard
from fer.models.inference import DEFAULT_MODEL
from pages.parts import phrases, pickers

_OTHER = "live.other"


def drawn_model_notice(card: ModelCard) -> None:
    """Say what to expect, and offer the shipped model of photographs beside it."""
    st.warning(
        f"**{phrases.plain(card.title)} learned from drawn faces.** On a real face it guesses, and sounds "
        f"sure "
        "all the same.",
        icon=":material/draw:",
    )
    there = any(entry.name == DEFAULT_MODEL for entry in pickers.titled_models())
    if there and st.session_state.get(_OTHER) != DEFAULT_MODEL:
        st.button("Compare both", icon=":material/compare:", key="live.compare", on_click=_compare)


def _compare() -> None:
    st.session_state[_OTHER] = DEFAULT_MODEL
