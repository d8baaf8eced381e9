"""Error analysis: the questions of the view of faces, each with its list and what it teaches."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from fer.datasets import Split
from fer.datasets.quality import QualityIssue
from fer.evaluation.galleries import (
    ConfusedPair,
    Gallery,
    confident_mistakes,
    confused_pairs,
    disagreements,
    label_suspects,
    least_certain,
    wrong_alike,
)
from fer.statistics import Proportion, percent
from pages.parts import caches, phrases, state
from pages.parts.evaluation import names
from pages.parts.evaluation.judged import Judged

_PAIR = "evaluation.pair"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A list of faces and what is said of it.

    Attributes:
        gallery: the faces in order.
        words: what it teaches, Markdown, a sentence or two.
        badge: how a score reads in a face's corner.
        empty: what is said where there is no face: a title and a sentence.
        which: which list it is, where one question has several.
        asks_people: whether it says something else than the label, so that voters can be asked.
    """

    gallery: Gallery
    words: str
    badge: Callable[[float], str]
    empty: tuple[str, str]
    which: str = ""
    asks_people: bool = True


def questions(judged: Judged) -> dict[str, Callable[[Judged], Shown]]:
    """Return the questions that can be put to these models, by their titles."""
    found: dict[str, Callable[[Judged], Shown]] = {
        "Surest mistakes": _surest_mistakes,
        "Least certain": _least_certain,
        "Confused pairs": _confused_pairs,
        "Label suspects": _label_suspects,
    }
    if len(judged.models) > 1:
        found |= {"All wrong alike": _wrong_alike, "Disagreements": _disagreements}
    return found


def _surest_mistakes(judged: Judged) -> Shown:
    gallery = confident_mistakes(judged.evaluation)
    subject = names.subject(judged, 0)
    share = len(gallery) / len(judged.evaluation)
    return Shown(
        gallery,
        f"{subject[0].upper()}{subject[1:]} calls **{phrases.faces(len(gallery))}** of "
        f"{len(judged.evaluation):,} "
        f"({percent(share)}) something else than their label; those it is surest of come first. Look twice "
        "at these: where it is this sure and called wrong, either it has learned a bad habit, or the label "
        "is not what the face shows.",
        _percent,
        (
            "Not a single mistake",
            f"All {len(judged.evaluation):,} faces are called what their label says. The view "
            "**Robustness** finds where that ends.",
        ),
    )


