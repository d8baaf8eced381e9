"""Face details: one face as the model sees it, its scores, its activation map, its nearest neighbours."""

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.emotions import Emotion
from fer.errors import FerError
from fer.evaluation import neighbours
from fer.evaluation.explanation import enlarged
from fer.live import SMALLEST_FACE_PIXELS, RecognizedFace
from fer.live.choice import LiveChoice
from fer.models.inference import Recognizer
from fer.statistics import percent
from pages.parts import caches, face_sheet, notices, phrases, state
from pages.parts.face_sheet import Caption
from pages.parts.plot import plot

_SIDE = 192
_NEAREST = 6


def face_panel(item: RecognizedFace, choice: LiveChoice, key: str) -> None:
    """Draw everything that is known of a face; `choice` tells which models read it."""
    if item.too_small:
        st.markdown("##### Too small")
        st.markdown(
            f"A face of less than {SMALLEST_FACE_PIXELS} pixels is not read. Come closer, or take a larger "
            "picture."
        )
        return
    recognizer = caches.recognizer(choice.model)
    seen, scores = st.columns([2, 3], gap="medium")
    with seen:
        _seen(item, recognizer, key)
    with scores:
        label = "Unsure" if item.label is None else item.label.capitalize()
        hint = f" ({item.scores.top})" if item.label is None else ""
        st.markdown(f"##### {label}{hint}, {percent(item.confidence, 0)}")
        names = (recognizer.card.title or choice.model, "")
        if choice.other is not None and item.other_scores is not None:
            names = (names[0], caches.recognizer(choice.other).card.title or choice.other)
            st.caption(f"Plain: {phrases.plain(names[0])}. Hatched: {phrases.plain(names[1])}.")
        plot(figures.scores_figure(item.scores, item.other_scores, names=names), f"{key}.scores")
    if item.crop is not None:
        _nearest(item.crop, choice.model, recognizer, key)


def as_given(crop: NDArray[np.uint8], recognizer: Recognizer) -> NDArray[np.uint8]:
    """The pixels that the model is given, (h, w, 3) RGB: grey where it has one channel."""
    preprocessing = recognizer.preprocessing
    (given,) = preprocessing.pictures(preprocessing.apply(crop[None]))
    return np.repeat(given, 3, axis=2) if given.shape[2] == 1 else given


def _seen(item: RecognizedFace, recognizer: Recognizer, key: str) -> None:
    if item.crop is None:
        return
    height, width, channels = recognizer.preprocessing.input_shape
    given = as_given(item.crop, recognizer)
    maps = _maps(item, recognizer)
    emotion: Emotion | None = None
    if maps is not None:
        emotion = st.selectbox(
            "Where it sees",
            [None, *recognizer.emotions],
            index=1 + list(recognizer.emotions).index(item.emotion),
            format_func=lambda chosen: "the face alone" if chosen is None else str(chosen),
            key=f"{key}.map",
        )
    kind = "grey" if channels == 1 else "coloured"
    words = f"Exactly as the model sees it: {width}×{height} {kind} pixels."
    picture = np.asarray(cv2.resize(given, (_SIDE, _SIDE), interpolation=cv2.INTER_NEAREST), np.uint8)
    if maps is not None and emotion is not None:
        picture = _tinted(picture, maps[..., list(recognizer.emotions).index(emotion)], emotion)
        words = (
            f"The {width}×{height} {kind} pixels the model gets; the tint shows what speaks for *{emotion}*."
        )
    st.image(picture, width=_SIDE)
    st.caption(words)


def _maps(item: RecognizedFace, recognizer: Recognizer) -> NDArray[np.float32] | None:
    if item.emotion_maps is not None:
        return item.emotion_maps
    if item.crop is None or not recognizer.has_emotion_maps:
        return None
    return np.asarray(recognizer.emotion_maps(item.crop[None])[0], np.float32)


def _tinted(
    picture: NDArray[np.uint8], emotion_map: NDArray[np.float32], emotion: Emotion
) -> NDArray[np.uint8]:
    """The face with the emotion's colour where the map speaks for it."""
    whole = enlarged(emotion_map, *picture.shape[:2])
    alpha = 0.65 * np.clip(whole / max(float(whole.max()), 1e-6), 0, 1)[..., None]
    color = np.array(list(bytes.fromhex(emotion.color[1:])), np.float32)
    return np.asarray(np.rint(picture * (1 - alpha) + color * alpha), np.uint8)


def _nearest(crop: NDArray[np.uint8], model: str, recognizer: Recognizer, key: str) -> None:
    """Which training faces the model sees as most like this one; looked for when somebody wants to know."""
    wanted = st.toggle(
        "Most similar training faces",
        key=f"{key}.nearest",
        help="The training faces that the model sees as most like this one. The first time it has to look at "
        "all of them, which takes some seconds.",
    )
    if not wanted:
        return
    if not recognizer.has_features:
        st.info(
            "This model was exported before models also told what they see in a face. Train it again, or "
            "choose another, such as mini_XCEPTION.",
            icon=":material/visibility_off:",
        )
        return
    try:
        with notices.working() as progress:
            dataset = caches.dataset(state.dataset(), progress)
            known = caches.known_faces(model, dataset, progress)
        found = neighbours.nearest(known, recognizer, crop, count=_NEAREST)
    except FerError as error:
        st.error(phrases.plain(str(error)), icon=":material/error:")
        return
    if known.faces.doubt:
        st.caption(known.faces.doubt)
    labels = [dataset.emotions[label] for label in found.labels]
    face_sheet.show(
        dataset.images[found.places],
        [
            Caption(label, label.color, f"a training face labelled {label}", badge=f"{similarity:.2f}")
            for label, similarity in zip(labels, found.similarities, strict=True)
        ],
        key=f"{key}.sheet",
    )
    st.caption(
        f"Of {len(known.faces):,} training faces of {phrases.plain(dataset.source.title)}, nearest first; "
        "the number is the cosine similarity of what the model sees in both."
    )
