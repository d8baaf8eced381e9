"""Metrics view: how good each model is, how sure one can be of it, and whether one is better."""

import streamlit as st

from fer import figures
from fer.evaluation import TTA, Evaluation
from fer.statistics import Verdict, compare_answers, percent
from pages.parts import caches, report_table
from pages.parts.evaluation import names
from pages.parts.evaluation.judged import Judged
from pages.parts.evaluation.scores import agreement_bar, score_table
from pages.parts.plot import plot

_MEASURES: dict[report_table.Measure, str] = {"recall": "Recall", "precision": "Precision", "f1": "F1"}
_VERDICTS: dict[Verdict, tuple[str, str]] = {
    "better": ("better", "green"),
    "worse": ("worse", "orange"),
    "could be chance": ("could be chance", "gray"),
}


def scores_view(judged: Judged) -> None:
    """Draw the view."""
    names.show_letters(judged)
    if len(judged.models) == 1:
        _one(judged)
    else:
        _several(judged)
    st.header("Every figure", anchor=False)
    scores = [caches.scores(evaluation) for evaluation in judged.evaluations]
    score_table.show([(names.short(judged, index), scores[index]) for index in range(len(scores))])
    with st.popover("How they are computed", icon=":material/function:", width="content"):
        score_table.show_formulas(scores[0])
    _by_emotion(judged)


def _one(judged: Judged) -> None:
    evaluation = judged.evaluation
    figure, scale = st.columns([2, 3], gap="large", vertical_alignment="center")
    with figure:
        st.metric("Accuracy", percent(evaluation.accuracy), border=False)
        st.markdown(
            f"On **{len(evaluation):,}** faces{_averaged(judged)}. With 95\u00a0% confidence, endless faces "
            f"of this kind would give **{evaluation.correct.range_95}**."
        )
        st.markdown(_weakest(evaluation))
    with scale:
        _scale(judged)


def _weakest(evaluation: Evaluation) -> str:
    """The emotion with the lowest recall, and the three largest mistakes, in words."""
    reports = [report for report in evaluation.class_reports if report.recall is not None]
    weakest = min(reports, key=lambda report: report.recall or 0.0)
    mistakes = ", ".join(
        f"{one.true} called {one.predicted} ({one.count})" for one in evaluation.commonest_mistakes(3)
    )
    return f"**Weakest**: {weakest.emotion}, of which it finds {percent(weakest.recall or 0.0, 0)}." + (
        f"  \n**Largest mistakes**: {mistakes}." if mistakes else ""
    )


def _several(judged: Judged) -> None:
    with st.container(horizontal=True, gap="small"):
        for index, evaluation in enumerate(judged.evaluations):
            with st.container(width=105, gap=None):
                st.metric(f"Accuracy of {names.short(judged, index)}", percent(evaluation.accuracy))
                st.caption(evaluation.correct.range_95)
    st.markdown(
        f"All on the same **{len(judged.evaluation):,}** faces{_averaged(judged)}; below each, its "
        "95\u00a0% interval."
    )
    _scale(judged)
    for index in range(1, len(judged.models)):
        comparison = compare_answers(judged.evaluation.is_right, judged.evaluations[index].is_right)
        first, second = names.short(judged, 0), names.short(judged, index)
        verdict, color = _VERDICTS[comparison.verdict]
        with st.container(border=True, gap="small"):
            st.markdown(f"**{second} beside {first}** :{color}-badge[{verdict}]  \n{comparison.sentence}")
            agreement_bar.show(comparison, first, second)
    st.caption(
        "Both models saw the same faces, so the faces on which only one is right decide (McNemar's test). "
        "That is sharper than two intervals side by side: these may overlap, and the difference still be no "
        "chance. Of many comparisons, some look better by luck alone."
    )


def _averaged(judged: Judged) -> str:
    return "" if judged.tta is TTA.NONE else f", {judged.tta.phrase}"


def _scale(judged: Judged) -> None:
    plot(
        figures.accuracy_figure(
            judged.evaluation,
            name=names.short(judged, 0),
            others=[
                (names.short(judged, index), judged.evaluations[index])
                for index in range(1, len(judged.models))
            ],
        ),
        "evaluation.accuracy",
    )


def _by_emotion(judged: Judged) -> None:
    st.header("Emotion by emotion", anchor=False)
    if len(judged.models) == 1:
        report_table.class_scores_table(judged.evaluation.class_reports)
    else:
        measure = st.segmented_control(
            "What is compared",
            list(_MEASURES),
            default="recall",
            required=True,
            key="evaluation.measure",
            format_func=_MEASURES.__getitem__,
            label_visibility="collapsed",
            persist_state="session",
        )
        report_table.compared_scores_table(
            [
                (names.short(judged, index), evaluation.class_reports)
                for index, evaluation in enumerate(judged.evaluations)
            ],
            measure,
        )
    precision, recall, f1 = st.columns(3, gap="large")
    precision.markdown(
        "**Precision** When it says “happy”, how often is it true? Right answers ÷ all such answers."
    )
    recall.markdown("**Recall** Of all happy faces, how many does it find? Right answers ÷ all such faces.")
    f1.markdown(
        "**F1** The harmonic mean of both: high only when both are. Saying “happy” to every face has a "
        "perfect recall and a poor F1."
    )
