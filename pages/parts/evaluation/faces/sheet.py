"""Result gallery: judged faces a page at a time, with label and answer, opened, marked and mended."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.emotions import Emotion
from pages.parts import face_sheet, paging, phrases, state
from pages.parts.evaluation import face_card
from pages.parts.evaluation.faces import words
from pages.parts.evaluation.judged import Judged
from pages.parts.selection import Selection

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
        badges, answers, notes: as `words.captions` takes them.
    """
    page = f"{key}.page.{of}"
    shown = paging.open_page(page, len(faces), FACES_PER_PAGE)
    rows = judged.faces.rows[faces]
    here = rows[shown].tolist()
    selection = Selection(key, frozenset(judged.faces.rows.tolist()))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{phrases.faces(len(faces))}**", width="content")
        st.space("stretch")
        selection.button()
    marked = np.flatnonzero(np.isin(judged.faces.rows, selection.marked))
    selection.bar(judged.dataset, here, places=judged.places_of(marked).tolist())
    face_sheet.show(
        judged.faces.images[faces[shown]],
        words.captions(
            judged,
            faces[shown],
            badges=badges[shown],
            answers=answers[shown],
            notes=notes,
            chosen=selection.marked,
        ),
        key=f"{key}.sheet",
        side="7rem",
        on_open=state.set_opened_face,
        on_select=selection.on_select(here),
    )
    paging.page_buttons(page, shown, len(faces), FACES_PER_PAGE)
    if not selection.is_on:
        face_card.open_face(judged, rows)
