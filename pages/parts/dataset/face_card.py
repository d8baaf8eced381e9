"""One face, large: what it is, what people and measures say of it, its numbers, and mending it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fer import figures
from fer.datasets import Dataset
from fer.datasets.browsing import vote_outcomes
from fer.datasets.character import VOTE_OF
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.quality import Inspection, QualityIssue
from pages.parts import caches, face_sheet, mending, pickers, state

_COPIES = {
    QualityIssue.LEAK: "The same picture in another split",
    QualityIssue.EXACT_DUPLICATE: "The same picture, pixel by pixel",
    QualityIssue.NEAR_DUPLICATE: "Nearly the same picture",
}


def open_face(dataset: Dataset, place: int, among: Sequence[int] | np.ndarray = ()) -> None:
    """Open one face in a dialog; called while the page runs, not from a callback.

    A gallery lets `state.set_face` remember the face that was clicked, and calls this at its end for as long
    as `state.face()` is one. Closing the dialog forgets the face and runs the page again.

    Args:
        dataset: as it came, before any view.
        place: of the face, in the dataset's arrays.
        among: the places that "previous" and "next" lead through; none without them.
    """
    if 0 <= place < len(dataset):
        state.set_face(int(place))
        _card(dataset, among)


def _closed() -> None:
    state.set_face(None)


@st.dialog("One face", width=940, on_dismiss=_closed)
def _card(dataset: Dataset, among: Sequence[int] | np.ndarray) -> None:
    # Previous and next run only this function again, with the arguments it was first given.
    place = state.face()
    if place is None:
        return
    if len(among) > 1:
        _walk(place, among)
    inspection = caches.inspected(dataset)
    picture, words = st.columns([1, 1], gap="large")
    with picture:
        st.plotly_chart(
            figures.face_figure(dataset.images[place]),
            config={"displayModeBar": False},
            key="dataset.face_figure",
        )
        st.caption("Point at a pixel to read its value: 0 is black, 255 is white.")
    with words:
        _told(dataset, place)
        _mend(dataset, place, inspection)
        if dataset.votes is not None:
            _voted(dataset, place)
        _measured(dataset, place, inspection)
    if inspection is not None:
        _copies(dataset, place, inspection)
    with st.expander("The numbers a model is given", key="dataset.pixels"):
        image = dataset.images[place]
        first = "" if image.shape[2] == 1 else " Red, green and blue follow one another."
        st.caption(f"Label **{dataset.labels[place]}**, then one number for each pixel, line by line.{first}")
        st.code(
            "\n".join(" ".join(f"{value:3d}" for value in line.ravel()) for line in image),
            language=None,
            height=240,
        )


def _walk(place: int, among: Sequence[int] | np.ndarray) -> None:
    found = np.flatnonzero(np.asarray(among) == place)
    at = int(found[0]) if len(found) else -1
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            key="dataset.previous_face",
            shortcut="Left",
            disabled=at <= 0,
            on_click=state.set_face,
            args=(int(among[max(at - 1, 0)]),),
        )
        st.button(
            "Next",
            icon=":material/chevron_right:",
            icon_position="right",
            key="dataset.next_face",
            shortcut="Right",
            disabled=at < 0 or at + 1 >= len(among),
            on_click=state.set_face,
            args=(int(among[min(at + 1, len(among) - 1)]),),
        )
        if at >= 0:
            st.caption(f"{at + 1:,} of {len(among):,}", width="content")


def _told(dataset: Dataset, place: int) -> None:
    """Its label, its place, its split."""
    emotion, split = dataset.emotions[dataset.labels[place]], str(dataset.splits[place])
    titles = {str(known): title for known, title in pickers.SPLIT_TITLES.items()}
    st.metric("Labelled as", emotion.capitalize())
    st.markdown(
        f"Row **{int(dataset.rows[place]):,}**, counted from 0 · **{titles[split]}** split · "
        f"label **{dataset.labels[place]}** of 0 to {len(dataset.emotions) - 1}"
    )


def _mend(dataset: Dataset, place: int, inspection: Inspection | None) -> None:
    mending.say()
    edition, row = mending.edition_of(dataset), int(dataset.rows[place])
    change = mending.changes_of(edition).get(row)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if edition is not None and change is not None:
            what = "Left out" if change.new_label is None else f"Now **{change.new_label}**"
            st.markdown(f"{what} in “{edition.name}”", width="content")
            st.button(
                "Undo",
                icon=":material/undo:",
                key="dataset.card_undo",
                on_click=mending.put_back,
                args=(dataset, row),
            )
            return
        suggestion = _suggested(dataset, place, inspection)
        reason = "" if suggestion is None else f"a model that never saw it says {suggestion}"
        mending.buttons(dataset, [place], f"dataset.card.{row}", reason=reason)


def _suggested(dataset: Dataset, place: int, inspection: Inspection | None) -> str | None:
    findings = None if inspection is None else inspection.findings.get(QualityIssue.WRONG_LABEL)
    if findings is None:
        return None
    found = np.flatnonzero(findings.faces == place)
    suggestion = int(findings.suggestions[found[0]]) if len(found) else -1
    return dataset.emotions[suggestion] if suggestion >= 0 else None


def _voted(dataset: Dataset, place: int) -> None:
    assert dataset.votes is not None
    votes, emotion = dataset.votes[place], dataset.emotions[dataset.labels[place]]
    outcome = int(vote_outcomes(votes[None])[0])
    if outcome < 0:
        st.caption("FER+ has no votes for this face.")
        return
    own, cast = int(votes[VOTE_NAMES.index(VOTE_OF[emotion])]), int(votes.sum())
    st.markdown(f"**FER+ votes**: {own} of {cast} chose the label")
    st.plotly_chart(
        figures.votes_figure(votes, emotion), config={"displayModeBar": False}, key="dataset.votes_figure"
    )


def _measured(dataset: Dataset, place: int, inspection: Inspection | None) -> None:
    """Its measures, each beside what is usual here: a number alone says little."""
    measures = caches.measures(dataset)
    lines = []
    for title, values, unit, low, high in (
        ("Brightness", measures.brightness, " of 255", "darker", "brighter"),
        ("Contrast", measures.contrast, "", "flatter", "richer in contrast"),
        ("Sharpness", measures.sharpness, "", "more blurred", "crisper"),
    ):
        below = float(np.mean(values < values[place]))
        rank, word = (below, high) if below >= 0.5 else (float(np.mean(values > values[place])), low)
        lines.append(f"{title} **{values[place]:,.0f}**{unit}, {word} than {rank:.0%} of the faces")
    if inspection is not None and np.isfinite(suspicion := float(inspection.suspicion[place])):
        lines.append(
            f"Suspicion **{suspicion:.2f}**: a model that never saw it gives the label {1 - suspicion:.0%}"
        )
    st.markdown("  \n".join(lines))


def _copies(dataset: Dataset, place: int, inspection: Inspection) -> None:
    """Its copies, each shown once, under the gravest of what it is to this face."""
    seen = {-1, place}
    for fault, title in _COPIES.items():
        findings = inspection.findings.get(fault)
        if findings is None:
            continue
        others = sorted(
            {int(other) for other in findings.partners[findings.faces == place]}
            | {int(other) for other in findings.faces[findings.partners == place]}
        )
        others = [other for other in others if other not in seen]
        seen.update(others)
        if others:
            st.markdown(f"**{title}**")
            shown = others[:12]
            face_sheet.show(
                dataset.images[shown],
                mending.captions(dataset, shown, mending.edition_of(dataset)),
                key=f"dataset.card_{fault}",
                on_open=state.set_face,
            )
