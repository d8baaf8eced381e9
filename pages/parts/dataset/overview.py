"""Dataset overview: faces per class, the majority baseline, mean faces, histograms, and votes."""

from typing import Any, cast

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.datasets import Dataset
from fer.datasets.browsing import TIE, VOTE_OUTCOMES, imbalance
from fer.datasets.character import Character, Disagreement, disagreement_of
from fer.emotions import Emotion
from fer.statistics import percent
from pages.parts import caches, face_sheet, phrases, pickers
from pages.parts.dataset import faces, verify
from pages.parts.plot import plot

_VIEW, _VOTES = "dataset.view_shown", "dataset.disagreement"
# Side of a mean face on the page: enlarged smoothly, for its pixels are averages and have no edges to keep.
_MEAN_PIXELS = 160


def overview(dataset: Dataset) -> None:
    """Show what a model trained on these faces will be like, before any is trained."""
    _counts(dataset)
    character = caches.character(dataset)
    _typical(dataset, character)
    _light(dataset, character)
    disagreement = disagreement_of(dataset)
    if disagreement is None:
        st.header("Do people agree with the labels?", anchor=False)
        st.markdown(
            "Look for yourself: take faces without their labels, say what you see, and count how often the "
            "label says the same."
        )
        verify.button(dataset, "dataset.verify_overview")
        st.caption(
            "FER-2013 has been looked at again by ten people per face. With those FER+ votes "
            "(`fer2013new.csv`, under **Bring your own**) this page shows where they contradict the labels."
        )
    else:
        _disagreement(dataset, disagreement)


def _counts(dataset: Dataset) -> None:
    counts = dataset.counts()
    st.header("How many of each", anchor=False)
    chart, table = st.columns([3, 2], gap="large", vertical_alignment="center")
    with chart:
        plot(figures.counts_figure(counts), "dataset.counts")
        if len(counts) > 1:
            splits = [pickers.SPLIT_TITLES[split].lower() for split in counts]
            st.caption(f"From strong to faint: {phrases.listed(splits)}.")
    with table:
        st.table(
            {
                "Emotion": [emotion.capitalize() for emotion in dataset.emotions],
                **{
                    pickers.SPLIT_TITLES[split]: [f"{count:,}" for count in of_split.values()]
                    for split, of_split in counts.items()
                },
            },
            border="horizontal",
            hide_index=True,
        )
    split, of_split = next(iter(counts.items()))
    balance, split_title = imbalance(of_split), pickers.SPLIT_TITLES[split].lower()
    if balance.ratio < 1.1:
        sentence = f"Among the {split_title} faces every emotion is about as common as every other."
    else:
        sentence = (
            f"For every **{balance.least}** face among the {split_title} faces there are "
            f"**{round(balance.ratio, 1):,g} {balance.most}** ones."
        )
    if balance.missing:
        sentence += (
            f" None shows **{phrases.listed(balance.missing)}**: a model trained on them never learns "
            f"{'it' if len(balance.missing) == 1 else 'those'}."
        )
    st.info(
        f"{sentence} A model that always answered “{balance.most}” would be right for "
        f"**{percent(balance.majority_accuracy)}** of them without having looked at a single face. Any "
        "accuracy has to be read against that figure.",
        icon=":material/balance:",
    )


def _typical(dataset: Dataset, character: Character) -> None:
    st.header("The typical face", anchor=False)
    there = np.flatnonzero(character.counts)
    deviations = character.deviations[there]
    st.markdown(
        "All faces of an emotion laid over one another. What stays sharp is common to all. A model that only "
        "compared averages would know no more."
    )
    face_sheet.show(
        _enlarged(character.means[there]),
        [
            _caption(dataset.emotions[index], f"{phrases.faces(int(character.counts[index]))}, on average")
            for index in there
        ],
        key="dataset.means",
        side="6.6rem",
    )
    st.markdown(
        "And how far they differ from it, pixel by pixel: the standard deviation. **Where it is dark they "
        "are alike, where it is light they differ**, and there the average above means little."
    )
    face_sheet.show(
        _enlarged(_stretched(deviations)),
        [_caption(dataset.emotions[index], "standard deviation of each pixel") for index in there],
        key="dataset.deviations",
        side="6.6rem",
    )
    st.caption(
        f"On one scale for all: black is a standard deviation of {deviations.min():.0f}, white of "
        f"{deviations.max():.0f}, of 255."
    )


def _light(dataset: Dataset, character: Character) -> None:
    st.header("Light", anchor=False)
    plot(figures.histogram_figure(character, dataset.emotions), "dataset.histogram")
    values = np.arange(256)
    pixels = character.histograms.sum(axis=0)
    mean = float((values * pixels).sum() / max(pixels.sum(), 1))
    black, white = (pixels[[0, 255]] / max(pixels.sum(), 1)).tolist()
    st.caption(
        f"The mean pixel is {mean:.0f}; {percent(black)} of all are fully black and {percent(white)} fully "
        "white. Where one emotion's line leaves the others, a model could learn its light instead of its "
        "expression. Click a name to hide its line."
    )


def _disagreement(dataset: Dataset, disagreement: Disagreement) -> None:
    st.header("Do people agree with the labels?", anchor=False)
    counts, total = disagreement.counts, max(int(disagreement.counts.sum()), 1)
    no_face = counts[:, VOTE_OUTCOMES.index("NF")].sum()
    tied = counts[:, VOTE_OUTCOMES.index(TIE)].sum() / total
    st.markdown(
        "For FER+, ten people looked at every face again. Of these "
        f"{phrases.faces(total)}, for **{percent(1 - disagreement.agreeing)}** the most frequent vote "
        f"differs from the label; {percent(tied)} are tied; {no_face:,} were judged not a face. A model "
        "marked by these labels is marked wrong for many an answer that people would call right."
    )
    chart, words = st.columns([3, 1], gap="large", vertical_alignment="center")
    with chart:
        plot(
            figures.disagreement_figure(disagreement, dataset.emotions),
            _VOTES,
            on_select=lambda: _clicked(dataset),
            selection_mode="points",
        )
    with words:
        st.markdown(
            "Percent of each label's faces. **Click a square** to see its faces: are they mistakes, or only "
            "hard?"
        )
        st.markdown("And what would you have said?")
        verify.button(dataset, "dataset.verify_overview")


def _clicked(dataset: Dataset) -> None:
    """Lead to the faces of the square that was clicked."""
    points = cast("dict[str, Any]", st.session_state[_VOTES])["selection"]["points"]
    if points:
        label, outcome = points[0]["customdata"][:2]
        faces.ask_for(dataset, Emotion(label), str(outcome))
        st.session_state[_VIEW] = "Faces"


def _caption(emotion: Emotion, what: str) -> face_sheet.Caption:
    return face_sheet.Caption(emotion.capitalize(), emotion.color, f"{emotion}: {what}")


def _stretched(faces: NDArray[np.float32]) -> NDArray[np.float32]:
    """All faces on one scale, from black at their least value to white at their greatest."""
    low, high = float(faces.min(initial=0)), float(faces.max(initial=1))
    return 255 * (faces - low) / max(high - low, 1e-6)


def _enlarged(faces: NDArray[np.float32]) -> NDArray[np.uint8]:
    shape = (len(faces), _MEAN_PIXELS, _MEAN_PIXELS, faces.shape[3])
    large = [cv2.resize(face, (_MEAN_PIXELS, _MEAN_PIXELS), interpolation=cv2.INTER_CUBIC) for face in faces]
    return np.clip(np.reshape(large, shape), 0, 255).round().astype(np.uint8)
