"""Embedding map (t-SNE): the faces laid out as a model sees them, coloured, and those chosen on it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.datasets import Dataset
from fer.datasets.browsing import Quality
from fer.datasets.embedding import DEFAULT_MODEL, FEWEST, LARGEST, FaceMap, map_size
from fer.figures import MapGroup
from fer.models.inference import list_models
from fer.statistics import percent
from pages.parts import caches, face_sheet, mending, notices, paging, phrases, pickers, state
from pages.parts.dataset import face_card
from pages.parts.dataset.job_offer import offer_job
from pages.parts.plot import plot

FACES_PER_PAGE = 72
_BY, _PAGE, _CHOSEN = "dataset.map_by", "dataset.map_page", "dataset.map_chosen"
_LABEL, _SPLIT, _ANSWER, _VOTE = "Label", "Split", "The model's answer", "FER+ vote"
_QUALITIES = {
    "Brightness": Quality.BRIGHTNESS,
    "Sharpness": Quality.SHARPNESS,
    "Suspicion": Quality.SUSPICION,
}
_EXPLAINED = {
    _LABEL: "Where one colour lies inside another, the label and the model disagree: a hard face, or a wrong "
    "label.",
    _SPLIT: "The three should be mixed evenly. A patch of one colour would be faces the model is judged "
    "on, but never saw the like of.",
    _ANSWER: "Where what the model answers has its borders. What differs from the labels are its mistakes.",
    _VOTE: "What FER+'s voters made of each face. Compare with the labels.",
    "Brightness": "The mean pixel value, 0 to 255. Bright and dark faces apart would mean that the model "
    "sees the light before the expression.",
    "Sharpness": "How much of the edges is fine, as a rank: 0 is the most blurred, 1 the crispest.",
    "Suspicion": "How little a model that never saw the face believes its label, 0 to 1.",
}


def map_view(dataset: Dataset) -> None:
    """Show the map of a dataset, or offer to make it.

    Args:
        dataset: as it came, before any view.
    """
    if len(dataset) < FEWEST:
        notices.empty(
            "Too few faces for a map",
            f"A map shows who is like whom, and needs at least {FEWEST} faces; this dataset has "
            f"{len(dataset)}.",
            icon=":material/scatter_plot:",
        )
        return
    model = _model()
    if model is None:
        notices.empty(
            "A map needs a model's eyes",
            "It lays the faces out by what a trained model sees in them, and there is no model here yet.",
            "pages/3_training.py",
            "Train one",
            icon=":material/scatter_plot:",
        )
        return
    face_map = caches.face_map(dataset, model)
    if face_map is None:
        _offer(dataset, model)
    else:
        _map(dataset, face_map)


def _model() -> str | None:
    """The model whose view is drawn: the shipped one, else the first there is; None without any."""
    names = [entry.name for entry in list_models()]
    return DEFAULT_MODEL if DEFAULT_MODEL in names else next(iter(names), None)


def _offer(dataset: Dataset, model: str) -> None:
    count = map_size(dataset)
    sample = "" if count == len(dataset) else f" (an even draw of {count:,}, at most {LARGEST:,})"
    wait = "a few seconds" if count < 2000 else f"about {phrases.duration(10 + count / 600)}"
    skipping = ["--skip-bad"] if state.view().skip_bad else []
    offer_job(
        f"map-{caches.face_map_path(dataset, model).stem}",
        f"Mapping {dataset.source.title}",
        ["map", dataset.name, "--model", model, *skipping],
        headings=(":material/scatter_plot: There is no map yet", ":material/scatter_plot: Drawing the map"),
        explained="Before the model names an emotion, it turns a face into **128 numbers** (its embedding): "
        "what it has seen. The map lays the faces out so that those with like numbers lie side by side. It "
        "shows which emotions the model keeps apart, which run into one another, and faces that lie among "
        "others of another label.",
        cost=f"For {phrases.faces(len(dataset))}{sample} that takes {wait} on two cores, once.",
        button=("Draw the map", ":material/map:"),
        key="dataset.make_map",
    )


@st.fragment
def _map(dataset: Dataset, face_map: FaceMap) -> None:
    """Show the map and what is chosen on it; choosing runs only this."""
    mending.settle()
    by = _choose_colours(dataset)
    groups = _groups(dataset, face_map, by)
    # Another colouring is another widget: what was chosen is counted in the traces of the one before.
    key = f"dataset.map.{dataset.name}.{by}"
    chosen_before = st.session_state.get(_CHOSEN)
    event = st.plotly_chart(
        _figure(dataset, face_map, groups, by),
        key=key,
        on_select="rerun",
        selection_mode=("points", "box", "lasso"),
        config={
            "displaylogo": False,
            "modeBarButtonsToRemove": ["toImage", "autoScale2d"],
        },
    )
    points = event.selection.points
    chosen = np.array(
        [
            face_map.places[groups[point["curve_number"]].points[point["point_index"]]]
            for point in points
            if point["curve_number"] < len(groups)
        ],
        np.intp,
    )
    st.caption(_how_to_read(dataset, face_map, by))
    if chosen_before != (key, chosen.tobytes()):
        st.session_state[_CHOSEN] = (key, chosen.tobytes())
        paging.to_first_page(_PAGE)
        state.set_face(None)
    if len(chosen) == 0:
        st.info(
            "Draw a line around faces on the map, or click one, to see them here.",
            icon=":material/gesture:",
        )
        return
    _chosen(dataset, np.unique(chosen))


def _choose_colours(dataset: Dataset) -> str:
    known = [_LABEL, _ANSWER, *([_SPLIT] if len(dataset.counts()) > 1 else [])]
    known += [] if dataset.votes is None else [_VOTE]
    known += ["Brightness", "Sharpness"]
    known += [] if caches.inspected(dataset) is None else ["Suspicion"]
    if st.session_state.get(_BY, _LABEL) not in known:
        st.session_state[_BY] = _LABEL
    return st.selectbox("Colour by", known, key=_BY, width=220, persist_state="session")


def _groups(dataset: Dataset, face_map: FaceMap, by: str) -> list[MapGroup]:
    places = face_map.places
    by_words: dict[str, Callable[[], list[MapGroup]]] = {
        _LABEL: lambda: figures.groups_by_label(dataset, places),
        _ANSWER: lambda: figures.groups_by_label(dataset, places, face_map.answers),
        _SPLIT: lambda: figures.groups_by_split(dataset, places),
        _VOTE: lambda: figures.groups_by_vote(dataset, places),
    }
    if by in by_words:
        return by_words[by]()
    quality = _QUALITIES[by]
    values = caches.qualities(dataset, [quality])[quality][places]
    return figures.groups_by_value(_ranks(values) if quality is Quality.SHARPNESS else values)


def _ranks(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each value's rank, 0 to 1: a few very crisp faces would press all others into one colour."""
    ranks = np.empty(len(values), np.float32)
    ranks[np.argsort(values, kind="stable")] = np.linspace(0, 1, len(values), dtype=np.float32)
    return ranks


