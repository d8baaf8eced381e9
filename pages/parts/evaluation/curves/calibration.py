"""Calibration view: reliability diagrams of the models, and temperature scaling below."""

import streamlit as st

from fer import figures
from fer.evaluation import Evaluation
from fer.evaluation.calibration import (
    BINS,
    Reliability,
    ReliabilityBin,
    expected_error_by_luck,
    reliability,
)
from fer.statistics import percent, percent_range
from pages.parts import phrases
from pages.parts.evaluation.curves import temperature
from pages.parts.evaluation.judged import Judged
from pages.parts.plot import plot

_BINS = (10, BINS, 20)


def show(judged: Judged) -> None:
    """Draw the reliability of each model, then what a temperature does to one of them."""
    _reliabilities(judged)
    st.divider()
    temperature.show(judged)


@st.fragment
def _reliabilities(judged: Judged) -> None:
    st.markdown(
        "Faces are sorted by how sure the model says it is of its answer. Each bar is how often it is "
        "**right** about them, with its 95\u00a0% interval; where a bar ends at the dashed line, the "
        "confidence can be taken at its word. Pale bars have fewer than ten faces."
    )
    bins = st.segmented_control(
        "Bars",
        _BINS,
        default=BINS,
        required=True,
        key="evaluation.bins",
        help="The expected calibration error depends on how many there are; 15 is what most papers use. "
        "Compare only figures with the same number.",
        persist_state="session",
    )
    columns = st.columns(len(judged.models), gap="medium")
    for number, (column, model, evaluation) in enumerate(
        zip(columns, judged.models, judged.evaluations, strict=True)
    ):
        found = reliability(evaluation, bins)
        words, chart = column, column
        if len(judged.models) == 1:
            words, chart = column.columns([2, 5], gap="large", vertical_alignment="center")
        else:
            words.markdown(f"##### {phrases.plain(model.title)}")
        with words:
            _words(evaluation, found, bins)
        with chart:
            plot(figures.reliability_figure(found), f"evaluation.reliability.{number}")


def _words(evaluation: Evaluation, found: Reliability, bins: int) -> None:
    luck = expected_error_by_luck(evaluation, bins)
    st.metric(
        "Expected calibration error",
        percent(found.expected_error),
        help="How far confidence and accuracy are apart, averaged over all faces: $\\mathrm{ECE} = "
        "\\sum_b \\frac{n_b}{n} \\left|\\text{accuracy}_b - \\text{confidence}_b\\right|$. "
        f"In the worst bar they are {percent(found.maximum_error, 0)} apart, which a few faces can do.",
    )
    # Of fifteen bars one is always furthest off: it is only worth a word where the whole is.
    worst = worst_words(found.heaviest) if found.expected_error > luck else ""
    st.markdown(f"{verdict(found, luck)} {worst}")


def verdict(found: Reliability, luck: float) -> str:
    """What an expected error says, beside `luck`: what luck alone makes of a perfect one."""
    on = f"on {phrases.faces(found.count)}"
    if found.expected_error <= luck:
        return (
            f"**Its confidence can be taken at its word**, as far as {phrases.faces(found.count)} can tell: "
            f"a model that is right exactly as often as it says gets up to {percent(luck)} by luck."
        )
    beyond = f"A model that is right exactly as often as it says gets up to {percent(luck)} {on} by luck."
    if abs(found.mean_gap) < found.expected_error / 2:
        return f"**Over-confident at some levels, under-confident at others.** {beyond}"
    right = sum(one.right for one in found.bins) / found.count
    says, is_right = right + found.mean_gap, right
    name = "Over-confident" if found.mean_gap > 0 else "Under-confident"
    return (
        f"**{name}**: it says {percent(says)} on average and is right {percent(is_right)} of the time. "
        f"{beyond}"
    )


def worst_words(one: ReliabilityBin) -> str:
    """What the bin that adds most to the error says, in words."""
    if one.accuracy is None or one.mean_confidence is None or one.correct is None:
        return ""
    low, high = one.correct.interval_95
    name = "over-confident" if one.gap > 0 else "under-confident"
    if low <= one.mean_confidence <= high:
        name += ", though that could be chance"
    return (
        f"When it says {percent_range(one.low, one.high, 0)}, it is right {percent(one.accuracy, 0)} of the "
        f"time ({phrases.faces(one.count)}, {one.correct.range_95}): {name}."
    )
