"""Model names: what the models are called where there is little room, and which of them a part is about."""

import streamlit as st

from pages.parts import phrases, pickers
from pages.parts.evaluation.judged import Judged

_LETTERS = "ABC"


def letter(judged: Judged, index: int) -> str:
    """Return what a model is called beside others: "A" to "C"; empty where it is alone."""
    return _LETTERS[index] if len(judged.models) > 1 else ""


def short(judged: Judged, index: int) -> str:
    """Return what a model is called in a figure: "A" to "C", or "This model" where it is alone."""
    return letter(judged, index) or "This model"


def subject(judged: Judged, index: int) -> str:
    """Return what a model is called within a sentence: "A" to "C", or "the model" where it is alone."""
    return letter(judged, index) or "the model"


def choose_model(judged: Judged, title: str, key: str) -> int:
    """Show the models by their letters, if there are several, and return the place of the chosen one."""
    return pickers.choose_one(
        title,
        range(len(judged.models)),
        key,
        lambda index: f"{letter(judged, index)}  {judged.models[index].title}",
    )


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
