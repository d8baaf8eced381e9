"""Error analysis: the view of the faces worth looking at first, one list for each question."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from fer.emotions import Emotion
from fer.evaluation.galleries import Gallery
from fer.statistics import percent
from pages.parts import mending, notices, state
from pages.parts.evaluation import chosen_face, names
from pages.parts.evaluation.faces import galleries, people, sheet
from pages.parts.evaluation.judged import Judged

_QUESTION, _LABEL, _ANSWER = "evaluation.gallery", "evaluation.label", "evaluation.answer"


@st.fragment
def faces_view(judged: Judged) -> None:
    """Draw the view; what is chosen in it runs only this part again."""
    mending.settle()
    questions = galleries.questions(judged)
    if st.session_state.get(_QUESTION) not in questions:
        st.session_state[_QUESTION] = next(iter(questions))
    asked = st.pills(
        "Which faces",
        list(questions),
        required=True,
        key=_QUESTION,
        label_visibility="collapsed",
        persist_state="session",
    )
    assert asked is not None  # it is required
    names.show_letters(judged)
    found = questions[asked](judged)
    if len(found.gallery) == 0:
        title, sentence = found.empty
        notices.empty(title, sentence, icon=":material/check_circle:")
        return
    st.markdown(found.words)
    if found.asks_people and (said := people.said(judged, found.gallery)):
        st.markdown(f":material/how_to_vote: {said}")
    gallery = _filtered(judged, found.gallery)
    if len(gallery) == 0:
        notices.empty(
            "No such face",
            "No face of this list has that label and that answer. Take one of the two away.",
            icon=":material/search_off:",
        )
        st.button(
            "Take both away",
            key="evaluation.clear",
            on_click=st.session_state.update,
            args=({_LABEL: "", _ANSWER: ""},),
        )
        return
    sheet.show(
        judged,
        gallery.faces,
        "evaluation.faces",
        of=f"{asked} {found.which} {st.session_state.get(_LABEL)} {st.session_state.get(_ANSWER)}",
        badges=[found.badge(float(score)) for score in gallery.scores],
        answers=[judged.evaluation.emotions[column] for column in gallery.suggested],
        notes=_notes(judged, asked),
    )


def _filtered(judged: Judged, gallery: Gallery) -> Gallery:
    """The faces with the label and the answer that are chosen above them."""
    evaluation = judged.evaluation
    labels = evaluation.true_labels[gallery.faces]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        label = _choose("Labelled", _LABEL, evaluation.emotions)
        answer = _choose("Called", _ANSWER, evaluation.emotions)
        st.space("stretch")
        chosen_face.judged_row(judged, "evaluation", state.set_opened_face)
    chosen = np.ones(len(gallery), bool)
    for emotion, columns in ((label, labels), (answer, gallery.suggested)):
        if emotion is not None:
            chosen &= columns == evaluation.emotions.index(emotion)
    return gallery.only(chosen)


def _choose(title: str, key: str, emotions: Sequence[Emotion]) -> Emotion | None:
    """One emotion; None for all of them."""
    if st.session_state.get(key) not in ("", *emotions):
        st.session_state[key] = ""
    chosen = st.selectbox(
        title,
        ["", *emotions],
        key=key,
        width=150,
        format_func=lambda emotion: emotion.capitalize() or "Anything",
        persist_state="session",
    )
    return None if chosen == "" else Emotion(chosen)


def _notes(judged: Judged, asked: str) -> Callable[[int], Sequence[str]]:
    """What this list says more of each face: every model's answer, or that two suspect its label."""
    if asked == "Least certain":
        return lambda index: [_two_choices(judged, index)]
    if asked == "Label suspects":
        also = galleries.inspected_too(judged)
        return lambda index: ["inspection too"] if also is not None and also[index] else []
    if asked == "Disagreements":
        return lambda index: [
            f"{names.short(judged, number)}: {evaluation.emotions[evaluation.predicted_labels[index]]} "
            f"{percent(evaluation.confidences[index], 0)}"
            for number, evaluation in enumerate(judged.evaluations)
        ]
    return lambda index: ()


def _two_choices(judged: Judged, index: int) -> str:
    evaluation = judged.evaluation
    first, second = np.argsort(-evaluation.probabilities[index], kind="stable")[:2]
    return " · ".join(
        f"{evaluation.emotions[column]} {percent(evaluation.probabilities[index, column], 0)}"
        for column in (first, second)
    )
