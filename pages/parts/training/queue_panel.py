"""Run queue: what trains now and what waits for its turn, in a panel that refreshes itself."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from fer import runs
from fer.errors import FerError
from fer.runs import Run, RunStatus
from pages.parts import caches, phrases, state

# Often enough to see a turn come, and cheap with hundreds of runs while nothing changes.
_LOOK_EVERY_SECONDS = 2


def show(shown: Run | None) -> None:
    """Draw the run at work, unless it is the one shown anyway, and those that wait; nothing for neither.

    Args:
        shown: the run that the page shows beside.
    """
    standing = _standing()
    if standing != (None, ()):
        st.fragment(_panel, run_every=_LOOK_EVERY_SECONDS)(standing, shown.id if shown else None)


def _standing() -> tuple[str | None, tuple[str, ...]]:
    """Which run is at work, and which wait in which order."""
    statuses = runs.list_statuses()
    active = next((run_id for run_id, status in statuses.items() if status.is_active), None)
    waits = RunStatus.QUEUED in statuses.values()
    return active, tuple(run.id for run in runs.list_queue()) if waits else ()


def _panel(before: tuple[str | None, tuple[str, ...]], shown_id: str | None) -> None:
    active_id, waiting_ids = before
    if _standing() != before:
        st.rerun()  # the rest of the page is about other runs by now
    if active_id is None:
        try:
            runs.start_next()  # the process that should have done it was killed
        except FerError as error:
            st.error(str(error), icon=":material/error:")
    if not waiting_ids and active_id == shown_id:
        return
    history = caches.run_history()[0]
    by_id = {run.id: run for run in history}
    active = by_id.get(active_id or "")
    waiting = [by_id[run_id] for run_id in waiting_ids if run_id in by_id]
    with st.container(border=True, gap="small", key="training.queue"):
        if active is not None and active.id != shown_id:
            _at_work(active)
        if waiting:
            _waiting(active, waiting, history)


def _at_work(active: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        done = caches.run_summary(active).epochs_done
        st.markdown(
            f":material/model_training: **{phrases.plain(active.title)}** is training, {done} of "
            f"{active.config.epochs} epochs done.",
            width="content",
        )
        st.button(
            "Show it",
            icon=":material/show_chart:",
            on_click=state.set_run_id,
            args=(active.id,),
            key="training.to_active",
        )


def _waiting(active: Run | None, waiting: list[Run], history: list[Run]) -> None:
    starts = runs.expected_starts(
        active, waiting, list(zip(history, caches.run_summaries(history), strict=True))
    )
    st.markdown(
        f"**{'One run waits' if len(waiting) == 1 else f'{len(waiting)} runs wait'} for "
        f"{'its' if len(waiting) == 1 else 'their'} turn.** One trains at a time; the next begins by itself, "
        "whether you stay or not."
    )
    for place, (run, seconds) in enumerate(zip(waiting, starts, strict=True)):
        begins = "" if seconds is None else f" · begins in about {phrases.duration(seconds)}"
        with st.container(
            horizontal=True,
            vertical_alignment="center",
            horizontal_alignment="distribute",
            gap="small",
            key=f"training.queue.{run.id}",
        ):
            st.markdown(
                f"{place + 1}. **{phrases.plain(run.name or run.id)}** :small[{_epochs(run)}{begins}]",
                width="content",
            )
            # Together, so that they go into the next line together where there is little room.
            with st.container(horizontal=True, gap="xxsmall", width="content"):
                _gestures(run, is_first=place == 0, is_last=place == len(waiting) - 1)


def _gestures(run: Run, *, is_first: bool, is_last: bool) -> None:
    for label, icon, places, is_possible in (
        ("Let it go earlier", "keyboard_arrow_up", -1, not is_first),
        ("Let it go later", "keyboard_arrow_down", 1, not is_last),
    ):
        if st.button(
            "",
            icon=f":material/{icon}:",
            key=f"training.queue.{icon}.{run.id}",
            type="tertiary",
            help=label,
            disabled=not is_possible,
        ):
            _do(partial(runs.move_in_queue, run.id, places))
    if st.button(
        "",
        icon=":material/close:",
        key=f"training.queue.cancel.{run.id}",
        type="tertiary",
        help="Take it out of the queue. A run that never began goes into the trash, from where you can take "
        "it back; one that was to go on is left as it was.",
    ):
        _do(partial(runs.cancel_queued, run.id))


def _epochs(run: Run) -> str:
    done = caches.run_summary(run).epochs_done
    if done:
        return f"epochs {done + 1} to {run.config.epochs}"
    return "1 epoch" if run.config.epochs == 1 else f"{run.config.epochs} epochs"


def _do(gesture: Callable[[], object]) -> None:
    """Change the queue; another tab, or a training that ended, may have been quicker."""
    try:
        gesture()
    except FerError as error:
        state.tell(str(error))
    st.rerun()
