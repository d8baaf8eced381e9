"""Whether a network begins with what it learned from other pictures, and how it is taught faces then."""

from typing import Any, get_args

import streamlit as st

from fer.config import InitialWeights, TrainingConfig
from fer.glossary import explain
from fer.models.catalog import Architecture
from pages.parts.training.setting_words import INITIAL_WEIGHTS

# Some epochs teach a new last layer what there is to be learned from features that stand still.
_USUAL_HEAD_EPOCHS = 5
_RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_FIELDS = ("initial_weights", "head_epochs", "fine_tune_from", "fine_tune_rate_fraction")


def show(config: TrainingConfig, entry: Architecture) -> dict[str, Any]:
    """Draw the widgets, if there is a choice; returns the values by the names of `TrainingConfig`.

    Args:
        config: what the form was filled with.
        entry: the chosen architecture.
    """
    usual = TrainingConfig()
    if not entry.pretrained:
        return {name: getattr(usual, name) for name in _FIELDS}
    for name in _FIELDS:  # Streamlit forgets a widget that was not drawn for a while
        st.session_state.setdefault(f"training.{name}", getattr(config, name))
    if st.session_state["training.fine_tune_from"] not in ("", *entry.fine_tune_blocks):
        st.session_state["training.fine_tune_from"] = ""
    weights = st.selectbox(
        "First weights",
        get_args(InitialWeights),
        key="training.initial_weights",
        format_func=INITIAL_WEIGHTS.__getitem__,
        on_change=_take_its_phases,
        help=explain("initial_weights"),
    )
    if weights == "imagenet":
        st.caption(
            f"Keras fetches {entry.weights_file} when the run begins, or finds it where it once put it. "
            "Without either nothing is trained, and the run says so."
        )
    head_epochs = st.number_input(
        "Epochs for the head alone",
        0,
        10_000,
        key="training.head_epochs",
        help=explain("head_epochs"),
    )
    block = st.selectbox(
        "Fine-tuned from",
        ["", *entry.fine_tune_blocks],
        key="training.fine_tune_from",
        format_func=lambda name: name or "the first layer: all of it",
        help=explain("fine_tune_from"),
    )
    fraction = usual.fine_tune_rate_fraction
    if head_epochs:
        fraction = st.select_slider(
            "Rate of fine-tuning",
            sorted({*_RATES, config.fine_tune_rate_fraction}),
            key="training.fine_tune_rate_fraction",
            format_func=lambda share: f"{share:g} of it",
            help=explain("fine_tune_rate_fraction"),
        )
    return dict(zip(_FIELDS, (weights, head_epochs, block, fraction), strict=True))


def _take_its_phases() -> None:
    """What is known already is taught in two phases; what knows nothing, in one."""
    learned = st.session_state["training.initial_weights"] == "imagenet"
    st.session_state["training.head_epochs"] = _USUAL_HEAD_EPOCHS if learned else 0
