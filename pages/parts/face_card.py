"""Detail view: one face, large, with the way to the next one, mending it, and what FER+'s voters said."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.datasets import Dataset
from fer.datasets.browsing import vote_outcomes
from fer.datasets.character import VOTE_OF
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import Emotion
from pages.parts import mending, state
from pages.parts.plot import plot

Page = Literal["dataset", "evaluation"]
Faces = Sequence[int] | NDArray[np.intp]


def open_card(page: Page, number: int, among: Faces, draw: Callable[[int], None]) -> None:
    """Open one face in a dialog; called while the page runs, not from a callback.

    A gallery lets `state.set_face` (`set_opened_face` on the evaluation page) remember the face that was
    clicked, and calls this at its end for as long as one is remembered. Closing the dialog forgets it.

    Args:
        page: which; begins the widgets' keys.
        number: of the face, as the page's state knows it.
        among: the numbers that "previous" and "next" lead through; none without them.
        draw: draws the card of the face with a number.
    """
    _go(page, int(number))
    _card(page, among, draw)


def _go(page: Page, number: int | None) -> None:
    (state.set_face if page == "dataset" else state.set_opened_face)(number)


def _closed() -> None:
    state.set_face(None)
    state.set_opened_face(None)


@st.dialog("One face", width=940, on_dismiss=_closed)
def _card(page: Page, among: Faces, draw: Callable[[int], None]) -> None:
    # Previous and next run only this function again, with the arguments it was first given.
    number = state.face() if page == "dataset" else state.opened_face()
    if number is None:
        st.rerun()  # it was left for another view: the dialog closes, and the page follows
    if len(among) > 1:
        _previous_and_next(page, number, among)
    draw(number)


def _previous_and_next(page: Page, number: int, among: Faces) -> None:
    found = np.flatnonzero(np.asarray(among) == number)
    at = int(found[0]) if len(found) else -1
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            key=f"{page}.previous_face",
            shortcut="Left",
            disabled=at <= 0,
            on_click=_go,
            args=(page, int(among[max(at - 1, 0)])),
        )
        st.button(
            "Next",
            icon=":material/chevron_right:",
            icon_position="right",
            key=f"{page}.next_face",
            shortcut="Right",
            disabled=at < 0 or at + 1 >= len(among),
            on_click=_go,
            args=(page, int(among[min(at + 1, len(among) - 1)])),
        )
        if at >= 0:
            st.caption(f"{at + 1:,} of {len(among):,}", width="content")


def mend_face(page: Page, dataset: Dataset, place: int, reason: str) -> None:
    """Draw the ways to leave the face at `place` out or change its label, or to undo that.

    Args:
        page: which; begins the widgets' keys.
        dataset: as it came.
        place: of the face in its arrays.
        reason: kept with the change, unless the learner writes another.
    """
    mending.say()
    edition, row = mending.edition_of(dataset), int(dataset.rows[place])
    change = mending.changes_of(edition).get(row)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if edition is None or change is None:
            mending.buttons(dataset, [place], f"{page}.card.{row}", reason=reason)
            return
        what = "Left out" if change.new_label is None else f"Now **{change.new_label}**"
        st.markdown(f"{what} in “{edition.name}”", width="content")
        st.button(
            "Undo",
            icon=":material/undo:",
            key=f"{page}.card_undo",
            on_click=mending.put_back,
            args=(dataset, row),
        )


def vote_chart(page: Page, votes: NDArray[np.uint8], label: Emotion, answer: Emotion | None = None) -> None:
    """Draw what FER+'s voters saw in a face, and say how many of them side with its label.

    Args:
        page: which; begins the chart's key.
        votes: (10,), in the order of `VOTE_NAMES`.
        label: the face's own.
        answer: a model's; how many chose it is said where it is another than the label.
    """
    if vote_outcomes(votes[None])[0] < 0:
        st.caption("FER+ has no votes for this face.")
        return
    own, cast = (int(count) for count in (votes[VOTE_NAMES.index(VOTE_OF[label])], votes.sum()))
    text = f"**FER+ votes**: {own} of {cast} chose the label, {label}"
    if answer is not None and answer is not label:
        text += f"; {int(votes[VOTE_NAMES.index(VOTE_OF[answer])])} chose {answer}"
    st.markdown(text)
    plot(figures.votes_figure(votes, label), f"{page}.card_votes")
