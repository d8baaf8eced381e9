"""Training, station 3: choose, press start, and watch a network learn."""

import streamlit as st

from fer import runs
from fer.runs import Run, RunStatus
from pages.parts import caches, components, masthead, notices, phrases, state
from pages.parts.address import Linked
from pages.parts.training import (
    comparison,
    form,
    queue_panel,
    replication_panel,
    run_file,
    run_panel,
    runs_table,
)


def shown_of(history: list[Run]) -> Run | None:
    """The run to show: the chosen one, or the one at work, or the newest that has begun."""
    chosen = next((run for run in history if run.id == state.run_id()), None)
    active = next((run for run in history if run.is_active), None)
    begun = next((run for run in history if run.status is not RunStatus.QUEUED), None)
    return chosen or active or begun or next(iter(history), None)


def say_that_it_is_gone(run_id: str) -> None:
    """Tell that the run which was looked at has been deleted, here or in another tab."""
    deleted = next((run for run in runs.list_deleted() if run.id == run_id), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"The run {phrases.plain(deleted.title if deleted else run_id)} is not there any more; it was "
            "deleted, perhaps in another tab.",
            icon=":material/delete:",
        )
        if deleted and st.button("Take it back", icon=":material/undo:", key="training.take_back"):
            run_file.restore(run_id)


masthead.page_header(
    "Training",
    "The network guesses, sees the answer, and corrects itself a little, thousands of times. Watch it learn.",
    station=3,
    linked=Linked(dataset=True, extra=("run",)),
)

with notices.shown():
    history, damaged = caches.run_history()
    if not any(run.is_active for run in history) and any(run.status is RunStatus.QUEUED for run in history):
        runs.start_next()  # the process that should have done it was killed
        history, damaged = caches.run_history()
shown = shown_of(history)
waits = any(run.is_active or run.status is RunStatus.QUEUED for run in history)

st.html(components.style(__file__) if waits else "<style></style>")
with st.container(key="training-columns"):
    choices, panel = st.columns([3, 5], gap="medium")
with panel:
    if (chosen_id := state.run_id()) and (shown is None or shown.id != chosen_id):
        say_that_it_is_gone(chosen_id)
    if waits:
        queue_panel.show(shown)
    if shown is not None:
        run_panel.show(shown)
        run_file.show(shown)
    else:
        notices.empty(
            "No run yet",
            "Press **Start training**. The first curves appear after some ten "
            "seconds, and a few minutes later you have a model of your own to evaluate and to try live.",
            icon=":material/show_chart:",
        )

if shown is not None:
    st.header("All runs", anchor=False)
    ticked = runs_table.show(history, shown)
    if len(ticked) > 1:
        comparison.show(ticked[::-1])
elif runs.list_deleted():
    run_file.show_trash()
if damaged:
    run_file.show_damaged(damaged)

st.header("Replications of published results", anchor=False)
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(
        "What the five reference systems reported, beside what came of repeating it here.", width="content"
    )
    st.button(
        "Look at them",
        icon=":material/fact_check:",
        key="training.replications",
        on_click=replication_panel.open_window,
    )
if replication_panel.is_open():
    replication_panel.replications_dialog(form.put_here)

# The form is drawn last, so that a refused start does not take the rest of the page with it.
with choices, notices.shown():
    config = (
        form.show(
            "Add to the queue", "Another run is at work: this one begins by itself when its turn comes."
        )
        if waits
        else form.show("Start training", "It goes on when you leave this page or close the browser.")
    )
    if config is not None:
        state.set_training(config)
        with notices.working() as progress:
            form.check(config, caches.dataset(config.dataset, progress, config.view))
        run = runs.submit_run(config)
        waiting = [other.id for other in runs.list_queue()]
        if run.id in waiting:
            state.tell(f"It waits for its turn, number {waiting.index(run.id) + 1} in the queue.")
        else:  # its turn has come
            state.set_run_id(run.id)
        st.rerun()
