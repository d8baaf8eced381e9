"""Dataset editing: faces left out or relabelled in the open edition, on every gallery alike."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.datasets import Dataset, editions
from fer.datasets.editions import Change, Edition, Mending
from fer.emotions import Emotion
from fer.errors import EditionError, FerError
from pages.parts import face_sheet, phrases, state

DEFAULT_NAME = "mended"
_ANSWER = "workshop.mending_answer"
_FAILED = ":material/error:"


def edition_of(dataset: Dataset) -> Edition | None:
    """Return the edition that is open, as it is now; None when the dataset is seen as it came.

    One that is gone, or was made for other faces, is closed, and `tell` says so.
    """
    name = state.view().edition
    if not name:
        return None
    try:
        edition = editions.load_edition(dataset.name, name)
        editions.places_of(dataset, edition)
    except EditionError as error:
        open_edition("")
        answer(str(error), failed=True)
        return None
    return edition


def open_edition(name: str) -> None:
    """Open the edition of that name for every page; empty for the dataset as it came."""
    state.set_view(replace(state.view(), edition=name))


def changes_of(edition: Edition | None) -> Mapping[int, Change]:
    """Return what was done to each face, by its row in the source."""
    return {} if edition is None else {change.row: change for change in edition.changes}


def captions(
    dataset: Dataset,
    places: NDArray[np.intp] | Sequence[int],
    edition: Edition | None,
    *,
    badges: Sequence[str] = (),
    chosen: Collection[int] = (),
) -> list[face_sheet.Caption]:
    """Return what stands under the faces at `places`: label, score, and what the edition did to them.

    Args:
        dataset: as it came.
        places: of the faces, in its arrays; a caption's `row` is its place.
        edition: the open one; None for none.
        badges: a score for each face; empty for none.
        chosen: the places that are marked.
    """
    changes = changes_of(edition)
    shown = []
    for index, place in enumerate(places):
        label, row = dataset.emotions[dataset.labels[place]], int(dataset.rows[place])
        change = changes.get(row)
        new_label = None if change is None else change.new_label
        shown.append(
            face_sheet.Caption(
                label.capitalize(),
                label.color,
                f"row {row}: {label}",
                int(place),
                chosen=int(place) in chosen,
                badge=badges[index] if badges else "",
                new_label="" if new_label is None else new_label.capitalize(),
                new_color="" if new_label is None else new_label.color,
                excluded=change is not None and change.action == "exclude",
            )
        )
    return shown


def mend(dataset: Dataset, mendings: Sequence[Mending], done: str) -> bool:
    """Change several faces at once in the open edition, made first where none is; whether that worked.

    Args:
        dataset: as it came.
        mendings: of the faces.
        done: what the answer says was done, for example "3 faces left out".
    """
    return _do(dataset, lambda name: editions.mend(dataset, name, mendings), done)


def put_back(dataset: Dataset, row: int) -> None:
    """Undo what the open edition did to the face at `row` of the source."""
    _do(dataset, lambda name: editions.undo(dataset.name, name, row), f"Row {row:,} is as it came again")


def undo_last(dataset: Dataset) -> None:
    """Take the last gesture in the open edition back."""
    _do(dataset, lambda name: editions.undo_last(dataset.name, name), "The last change is undone")


def buttons(
    dataset: Dataset,
    places: Sequence[int],
    key: str,
    *,
    reason: str = "",
    on_done: Callable[[], None] = lambda: None,
) -> None:
    """Draw the two ways to mend the faces at `places`: leave out, and change label.

    A fragment that draws them begins with `settle`, so that the counts above follow.

    Args:
        dataset: as it came.
        places: of the faces; empty makes buttons that cannot be pressed.
        key: begins the widgets' keys, "<page>.<noun>".
        reason: kept with each change, unless the learner writes another.
        on_done: called once a change is saved.
    """
    nothing = len(places) == 0
    where = "" if state.view().edition else f" A new edition “{DEFAULT_NAME}” keeps the changes."
    # A popover of another key is another one, and closed.
    times = f"{key}.times"
    written = f"{key}.reason"

    def pressed(emotion: Emotion | None) -> None:
        why = reason if emotion is None else str(st.session_state.get(written, reason))
        done = "left out" if emotion is None else f"labelled {emotion}"
        mendings = [Mending(int(place), emotion, why) for place in places]
        if mend(dataset, mendings, f"{phrases.faces(len(places))} {done}"):
            st.session_state[times] = st.session_state.get(times, 0) + 1
            on_done()

    st.button(
        "Leave out",
        icon=":material/visibility_off:",
        key=f"{key}.exclude",
        disabled=nothing,
        on_click=pressed,
        args=(None,),
        help="The edition leaves these faces out; the source is not changed." + where,
    )
    with st.popover(
        "Change label",
        icon=":material/label:",
        disabled=nothing,
        key=f"{key}.label.{st.session_state.get(times, 0)}",
    ):
        st.caption(f"The label of {phrases.faces(len(places))} becomes:")
        with st.container(horizontal=True, gap="small"):
            for emotion in dataset.emotions:
                st.button(
                    emotion.capitalize(), key=f"{key}.label.{emotion}", on_click=pressed, args=(emotion,)
                )
        st.text_input("Why", reason, key=written, max_chars=200, placeholder="in a few words, or empty")
        if where:
            st.caption(where)


def tell() -> None:
    """Say once what came of the last change; the page does so before it draws what can be mended."""
    answer = st.session_state.pop(_ANSWER, None)
    if answer is not None:
        text, icon = answer
        st.toast(text, icon=icon)


def say() -> None:
    """Say here why the last change failed; for a dialog, which covers what `tell` shows.

    A change that went well waits for `settle`, when the dialog is closed.
    """
    text, icon = st.session_state.get(_ANSWER, ("", ""))
    if icon == _FAILED:
        del st.session_state[_ANSWER]
        st.error(text, icon=icon)


def settle() -> None:
    """Run the whole page again if something was mended in a callback; begins a fragment that mends."""
    if _ANSWER in st.session_state:
        st.rerun()


def answer(text: str, *, failed: bool = False) -> None:
    """Keep a sentence about a change for `tell`."""
    st.session_state[_ANSWER] = (text, _FAILED if failed else ":material/check:")


def _do(dataset: Dataset, change: Callable[[str], Edition], done: str) -> bool:
    try:
        name = state.view().edition or _made(dataset)
        edition = change(name)
    except FerError as error:
        answer(str(error), failed=True)
        return False
    open_edition(edition.name)
    answer(f"{done} in “{edition.name}”.")
    return True


def _made(dataset: Dataset) -> str:
    """The name of the edition for changes made while none was open: there already, or made now."""
    there = {edition.name.casefold(): edition.name for edition in editions.list_editions(dataset.name)}
    return there.get(DEFAULT_NAME) or editions.create_edition(dataset.name, DEFAULT_NAME).name
