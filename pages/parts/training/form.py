"""Training form: everything a learner decides before a run, returned as one `TrainingConfig`.

The widgets are a fragment: the drawn rate, the expected time and the warnings follow each touch, and the rest
of the page is left alone.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, cast

import numpy as np
import streamlit as st

from fer.config import AugmentationConfig, TrainingConfig
from fer.datasets import Dataset, Split, balanced_class_weights, list_datasets
from fer.errors import ConfigError, FerError
from fer.glossary import explain
from fer.models.catalog import ARCHITECTURES, architecture
from fer.training import batches
from fer.training.teachers import load_teacher, require_fit
from pages.parts import phrases, state
from pages.parts.training import (
    expected_time,
    faces_choice,
    glossary_panel,
    more_settings,
    network_choice,
    rate_choice,
    recipe_panel,
    teacher_choice,
    transfer_choice,
)
from pages.parts.training.faces_choice import ChosenFaces
from pages.parts.training.setting_widgets import fields_of

# Chosen elsewhere: the faces belong to every page, the augmentation to station 2.
_ELSEWHERE = ("dataset", "view", "augmentation")
_SUBMITTED = "training.submitted"
_AUGMENTATION_SEEN = "training.augmentation_seen"
# What the form was last filled with: the sliders offer its values whatever they are moved to since.
_FILLED = "training.filled"


def show(submit_label: str = "Start training", submit_help: str | None = None) -> TrainingConfig | None:
    """Draw the form; returns its settings once, in the run of the page after its button was pressed.

    Args:
        submit_label: what the button says.
        submit_help: what will come of it, a sentence.
    """
    if "training.epochs" not in st.session_state or _FILLED not in st.session_state:
        put(state.training())
    submitted = cast("TrainingConfig | None", st.session_state.pop(_SUBMITTED, None))
    _form(submit_label, submit_help)
    return submitted


@st.fragment
def _form(submit_label: str, submit_help: str | None) -> None:
    config = state.training()
    filled: TrainingConfig = st.session_state[_FILLED]
    # The two settings that every learner turns, what comes of them, and the button: one press is enough.
    start = st.container(border=True)
    with start:
        values: dict[str, Any] = fields_of("first", filled)
    with st.container(border=True):
        faces = faces_choice.show()
    with st.container(border=True):
        values["architecture"] = network_choice.show()
        augmentation = _augmentation()
        values |= transfer_choice.transfer_settings(filled, architecture(values["architecture"]))
    with st.expander("Learning rate and schedule", icon=":material/trending_down:"):
        values |= rate_choice.rate_settings(filled, values)
    with st.expander("More settings", icon=":material/tune:"):
        values |= more_settings.more_settings(filled, faces.dataset)
        values |= teacher_choice.teacher_settings(filled)
    with st.container(horizontal=True):
        if st.button("Recipes", icon=":material/menu_book:", key="training.recipes"):
            recipe_panel.show(put_here)
        glossary_panel.show()
    try:
        _check_warmup(values)
        config = replace(config, dataset=faces.name, view=state.view(), augmentation=augmentation, **values)
        # Kept as they are touched: whoever looks at another page finds them again.
        state.set_training(config)
        problem = faces.problem or _problem(config, faces)
    except ConfigError as error:
        problem = faces.problem or str(error)
    with start:
        if faces.training and not problem:
            st.markdown(_corrections(config, faces))
            expected_time.show(config, *faces.used(config))
        pressed = st.button(
            submit_label,
            icon=":material/play_arrow:",
            type="primary",
            width="stretch",
            key="training.start",
            help=submit_help,
            disabled=bool(problem),
        )
        if problem:
            st.error(problem, icon=":material/error:")
    if pressed and not problem:
        expected_time.stop_measuring()
        st.session_state[_SUBMITTED] = config
        st.rerun()


def _corrections(config: TrainingConfig, faces: ChosenFaces) -> str:
    """How often the weights will be corrected, in words."""
    training, _ = faces.used(config)
    steps = config.steps_of(training)
    corrections = steps * config.epochs
    return f"**{corrections:,} corrections**: {steps:,} batches an epoch."


def put(config: TrainingConfig) -> None:
    """Fill the form from a config; a callback, or before the form is drawn."""
    if config.architecture not in ARCHITECTURES:  # of a run that another version trained
        config = replace(config, architecture=TrainingConfig().architecture)
    state.set_training(config)
    st.session_state[_FILLED] = config
    for field in fields(config):
        if field.name not in _ELSEWHERE:
            value = getattr(config, field.name)
            # JSON may have a whole number where a slider counts in fractions.
            fraction = isinstance(field.default, float)
            st.session_state[f"training.{field.name}"] = float(value) if fraction else value
    teacher_choice.take(config)
    st.session_state["training.augment"] = config.augmentation.changes_anything
    st.session_state[_AUGMENTATION_SEEN] = state.augmentation()


def put_here(config: TrainingConfig) -> None:
    """Fill the form, and what the other pages chose, from a config; a callback, or outside the form."""
    if config.augmentation.changes_anything:
        state.set_augmentation(config.augmentation)
    if config.dataset in {entry.name for entry in list_datasets()}:
        state.set_dataset(config.dataset)
        state.set_view(config.view)
        st.session_state["training.dataset"] = config.dataset
    put(config)


def put_again(config: TrainingConfig) -> None:
    """Fill the form, and the other pages' choices, from an earlier run; a callback."""
    if config.dataset not in {entry.name for entry in list_datasets()}:
        state.tell(
            f"The faces of that run, “{config.dataset}”, are not in data/, so the form keeps the dataset it "
            "had. All other settings are those of the run."
        )
    put_here(replace(config, name=""))


