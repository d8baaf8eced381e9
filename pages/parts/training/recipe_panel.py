"""Training recipes: what is in each, what its authors reported, and their mistakes."""

from collections.abc import Callable

import streamlit as st

from fer.config import TrainingConfig
from fer.config.recipes import PRESETS, Preset
from pages.parts import state


@st.dialog("Start from a recipe", width="medium", icon=":material/menu_book:")
def show(put: Callable[[TrainingConfig], None]) -> None:
    """Let the learner read the recipes and fill the form with one.

    Args:
        put: fills the form and the other pages' choices; a callback.
    """
    titles = {preset.title: preset for preset in PRESETS}
    title = st.selectbox(
        "Recipe",
        list(titles),
        key="training.recipe",
        help="Two of our own, and what five published systems did. S0 to S4 are the systems that the "
        "workshop is measured by.",
    )
    preset = titles[title]
    st.markdown(preset.summary)
    if preset.reported:
        st.markdown(f"**What its authors reported.** {preset.reported}")
    repeated = _defects(preset)
    if preset.differences:
        st.markdown("**Where this differs.**\n" + "\n".join(f"- {text}" for text in preset.differences))
    if st.button(
        "Fill the form with it",
        type="primary",
        icon=":material/tune:",
        key="training.use_recipe",
        on_click=put,
        args=(preset.configured(state.training(), repeated),),
    ):
        st.rerun()


def _defects(preset: Preset) -> frozenset[str]:
    """Show the mistakes with a switch each; returns the titles of those to be repeated."""
    if preset.defects:
        st.markdown("**Its mistake**, left out unless you switch it on to see what it does:")
    repeated = []
    for defect in preset.defects:
        if st.toggle(
            defect.title, key=f"training.defect.{preset.key}.{defect.title}", help="Repeat it, knowingly."
        ):
            repeated.append(defect.title)
        st.caption(defect.lesson)
    return frozenset(repeated)
