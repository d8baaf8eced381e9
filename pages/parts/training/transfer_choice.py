"""Transfer learning: whether a network begins with ImageNet's weights, and how it is taught faces then."""

from typing import Any

import streamlit as st

from fer.config import TrainingConfig, specs_of
from fer.models.catalog import Architecture
from pages.parts.training.setting_widgets import fields_of

# Some epochs teach a new last layer what there is to be learned from features that stand still.
_USUAL_HEAD_EPOCHS = 5


def transfer_settings(config: TrainingConfig, entry: Architecture) -> dict[str, Any]:
    """Draw the widgets, if there is a choice; returns the values by the names of `TrainingConfig`.

    Args:
        config: what the form was filled with.
        entry: the chosen architecture.
    """
    if not entry.pretrained:
        return {
            name: spec.default for name, spec in specs_of(TrainingConfig).items() if spec.group == "transfer"
        }
    kept = st.session_state.setdefault("training.fine_tune_from", config.fine_tune_from)
    if kept not in ("", *entry.fine_tune_blocks):
        st.session_state["training.fine_tune_from"] = ""
    values = fields_of(
        "transfer",
        config,
        initial_weights={"on_change": _take_its_phases},
        fine_tune_from={"options": ("", *entry.fine_tune_blocks)},
    )
    if values["initial_weights"] == "imagenet":
        st.caption(
            f"Keras fetches {entry.weights_file} when the run begins, or finds it where it once put it. "
            "Without either nothing is trained, and the run says so."
        )
    return values


def _take_its_phases() -> None:
    """What is known already is taught in two phases; what knows nothing, in one."""
    learned = st.session_state["training.initial_weights"] == "imagenet"
    st.session_state["training.head_epochs"] = _USUAL_HEAD_EPOCHS if learned else 0
