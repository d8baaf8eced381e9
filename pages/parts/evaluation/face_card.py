"""Detail view of a judged face: what each model says of it, its votes, and the nearest training faces."""

import numpy as np
import streamlit as st

from fer import figures
from fer.datasets import Split
from fer.emotions import Emotion
from fer.statistics import percent
from pages.parts import pickers, state
from pages.parts.evaluation import chosen_face, names, nearest
from pages.parts.evaluation.judged import Judged
from pages.parts.face_card import Faces, mend_face, open_card, vote_chart
from pages.parts.plot import plot

_VIEW = "evaluation.view_shown"


def open_face(judged: Judged, among: Faces = ()) -> None:
    """Open the face that was chosen, if any, in a dialog; called while the page runs, not from a callback.

    A face that is not judged (it was left out, or other faces were chosen) is forgotten: it would else come
    back uncalled. "Previous" and "next" lead through the rows `among`.
    """
    row = state.opened_face()
    if row is None:
        return
    if judged.index_of(row) is None:
        state.set_opened_face(None)
        return
    open_card("evaluation", row, among, lambda row: _card(judged, row))


def _card(judged: Judged, row: int) -> None:
    index = judged.index_of(row)
    if index is None:
        st.rerun()  # it was left out meanwhile: the dialog closes, and the page follows
    picture, words = st.columns([1, 1], gap="large")
    with picture:
        plot(figures.face_figure(judged.faces.images[index]), "evaluation.card_face")
        _lead_on(row)
        if len(judged.models) == 1:
            _votes(judged, index)
    with words:
        _label_and_verdicts(judged, index)
        mend_face("evaluation", judged.dataset, _place(judged, index), _reason(judged, index))
        if len(judged.models) == 1:
            _scores(judged, index)
        else:
            _votes(judged, index)
    if len(judged.models) > 1:
        _scores(judged, index)
    nearest.nearest_faces(judged, judged.faces.images[index], "evaluation.card_nearest", row=row)


def _lead_on(row: int) -> None:
    """The ways to the views that look into one face, with this one."""
    with st.container(horizontal=True, gap="small"):
        for view, icon, help in (
            (
                "Robustness",
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


def _label_and_verdicts(judged: Judged, index: int) -> None:
    """Its label, where it is from, and whether each model is right."""
    label = judged.faces.emotions[judged.faces.labels[index]]
    st.metric("Labelled as", label.capitalize())
    came_as = judged.dataset.emotions[judged.dataset.labels[_place(judged, index)]]
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
        return f"less than {percent(0.001)}"
    return percent(probability, 1 if probability < 0.01 else 0)


def _scores(judged: Judged, index: int) -> None:
    for number, (column, evaluation) in enumerate(
        zip(st.columns(len(judged.models), gap="medium"), judged.evaluations, strict=True)
    ):
        with column:
            if len(judged.models) > 1:
                st.markdown(f"**{names.short(judged, number)}** · {judged.models[number].title}")
            plot(figures.scores_figure(evaluation.scores(index)), f"evaluation.card_scores.{number}")


def _reason(judged: Judged, index: int) -> str:
    """Why a label is changed, to begin with: what the model says against it."""
    evaluation = judged.evaluation
    if evaluation.is_right[index]:
        return ""
    answer = evaluation.emotions[evaluation.predicted_labels[index]]
    return f"the model {evaluation.model} says {answer}, {percent(evaluation.confidences[index], 0)}"


def _votes(judged: Judged, index: int) -> None:
    if judged.faces.votes is not None:
        label = judged.faces.emotions[judged.faces.labels[index]]
        answer = judged.evaluation.emotions[judged.evaluation.predicted_labels[index]]
        vote_chart("evaluation", judged.faces.votes[index], label, answer)


def _place(judged: Judged, index: int) -> int:
    return int(judged.places_of(np.array([index], np.intp))[0])