def _least_certain(judged: Judged) -> Shown:
    evaluation = judged.evaluation
    gallery = least_certain(evaluation)
    subject = names.subject(judged, 0)
    words = (
        f"Here {subject} hesitates: its first choice hardly leads the second. The number is the lead, in "
        "percent points."
    )
    few = min(100, len(gallery) // 4)
    if few >= 10:
        unsure, sure = (
            Proportion.from_mask(evaluation.is_right[faces])
            for faces in (gallery.faces[:few], gallery.faces[-few:])
        )
        words += (
            f" Of the {few} faces it is least certain of it has **{percent(unsure.share, 0)}** right "
            f"(95\u00a0% interval {unsure.range_95}), of the {few} it is most certain of "
            f"**{percent(sure.share, 0)}** ({sure.range_95}): "
            + (
                "its doubt means something, and asking a person about these faces would help most."
                if unsure.interval_95[1] < sure.interval_95[0]
                else "its doubt tells little about whether it is right."
            )
        )
    return Shown(
        gallery,
        words,
        lambda lead: f"{100 * lead:.0f} pt" if lead >= 0.01 else f"{100 * lead:.1f} pt",
        (
            "Nothing to be uncertain between",
            "These models have one emotion in common, so every face is that.",
        ),
        asks_people=False,
    )


def _confused_pairs(judged: Judged) -> Shown:
    pairs = confused_pairs(judged.evaluation)
    empty = ("No emotion is taken for another", "There is not a single mistake on these faces.")
    if not pairs:
        return Shown(confident_mistakes(judged.evaluation), "", _percent, empty)
    # The same two may have changed places since, with another model or other faces.
    kept = st.session_state.get(_PAIR)
    chosen = next((at for at, pair in enumerate(pairs) if {pair.first, pair.second} == kept), 0)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        # Other numbers make another widget: one that stays would go on showing the old ones.
        titles = [
            f"{pair.first.capitalize()} and {pair.second} · {phrases.faces(len(pair.gallery))}"
            for pair in pairs
        ]
        pair = pairs[
            st.selectbox(
                "Pair",
                range(len(pairs)),
                chosen,
                key=f"{_PAIR}.{' '.join(titles)}",
                format_func=titles.__getitem__,
                width=300,
            )
        ]
        st.session_state[_PAIR] = {pair.first, pair.second}
        if st.button(
            "Show it in the matrix",
            icon=":material/grid_on:",
            key="evaluation.pair_in_matrix",
            on_click=_to_matrix,
            args=(pair,),
        ):
            st.rerun()
    total = len(pair.gallery)
    words = (
        f"Of {pair.faces_of_both:,} faces labelled {pair.first} or {pair.second}, "
        f"{names.subject(judged, 0)} takes **{total:,} ({percent(pair.share)})** for the other: "
        f"{pair.first_as_second:,} labelled {pair.first} are called {pair.second}, {pair.second_as_first:,} "
        f"labelled {pair.second} are called {pair.first}."
    )
    if Proportion(pair.first_as_second, total).interval_95[0] > 0.5:
        words += f" It leans towards **{pair.second}**; that is more than chance."
    return Shown(pair.gallery, words, _percent, empty, f"{pair.first} {pair.second}")


def _label_suspects(judged: Judged) -> Shown:
    also = inspected_too(judged)
    gallery = label_suspects(judged.evaluation, also)
    words = (
        f"**{phrases.faces(len(gallery))}** of {len(judged.evaluation):,} may carry a wrong label: "
        f"{names.subject(judged, 0)} gives another emotion more than it gives that emotion's own faces on "
        "average, and more than it gives the label (confident learning, Northcutt et al. 2021). The number "
        "is how much likelier it finds that emotion. A suspect is not a verdict: look, then relabel it or "
        "leave it out."
    )
    if also is None:
        words += (
            " Once the dataset page has inspected these faces (its view **Quality**), what it suspects "
            "counts too."
        )
    elif len(gallery):
        both = int(also[gallery.faces].sum())
        words += f" The inspection of the dataset page suspects {both:,} of them too; these come first."
    if judged.split is Split.TRAIN:
        words += (
            " **These are training faces**: the model was taught these very labels, so it misses those that "
            "it learned by heart."
        )
    return Shown(
        gallery,
        words,
        lambda margin: f"+{100 * margin:.0f} pt",
        (
            "No label is suspected",
            "Nowhere is another emotion as likely as that emotion's own faces make it. With few faces, or a "
            "weak model, that says little.",
        ),
    )


def _wrong_alike(judged: Judged) -> Shown:
    gallery = wrong_alike(judged.evaluations)
    many = {2: "two", 3: "three"}[len(judged.models)]
    return Shown(
        gallery,
        f"**{phrases.faces(len(gallery))}** of {len(judged.evaluation):,} are called the same by all "
        f"{many} models, and not what their label says, the surest first. Where models that were "
        "trained apart all see the same, the label or the picture is often to blame, rather than a model.",
        _percent,
        ("No mistake in common", "The models share no wrong answer on these faces."),
    )


def _disagreements(judged: Judged) -> Shown:
    gallery = disagreements(judged.evaluations)
    answered = np.array([np.array(each.emotions)[each.predicted_labels] for each in judged.evaluations])
    labels = np.array([judged.faces.emotions[label] for label in judged.faces.labels])
    right = (answered == labels)[:, gallery.faces].sum(axis=1) if len(gallery) else np.zeros(0, int)
    counts = phrases.listed(
        [f"{names.short(judged, index)} {count:,}" for index, count in enumerate(right.tolist())]
    )
    nobody = int((answered != labels).all(axis=0)[gallery.faces].sum())
    return Shown(
        gallery,
        f"On **{phrases.faces(len(gallery))}** of {len(judged.evaluation):,} the models do not say the same; "
        "where they are surest and yet contradict one another comes first. The number is how sure the less "
        f"sure of two is. Right there: {counts}; nobody: {nobody:,}.",
        _percent,
        ("They never disagree", "The models give the same answer to every one of these faces."),
        asks_people=False,
    )


def inspected_too(judged: Judged) -> np.ndarray | None:
    """Return (n,) whether an inspection of the dataset suspects each face's label; None before one.

    A face that was given another label since is not suspected: the inspection doubted the old one.
    """
    inspection = caches.inspected(judged.dataset)
    findings = None if inspection is None else inspection.findings.get(QualityIssue.WRONG_LABEL)
    if findings is None:
        return None
    places = judged.places_of(np.arange(len(judged.faces)))
    unchanged = judged.dataset.labels[places] == judged.faces.labels
    return np.asarray(np.isin(places, findings.faces) & unchanged)


def _to_matrix(pair: ConfusedPair) -> None:
    state.set_cell((pair.first, pair.second))
    state.set_opened_face(None)
    st.session_state["evaluation.view_shown"] = "Confusions"


def _percent(share: float) -> str:
    return percent(share, 0)
