"""Nearest neighbours: the training faces that a model sees as most similar to a face."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.emotions import Emotion
from fer.errors import FerError
from fer.evaluation import neighbours
from fer.evaluation.neighbours import KnownFaces, Neighbours
from fer.models.inference import Recognizer
from pages.parts import caches, face_sheet, notices, phrases
from pages.parts.evaluation import names
from pages.parts.evaluation.judged import Judged
from pages.parts.plot import plot

_WANTED = "evaluation.nearest_wanted"


def nearest_faces(judged: Judged, image: NDArray[np.uint8], key: str, *, row: int | None = None) -> None:
    """Show the training faces nearest to a face, or the button that looks for them the first time.

    Looking through all training faces takes seconds, once for each model; after that they come at once.

    Args:
        judged: whose models; of several, the learner chooses one.
        image: (h, w, 1 or 3) uint8.
        key: begins the widgets' keys, "evaluation.<noun>".
        row: the face's own row in the source; None for a face of the learner's own.
    """
    st.markdown("#### Most similar training faces")
    index = names.choose_model(judged, "As it is seen by", f"{key}.model")
    model = judged.models[index]
    try:
        recognizer = caches.recognizer(model.name)
        if not recognizer.has_features:
            st.info(
                f"“{phrases.plain(model.title)}” was exported before models also told what they see in a "
                "face, so its nearest training faces cannot be found. Train it again, or choose another "
                "model, such as mini_XCEPTION.",
                icon=":material/visibility_off:",
            )
            return
        known = _known(judged, model.name, key)
        if known is None:
            return
        place = None
        if row is not None and (at := judged.index_of(row)) is not None:
            place = int(judged.places_of(np.array([at], np.intp))[0])
        found = neighbours.nearest(known, recognizer, image, but_place=place)
    except FerError as error:
        st.error(str(error), icon=":material/error:")
        return
    _found(judged, index, known, found, recognizer, image)


def _known(judged: Judged, model: str, key: str) -> KnownFaces | None:
    """The training faces as the model sees them; None, and a button, before anybody wanted to wait for it."""
    kept = caches.known_faces_are_kept(model, judged.dataset)
    if not kept and not st.session_state.get(_WANTED):
        count = len(caches.training_faces(model, judged.dataset))
        st.button(
            "Find its nearest training faces",
            icon=":material/group_search:",
            key=f"{key}.find",
            on_click=st.session_state.update,
            args=({_WANTED: True},),
            help=f"The model looks at {phrases.faces(count)} once; after that, every face has its nearest at "
            "once.",
        )
        return None
    with notices.working() as progress:
        return caches.known_faces(model, judged.dataset, progress)


def _found(
    judged: Judged,
    index: int,
    known: KnownFaces,
    found: Neighbours,
    recognizer: Recognizer,
    image: NDArray[np.uint8],
) -> None:
    if len(found) == 0:
        st.caption("There is no other training face to compare it with.")
        return
    dataset = judged.dataset
    counts = dict(zip(dataset.emotions, found.counts(len(dataset.emotions)).tolist(), strict=True))
    commonest = max(counts, key=lambda emotion: counts[emotion])
    answers = recognizer.predict(image[None])[0]
    answer = recognizer.emotions[int(answers.argmax())]
    if known.faces.doubt:
        st.info(known.faces.doubt, icon=":material/alt_route:")
    if found.are_copies.any():
        many = int(found.are_copies.sum())
        labels = {dataset.emotions[label] for label in found.labels[found.are_copies]}
        st.warning(
            f"**The same photograph is among the training faces**{'' if many == 1 else f', {many} times'}, "
            f"labelled {phrases.listed(sorted(labels))}. "
            + (
                "If it learned from these faces, it knows"
                if known.faces.doubt
                else "The model has seen it while it learned, so it knows"
            )
            + " this one, and what it answers here says little about new faces. The view **Quality** of the "
            "dataset page finds all such copies.",
            icon=":material/content_copy:",
        )
    st.markdown(_sentence(counts, commonest, answer, len(found), len(known.faces)))
    plot(figures.labels_figure(counts), "evaluation.nearest_labels")
    face_sheet.show(
        dataset.images[found.places], _captions(judged, found), key="evaluation.nearest_sheet", side="6.2rem"
    )
    st.caption(
        "The number is how alike the model sees the two faces: the cosine between their features, 1 for the "
        "same. It does not look faces up when it answers; but what it sees alike, it calls alike"
        + (
            "."
            if known.faces.doubt
            else ", and these are among the faces from which it learned what such a face is called."
        )
    )


def _sentence(counts: dict[Emotion, int], commonest: Emotion, answer: Emotion, found: int, among: int) -> str:
    """How the nearest are labelled, and whether that is what the model answers."""
    most = [emotion for emotion, count in counts.items() if count == counts[commonest]]
    named = phrases.listed([f"**{emotion}**" for emotion in most])
    if found == 1:
        labelled = f"it is labelled {named}"
    elif counts[commonest] == found:
        labelled = f"all are labelled {named}"
    else:
        labelled = f"{'each ' if len(most) > 1 else ''}{counts[commonest]} are labelled {named}"
    these = f"these {found} are" if found > 1 else "this one is"
    first = f"Of {among:,} training faces, {these} what it sees as most like this face: {labelled}"
    if answer in most:
        return (
            f"{first}, and that is its answer." if len(most) == 1 else f"{first}; its answer is **{answer}**."
        )
    if counts.get(answer, 0):
        return f"{first}, and {counts[answer]} **{answer}**, which is its answer."
    return f"{first}, none **{answer}**, which is its answer all the same."


def _captions(judged: Judged, found: Neighbours) -> list[face_sheet.Caption]:
    dataset, captions = judged.dataset, []
    for place, label, similarity, is_copy in zip(
        found.places, found.labels, found.similarities, found.are_copies, strict=True
    ):
        emotion, came_as = dataset.emotions[label], dataset.emotions[dataset.labels[place]]
        notes = [] if emotion is came_as else [f"came as {came_as}"]
        if is_copy:
            notes.append("same photo")
        row = int(dataset.rows[place])
        captions.append(
            face_sheet.Caption(
                emotion.capitalize(),
                emotion.color,
                f"training face, row {row}: {emotion}" + (", the same photograph" if is_copy else ""),
                row,
                # Rounded down: 1.00 is only what is the same.
                badge=f"{np.floor(similarity * 100 + 1e-4) / 100:.2f}",
                notes=tuple(notes),
            )
        )
    return captions
