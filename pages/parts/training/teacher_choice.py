"""Which models the run also learns from, and what its network computes in."""

from typing import Any, get_args

import streamlit as st

from fer.config import MOST_TEACHERS, Precision, TrainingConfig
from fer.glossary import explain
from fer.training.teachers import possible_teachers
from pages.parts import pickers
from pages.parts.training.setting_words import PRECISIONS

_CHOSEN = "training.teachers"


def show() -> dict[str, Any]:
    """Draw the widgets; returns their values by the names of `TrainingConfig`."""
    usual = TrainingConfig()
    values: dict[str, Any] = {
        "teacher_share": usual.teacher_share,
        "teacher_temperature": usual.teacher_temperature,
    }
    titles = {entry.name: entry.title for entry in pickers.titled_models()}
    possible = [entry.name for entry in possible_teachers()]
    # One that is gone stays chosen: the form says what is wrong with it.
    options = list(dict.fromkeys([*possible, *st.session_state.setdefault(_CHOSEN, [])]))
    if options:
        chosen = st.multiselect(
            "Teachers",
            options,
            key=_CHOSEN,
            format_func=lambda name: titles.get(name, name),
            max_selections=MOST_TEACHERS,
            placeholder="none",
            help=explain("teacher"),
        )
    else:
        chosen = []
        st.caption(
            "There is no trained model here that could be its teacher. Train a larger one first, then let "
            "this one learn from it."
        )
    if chosen:
        for name, value in values.items():  # Streamlit forgets a widget that was not drawn for a while
            st.session_state.setdefault(f"training.{name}", value)
        values["teacher_share"] = st.slider(
            "Their share of the target",
            0.05,
            1.0,
            step=0.05,
            key="training.teacher_share",
            help=explain("teacher_share"),
        )
        values["teacher_temperature"] = st.slider(
            "Temperature of their answers",
            1.0,
            20.0,
            step=0.5,
            key="training.teacher_temperature",
            help=explain("teacher_temperature"),
        )
    precision = st.selectbox(
        "Precision",
        get_args(Precision),
        key="training.precision",
        format_func=PRECISIONS.__getitem__,
        help=explain("precision"),
    )
    return {"teacher": "+".join(chosen), **values, "precision": precision}


def take(config: TrainingConfig) -> None:
    """Let the widgets stand at what `config` says; a callback, or before they are drawn."""
    st.session_state[_CHOSEN] = list(config.teachers)
