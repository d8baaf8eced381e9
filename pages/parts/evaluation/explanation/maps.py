"""Class activation map panel: what each place added to an answer, and what covering it takes away."""

from base64 import b64encode

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.emotions import EmotionScores
from fer.evaluation import explanation
from fer.evaluation.evaluation_set import EvaluatedModel
from fer.evaluation.explanation.overlay import LEAST_FALL, LEAST_LOGIT, overlay_svg
from fer.models.catalog import ARCHITECTURES
from fer.statistics import percent
from fer.system import jobs
from pages.parts import caches, job_panel, notices, phrases
from pages.parts.evaluation.chosen_face import ChosenFace
from pages.parts.evaluation.explanation import words
from pages.parts.evaluation.explanation.choices import Question
from pages.parts.plot import plot


def show(model: EvaluatedModel, face: ChosenFace, scores: EmotionScores, question: Question) -> None:
    """Draw a model's answer to the face and both maps of it."""
    emotion = question.emotion
    st.markdown(f"##### {phrases.plain(model.title)}")
    answer, places, covered = st.columns(3, gap="medium")
    with answer:
        labelled = "" if face.label is None else f", labelled {face.label}"
        st.markdown(f"**Its answer**: {scores.top} {percent(scores.confidence, 0)}{labelled}")
        plot(figures.scores_figure(scores), f"evaluation.explain.scores.{model.name}")
    with places, notices.shown():
        st.markdown("**Emotion map**: what each place added")
        _emotion_map(model, face.image, question)
    with covered, notices.shown():
        st.markdown("**Occlusion map**: what covering a place takes away")
        with notices.working() as progress:
            occlusion = caches.occlusion(model.name, face.image, question.patch, progress)
        box, left = occlusion.strongest(emotion)
        before = occlusion.before[occlusion.emotions.index(emotion)]
        _draw(
            overlay_svg(
                face.image,
                occlusion.map(emotion),
                LEAST_FALL,
                box=box if before - left >= words.LEAST_FALL else None,
            ),
            f"the face, with how far {emotion} falls where it is covered",
        )
        st.markdown(words.of_occlusion(occlusion, emotion))


def _draw(svg: str, description: str) -> None:
    """A drawing that keeps its shape at any width."""
    source = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    style = "width:100%;max-width:20rem;border-radius:.5rem;display:block"
    st.html(f'<img src="{source}" alt="{description}" style="{style}">')


def _emotion_map(model: EvaluatedModel, image: NDArray[np.uint8], question: Question) -> None:
    recognizer = caches.recognizer(model.name)
    if not recognizer.has_emotion_maps:
        _no_maps(model, can_prepare=explanation.can_prepare_maps(recognizer))
        return
    maps, _ = caches.emotion_maps(model.name, image)
    shown = explanation.emotion_map(maps, model.card.emotions, question.emotion, question.against)
    _draw(
        overlay_svg(image, shown.values, LEAST_LOGIT, as_places=question.as_places),
        f"the face, with how much each place raised {question.emotion}",
    )
    st.markdown(words.of_emotion_map(shown))


def _no_maps(model: EvaluatedModel, *, can_prepare: bool) -> None:
    """Why there is no emotion map, and what gives one."""
    job_id = f"export-{model.name}"
    if can_prepare:
        st.markdown(
            "This model was exported before models answered with a map for each emotion. Its weights are "
            "there, so the map can be added; its answers stay the same."
        )
        if not jobs.is_active(job_id):
            st.button(
                "Prepare its maps",
                icon=":material/grid_on:",
                key=f"evaluation.explain.prepare.{model.name}",
                on_click=job_panel.start,
                args=(job_id, f"The maps of {model.title}", ["reexport", model.name]),
                help="About half a minute. The same as: python -m fer reexport " + model.name,
            )
        job_panel.follow(job_id)
        return
    architecture = model.card.architecture
    entry = ARCHITECTURES.get(architecture)
    if entry is not None and entry.has_emotion_maps:
        st.markdown(
            "This model was exported before models answered with a map for each emotion, and its Keras "
            "weights are not here to export it again. The occlusion map needs neither."
        )
        return
    title = entry.title if entry else architecture
    st.markdown(
        f"**{phrases.plain(title)}** has none. Its last layers are dense: they mix all places of the face "
        "before an emotion gets its value, so no value belongs to a place any more. Networks that end in a "
        "mean over the places, such as tiny_cnn and mini_xception, have exact maps. The occlusion map asks "
        "any model."
    )
