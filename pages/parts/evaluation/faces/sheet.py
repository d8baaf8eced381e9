"""A list of judged faces, a page at a time: label and answer, what voters saw, opened, marked and mended."""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.emotions import Emotion
from pages.parts import face_sheet, mending, phrases, state
from pages.parts.evaluation import face_card
from pages.parts.evaluation.faces import words
from pages.parts.evaluation.judged import Judged

FACES_PER_PAGE = 60


def show(
    judged: Judged,
    faces: NDArray[np.intp],
    key: str,
    *,
    of: str = "",
    badges: Sequence[str] = (),
    answers: Sequence[Emotion] = (),
    notes: Callable[[int], Sequence[str]] = lambda index: (),
) -> None:
    """Show faces in the order given, with all that can be done to them; called within a fragment.

    The fragment begins with `mending.settle`.

    Args:
        judged: whose faces.
        faces: (m,) indices among `judged.faces`, m at least 1.
        key: begins the widgets' keys, "evaluation.<noun>".
        of: which list this is; another one begins at its first page.
        badges: for each of the faces what stands in its corner; empty for none.
        answers: for each of the faces what it is called instead of its label; the first model's answers if
            left out.
        notes: more lines for the face of an index.
    """
    # A widget of another key is another one, and at its first page.
    turned = f"{key}.pagination.{of}"
    pages = -(-len(faces) // FACES_PER_PAGE)
    page_key = f"{key}.page.{of}.{st.session_state.get(turned, 0)}"
    if st.session_state.get(page_key, 1) > pages:
        st.session_state[turned] = st.session_state.get(turned, 0) + 1
        page_key = f"{key}.page.{of}.{st.session_state[turned]}"
    first = (cast(int, st.session_state.get(page_key, 1)) - 1) * FACES_PER_PAGE
    shown = faces[first : first + FACES_PER_PAGE]
    selecting = bool(st.session_state.get(f"{key}.selecting"))
    selected = _selected(judged, key)
    _bar(judged, len(faces), shown, key, selecting, selected)
    face_sheet.show(
        judged.faces.images[shown],
        words.captions(
            judged,
            shown,
            badges=badges[first : first + FACES_PER_PAGE],
            answers=answers[first : first + FACES_PER_PAGE],
            notes=notes,
            chosen=selected if selecting else (),
        ),
        key=f"{key}.sheet",
        side="7rem",
        on_open=state.set_opened_face,
        on_select=(lambda marked: _select(judged, shown, marked, key)) if selecting else None,
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"Faces {first + 1:,} to {first + len(shown):,} of {len(faces):,}")
        if pages > 1:
            st.pagination(pages, key=page_key)
    row = state.opened_face()
    if row is not None and not selecting:
        face_card.open_face(judged, row, judged.faces.rows[faces])


# ── marking faces ────────────────────────────────────────────────────────────────────────────────


def _bar(
    judged: Judged, count: int, shown: NDArray[np.intp], key: str, selecting: bool, selected: list[int]
) -> None:
    """How many faces there are, the way to mark some, and what can be done to those that are."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{phrases.faces(count)}**", width="content")
        st.space("stretch")
        st.button(
            "Select",
            icon=":material/check_circle:",
            key=f"{key}.select",
            type="primary" if selecting else "secondary",
            on_click=_toggle,
            args=(key,),
            help="Mark several faces to leave them out or change their label together.",
        )
    if not selecting:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True):
        st.markdown(
            f"**{phrases.faces(len(selected))}** selected"
            if selected
            else "Click the faces to mend; with Shift, a whole stretch.",
            width="content",
        )
        indices = np.flatnonzero(np.isin(judged.faces.rows, selected))
        mending.buttons(
            judged.dataset,
            judged.places_of(indices).tolist(),
            f"{key}.selection",
            on_done=lambda: _keep([], key),
        )
        rows = judged.faces.rows[shown].tolist()
        st.button(
            "All on this page",
            type="tertiary",
            key=f"{key}.select_page",
            on_click=_select,
            args=(judged, shown, rows, key),
        )
        if selected:
            st.button("None", type="tertiary", key=f"{key}.select_none", on_click=_keep, args=([], key))


def _selected(judged: Judged, key: str) -> list[int]:
    """The rows that are marked and still there; what was left out meanwhile is not."""
    kept = cast("list[int]", st.session_state.get(f"{key}.selected", []))
    return judged.faces.rows[np.isin(judged.faces.rows, kept)].tolist() if kept else []


def _select(judged: Judged, shown: NDArray[np.intp], marked: list[int], key: str) -> None:
    here = set(judged.faces.rows[shown].tolist())
    _keep([row for row in _selected(judged, key) if row not in here] + sorted(marked), key)


def _keep(rows: list[int], key: str) -> None:
    st.session_state[f"{key}.selected"] = rows


def _toggle(key: str) -> None:
    st.session_state[f"{key}.selecting"] = not st.session_state.get(f"{key}.selecting")
    state.set_opened_face(None)
    _keep([], key)
