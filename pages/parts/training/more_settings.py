"""Advanced settings: those that a first run does well without."""

from typing import Any

import streamlit as st

from fer.config import TrainingConfig, specs_of
from fer.datasets import Dataset, Split, balanced_class_weights
from fer.errors import FerError
from fer.models.catalog import architecture
from pages.parts.training.setting_widgets import fields_of

# What the shipped model was trained with; less hardly shows at a rate of a few thousandths.
_USUAL_DECAY = 0.05


def more_settings(config: TrainingConfig, dataset: Dataset | None) -> dict[str, Any]:
    """Draw the widgets; returns their values by the names of `TrainingConfig`.

    Args:
        config: what the form was filled with.
        dataset: the chosen faces, for the weights of the emotions; None where they are not at hand.
    """
    network = architecture(st.session_state["training.architecture"])
    values = fields_of("name", config)
    values |= fields_of("corrections", config, optimizer={"on_change": _take_its_decay})
    values |= fields_of("target", config)
    if values["balance_classes"] and dataset is not None:
        st.caption(_weights_in_words(dataset))
    own = f"{network.own_dropout:g}" if network.own_dropout else "none"
    help_of_dropout = f"{specs_of(TrainingConfig)['dropout'].text} The authors of this network use {own}."
    values |= fields_of("brakes", config, dropout={"help": help_of_dropout})
    own_size = f"{network.preprocessing.image_height}, the network's own"
    return values | fields_of("extent", config, image_size={"placeholder": own_size})


def _take_its_decay() -> None:
    """AdamW without any decay is Adam."""
    chosen = st.session_state["training.optimizer"] == "adamw"
    st.session_state["training.weight_decay"] = _USUAL_DECAY if chosen else 0.0


def _weights_in_words(dataset: Dataset) -> str:
    labels = dataset.labels[dataset.splits == Split.TRAIN]
    try:
        weights = balanced_class_weights(labels, dataset.emotions)
    except FerError:  # the form says so
        return ""
    heaviest_first = sorted(weights.items(), key=lambda item: -item[1])
    return "A mistake counts: " + ", ".join(
        f"{dataset.emotions[label]} × {weight:.2g}" for label, weight in heaviest_first
    )
