"""One face of the evaluation, large: what each model says of it, what people said, which faces taught it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fer import figures
from fer.datasets import Split
from fer.datasets.browsing import vote_outcomes
from fer.datasets.character import VOTE_OF
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import Emotion
from pages.parts import mending, pickers, state
from pages.parts.evaluation import chosen_face, names, nearest
from pages.parts.evaluation.judged import Judged

_VIEW = "evaluation.view_shown"


def open_face(judged: Judged, row: int, among: Sequence[int] | np.ndarray = ()) -> None:
    """Open one face in a dialog; called while the page runs, not from a callback.

    A gallery lets `state.set_opened_face` remember the face that was clicked, and calls this at its end for
    as long as `state.opened_face()` is one. A face that is not judged (it was left out, or other faces were
    chosen) is forgotten: it would else come back uncalled.

    Args:
        judged: what is judged.
        row: of the face, in its source.
        among: the rows that "previous" and "next" lead through; none without them.
    """
    if judged.index_of(row) is None:
        state.set_opened_face(None)
        return
    state.set_opened_face(int(row))
    _card(judged, among)


def _closed() -> None:
    state.set_opened_face(None)


@st.dialog("One face", width=940, on_dismiss=_closed)
def _card(judged: Judged, among: Sequence[int] | np.ndarray) -> None:
    # Previous and next run only this function again, with the arguments it was first given.
    row = state.opened_face()
    index = None if row is None else judged.index_of(row)
    if row is None or index is None:
        st.rerun()  # it was left for another view: the dialog closes, and the page follows
    if len(among) > 1:
        _walk(row, among)
    picture, words = st.columns([1, 1], gap="large")
    with picture:
        st.plotly_chart(
            figures.face_figure(judged.faces.images[index]),
            config={"displayModeBar": False},
            key="evaluation.card_face",
        )
        _lead_on(row)
        if len(judged.models) == 1:
            _voted(judged, index)
    with words:
        _told(judged, index)
        _mend(judged, index)
        if len(judged.models) == 1:
            _scores(judged, index)
        else:
            _voted(judged, index)
    if len(judged.models) > 1:
        _scores(judged, index)
    nearest.show(judged, judged.faces.images[index], "evaluation.card_nearest", row=row)


def _walk(row: int, among: Sequence[int] | np.ndarray) -> None:
    found = np.flatnonzero(np.asarray(among) == row)
    at = int(found[0]) if len(found) else -1
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            key="evaluation.previous_face",
            shortcut="Left",
            disabled=at <= 0,
            on_click=state.set_opened_face,
            args=(int(among[max(at - 1, 0)]),),
        )
        st.button(
            "Next",
            icon=":material/chevron_right:",
            icon_position="right",
            key="evaluation.next_face",
            shortcut="Right",
            disabled=at < 0 or at + 1 >= len(among),
            on_click=state.set_opened_face,
            args=(int(among[min(at + 1, len(among) - 1)]),),
        )
        if at >= 0:
            st.caption(f"{at + 1:,} of {len(among):,}", width="content")


def _lead_on(row: int) -> None:
    """The ways to the views that look into one face, with this one."""
    with st.container(horizontal=True, gap="small"):
        for view, icon, help in (
            (
                "Break it",
                ":material/blur_on:",
                "Darken, blur or cover this face, and see when the answer turns.",
            ),
            (
                "Explain",
                ":material/center_focus_strong:",
                "Which places of this face made the model answer so.",
            ),
        ):
            st.button(
                view,
                icon=icon,
                key=f"evaluation.card_to.{view}",
                help=help,
                on_click=_leave,
                args=(row, view),
            )


def _leave(row: int, view: str) -> None:
    chosen_face.lead_to(row)
    state.set_opened_face(None)
    st.session_state[_VIEW] = view


def _told(judged: Judged, index: int) -> None:
    """Its label, where it is from, and whether each model is right."""
    label = judged.faces.emotions[judged.faces.labels[index]]
    st.metric("Labelled as", label.capitalize())
    place = int(judged.places_of(np.array([index], np.intp))[0])
    came_as = judged.dataset.emotions[judged.dataset.labels[place]]
    split = pickers.SPLIT_TITLES[Split(str(judged.faces.splits[index]))]
    lines = [f"Row **{int(judged.faces.rows[index]):,}**, counted from 0 · **{split}** split"]
    if came_as is not label:
        lines.append(f"It came labelled **{came_as}**.")
    lines += [_verdict(judged, number, index, label) for number in range(len(judged.models))]
    st.markdown("  \n".join(lines))


def _verdict(judged: Judged, number: int, index: int, label: Emotion) -> str:
    """What one model says of the face, and where the label comes in its order."""
    evaluation = judged.evaluations[number]
    scores = evaluation.probabilities[index]
    answer = evaluation.emotions[evaluation.predicted_labels[index]]
    who = names.short(judged, number)
    if answer is label:
        return f":material/check: {who} says **{answer}**, {_share(scores.max())}: right."
    own = scores[evaluation.emotions.index(label)]
    rank = int((scores > own).sum()) + 1
    nth = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}.get(rank, "last")
    return (
        f":material/close: {who} says **{answer}**, {_share(scores.max())}, and not the label, which comes "
        f"{nth} with {_share(own)}."
    )


def _share(probability: float) -> str:
    """A probability as it is said: small ones are not nothing."""
    if probability < 0.001:
        return "less than 0.1%"
    return f"{probability:.1%}" if probability < 0.01 else f"{probability:.0%}"


def _scores(judged: Judged, index: int) -> None:
    for number, (column, evaluation) in enumerate(
        zip(st.columns(len(judged.models), gap="medium"), judged.evaluations, strict=True)
    ):
        with column:
            if len(judged.models) > 1:
                st.markdown(f"**{names.short(judged, number)}** · {judged.models[number].title}")
            st.plotly_chart(
                figures.scores_figure(evaluation.scores(index)),
                config={"displayModeBar": False},
                key=f"evaluation.card_scores.{number}",
            )


def _mend(judged: Judged, index: int) -> None:
    """Leave out, change the label, or undo: in the edition, made now where none is open."""
    mending.say()
    dataset, row = judged.dataset, int(judged.faces.rows[index])
    edition = mending.edition_of(dataset)
    change = mending.changes_of(edition).get(row)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if edition is not None and change is not None:
            what = "Left out" if change.new_label is None else f"Now **{change.new_label}**"
            st.markdown(f"{what} in “{edition.name}”", width="content")
            st.button(
                "Undo",
                icon=":material/undo:",
                key="evaluation.card_undo",
                on_click=mending.put_back,
                args=(dataset, row),
            )
            return
        place = int(judged.places_of(np.array([index], np.intp))[0])
        mending.buttons(dataset, [place], f"evaluation.card.{row}", reason=_reason(judged, index))


def _reason(judged: Judged, index: int) -> str:
    """Why a label is changed, to begin with: what the model says against it."""
    evaluation = judged.evaluation
    if evaluation.is_right[index]:
        return ""
    answer = evaluation.emotions[evaluation.predicted_labels[index]]
    return f"the model {evaluation.model} says {answer}, {evaluation.confidences[index]:.0%}"


def _voted(judged: Judged, index: int) -> None:
    if judged.faces.votes is None:
        return
    votes, label = judged.faces.votes[index], judged.faces.emotions[judged.faces.labels[index]]
    outcome = int(vote_outcomes(votes[None])[0])
    if outcome < 0:
        st.caption("FER+ has no votes for this face.")
        return
    own, cast = int(votes[VOTE_NAMES.index(VOTE_OF[label])]), int(votes.sum())
    answer = judged.evaluation.emotions[judged.evaluation.predicted_labels[index]]
    text = f"**FER+ votes**: {own} of {cast} chose the label, {label}"
    if answer is not label:
        text += f"; {int(votes[VOTE_NAMES.index(VOTE_OF[answer])])} chose {answer}"
    st.markdown(text)
    st.plotly_chart(
        figures.votes_figure(votes, label), config={"displayModeBar": False}, key="evaluation.card_votes"
    )
