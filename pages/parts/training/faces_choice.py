"""Training data choice: the dataset and its state, which the other pages share."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import get_args

import streamlit as st

from fer.config import AS_IT_CAME, DatasetView, LabelSource, TrainingConfig
from fer.datasets import Dataset, DatasetEntry, Split, list_datasets
from fer.datasets.editions import list_editions
from fer.datasets.synthetic.loading import SIZES
from fer.datasets.views import describe_splits
from fer.emotions import EMOTIONS
from fer.errors import FerError
from fer.glossary import explain
from fer.training.batches import validation_counts
from pages.parts import caches, notices, pickers, state
from pages.parts.training.setting_words import LABELS


@dataclass(frozen=True, slots=True, eq=False)
class ChosenFaces:
    """What was chosen.

    Attributes:
        name: of the dataset.
        dataset: the faces in the state that was chosen; None where their number is known without them.
        training: how many there are to learn from, before a subset is drawn.
        validation: how many of each emotion there are to judge by, before a subset is drawn.
        problem: why a run cannot begin with them, as a sentence; empty if it can.
    """

    name: str
    dataset: Dataset | None = None
    training: int = 0
    validation: tuple[int, ...] = ()
    problem: str = ""

    def used(self, config: TrainingConfig) -> tuple[int, int]:
        """How many a run with this config learns from, and how many judge it."""
        training = min(self.training, config.subset or self.training)
        return training, sum(validation_counts(self.training, self.validation, config))


def show() -> ChosenFaces:
    """Let the learner choose the dataset, its edition and its labels."""
    problem = ""
    if state.dataset() not in {entry.name for entry in list_datasets()}:
        problem = (
            f"“{state.dataset()}” is not in data/ any more, and the built-in faces stand in its place. Put "
            "it back, or go on with another."
        )
        st.warning(problem, icon=":material/warning:")
    entry = pickers.choose_dataset("training.dataset", help=explain("dataset"))
    problem = _edition(entry) or problem
    view = state.view()
    if view.labels != "given" or _has_votes(entry):
        st.session_state["training.labels"] = view.labels
        st.segmented_control(
            "Labels",
            get_args(LabelSource),
            required=True,
            key="training.labels",
            format_func=LABELS.__getitem__,
            on_change=lambda: state.set_view(
                replace(state.view(), labels=st.session_state["training.labels"])
            ),
            help="**As given** in the file; the **majority** of the ten people who voted on each face for "
            "FER+; or the **shares** of their votes, so that a face between fear and surprise teaches both.",
        )
    chosen = _counted(entry, problem)
    drawn = "the original ones" if view.splits is None else describe_splits(view.splits)
    subset, whole = (st.session_state.get(f"training.{name}") for name in ("subset", "whole_validation"))
    there = _in_words(chosen, TrainingConfig(subset=subset, whole_validation=bool(whole)))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"{there if chosen.training else ''}Splits: {drawn}.", width="stretch")
        st.page_link("pages/1_dataset.py", label="Change the splits", width="content")
    return chosen


def _in_words(chosen: ChosenFaces, config: TrainingConfig) -> str:
    """How many faces are used, and of how many where that is a subset."""
    (training, validation), all_validation = chosen.used(config), sum(chosen.validation)
    of_training = f" of {chosen.training:,}" if training < chosen.training else ""
    of_validation = f" of {all_validation:,}" if validation < all_validation else ""
    return f"{training:,}{of_training} faces to learn from, {validation:,}{of_validation} to judge by. "


def _edition(entry: DatasetEntry) -> str:
    """Let the learner choose the edition; returns what is wrong with the one that was chosen before."""
    problem = ""
    view = state.view()
    editions = [edition.name for edition in list_editions(entry.name)]
    if view.edition and view.edition not in editions:  # deleted since, or a damaged file
        problem = (
            f"The edition “{view.edition}” cannot be read any more; the original faces are taken. Choose "
            "another, or go on without."
        )
        st.warning(problem, icon=":material/warning:")
        view = replace(view, edition="")
        state.set_view(view)
    # The state is the truth, and the dataset page changes it too.
    st.session_state["training.edition"] = view.edition
    st.selectbox(
        "Edition",
        ["", *editions],
        key="training.edition",
        format_func=lambda name: name or "Original",
        on_change=lambda: state.set_view(replace(state.view(), edition=st.session_state["training.edition"])),
        help="With which of your corrections: an edition is a list of faces left out or given another label. "
        "Train the same network on two editions to see what mending the data is worth.",
    )
    return problem


def _counted(entry: DatasetEntry, problem: str) -> ChosenFaces:
    """The choice with its faces; a dataset that cannot be read says why in its place."""
    view = state.view()
    if entry.kind == "built-in" and view == AS_IT_CAME:
        # Drawing them takes a moment, and how many there will be is known: each emotion is validated alike.
        validation = (SIZES[Split.VALIDATION] // len(EMOTIONS),) * len(EMOTIONS)
        return ChosenFaces(entry.name, None, SIZES[Split.TRAIN], validation, problem)
    try:
        with notices.working() as progress:
            dataset = caches.dataset(entry.name, progress, view)
    except FerError as error:
        return ChosenFaces(entry.name, problem=problem or str(error))
    train, validation = (
        tuple(dataset.counts().get(split, {}).values()) for split in (Split.TRAIN, Split.VALIDATION)
    )
    return ChosenFaces(entry.name, dataset, sum(train), validation, problem)


def _has_votes(entry: DatasetEntry) -> bool:
    """Whether ten people's votes are known; a dataset that cannot be read is told of when it is counted."""
    if entry.kind == "built-in":
        return False
    with suppress(FerError), notices.working() as progress:
        as_it_came = DatasetView(skip_bad=state.view().skip_bad)
        return caches.dataset(entry.name, progress, as_it_came).votes is not None
    return False
