"""Station 3: choose, press start, and watch a network learn."""

import streamlit as st

from fer import runs
from fer.runs import Run
from pages.parts import caches, masthead, notices, state
from pages.parts.training import form, run_panel


def choose_row(ids: list[str], key: str) -> None:
    """Remember the run whose row was clicked; a callback."""
    rows = st.session_state[key].selection.rows
    if rows:
        state.set_run_id(ids[rows[0]])


def list_of(history: list[Run], shown: Run) -> None:
    """Draw every run as a row; a click on one shows it above."""
    ids = [run.id for run in history]
    # Of a run under way the panel knows better: this list is drawn once.
    best = [None if run.is_active else run.best() for run in history]
    key = f"training.runs.{ids[0]}"  # a newer run moves the rows: the selection begins anew
    st.dataframe(
        {
            "Run": [run.title for run in history],
            "Faces": [run_panel.faces_title(run.config) for run in history],
            "Epochs": [run.config.epochs for run in history],
            "Best validation accuracy": [row.validation_accuracy if row else None for row in best],
            "Status": [run_panel.STATUS_TITLES[run.status] for run in history],
            "Started": [run.started_at for run in history],
        },
        key=key,
        on_select=lambda: choose_row(ids, key),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(shown.id)]}},
        hide_index=True,
        column_config={
            "Best validation accuracy": st.column_config.ProgressColumn(
                format="percent", min_value=0.0, max_value=1.0
            ),
            "Started": st.column_config.DatetimeColumn(format="distance"),
        },
    )


masthead.show(
    "Training",
    "The network guesses, is told the answer, and corrects itself a little, thousands "
    "of times. Choose how, press start, and watch it learn.",
    station=3,
)

with notices.shown():
    history = runs.list_runs()
active = next((run for run in history if run.is_active), None)
shown = next((run for run in history if run.id == state.run_id()), active or next(iter(history), None))

choices, panel = st.columns([3, 5], gap="medium")
with panel:
    if shown is not None:
        run_panel.show(shown)
    else:
        notices.empty(
            "No run yet",
            "Press **Start training**. The first curves appear after some ten "
            "seconds, and a few minutes later you have a model of your own to evaluate and to try live.",
            icon=":material/show_chart:",
        )

if history and shown is not None:
    st.header("All runs", anchor=False)
    list_of(history, shown)
if damaged := runs.list_damaged_runs():
    st.warning(
        f"{'One run' if len(damaged) == 1 else f'{len(damaged)} runs'} cannot be read and "
        f"{'is' if len(damaged) == 1 else 'are'} left out: {', '.join(damaged)}. Delete the folder in "
        "models/runs, or put its config.json and status.json right.",
        icon=":material/heart_broken:",
    )

# The form is drawn last, so that a refused start does not take the rest of the page with it.
with choices:
    if active is not None:
        st.markdown("#### While it learns")
        st.markdown(
            "- **Both curves rise together**: it is learning what all faces share.\n"
            "- **Training climbs on, validation stands still**: it begins to know its faces by "
            "heart. More augmentation, more faces or fewer epochs help.\n"
            "- **The curves jump**: the steps are too long. Lower the learning rate or take larger "
            "batches.\n"
            "- **Nothing moves**: the steps are too short; raise the learning rate."
        )
        if shown is not None and shown.id != active.id:
            st.button(
                "Show the run under way",
                icon=":material/show_chart:",
                on_click=state.set_run_id,
                args=(active.id,),
                key="training.to_active",
                type="primary",
                width="stretch",
            )
        notices.link("pages/4_evaluation.py", "Meanwhile, judge an earlier model")
    else:
        with notices.shown():
            config = form.show()
            if config is not None:
                state.set_training(config)
                with notices.working() as progress:
                    form.check(config, caches.dataset(config.dataset, progress, config.view))
                state.set_run_id(runs.start_run(config).id)
                st.rerun()
