"""Explanation view: why a model answers as it does to one face."""

import streamlit as st

from fer.emotions import Emotion
from fer.evaluation.explanation.shading import OPPOSES, SUPPORTS, css
from pages.parts import caches, notices
from pages.parts.evaluation import chosen_face
from pages.parts.evaluation.chosen_face import ChosenFace
from pages.parts.evaluation.explanation import choices, layers, maps
from pages.parts.evaluation.judged import Judged


def explanation_view(judged: Judged) -> None:
    """Draw the view."""
    st.markdown(
        "A model cannot say why it answers as it does. But it can be asked **which places of the face** its "
        "answer came from, in two ways that know nothing of each other, and **what each layer makes of it**."
    )
    face = chosen_face.choose(judged, "evaluation.explain")
    if face is None:
        return
    _explain(judged, face)
    st.divider()
    layers.show(judged, face)


# A fragment, so that another emotion is answered without drawing the layers and the page's head anew.
@st.fragment
def _explain(judged: Judged, face: ChosenFace) -> None:
    with notices.shown():
        answers = [caches.face_answer(model.name, face.image) for model in judged.models]
        question = choices.choose(judged, face, answers[0])
        _legend(question.emotion)
        for model, scores in zip(judged.models, answers, strict=True):
            with st.container(border=len(judged.models) > 1):
                maps.show(model, face, scores, question)
        st.caption(
            "A map shows **where** the network looked, not why: it cannot tell a raised corner of the lips "
            "from the light on it. Where both maps agree, the reading is safer."
        )


def _legend(emotion: Emotion) -> None:
    """Which colour means what, and which sign and line, for whom colours are alike."""

    def swatch(color: str, line: str) -> str:
        shape = "display:inline-block;width:1.3em;height:.8em;border-radius:.2em;margin-right:.45em"
        return f'<span style="{shape};background:{color}80;border:2px {line} {color}"></span>'

    st.html(
        '<div style="display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;font-size:.875rem">'
        f"<span>{swatch(css(SUPPORTS), 'solid')}speaks for {emotion}: +, solid lines</span>"
        f"<span>{swatch(css(OPPOSES), 'dashed')}speaks against {emotion}: −, broken lines</span></div>"
    )
