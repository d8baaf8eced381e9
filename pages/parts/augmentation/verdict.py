"""Label preservation: whether a model still names a face by its label when it is changed this much."""

from dataclasses import replace

import numpy as np
import streamlit as st

from fer.course.lessons.augmentation_limit import MARK
from fer.datasets import Split
from fer.datasets.browsing import rows_of
from fer.datasets.registry import SYNTHETIC
from fer.models.inference import DRAWN_FACES_MODEL, Recognizer
from fer.statistics import percent
from fer.training import augmentation
from fer.training.augmentation.survival import LabelSurvival, Strength, label_survival
from pages.parts import caches, notices, pickers, state
from pages.parts.augmentation.preview import Preview
from pages.parts.course import course_state

# Six of the interpreter's chunks: it answers them without making room anew.
FACES = 192

_SENTENCES: dict[Strength, str] = {
    "harmless": "**The label survives.** Few answers turn, fewer than half as many as the model gets wrong "
    "by itself. There is room for more.",
    "demanding": "**Demanding, but the label survives for most.** What a model has to work for, it "
    "remembers; if validation accuracy suffers, turn the strongest slider down.",
    "too_strong": "**Too strong for the label to survive.** More answers turn than the model gets wrong by "
    "itself: such copies teach labels that can no longer be seen. Turn the strongest slider down.",
    "no_judge": "**This model cannot tell.** It gets most of these faces wrong as they are, so whether an "
    "answer turns says little about the label. Ask one that was trained on such faces.",
}
_ICONS: dict[Strength, str] = {
    "harmless": ":material/check_circle:",
    "demanding": ":material/fitness_center:",
    "too_strong": ":material/warning:",
    "no_judge": ":material/help:",
}


def choose() -> Recognizer | None:
    """A toggle and a list of models; returns the chosen model, or None where none is asked."""
    if not st.toggle(
        "Ask a model",
        key="augmentation.verdict",
        help="Lets a trained model name every copy, and marks those whose name turns.",
    ):
        return None
    with notices.shown():
        entry = pickers.choose_model(
            "augmentation.model", usual=DRAWN_FACES_MODEL if state.dataset() == SYNTHETIC else ""
        )
        if entry is not None:
            return caches.recognizer(entry.name)
    st.info(
        "There is no model to ask yet. Train one; a few minutes are enough.", icon=":material/model_training:"
    )
    notices.link("pages/3_training.py", "Train a model")
    return None


def show(preview: Preview, recognizer: Recognizer, sheet: LabelSurvival) -> None:
    """Say how many labels turn: in the sheet above, and over many faces.

    Args:
        preview: what is looked at.
        recognizer: the model that is asked.
        sheet: its answers to the sheet above.
    """
    split = Split.VALIDATION if (preview.dataset.splits == Split.VALIDATION).any() else None
    rows = rows_of(preview.dataset, split, shuffle_seed=0)[:FACES]
    with notices.shown():
        before = caches.answers(recognizer.name, preview.dataset, preview.view, rows.tolist())
        params = augmentation.draw(preview.config, len(rows), np.random.default_rng([preview.seed, 1]))
        copies = augmentation.apply(preview.dataset.images[rows], params)
        survival = label_survival(recognizer, before, copies, preview.emotions_of(rows))
    if not replace(preview.config, rotation_degrees=0).changes_anything:  # what a lesson asks for
        course_state.note(f"{MARK}{preview.config.rotation_degrees:.0f}", survival.strength)
    turned = sheet.turned_share
    st.markdown(
        f"Of the {turned.of} copies above, **{turned.right}** get another answer than their face; they "
        "are framed, the old answer struck out."
    )
    with st.container(border=True):
        with st.container(horizontal=True):
            st.metric("Wrong as they are", percent(survival.wrong_before.share, 0), width="content")
            st.metric("Wrong after a draw", percent(survival.wrong_after.share, 0), width="content")
            st.metric("Answers turned", percent(survival.turned_share.share, 0), width="content")
        which = "validation faces, which models do not learn from" if split else "faces"
        st.markdown(f"{_ICONS[survival.strength]} {_SENTENCES[survival.strength]}")
        mixing = " Mixing is left out: it changes the label on purpose." if preview.config.mixes else ""
        st.caption(
            f"{survival.turned_share.of} {which}, one draw each, named by “{recognizer.card.title}”. "
            f"Turned: {survival.turned_share.range_95} with 95\u00a0% confidence; wrong as they are: "
            f"{survival.wrong_before.range_95}. A model that never met such changes turns "
            f"sooner than one that was trained with them, and sooner than you.{mixing}"
        )
