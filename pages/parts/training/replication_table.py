"""Hyperparameter sweep: S0's Table 1 on the page, how far it is, and the button that starts its runs."""

from collections.abc import Sequence

import streamlit as st

from fer.config import DatasetView
from fer.evaluation.replication import table
from fer.evaluation.replication.table import Cell, TableSize
from fer.figures.replication_table import table_figure
from pages.parts import caches, notices, phrases, state
from pages.parts.plot import plot

_KEPT, _PUBLISHED, _SMALL = "What came of it", "Train it here", "A small version"
_LOOK_EVERY_SECONDS = 3
_ALT = "Validation accuracy, a row for each batch size, a column for each number of epochs."


def table_view() -> None:
    """Draw the table of the learner's dataset, which fills while its runs train."""
    st.markdown(
        "How many faces between two corrections, and how many times through all of them? S0 tried eight "
        "pairs. Its rate is constant, so the left column is what a run of the right one was half-way: four "
        "runs fill eight cells, one after the other, and what is stopped goes on where it was."
    )
    with notices.shown():
        kept = table.kept_table()
        size = _size(kept)
        if size is None:
            _show_kept(kept)
        else:
            _show_runs(state.training().dataset, size)


def _show_kept(cells: Sequence[Cell]) -> None:
    plot(table_figure(cells), "training.table_kept_figure", alt=_ALT)
    rows = table.kept_rows()
    hardware = phrases.listed(sorted({kept.hardware for kept in rows.values()}))
    dates = phrases.listed(sorted({kept.date for kept in rows.values()}))
    taken = phrases.duration(sum(kept.seconds for kept in rows.values()))
    st.caption(
        phrases.plain(
            f"FER-2013, the official validation faces, each cell one seed: trained on {hardware}, {dates}, "
            f"{taken} in all. “Reproduced” means that S0's figure lies within the 95 % interval of ours, "
            "which is 3 points wide. S0 does not say whether it gives the last epoch or the best; here it is "
            "the last, and the best is told where you point. Settings, each epoch's figures and logs are in "
            "models/replications/."
        )
    )


def _show_runs(dataset: str, size: TableSize) -> None:
    st.caption(f"{size.in_words}. Learned from: {phrases.plain(dataset)}.")
    cells = table.table_of(dataset, size, caches.run_history()[0])
    waits = any(_goes_on(cell) for cell in cells)
    st.fragment(_figure, run_every=_LOOK_EVERY_SECONDS if waits else None)(dataset, size)
    full = all(cell.is_full for cell in cells)
    with st.container(horizontal=True):
        if st.button(
            "Let its runs train",
            type="primary",
            icon=":material/play_arrow:",
            key="training.table_start",
            disabled=full,
            help="They wait for their turns in the queue, like any other. Press again to go on with what was "
            "stopped.",
        ):
            _submit(dataset, size)
        if waits and st.button(
            "Stop them",
            icon=":material/stop:",
            key="training.table_stop",
            help="The one at work ends after its batch, those that wait leave the queue. What was learned "
            "stays.",
        ):
            _stop(dataset, size)
    if size.is_published:
        st.caption(
            "S0's figures are of FER-2013; beside runs on other faces they are not shown. Each is of one "
            "seed, and a difference under 1.5 points is noise. S0 does not say whether it gives the last "
            "epoch or the best; here it is the latest, and the best is told where you point. On a processor "
            "this takes days; “A small version” shows how it goes."
        )


def offer(key: str, usual: object) -> None:
    """Let a widget of a window begin as it was left: it is forgotten when the window closes.

    Args:
        key: the widget's.
        usual: what it begins with at first.
    """
    st.session_state.setdefault(key, st.session_state.get(f"{key}.left", usual))
    st.session_state[f"{key}.left"] = st.session_state[key]


def _size(kept: Sequence[Cell]) -> TableSize | None:
    """Draw the choice of a table; returns the size of one to be trained here, None for what is kept."""
    choices = [_KEPT, _PUBLISHED, _SMALL] if kept else [_PUBLISHED, _SMALL]
    for key, usual in (("size", choices[0]), ("epochs", 4), ("subset", 2_000)):
        offer(f"training.table_{key}", usual)
    chosen = st.segmented_control("Which table", choices, required=True, key="training.table_size")
    if chosen == _KEPT:
        return None
    if chosen == _PUBLISHED:
        return TableSize()
    with st.container(horizontal=True):
        epochs = st.number_input("Epochs", 2, 100, step=2, key="training.table_epochs")
        subset = st.number_input("Faces", 256, 100_000, step=500, key="training.table_subset")
    return TableSize(int(epochs), int(subset))


def _figure(dataset: str, size: TableSize) -> None:
    """The heat map as the runs are now."""
    history = caches.run_history()[0]
    cells = table.table_of(dataset, size, history)
    plot(table_figure(cells), "training.table_figure", alt=_ALT)
    full = sum(cell.is_full for cell in cells)
    left = table.seconds_left(dataset, size, history)
    ends = f" Its runs will take another {phrases.duration(left)}." if left else ""
    if left is None and any(_goes_on(cell) for cell in cells):
        ends = " How long it will take is known after the first epoch."
    st.caption(f"{full} of {len(cells)} cells are full.{ends}")


def _goes_on(cell: Cell) -> bool:
    return cell.status is not None and (cell.status.is_active or cell.status == "queued")


def _submit(dataset: str, size: TableSize) -> None:
    """Let the runs wait that are still needed; a dataset that cannot be read is said at once."""
    with notices.shown():
        with notices.working() as progress:
            table.check_table(caches.dataset(dataset, progress, DatasetView()), size)
        submitted = table.submit_table(dataset, size)
        state.tell(
            f"{phrases.listed([run.name for run in submitted])}: they train or wait for their turns."
            if submitted
            else "All runs of the table are at work, wait or are done."
        )
    st.rerun()


def _stop(dataset: str, size: TableSize) -> None:
    with notices.shown():
        stopped = table.stop_table(dataset, size)
        state.tell(
            f"{phrases.listed([run.name for run in stopped])}: stopped. “Let its runs train” goes on there."
            if stopped
            else "None of its runs is at work or waits any more."
        )
    st.rerun()
