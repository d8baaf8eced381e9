"""Lesson set-up: one click fills the page that a lesson happens on, and leads there."""

import streamlit as st

from fer import datasets
from fer.course import SetUp, Station
from fer.datasets import Split
from pages.parts import state

PAGES = {
    Station.DATASET: "pages/1_dataset.py",
    Station.AUGMENTATION: "pages/2_augmentation.py",
    Station.TRAINING: "pages/3_training.py",
    Station.EVALUATION: "pages/4_evaluation.py",
    Station.LIVE: "pages/5_live.py",
}
_VIEWS = {
    Station.DATASET: "dataset.view_shown",
    Station.AUGMENTATION: "augmentation.view",
    Station.EVALUATION: "evaluation.view_shown",
    Station.LIVE: "live.view",
}


def apply_set_up(set_up: SetUp) -> None:
    """Fill the page and open it; ends this run of the script."""
    # Here, not above: every page has a strip, and few need the forms.
    from pages.parts.augmentation import settings
    from pages.parts.dataset import verify
    from pages.parts.training import form

    if set_up.dataset and set_up.dataset in {entry.name for entry in datasets.list_datasets()}:
        state.set_dataset(set_up.dataset)
    if set_up.augmentation is not None:
        settings.put(set_up.augmentation)
    if set_up.training is not None:
        form.put_here(set_up.training)
    if set_up.opens_game:
        verify.open_game()
    if set_up.models:
        if set_up.station is Station.EVALUATION:
            state.set_judged_models(set_up.models)
            st.session_state["evaluation.split"] = Split.VALIDATION
        else:
            state.set_live_model(set_up.models[0])
            st.session_state["live.other"] = set_up.models[1] if len(set_up.models) > 1 else None
    if set_up.view and (key := _VIEWS.get(set_up.station)):
        st.session_state[key] = set_up.view
    st.switch_page(PAGES[set_up.station])
