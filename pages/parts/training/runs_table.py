"""Run list: every run as a row, filtered, sorted, shown, and ticked for a comparison."""

import zlib
from collections.abc import Sequence

import streamlit as st

from fer import runs
from fer.runs import Run, RunStatus
from pages.parts import caches, state
from pages.parts.training import run_file, run_words

_STATES: dict[str, frozenset[RunStatus]] = {
    "finished": frozenset({RunStatus.FINISHED}),
    "stopped": frozenset({RunStatus.STOPPED}),
    "failed": frozenset({RunStatus.FAILED, RunStatus.LOST}),
    "waiting": frozenset({RunStatus.QUEUED}),
}
# A table keeps its ticks in the browser; under another key it is another table.
_TICKED_ANEW = "training.times_ticked_anew"
_ROW_PIXELS = 35
_MOST_ROWS = 12


def show(history: list[Run], shown: Run) -> list[Run]:
    """Draw the list; a click on a row shows that run above, ticks choose what is compared.

    Returns:
        The ticked runs, newest first; some may be hidden by the filter.
    """
    faces = _faces_titles(history)
    listed = _filtered(history, faces)
    if listed:
        _table(listed, shown, faces)
    else:
        st.info("No run is like that. Change the filter to see others.", icon=":material/filter_alt_off:")
    ticked = [run for run in history if run.id in set(state.compared_runs())]
    _below(listed, ticked)
    return ticked


def _filtered(history: list[Run], faces: dict[str, str]) -> list[Run]:
    """Draw the filter; returns the runs that pass it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        text = st.text_input(
            "Search",
            key="training.search",
            placeholder="name, faces, network, note …",
            label_visibility="collapsed",
            icon=":material/search:",
            width=300,
        )
        chosen = st.pills(
            "Status",
            [title for title, kinds in _STATES.items() if any(run.status in kinds for run in history)],
            selection_mode="multi",
            key="training.filter",
            label_visibility="collapsed",
        )
        only_starred = any(run.notes.starred for run in history) and st.toggle(
            "Only starred", key="training.only_starred"
        )
    statuses = frozenset().union(*(_STATES[title] for title in chosen))
    words = text.lower().split()

    def passes(run: Run) -> bool:
        told = " ".join(
            (run.title, run.id, faces[run.id], run_words.architecture_title(run.config), run.notes.note)
        ).lower()
        return (
            all(word in told for word in words)
            and (not statuses or run.status in statuses)
            and (not only_starred or run.notes.starred)
        )

    return [run for run in history if passes(run)]


def _table(listed: list[Run], shown: Run, faces: dict[str, str]) -> None:
    summaries = caches.run_summaries(listed)
    ids = [run.id for run in listed]
    ticked = state.compared_runs()
    # Other rows are another table: their ticks begin anew, from what is remembered.
    times_ticked_anew = st.session_state.get(_TICKED_ANEW, 0)
    key = f"training.runs.{zlib.crc32(' '.join(ids).encode()):08x}.{times_ticked_anew}"
    st.dataframe(
        {
            "": ["●" if run.id == shown.id else "" for run in listed],
            "Run": [f"★ {run.title}" if run.notes.starred else run.title for run in listed],
            # Of a run under way the panel knows better: this list is drawn once.
            "Best validation accuracy": [
                None if run.is_active or summary.best is None else summary.best.validation_accuracy
                for run, summary in zip(listed, summaries, strict=True)
            ],
            "Status": [run_words.STATUS_TITLES[run.status] for run in listed],
            "Epochs": [summary.epochs_done for summary in summaries],
            "Planned": [run.config.epochs for run in listed],
            "Minutes": [round(summary.seconds / 60, 1) for summary in summaries],
            "Network": [run_words.architecture_title(run.config) for run in listed],
            "Faces": [faces[run.id] for run in listed],
            "Started": [run.started_at for run in listed],
            "Note": [run.notes.note for run in listed],
        },
        key=key,
        on_select=lambda: _choose(ids, key),
        selection_mode=["multi-row", "single-cell"],
        selection_default={"selection": {"rows": [ids.index(run_id) for run_id in ticked if run_id in ids]}},
        hide_index=True,
        height=_ROW_PIXELS * (min(len(listed), _MOST_ROWS) + 1) + 3,
        column_config={
            "": st.column_config.TextColumn(width=30, help="The run that is shown above."),
            "Best validation accuracy": st.column_config.ProgressColumn(
                format="percent", min_value=0.0, max_value=1.0
            ),
            "Epochs": st.column_config.NumberColumn(help="How many it has behind it."),
            "Minutes": st.column_config.NumberColumn(format="%.1f", help="How long its epochs took."),
            "Started": st.column_config.DatetimeColumn(format="distance"),
        },
    )
    st.caption(
        "Click on a run to show it above. Tick two or more to lay their curves over one another and compare "
        "their settings. A click on a column's name sorts."
    )


def _choose(ids: Sequence[str], key: str) -> None:
    """Remember what was clicked or ticked; a callback."""
    selection = st.session_state[key].selection
    hidden = [run_id for run_id in state.compared_runs() if run_id not in ids]
    state.set_compared_runs([*hidden, *(ids[row] for row in selection.rows)])
    if selection.cells:
        state.set_run_id(ids[selection.cells[0][0]])


def _below(listed: list[Run], ticked: list[Run]) -> None:
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Table as CSV",
            lambda: runs.runs_csv(listed, caches.run_summaries(listed)),
            "runs.csv",
            "text/csv",
            key="training.table",
            icon=":material/download:",
            on_click="ignore",
            disabled=not listed,
            help="The runs listed here with all their settings.",
        )
        if len(ticked) > 1:
            run_file.delete_several(ticked)
        if ticked:
            st.button(
                "Untick all",
                icon=":material/deselect:",
                key="training.untick",
                on_click=tick,
                args=((),),
            )
        run_file.show_trash()


def tick(run_ids: Sequence[str]) -> None:
    """Tick these runs and no others, before the table is drawn."""
    state.set_compared_runs(run_ids)
    st.session_state[_TICKED_ANEW] = st.session_state.get(_TICKED_ANEW, 0) + 1


def _faces_titles(history: list[Run]) -> dict[str, str]:
    """What the faces of each run are called, by its id; told once for each kind, of which there are few."""
    kinds = {(run.config.dataset, run.config.view): run.config for run in history}
    titles = {kind: run_words.faces_title(config) for kind, config in kinds.items()}
    return {run.id: titles[run.config.dataset, run.config.view] for run in history}
