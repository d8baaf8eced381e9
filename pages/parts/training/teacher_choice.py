"""Knowledge distillation: which models the run also learns from, and what its network computes in."""

from typing import Any

import streamlit as st

from fer.config import MOST_TEACHERS, TrainingConfig
from fer.glossary import explain
from fer.training.teachers import possible_teachers
from pages.parts import pickers
from pages.parts.training.setting_widgets import fields_of

_CHOSEN = "training.teachers"


def teacher_settings(config: TrainingConfig) -> dict[str, Any]:
    """Draw the widgets; returns their values by the names of `TrainingConfig`.

    Args:
        config: what the form was filled with.
    """
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
    values = {"teacher": "+".join(chosen)}
    return {**values, **fields_of("teacher", config, values)}


def take(config: TrainingConfig) -> None:
    """Let the widgets stand at what `config` says; a callback, or before they are drawn."""
    st.session_state[_CHOSEN] = list(config.teachers)
