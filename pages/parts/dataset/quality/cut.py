"""Decision threshold: a measure as a histogram, and the slider that says which faces are taken."""

from collections.abc import Mapping

import streamlit as st

from fer import figures
from fer.datasets.quality import Findings, galleries
from pages.parts import phrases
from pages.parts.dataset.quality.words import WORDS
from pages.parts.plot import plot


def cut_slider(found: Findings, ranked: Findings, facts: Mapping[str, float], *, below: bool) -> Findings:
    """Draw the measure with a cut that can be moved; return the findings it takes.

    Args:
        found: those of the inspection; where they end the cut is at first.
        ranked: all that a cut may take, worst first.
        facts: of the inspection; its thresholds are there.
        below: the cut takes the low values.
    """
    if len(ranked) < 2 or ranked.scores.min() == ranked.scores.max():
        return found
    issue, words, scores = found.issue, WORDS[found.issue], ranked.scores.astype(float)
    worst, mildest = float(scores[0]), float(scores[-1])
    if len(ranked) > len(found):
        # Who would take more than a quarter of all faces for bad ones?
        mildest = float(scores[max(len(scores) // 4, len(found))])
    start = facts.get(f"threshold_{issue}", float(found.scores[-1]) if len(found) else worst)
    low, high = min(worst, mildest, start), max(worst, mildest, start)
    place = st.empty()
    cut = st.slider(
        f"{words.measure} {'at most' if below else 'at least'}",
        low,
        high,
        start,
        step=(high - low) / 200,
        format=words.format,
        key=f"dataset.cut.{issue}.{len(ranked)}",
    )
    taken = found if cut == start else galleries.beyond(ranked, cut, below=below)
    with place:
        plot(figures.cut_figure(scores, cut, below=below, measure=words.measure.lower()), "dataset.cut_chart")
    st.caption(
        f"The cut takes {phrases.faces(len(taken))}"
        + ("." if cut == start else f"; as it was proposed, it takes {len(found):,}.")
    )
    return taken
