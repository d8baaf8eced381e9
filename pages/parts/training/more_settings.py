"""The settings that a first run does well without."""

from typing import Any, get_args

import streamlit as st

from fer.config import Loss, Optimizer, TrainingConfig
from fer.datasets import Dataset, Split, balanced_class_weights
from fer.errors import FerError
from fer.glossary import explain
from fer.models.catalog import architecture
from pages.parts.training.setting_words import LOSS_LESSONS, LOSSES, OPTIMIZERS

# What the shipped model was trained with; less hardly shows at a rate of a few thousandths.
_USUAL_DECAY = 0.05


def show(config: TrainingConfig, dataset: Dataset | None) -> dict[str, Any]:
    """Draw the widgets; returns their values by the names of `TrainingConfig`.

    Args:
        config: as the form stands.
        dataset: the chosen faces, for the weights of the emotions; None where they are not at hand.
    """
    values: dict[str, Any] = {
        "name": st.text_input(
            "Name", key="training.name", max_chars=80, placeholder="none", help=explain("name")
        ).strip(),
        **_corrections(config),
        **_target(dataset),
        **_brakes(config),
        **_extent(),
    }
    return values


def _corrections(config: TrainingConfig) -> dict[str, Any]:
    """How an error becomes corrected weights."""
    optimizer = st.selectbox(
        "Optimizer",
        get_args(Optimizer),
        key="training.optimizer",
        format_func=OPTIMIZERS.__getitem__,
        on_change=_take_its_decay,
        help=explain("optimizer"),
    )
    decay = 0.0
    if optimizer in ("adamw", "sgd"):
        decay = st.number_input(
            "Weight decay",
            0.0,
            10.0,
            step=0.01,
            format="%g",
            key="training.weight_decay",
            help=explain("weight_decay"),
        )
    warmup = st.number_input(
        "Warm-up, epochs",
        0.0,
        float(max(config.epochs, 100)),
        step=0.5,
        format="%g",
        key="training.warmup_epochs",
        help=explain("warmup_epochs"),
    )
    return {"optimizer": optimizer, "weight_decay": decay, "warmup_epochs": warmup}


def _take_its_decay() -> None:
    """AdamW without any decay is Adam."""
    chosen = st.session_state["training.optimizer"] == "adamw"
    st.session_state["training.weight_decay"] = _USUAL_DECAY if chosen else 0.0


def _target(dataset: Dataset | None) -> dict[str, Any]:
    """What counts as an error, and for how much."""
    loss = st.selectbox(
        "Loss", get_args(Loss), key="training.loss", format_func=LOSSES.__getitem__, help=explain("loss")
    )
    st.caption(LOSS_LESSONS[loss])
    smoothing = st.slider(
        "Label smoothing",
        0.0,
        0.9,
        step=0.01,
        key="training.label_smoothing",
        help=explain("label_smoothing"),
    )
    balance = st.toggle(
        "Balance the emotions", key="training.balance_classes", help=explain("balance_classes")
    )
    if balance and dataset is not None:
        st.caption(_weights_in_words(dataset))
    return {"loss": loss, "label_smoothing": smoothing, "balance_classes": balance}


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


def _brakes(config: TrainingConfig) -> dict[str, Any]:
    """What keeps a network from learning its faces by heart."""
    own = architecture(st.session_state["training.architecture"]).own_dropout
    dropout = st.slider(
        "Dropout",
        0.0,
        0.9,
        step=0.05,
        key="training.dropout",
        help=explain("dropout")
        + (f" The authors of this network use {own:g}." if own else " The authors of this network use none."),
    )
    averaging = st.select_slider(
        "Weight averaging",
        sorted({0.0, 0.9, 0.99, 0.995, 0.998, 0.999, config.weight_averaging}),
        key="training.weight_averaging",
        format_func=lambda momentum: f"{momentum:g}" if momentum else "off",
        help=explain("weight_averaging"),
    )
    patience = st.number_input(
        "Stop early after, epochs",
        1,
        10_000,
        None,
        key="training.early_stopping_patience",
        placeholder="never",
        help=explain("early_stopping_patience"),
    )
    return {"dropout": dropout, "weight_averaging": averaging, "early_stopping_patience": patience}


def _extent() -> dict[str, Any]:
    """How much it sees, how large, and in which order."""
    subset = st.number_input(
        "Only so many faces",
        1,
        100_000_000,
        None,
        key="training.subset",
        placeholder="all of them",
        help=explain("subset"),
    )
    own = architecture(st.session_state["training.architecture"]).preprocessing.image_height
    image_size = st.number_input(
        "Image size, pixels",
        32,
        512,
        None,
        step=8,
        key="training.image_size",
        placeholder=f"{own}, the network's own",
        help=explain("image_size"),
    )
    seed = st.number_input("Seed", 0, 2**31 - 1, key="training.seed", help=explain("seed"))
    return {"subset": subset, "image_size": image_size, "seed": seed}