def check(config: TrainingConfig, dataset: Dataset) -> None:
    """Refuse at once what the training process would find out only after it has loaded TensorFlow.

    Raises:
        DatasetError: a split that is needed is empty, or a class to be balanced has no face.
        ConfigError: a batch is larger than the training set.
        ModelNotFoundError, ModelError: a teacher is gone, or cannot teach this network.
    """
    dataset.require_training_splits()
    batches.require_a_batch(config, int(np.count_nonzero(dataset.splits == Split.TRAIN)))
    for name in config.teachers:
        require_fit(load_teacher(name), dataset.emotions)
    if config.balance_classes:  # only this looks at which faces they are, and copies them
        balanced_class_weights(batches.training_faces(dataset, config).labels, dataset.emotions)


def _check_warmup(values: Mapping[str, Any]) -> None:
    if values["warmup_epochs"] > values["epochs"]:
        raise ConfigError(
            f"A warm-up of {values['warmup_epochs']:g} epochs is longer than the run of {values['epochs']}. "
            "Shorten it under More settings, or train for longer."
        )


def _problem(config: TrainingConfig, faces: ChosenFaces) -> str:
    """Why a run with these settings cannot begin, as a sentence; empty if it can."""
    try:
        if faces.dataset is not None:
            check(config, faces.dataset)
        else:
            batches.require_a_batch(config, faces.training)
    except FerError as error:
        return str(error)
    return ""


def _augmentation() -> AugmentationConfig:
    """Let the learner use what station 2 was left at; what was changed there since is meant to be used."""
    chosen = state.augmentation()
    if st.session_state.get(_AUGMENTATION_SEEN) != chosen:
        st.session_state[_AUGMENTATION_SEEN] = chosen
        st.session_state["training.augment"] = chosen.changes_anything
    on = st.toggle(
        "Augment the faces",
        key="training.augment",
        disabled=not chosen.changes_anything,
        help=explain("augmentation"),
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"As station 2 was left: {phrases.augmentation(chosen)}.", width="stretch")
        st.page_link("pages/2_augmentation.py", label="Change it there", width="content")
    return chosen if on and chosen.changes_anything else AugmentationConfig()
