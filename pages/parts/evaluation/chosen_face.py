"""Face picker: the one face that is corrupted or explained, of the split or a learner's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import images
from fer.emotions import Emotion
from fer.errors import FerError
from pages.parts import caches, face_sheet, pickers, state
from pages.parts.evaluation.faces import words
from pages.parts.evaluation.judged import Judged
from pages.parts.row_input import row_input

_SPLIT, _OWN = "Of this split", "Your own picture"
_SOURCE = "evaluation.face_source"


@dataclass(frozen=True, slots=True, eq=False)
class ChosenFace:
    """A face to look into.

    Attributes:
        image: (h, w, 1 or 3) uint8, as large as the faces of the split.
        label: what it is labelled; None for a learner's own.
        row: its row in the source; None for a learner's own.
        title: what stands above it.
    """

    image: NDArray[np.uint8]
    label: Emotion | None
    row: int | None
    title: str


def choose(judged: Judged, key: str) -> ChosenFace | None:
    """Show how to choose a face and return the chosen one; None while there is none, which is then said.

    The same face stays chosen when the view changes.

    `key` begins the widgets' keys: "evaluation.<view>".
    """
    # Set rather than given as the default, because the card of a face leads here by setting it.
    st.session_state.setdefault(_SOURCE, _SPLIT)
    source = st.segmented_control(
        "Face",
        [_SPLIT, _OWN],
        required=True,
        key=_SOURCE,
        label_visibility="collapsed",
        persist_state="session",
    )
    return _of_split(judged, key) if source == _SPLIT else _own(judged, key)


def _of_split(judged: Judged, key: str) -> ChosenFace:
    index = _index(judged)
    label = judged.faces.emotions[judged.faces.labels[index]]
    row = int(judged.faces.rows[index])
    picture, ways = st.columns([1, 5], vertical_alignment="center", gap="small", width=760)
    with picture:
        face_sheet.show(
            judged.faces.images[[index]], words.captions(judged, np.array([index])), f"{key}.chosen"
        )
    with ways, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _walk(judged, key, index)
        for title, icon, among in (
            ("Any", ":material/casino:", np.arange(len(judged.faces))),
            ("A right one", ":material/check:", np.flatnonzero(judged.evaluation.is_right)),
            ("A mistake", ":material/close:", np.flatnonzero(~judged.evaluation.is_right)),
        ):
            st.button(
                title,
                icon=icon,
                key=f"{key}.{title}",
                disabled=len(among) == 0,
                on_click=_another,
                args=(judged.faces.rows[among], row),
            )
        judged_row(judged, key, state.set_chosen_face, label="Row", width=130)
    return ChosenFace(judged.faces.images[index], label, row, f"Row {row:,}, labelled {label}")


def lead_to(row: int) -> None:
    """Choose the face at `row` of the source; a callback, for what leads to a view of one face."""
    state.set_chosen_face(row)
    st.session_state[_SOURCE] = _SPLIT


def _index(judged: Judged) -> int:
    """The chosen face's; to begin with, one that the model has right: it has something to lose."""
    row = state.chosen_face()
    index = None if row is None else judged.index_of(row)
    if index is None:
        right = np.flatnonzero(judged.evaluation.is_right)
        index = int(right[np.argmax(judged.evaluation.confidences[right])]) if len(right) else 0
        state.set_chosen_face(int(judged.faces.rows[index]))
    return index


def _walk(judged: Judged, key: str, index: int) -> None:
    """The faces before and after it, in the order of the source."""
    for title, icon, beside in (
        ("Previous", ":material/chevron_left:", index - 1),
        ("Next", ":material/chevron_right:", index + 1),
    ):
        there = 0 <= beside < len(judged.faces)
        st.button(
            "",
            icon=icon,
            key=f"{key}.{title}",
            help=f"{title} face of the split",
            disabled=not there,
            on_click=state.set_chosen_face,
            args=(int(judged.faces.rows[beside]) if there else None,),
        )


def judged_row(judged: Judged, key: str, choose: Callable[[int], None], **options: Any) -> None:
    """Show the field for a row of the source; one that is not judged is said to be so, and not chosen."""
    missing = f"{key}.row_missing"

    def asked(row: int) -> None:
        if judged.index_of(row) is None:
            st.session_state[missing] = row
        else:
            choose(row)

    row_input(f"{key}.row", judged.dataset.rows, asked, **options)
    if (row := st.session_state.pop(missing, None)) is not None:
        st.info(words.why_missing(judged, row), icon=":material/search_off:")


def _another(rows: NDArray[np.intp], but: int) -> None:
    others = rows[rows != but]
    state.set_chosen_face(int(np.random.default_rng().choice(others if len(others) else rows)))


def _own(judged: Judged, key: str) -> ChosenFace | None:
    _, height, width, _ = judged.faces.images.shape
    file = st.file_uploader(
        "A picture with a face",
        type=sorted(images.SUFFIXES),
        key="evaluation.own_picture",
        help="It is read in memory and forgotten when you leave.",
    )
    if file is None:
        st.caption("Choose a picture; the face in it is cut out as the camera page does it.")
        return None
    try:
        crops, _ = caches.faces_in_picture(file.getvalue(), file.name, height, width)
    except FerError as error:
        st.error(str(error), icon=":material/broken_image:")
        return None
    if len(crops) == 0:
        st.info(
            "No face was found in it. Try one seen from the front, with better light or a closer crop.",
            icon=":material/person_search:",
        )
        return None
    number = pickers.choose_one(
        f"{len(crops)} faces, largest first",
        range(1, len(crops) + 1),
        f"evaluation.own_face.{file.file_id}",
    )
    with st.container(width=110):
        face_sheet.show(
            crops[[number - 1]], [face_sheet.Caption("Yours", description="your face")], f"{key}.own"
        )
    return ChosenFace(crops[number - 1], None, None, "A face of your own")
