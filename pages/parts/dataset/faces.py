"""Dataset browser: the faces a page at a time, narrowed, sorted, opened, and chosen to be mended."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.datasets import Dataset
from fer.datasets.browsing import TIE, VOTE_OUTCOMES, FaceFilter, Mended, Quality, matching
from fer.datasets.character import VOTE_OF
from fer.datasets.editions import Edition
from fer.emotions import Emotion
from fer.statistics import percent
from pages.parts import caches, face_sheet, mending, notices, paging, phrases, pickers, state
from pages.parts.dataset import face_card, verify
from pages.parts.row_input import row_input
from pages.parts.selection import Selection

FACES_PER_PAGE = 100
OptionT = TypeVar("OptionT", bound=str)

_PAGE, _OF = "dataset.page", "dataset.faces_of"
_SPLIT, _EMOTION, _ORDER, _SEED = "dataset.split", "dataset.emotion", "dataset.order", "dataset.seed"
_VOTE, _MENDED = "dataset.vote", "dataset.mended"
_SELECTION = Selection("dataset")
_SHUFFLED = "Shuffled"

MENDED_TITLES: dict[Mended, str] = {
    "untouched": "Untouched",
    "relabelled": "Relabelled",
    "excluded": "Left out",
}
# What the order is called: by which quality, and whether the greatest value comes first.
ORDERS: dict[str, tuple[Quality | None, bool]] = {
    "As in the source": (None, False),
    _SHUFFLED: (None, False),
    "Darkest first": (Quality.BRIGHTNESS, False),
    "Brightest first": (Quality.BRIGHTNESS, True),
    "Most blurred first": (Quality.SHARPNESS, False),
    "Crispest first": (Quality.SHARPNESS, True),
    "Least agreed first": (Quality.AGREEMENT, False),
    "Most agreed first": (Quality.AGREEMENT, True),
    "Most suspicious first": (Quality.SUSPICION, True),
}


@dataclass(frozen=True, slots=True)
class Range:
    """A slider with two ends over a quality.

    Attributes:
        title: what stands above it.
        highest: the right end; the left is 0.
        unit: what a value is followed by.
        help: what it measures.
    """

    title: str
    highest: int
    unit: str
    help: str


RANGES = {
    Quality.BRIGHTNESS: Range("Brightness", 255, "", "The mean pixel value: 0 is black, 255 is white."),
    Quality.SHARPNESS: Range(
        "Sharpness",
        100,
        "\u00a0%",
        "How fine the edges are, as a rank among these faces: 0 is the most blurred, 100 the crispest.",
    ),
    Quality.AGREEMENT: Range(
        "Vote agreement", 100, "\u00a0%", "How many of the FER+ voters chose the face's label."
    ),
    Quality.SUSPICION: Range(
        "Suspicion", 100, "\u00a0%", "How little a model that never saw the face believes its label."
    ),
}


def faces_view(dataset: Dataset) -> None:
    """Show the faces that were asked for; turning a page runs only this part again."""
    if st.session_state.get(_OF) != dataset.name:
        _forget()
        st.session_state[_OF] = dataset.name
    _faces(dataset)


def ask_for(dataset: Dataset, emotion: Emotion | None, vote: str | None) -> None:
    """Narrow the faces to a label and what its votes came to; a callback, for a view that leads here."""
    _forget()
    st.session_state.update({_OF: dataset.name, _EMOTION: emotion or "", _VOTE: vote or ""})


@st.fragment
def _faces(dataset: Dataset) -> None:
    mending.settle()
    edition = mending.edition_of(dataset)
    wanted, chips = _asked(dataset, edition)
    with notices.shown(), st.spinner("Measuring every face…", show_time=True):
        asked_of = [*wanted.ranges, *([] if wanted.order_by is None else [wanted.order_by])]
        qualities = caches.qualities(dataset, asked_of)
        places = matching(dataset, _in_units(wanted, qualities), qualities, edition)
    _bar(dataset, len(places), wanted, chips)
    if len(places) == 0:
        notices.empty(
            "No such face",
            "No face fits all of these at once. Widen one of them, or clear them and start again.",
            icon=":material/search_off:",
        )
        st.button("Clear all filters", key="dataset.clear_empty", on_click=_forget)
        return
    shown = paging.open_page(_PAGE, len(places), FACES_PER_PAGE)
    here = places[shown].tolist()
    _SELECTION.bar(dataset, here)
    badges = _badges(wanted.order_by, qualities, places[shown])
    face_sheet.show(
        dataset.images[here],
        mending.captions(dataset, here, edition, badges=badges, chosen=_SELECTION.marked),
        key="dataset.sheet",
        on_open=state.set_face,
        on_select=_SELECTION.on_select(here),
    )
    paging.page_buttons(_PAGE, shown, len(places), FACES_PER_PAGE)
    face = state.face()
    if face is not None and not _SELECTION.is_on:
        face_card.open_face(dataset, face, among=places)


# ── what is asked for ────────────────────────────────────────────────────────────────────────────


def _asked(dataset: Dataset, edition: Edition | None) -> tuple[FaceFilter, dict[str, str]]:
    """Draw the row of choices; return them, and those in the popover by key, in words."""
    known = _known(dataset)
    orders = [title for title, (quality, _) in ORDERS.items() if quality is None or quality in known]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        split = _choose(
            "Split", _SPLIT, dataset.counts(), "All splits", pickers.SPLIT_TITLES.__getitem__, width=140
        )
        emotion = _choose("Label", _EMOTION, dataset.emotions, "All labels", str.capitalize, width=150)
        _valid(_ORDER, orders)
        order = st.selectbox(
            "Order", orders, key=_ORDER, width=190, on_change=_from_the_start, persist_state="session"
        )
        with st.popover("More filters", icon=":material/tune:", key="dataset.filters"):
            ranges, vote, mended, chips = _more(dataset, edition, known)
        st.button("Shuffle", icon=":material/shuffle:", on_click=_shuffle, key="dataset.shuffle")
    quality, descending = ORDERS[order]
    seed: int = st.session_state[_SEED]
    return (
        FaceFilter(
            split,
            emotion,
            vote,
            mended,
            ranges,
            quality,
            descending,
            seed if order == _SHUFFLED else None,
        ),
        chips,
    )


def _choose(
    label: str,
    key: str,
    options: Iterable[OptionT],
    every: str,
    title: Callable[[OptionT], str],
    width: int | Literal["stretch"] = "stretch",
) -> OptionT | None:
    """Show one choice out of options that are words; return it, and None for `every`."""
    # Not None for every option: a widget takes None for "nothing chosen yet".
    choices = ["", *options]
    _valid(key, choices)
    chosen = st.selectbox(
        label,
        choices,
        key=key,
        width=width,
        on_change=_from_the_start,
        persist_state="session",
        format_func=lambda option: every if option == "" else title(cast(OptionT, option)),
    )
    return None if chosen == "" else cast(OptionT, chosen)


def _more(
    dataset: Dataset, edition: Edition | None, known: list[Quality]
) -> tuple[dict[Quality, tuple[float, float]], str | None, Mended | None, dict[str, str]]:
    """Draw what is asked for less often; return the ranges, the vote, what was mended, and all in words."""
    ranges: dict[Quality, tuple[float, float]] = {}
    chips: dict[str, str] = {}
    for quality in known:
        scale, key = RANGES[quality], _range_key(quality)
        st.session_state.setdefault(key, (0, scale.highest))
        low, high = cast(
            "tuple[int, int]",
            st.slider(
                scale.title,
                0,
                scale.highest,
                key=key,
                help=scale.help,
                format=f"%d{scale.unit.replace('%', '%%')}",
                on_change=_from_the_start,
                persist_state="session",
            ),
        )
        if (low, high) != (0, scale.highest):
            ranges[quality] = (float(low), float(high))
            chips[key] = f"{scale.title} {low}–{high}{scale.unit}"
    vote: str | None = None
    if dataset.votes is not None:
        own = [VOTE_OF[emotion] for emotion in dataset.emotions]
        outcomes = [*own, *(outcome for outcome in VOTE_OUTCOMES if outcome not in own)]
        titles = figures.VOTE_TITLES
        vote = _choose("Most FER+ voters saw", _VOTE, outcomes, "Anything", titles.__getitem__)
        if vote is not None:
            chips[_VOTE] = "Votes tied" if vote == TIE else f"Voters: {titles[vote].lower()}"
    mended: Mended | None = None
    if edition is not None:
        mended = _choose(
            f"In the edition “{edition.name}”", _MENDED, MENDED_TITLES, "All faces", MENDED_TITLES.__getitem__
        )
        if mended is not None:
            chips[_MENDED] = MENDED_TITLES[mended]
    st.session_state.setdefault(_SEED, 0)
    st.number_input(
        "Shuffle seed",
        0,
        2**31 - 1,
        key=_SEED,
        on_change=_from_the_start,
        persist_state="session",
        help="Every number is an order of its own, and always the same one.",
    )
    if Quality.SUSPICION not in known:
        st.caption("Inspect the faces in the view **Quality**, and suspicion is here too.")
    return ranges, vote, mended, chips


def _known(dataset: Dataset) -> list[Quality]:
    """The qualities that are known of these faces, without measuring any."""
    known = [Quality.BRIGHTNESS, Quality.SHARPNESS]
    if dataset.votes is not None:
        known.append(Quality.AGREEMENT)
    inspection = caches.inspected(dataset)
    if inspection is not None and np.isfinite(inspection.suspicion).any():
        known.append(Quality.SUSPICION)
    return known


def _in_units(wanted: FaceFilter, qualities: Mapping[Quality, NDArray[np.float32]]) -> FaceFilter:
    """The filter with its ranges as the qualities have them: sliders speak in percents."""
    ranges = {}
    for quality, (low, high) in wanted.ranges.items():
        if quality is Quality.SHARPNESS:
            low, high = np.quantile(qualities[quality], [low / 100, high / 100])
        elif quality is not Quality.BRIGHTNESS:
            # A share of ten votes such as 0.3 is a little more or less than that in 32 bits.
            low, high = low / 100 - 1e-6, high / 100 + 1e-6
        ranges[quality] = (float(low), float(high))
    return replace(wanted, ranges=ranges)


def _badges(
    quality: Quality | None, qualities: Mapping[Quality, NDArray[np.float32]], shown: NDArray[np.intp]
) -> list[str]:
    """What the faces are sorted by, for the corner of each."""
    if quality is None:
        return []
    values = qualities[quality][shown]
    if quality is Quality.AGREEMENT:
        return ["" if np.isnan(value) else percent(value, 0) for value in values]
    return [
        "" if np.isnan(value) else f"{value:.2f}" if quality is Quality.SUSPICION else f"{value:,.0f}"
        for value in values
    ]


def _bar(dataset: Dataset, count: int, wanted: FaceFilter, chips: dict[str, str]) -> None:
    """Say how many faces there are and why so few, each filter with its way out; then what can be done."""
    shuffled = "" if wanted.shuffle_seed is None else f" shuffled with seed {wanted.shuffle_seed}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{phrases.faces(count)}**{shuffled}", width="content")
        for key, text in chips.items():
            st.button(
                text,
                icon=":material/close:",
                icon_position="right",
                key=f"dataset.without.{key}",
                on_click=_without,
                args=(key,),
                help="Take this filter away",
            )
        if len(chips) > 1:
            st.button("Clear all", type="tertiary", key="dataset.clear", on_click=_forget)
        st.space("stretch")
        _SELECTION.button()
        verify.button(dataset, "dataset.verify_faces")
        row_input("dataset.row", dataset.rows, lambda row: _open_row(dataset, row))


def _open_row(dataset: Dataset, row: int) -> None:
    found = np.flatnonzero(dataset.rows == row)
    state.set_face(int(found[0]) if len(found) else None)


# ── callbacks ────────────────────────────────────────────────────────────────────────────────────


def _from_the_start() -> None:
    paging.to_first_page(_PAGE)


def _shuffle() -> None:
    st.session_state[_ORDER] = _SHUFFLED
    st.session_state[_SEED] = st.session_state.get(_SEED, 0) + 1
    _from_the_start()


def _without(key: str) -> None:
    """Take one of the popover's filters away."""
    quality = next((quality for quality in RANGES if _range_key(quality) == key), None)
    st.session_state[key] = "" if quality is None else (0, RANGES[quality].highest)
    _from_the_start()


def _forget() -> None:
    """Take every filter away, and what was marked."""
    for key in (_SPLIT, _EMOTION, _VOTE, _MENDED):
        st.session_state[key] = ""
    for quality, scale in RANGES.items():
        st.session_state[_range_key(quality)] = (0, scale.highest)
    _SELECTION.clear()
    _from_the_start()


def _valid(key: str, options: Sequence[object]) -> None:
    """A choice kept from another dataset or edition may be none here."""
    if key in st.session_state and st.session_state[key] not in options:
        st.session_state[key] = options[0]


def _range_key(quality: Quality) -> str:
    return f"dataset.{quality}"
