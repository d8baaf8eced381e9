"""Explanation settings: which emotion is explained, beside what, and how its maps are drawn."""

from dataclasses import dataclass

import streamlit as st

from fer.emotions import Emotion, EmotionScores
from fer.evaluation.explanation import BY_ITSELF, THE_OTHERS, Against
from pages.parts.evaluation.chosen_face import ChosenFace
from pages.parts.evaluation.judged import Judged

_EMOTION, _AGAINST = "evaluation.explain.emotion", "evaluation.explain.against"
_LOOK, _PATCH = "evaluation.explain.look", "evaluation.explain.patch"
_EXPLAINED = "evaluation.explain.explained"
_PLACES, _SMOOTHED = "Places", "Smoothed"
_PATCHES = {1 / 6: "⅙", 1 / 4: "¼", 1 / 3: "⅓"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a face.

    Attributes:
        emotion: which answer is explained.
        against: what it is compared with.
        as_places: whether the emotion map is drawn as it was computed, and not smoothed.
        patch: the side of the square that is covered, as a share of the face's.
    """

    emotion: Emotion
    against: Against
    as_places: bool
    patch: float


def choose(judged: Judged, face: ChosenFace, scores: EmotionScores) -> Question:
    """Show the widgets and return what they ask; for another face the emotion begins with what is answered.

    Emotions that not all of the models know are not asked about.
    """
    emotion = _choose_emotion(judged, face, scores)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        against = _choose_against(judged, emotion)
        as_places, patch = _choose_look()
    return Question(emotion, against, as_places, patch)


def _choose_emotion(judged: Judged, face: ChosenFace, scores: EmotionScores) -> Emotion:
    emotions, shares = judged.emotions, scores.as_dict()
    explained = (judged.models[0].name, face.row, face.image.tobytes() if face.row is None else b"")
    if st.session_state.get(_EXPLAINED) != explained or st.session_state.get(_EMOTION) not in emotions:
        st.session_state[_EXPLAINED] = explained
        st.session_state[_EMOTION] = max(emotions, key=shares.__getitem__)
    emotion = st.segmented_control(
        "Explain the answer",
        emotions,
        required=True,
        key=_EMOTION,
        format_func=str.capitalize,
        help="To begin with the emotion that the model answers. Any other can be asked about: places speak "
        "for it and against it, too.",
    )
    assert emotion is not None  # one is required
    return emotion


def _choose_against(judged: Judged, emotion: Emotion) -> Against:
    others: list[Against] = [THE_OTHERS, *(one for one in judged.emotions if one is not emotion), BY_ITSELF]
    if st.session_state.get(_AGAINST) not in others:
        st.session_state[_AGAINST] = THE_OTHERS
    titles = {THE_OTHERS: "the others together", BY_ITSELF: f"nothing, {emotion} by itself"}
    return st.selectbox(
        "Rather than",
        others,
        key=_AGAINST,
        format_func=lambda one: titles.get(one, str(one)),
        width=205,
        help="For the emotion map. Softmax weighs emotions against one another, so a place that raises all "
        "of them alike changes no answer. A comparison leaves out what is common.",
    )


def _choose_look() -> tuple[bool, float]:
    look = st.segmented_control(
        "Emotion map",
        [_PLACES, _SMOOTHED],
        default=_PLACES,
        required=True,
        key=_LOOK,
        persist_state="session",
        help="As places it is what the model computed, number by number. Smoothed it is easier to lay over "
        "the face, and looks finer than it is.",
    )
    patch = st.segmented_control(
        "Patch, of the side",
        list(_PATCHES),
        default=1 / 4,
        required=True,
        key=_PATCH,
        format_func=_PATCHES.__getitem__,
        persist_state="session",
        help="For the occlusion map: the patch that covers a place, as a share of the face's side. Smaller "
        "ones find finer places, larger ones what is seen in several places at once.",
    )
    return look == _PLACES, patch or 1 / 4
