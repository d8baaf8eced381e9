"""Model names: what the models are called where there is little room."""

import streamlit as st

from pages.parts import phrases
from pages.parts.evaluation.judged import Judged

_LETTERS = "ABC"


def short(judged: Judged, index: int) -> str:
    """Return what a model is called in a figure: "A" to "C", or "This model" where it is alone."""
    return _LETTERS[index] if len(judged.models) > 1 else "This model"


def subject(judged: Judged, index: int) -> str:
    """Return what a model is called within a sentence: "A" to "C", or "the model" where it is alone."""
    return _LETTERS[index] if len(judged.models) > 1 else "the model"


def show_letters(judged: Judged) -> None:
    """Say which model is which letter; nothing where there is only one."""
    if len(judged.models) > 1:
        st.markdown(
            " · ".join(
                # A run's id stays in one piece.
                f"**{_LETTERS[index]}** {phrases.plain(model.title).replace('-', '‑')}"
                for index, model in enumerate(judged.models)
            )
        )
