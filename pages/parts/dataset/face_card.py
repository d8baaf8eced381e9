"""Detail view of a dataset's face: what people and measures say of it, its numbers, its duplicates."""

import numpy as np
import streamlit as st

from fer import figures
from fer.datasets import Dataset
from fer.datasets.quality import Inspection, QualityIssue
from fer.statistics import percent
from pages.parts import caches, face_sheet, mending, pickers, state
from pages.parts.face_card import Faces, mend_face, open_card, vote_chart
from pages.parts.plot import plot

_DUPLICATES = {
    QualityIssue.LEAK: "The same picture in another split",
    QualityIssue.EXACT_DUPLICATE: "The same picture, pixel by pixel",
    QualityIssue.NEAR_DUPLICATE: "Nearly the same picture",
}


def open_face(dataset: Dataset, place: int, among: Faces = ()) -> None:
    """Open one face in a dialog; called while the page runs, not from a callback.

    Closing the dialog forgets the face and runs the page again.

    Args:
        dataset: as it came, before any view.
        place: of the face, in the dataset's arrays.
        among: the places that "previous" and "next" lead through; none without them.
    """
    if 0 <= place < len(dataset):
        open_card("dataset", place, among, lambda place: _card(dataset, place))


def _card(dataset: Dataset, place: int) -> None:
    inspection = caches.inspected(dataset)
    picture, words = st.columns([1, 1], gap="large")
    with picture:
        plot(figures.face_figure(dataset.images[place]), "dataset.face_figure")
        st.caption("Point at a pixel to read its value: 0 is black, 255 is white.")
    with words:
        _label_and_place(dataset, place)
        suggestion = _suggested(dataset, place, inspection)
        reason = "" if suggestion is None else f"a model that never saw it says {suggestion}"
        mend_face("dataset", dataset, place, reason)
        if dataset.votes is not None:
            vote_chart("dataset", dataset.votes[place], dataset.emotions[dataset.labels[place]])
        _measures(dataset, place, inspection)
    if inspection is not None:
        _duplicates(dataset, place, inspection)
    with st.expander("The numbers a model is given", key="dataset.pixels"):
        image = dataset.images[place]
        first = "" if image.shape[2] == 1 else " Red, green and blue follow one another."
        st.caption(f"Label **{dataset.labels[place]}**, then one number for each pixel, line by line.{first}")
        st.code(
            "\n".join(" ".join(f"{value:3d}" for value in line.ravel()) for line in image),
            language=None,
            height=240,
        )


def _label_and_place(dataset: Dataset, place: int) -> None:
    """Its label, its place, its split."""
    emotion, split = dataset.emotions[dataset.labels[place]], str(dataset.splits[place])
    titles = {str(known): title for known, title in pickers.SPLIT_TITLES.items()}
    st.metric("Labelled as", emotion.capitalize())
    st.markdown(
        f"Row **{int(dataset.rows[place]):,}**, counted from 0 · **{titles[split]}** split · "
        f"label **{dataset.labels[place]}** of 0 to {len(dataset.emotions) - 1}"
    )


def _suggested(dataset: Dataset, place: int, inspection: Inspection | None) -> str | None:
    findings = None if inspection is None else inspection.findings.get(QualityIssue.WRONG_LABEL)
    if findings is None:
        return None
    found = np.flatnonzero(findings.faces == place)
    suggestion = int(findings.suggestions[found[0]]) if len(found) else -1
    return dataset.emotions[suggestion] if suggestion >= 0 else None


def _measures(dataset: Dataset, place: int, inspection: Inspection | None) -> None:
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
        lines.append(f"{title} **{values[place]:,.0f}**{unit}, {word} than {percent(rank, 0)} of the faces")
    if inspection is not None and np.isfinite(suspicion := float(inspection.suspicion[place])):
        lines.append(
            f"Suspicion **{suspicion:.2f}**: a model that never saw it gives the label "
            f"{percent(1 - suspicion, 0)}"
        )
    st.markdown("  \n".join(lines))


def _duplicates(dataset: Dataset, place: int, inspection: Inspection) -> None:
    """Its duplicates, each shown once, under the gravest of what it is to this face."""
    seen = {-1, place}
    for issue, title in _DUPLICATES.items():
        findings = inspection.findings.get(issue)
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
                key=f"dataset.card_{issue}",
                on_open=state.set_face,
            )
