"""Replications of published results: dots, verdicts, and each recipe for the form."""

from collections.abc import Callable

import streamlit as st

from fer.config import TrainingConfig
from fer.evaluation.replication.comparison import Comparison, Outcome, comparisons
from fer.figures.replications import replication_figure
from pages.parts import notices, phrases, state
from pages.parts.plot import plot
from pages.parts.training import replication_table

_RECIPES, _TABLE = "Recipes", "S0's table"
_SHOWN = "training.replications_shown"
_OPEN = "training.replications_open"
_BADGES = {
    Outcome.REPRODUCED: ("green", ":material/check:"),
    Outcome.BETTER: ("blue", ":material/trending_up:"),
    Outcome.BELOW: ("orange", ":material/trending_down:"),
    Outcome.NOT_COMPARABLE: ("gray", ":material/question_mark:"),
    Outcome.NOT_RUN: ("gray", ":material/hourglass_empty:"),
    Outcome.DAMAGED: ("red", ":material/error:"),
}


def open_window() -> None:
    """Have the window drawn until it is closed; a callback.

    Pressing a button opens one for that run of the page alone, and the page runs anew whenever a run of S0's
    table ends: whoever watches it fill would have to open it again each time.
    """
    st.session_state[_OPEN] = True


def is_open() -> bool:
    """Whether the window is to be drawn."""
    return _OPEN in st.session_state


def _closed() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog(
    "Replications of published results",
    width="large",
    icon=":material/fact_check:",
    on_dismiss=_closed,
)
def replications_dialog(put: Callable[[TrainingConfig], None]) -> None:
    """Draw each published figure beside ours, and let the learner take a recipe into the form.

    Args:
        put: fills the form and the other pages' choices; a callback.
    """
    replication_table.offer(_SHOWN, _RECIPES)
    shown = st.segmented_control("Show", [_RECIPES, _TABLE], required=True, key=_SHOWN)
    if shown == _TABLE:
        replication_table.table_view()
        return
    with notices.shown():
        rows = comparisons()
        plot(
            replication_figure(rows),
            "training.replication_figure",
            alt="Published accuracies as diamonds, ours as dots with their 95 % intervals, a line for each.",
        )
        _how_to_read(rows)
        for number, row in enumerate(rows):
            _row(number, row, put)


def _how_to_read(rows: tuple[Comparison, ...]) -> None:
    run = {row.variant.key for row in rows if row.kept is not None}
    every = {row.variant.key for row in rows}
    st.caption(
        f"{len(run)} of {len(every)} recipes were repeated so far. “Reproduced” means that the published "
        "figure lies within the 95 % interval of ours; an open dot cannot be compared. Settings, figures of "
        "each epoch and the log of each are in models/replications/. “python -m fer replicate” repeats one "
        "and keeps what came of it."
    )


def _row(number: int, row: Comparison, put: Callable[[TrainingConfig], None]) -> None:
    # A badge does not wrap, and what hinders a comparison is a sentence.
    short = row.verdict.partition(":")[0] if row.obstacle else row.verdict
    badge = f":{_BADGES[row.outcome][0]}-badge[{_BADGES[row.outcome][1]} {short[0].upper()}{short[1:]}]"
    published = "no figure" if row.figure is None else row.figure.in_words
    source = "" if row.figure is None else f" ({phrases.plain(row.figure.source)})"
    ours = "" if row.ours is None else f" · **ours {row.ours.in_words}**, {row.faces}"
    with st.container(border=True, gap="small"):
        st.markdown(f"**{phrases.plain(row.variant.title)}** {badge}")
        st.markdown(f"Published {published}{source}{ours}")
        if row.kept is not None:
            kept = row.kept
            st.caption(
                phrases.plain(
                    f"{kept.epochs} epochs in {phrases.duration(kept.seconds)} on {kept.hardware}, "
                    f"{kept.date}; {kept.faces}."
                )
            )
        obstacle = f"{row.obstacle[0].upper()}{row.obstacle[1:]}. " if row.obstacle else ""
        st.caption(phrases.plain(obstacle + row.why))
        if st.button(
            "Fill the form with it",
            icon=":material/tune:",
            key=f"training.replicate.{number}",
            on_click=_take,
            args=(row, put),
        ):
            st.rerun()


def _take(row: Comparison, put: Callable[[TrainingConfig], None]) -> None:
    """Put the recipe into the form, on the learner's dataset, in the state that the recipe wants it in."""
    put(row.variant.config(state.training().dataset))
    _closed()
