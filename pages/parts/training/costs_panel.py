"""Network costs: accuracy over a cost as a plot, and the table beside the choice of a network."""

from collections.abc import Mapping

import streamlit as st

from fer.errors import FerError
from fer.figures.costs import cost_figure, drawn_points
from fer.models.card import ModelCard, load_card
from fer.models.costs.measured import FACE_COUNTS, MeasuredCosts, load_costs
from fer.models.costs.table import COSTS, NO_WEIGHTS, Cost, CostPoint, cost_points, cost_rows
from pages.parts import caches, notices, phrases
from pages.parts.plot import plot

_TITLES: Mapping[Cost, str] = {
    "parameters": "Parameters",
    "multiply_adds": "Multiply-adds",
    "milliseconds": "Milliseconds",
    "file_bytes": "File size",
}


@st.dialog("What each network costs", width="large", icon=":material/balance:")
def costs_dialog(chosen: str) -> None:
    """Draw accuracy over a cost to choose, and the table of all costs.

    Args:
        chosen: the architecture that the form has chosen.
    """
    with notices.shown():
        measured = load_costs()
        cost = st.segmented_control(
            "Over",
            COSTS,
            default=COSTS[0],
            required=True,
            format_func=lambda name: _TITLES[name],
            key="training.cost",
        )
        points = cost_points(measured, _cards_of_runs())
        plot(
            cost_figure(points, cost, chosen),
            "training.cost_figure",
            alt=f"Accuracy with its 95\u00a0% interval against {_TITLES[cost].lower()}, a point for each "
            "network.",
        )
        st.caption(_what_it_shows(points, cost))
        _table(measured)


def _cards_of_runs() -> list[ModelCard]:
    """The cards of the learner's runs that have a model; one that cannot be read is passed over."""
    cards = []
    for run in caches.run_history()[0]:
        if run.has_model:
            try:
                cards.append(load_card(run.folder))
            except FerError:
                continue
    return cards


def _what_it_shows(points: tuple[CostPoint, ...], cost: Cost) -> str:
    drawn, left_out = drawn_points(points, cost)
    sentences = [
        "Accuracy on FER-2013's PrivateTest, no test-time augmentation; the bar is the 95\u00a0% interval. A "
        "difference under 1.5 points is noise. Others' networks are measured (by us, with their published "
        "weights) or published (their authors' figure). The dotted line is the network "
        "that the form has chosen."
    ]
    if any(point.kind == "run" for point in drawn):
        sentences.append(
            "Of your own runs the best of each architecture on FER-2013 is shown; PublicTest, where it says "
            "so, is what its epoch was chosen on, which flatters a little."
        )
    if left_out:
        names = phrases.listed([phrases.plain(point.title) for point in left_out])
        sentences.append(f"Left out, because that cost is not known of them: {names}.")
    return " ".join(sentences)


def _table(measured: MeasuredCosts) -> None:
    rows = cost_rows(measured)
    known = [row.cost for row in rows]
    times = {
        f"ms, {count} face{'s' if count > 1 else ''}": [
            None if cost is None else cost.milliseconds[count] for cost in known
        ]
        for count in FACE_COUNTS
    }
    st.dataframe(
        {
            "Network": [row.entry.title for row in rows],
            "PrivateTest (95 %)": [NO_WEIGHTS if row.accuracy is None else str(row.accuracy) for row in rows],
            "Parameters": [row.parameters for row in rows],
            "Input": [None if cost is None else f"{cost.image_size}×{cost.image_size}" for cost in known],
            "Multiply-adds": [None if cost is None else cost.multiply_adds for cost in known],
            "File, kB": [None if cost is None else round(cost.file_bytes / 1e3) for cost in known],
            **times,
        },
        hide_index=True,
        column_config={
            **{
                name: st.column_config.NumberColumn(format="localized")
                for name in ("Parameters", "Multiply-adds", "File, kB")
            },
            **{name: st.column_config.NumberColumn(format="%.2f") for name in times},
        },
    )
    st.caption(
        f"Times are of {measured.processor}, measured on {measured.measured_on} with one LiteRT thread, the "
        "faces' preparation included; on another machine believe their ratios. “python -m fer bench predict” "
        "measures them here."
    )
