"""Threshold view: ROC and precision-recall curves, and the faces a threshold just decides about."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fer import figures
from fer.emotions import Emotion
from fer.evaluation import Evaluation, ThresholdCurve, threshold_curve, threshold_curves
from fer.evaluation.curves import ThresholdFigures, around_threshold
from fer.figures import CurveLine
from fer.statistics import percent
from pages.parts import face_sheet, mending, phrases, state
from pages.parts.evaluation import face_card
from pages.parts.evaluation.curves import table
from pages.parts.evaluation.judged import Judged
from pages.parts.plot import plot

_ALL = "All"
_EMOTION = "evaluation.curve_emotion"
_THRESHOLDS = np.arange(1, 100) / 100
# How many faces of either side of a threshold are shown.
_MOST_FACES = 10


@st.fragment
def show(judged: Judged) -> None:
    """Draw the curves; a touch draws only them anew."""
    mending.settle()
    curves = {curve.emotion: curve for curve in threshold_curves(judged.evaluation)}
    if not curves:
        shown = judged.evaluation.emotions[int(judged.evaluation.true_labels[0])]
        st.info(
            f"All of these {phrases.faces(len(judged.evaluation))} are labelled {shown}: there is nothing to "
            "tell them from, and so no curve. Choose another split or dataset above.",
            icon=":material/show_chart:",
        )
        return
    options: list[str] = [_ALL, *curves]
    if st.session_state.get(_EMOTION) not in options:
        st.session_state[_EMOTION] = _ALL
    chosen = st.pills(
        "Which emotion is told from all others",
        options,
        required=True,
        key=_EMOTION,
        format_func=lambda option: option if option == _ALL else option.capitalize(),
        persist_state="session",
    )
    missing = [emotion for emotion in judged.evaluation.emotions if emotion not in curves]
    if missing:
        st.caption(f"No face here is labelled {phrases.listed(missing)}: there is no curve of it.")
    if chosen == _ALL:
        _every_emotion(judged, list(curves.values()))
    else:
        _one_emotion(judged, Emotion(chosen or _ALL))


def _every_emotion(judged: Judged, curves: Sequence[ThresholdCurve]) -> None:
    if len(judged.models) > 1:
        st.caption(
            f"These are the curves of “{phrases.plain(judged.models[0].title)}”. Choose an emotion, and "
            "those of the other models are laid over them."
        )
    _charts([CurveLine(curve, curve.emotion.capitalize()) for curve in curves], None)
    st.markdown(
        "The model gives every face a score for every emotion. Whoever calls a face happy only **from some "
        "score on** finds fewer happy faces and is wrong less often: each point of a line is one such "
        "threshold. A line further to the upper left (first chart) or upper right (second) is better; the "
        "dashed line is a blind guess."
    )
    table.show([(curve.emotion.capitalize(), judged.evaluation, curve) for curve in curves])
    st.caption(
        "AUC, the area under a line of the first chart: how often a face of the emotion scores higher for it "
        "than another face; a coin gets 0.5. Average precision, the area under a line of the second: how "
        "often the name is right, averaged while more and more of the emotion's faces are found; a blind "
        "guess gets the share of the faces that are labelled so. Small figures are 95\u00a0% intervals."
    )


def _one_emotion(judged: Judged, emotion: Emotion) -> None:
    found = [threshold_curve(evaluation, emotion) for evaluation in judged.evaluations]
    curves = [curve for curve in found if curve is not None]
    titles = [phrases.plain(model.title) for model in judged.models]
    threshold = _choose_threshold(emotion, curves[0])
    for number, (title, curve, evaluation) in enumerate(zip(titles, curves, judged.evaluations, strict=True)):
        sentence = _sentence(curve.figures_at(threshold), emotion, threshold)
        who = f"- {title}: " if len(curves) > 1 else ""
        st.markdown(who + sentence + (_alarms(evaluation, emotion, threshold) if number == 0 else ""))
    _charts(
        [
            CurveLine(curve, model.title, rank)
            for rank, (curve, model) in enumerate(zip(curves, judged.models, strict=True))
        ],
        threshold,
    )
    _faces(judged, emotion, threshold)
    table.show(
        [
            (model.title if len(curves) > 1 else emotion.capitalize(), evaluation, curve)
            for evaluation, curve, model in zip(judged.evaluations, curves, judged.models, strict=True)
        ]
    )
    curve = curves[0]
    st.caption(
        f"AUC, the area under the first curve: a face labelled {emotion} scores higher for {emotion} than a "
        f"face labelled otherwise in {percent(curve.area, 0)} of all pairs; a coin gets 50\u00a0%. Average "
        "precision, the area under the second: how often the name is right, averaged while more and more "
        f"{emotion} faces are found; a blind guess gets {percent(curve.share)}, because so many of the faces "
        "are labelled so. Small figures are 95\u00a0% intervals."
    )


def _choose_threshold(emotion: Emotion, curve: ThresholdCurve) -> float:
    key = f"evaluation.threshold.{emotion}"

    def set_to_best() -> None:
        st.session_state[key] = curve.best_among(_THRESHOLDS)

    if key not in st.session_state:
        set_to_best()

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        threshold = st.slider(
            f"Call a face {emotion} from this score on",
            0.0,
            1.0,
            step=0.01,
            format="%.2f",
            key=key,
            width=520,
            persist_state="session",
        )
        st.button(
            "Highest F1",
            icon=":material/vertical_align_top:",
            key="evaluation.best_threshold",
            on_click=set_to_best,
            help="The threshold at which precision and recall together are best on these very faces. It is "
            "chosen by looking at them, so the figures beside it flatter a little: choose it on the "
            "validation faces, and judge it on the test faces.",
        )
    return float(threshold)


def _sentence(here: ThresholdFigures, emotion: Emotion, threshold: float) -> str:
    recall = here.recall
    found = (
        f"**Called {emotion} from {threshold:.2f} on: {here.true_positives:,} of {recall.of:,} {emotion} "
        f"faces found** ({percent(recall.share)}, 95\u00a0% interval {recall.range_95}), "
    )
    if here.precision is None:
        return found + "and no face is called so at all: the threshold lies above every score."
    precision = here.precision
    others = "no other is" if here.false_positives == 0 else f"**{here.false_positives:,} others**"
    return (
        found + f"{others} taken for {emotion}. Of the {phrases.faces(here.called)} called so, "
        f"{percent(precision.share)} are ({precision.range_95}). F1 {percent(here.f1)}."
    )


def _alarms(evaluation: Evaluation, emotion: Emotion, threshold: float) -> str:
    """Which faces the false alarms are, the commonest labels first."""
    column = evaluation.emotions.index(emotion)
    called = evaluation.probabilities[:, column].astype(np.float64) >= threshold
    counts = np.bincount(evaluation.true_labels[called], minlength=len(evaluation.emotions))
    counts[column] = 0
    order = [index for index in np.argsort(-counts, kind="stable")[:3] if counts[index]]
    if not order:
        return ""
    named = phrases.listed([f"{evaluation.emotions[index]} ({counts[index]:,})" for index in order])
    return f" The others are mostly {named}." if len(order) > 1 else f" The others are {named}."


def _charts(lines: Sequence[CurveLine], threshold: float | None) -> None:
    left, right = st.columns(2, gap="medium")
    for place, title, figure, key in (
        (left, "ROC curve", figures.roc_figure(lines, threshold), "evaluation.roc"),
        (
            right,
            "Precision-recall curve",
            figures.precision_recall_figure(lines, threshold),
            "evaluation.precision_recall",
        ),
    ):
        with place:
            st.markdown(f"**{title}**")
            plot(figure, key)


def _faces(judged: Judged, emotion: Emotion, threshold: float) -> None:
    """The faces that the threshold only just decides about, of the first model."""
    evaluation = judged.evaluation
    above, below = around_threshold(evaluation, emotion, threshold, _MOST_FACES)
    left, right = st.columns(2, gap="medium")
    for place, title, indices, nothing, key in (
        (left, f"Just above: called {emotion}", above, "No face scores as much.", "above"),
        (right, f"Just below: not called {emotion}", below, "No face scores less.", "below"),
    ):
        with place:
            is_it = evaluation.true_labels[indices] == evaluation.emotions.index(emotion)
            wrong = int((is_it != (key == "above")).sum())
            st.markdown(f"**{title}**" + (f" · {wrong} of {len(indices)} wrongly" if len(indices) else ""))
            if not len(indices):
                st.caption(nothing)
                continue
            face_sheet.show(
                judged.faces.images[indices],
                [_caption(judged, int(index), emotion) for index in indices],
                f"evaluation.threshold_{key}",
                side="4.4rem",
                on_open=state.set_opened_face,
            )
    face_card.open_face(judged, judged.faces.rows[np.concatenate([above, below])])


def _caption(judged: Judged, index: int, emotion: Emotion) -> face_sheet.Caption:
    evaluation, row = judged.evaluation, int(judged.faces.rows[index])
    label = judged.faces.emotions[judged.faces.labels[index]]
    # Never rounded up: a face below 0.62 must not read 0.620.
    score = np.floor(float(evaluation.probabilities[index, evaluation.emotions.index(emotion)]) * 1000) / 1000
    return face_sheet.Caption(
        label.capitalize(),
        label.color,
        f"row {row}: labelled {label}, scores {score:.3f} for {emotion}",
        row,
        badge=f"{score:.3f}".removeprefix("0") if score < 1 else "1",
    )
