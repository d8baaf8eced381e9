"""What must be said beside any figure here: whose faces these are, and whether the model knows them."""

import streamlit as st

from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Split
from fer.datasets.views import describe, describe_splits
from fer.evaluation import TTA
from fer.models.card import ModelCard
from pages.parts import caches, notices, phrases
from pages.parts.evaluation.judged import Judged


def show(judged: Judged) -> None:
    """Draw the sentences that these models and these faces need, and no others."""
    if judged.tta is not TTA.NONE:
        st.info(
            f"Every figure here is **{judged.tta.phrase}**. Most published figures, and the live page, "
            "look once.",
            icon=":material/filter_none:",
        )
    if judged.view != AS_IT_CAME:
        people = (
            ""
            if judged.view.labels == "given"
            else " What is said of people was measured on the labels as they came."
        )
        st.info(
            f"These faces are not as they came: {describe(judged.view)}. Figures of another state are of "
            f"other faces or other labels; compare like with like.{people}",
            icon=":material/edit_note:",
        )
    _left_out(judged)
    for model, card in zip(judged.models, judged.cards, strict=True):
        _known_faces(
            judged, card, f"“{phrases.plain(model.title)}”" if len(judged.models) > 1 else "This model"
        )
    if judged.split is Split.TEST:
        st.caption(
            "The test faces are for one last honest look. Choose between settings on the validation faces."
        )


def _left_out(judged: Judged) -> None:
    """Faces of emotions that not every model knows are not asked about: their number must be known."""
    counts = caches.dataset(judged.dataset.name, view=judged.view).counts()[judged.split]
    for model, card in zip(judged.models, judged.cards, strict=True):
        missing = {e: count for e, count in counts.items() if count and e not in card.emotions}
        if missing:
            named = phrases.listed(
                [f"{phrases.faces(count)} labelled {emotion}" for emotion, count in missing.items()]
            )
            are = "is" if sum(missing.values()) == 1 else "are"
            st.warning(
                f"“{phrases.plain(model.title)}” does not know {phrases.listed(list(missing))}, so {named} "
                f"{are} left out: every figure here is of the other faces.",
                icon=":material/filter_alt:",
            )


def _known_faces(judged: Judged, card: ModelCard, name: str) -> None:
    if card.dataset.get("brought"):
        st.warning(
            f"{name} was brought from elsewhere, and what it learned from is not known here: it may have "
            "seen these faces, and then the score flatters it. Figures in its file are its maker's claims.",
            icon=":material/move_item:",
        )
        return
    learned_from = str(card.dataset.get("title", ""))
    if learned_from and learned_from != judged.dataset.source.title:
        st.info(
            f"{name} learned from {learned_from}; these faces are from {judged.dataset.source.title}. A "
            "score on another kind of faces tells how far its knowledge carries, not how well it was "
            "trained.",
            icon=":material/alt_route:",
        )
    with notices.shown():
        learned_with = DatasetView.from_dict(card.config.get("view") or {}).splits
    splits = judged.view.splits
    test_is_the_same = all(plan is None or plan.keep_test for plan in (learned_with, splits))
    if judged.split is Split.TRAIN:
        st.warning(
            f"{name} has seen these faces while learning, so this score flatters it.",
            icon=":material/visibility:",
        )
    elif (
        learned_from == judged.dataset.source.title
        and learned_with != splits
        and not (judged.split is Split.TEST and test_is_the_same)
    ):
        was = "the splits as they came" if learned_with is None else describe_splits(learned_with)
        st.warning(
            f"{name} learned with {was}, and these are other splits: some of these faces may have been among "
            "its training faces, and then the score flatters it. The **Splits** of the dataset page set them "
            "alike.",
            icon=":material/visibility:",
        )