def _figure(dataset: Dataset, face_map: FaceMap, groups: list[MapGroup], by: str) -> Any:
    places = face_map.places
    labels = np.array([emotion.capitalize() for emotion in dataset.emotions])[dataset.labels[places]]
    titles = {str(split): title for split, title in pickers.SPLIT_TITLES.items()}
    splits = np.array([titles[str(split)] for split in dataset.splits[places]])
    words = splits if by == _LABEL else labels
    return figures.face_map_figure(
        face_map.positions, groups, dataset.rows[places], words, by if by in _QUALITIES else ""
    )


def _how_to_read(dataset: Dataset, face_map: FaceMap, by: str) -> str:
    shown = (
        f"All {phrases.faces(len(face_map))}"
        if len(face_map) == len(dataset)
        else f"{len(face_map):,} of {phrases.faces(len(dataset))}, each emotion with its share,"
    )
    kept = face_map.facts.get("neighbours_kept", 0.0)
    return (
        f"{shown}, laid out by t-SNE from what {face_map.model} sees. {_EXPLAINED[by]}  \n"
        "**Read** who lies beside whom. **Do not read** the axes, how far apart two groups lie, how large a "
        "group is, or how dense: t-SNE keeps neighbours and bends everything else. Even of the neighbours it "
        f"keeps only part: here {percent(kept, 0)} of each face's nearest 15 are among its nearest on "
        "the map. And it is the model's view: the faces it was trained on lie better sorted than new ones."
    )


def _chosen(dataset: Dataset, places: NDArray[np.intp]) -> None:
    """The faces that were chosen, a page at a time, and what they are labelled."""
    counts = np.bincount(dataset.labels[places], minlength=len(dataset.emotions))
    all_counts = np.bincount(dataset.labels, minlength=len(dataset.emotions))
    commonest = int(counts.argmax())
    words, chart = st.columns([2, 3], gap="large", vertical_alignment="center")
    with words:
        st.metric("Chosen", f"{len(places):,}")
        st.markdown(
            f"**{percent(counts[commonest] / len(places), 0)}** of them are labelled "
            f"**{dataset.emotions[commonest]}**; of all faces "
            f"{percent(all_counts[commonest] / len(dataset), 0)} are."
        )
    with chart:
        plot(
            figures.chosen_figure(
                dict(zip(dataset.emotions, counts.tolist(), strict=True)),
                dict(zip(dataset.emotions, all_counts.tolist(), strict=True)),
            ),
            "dataset.map_chosen_labels",
        )
    shown = paging.open_page(_PAGE, len(places), FACES_PER_PAGE)
    face_sheet.show(
        dataset.images[places[shown]],
        mending.captions(dataset, places[shown], mending.edition_of(dataset)),
        key="dataset.map_sheet",
        on_open=state.set_face,
    )
    paging.page_buttons(_PAGE, shown, len(places), FACES_PER_PAGE)
    face = state.face()
    if face is not None:
        face_card.open_face(dataset, face, among=places)
