"""Run controls: what a run is doing or how it ended, and what can be done about it."""

from dataclasses import replace

import streamlit as st

from fer import runs
from fer.config import AS_IT_CAME
from fer.datasets import list_datasets
from fer.datasets.editions import list_editions
from fer.runs import Run, RunCurves, RunProgress, RunStatus
from pages.parts import caches, notices, phrases, state
from pages.parts.training import form

_MORE_EPOCHS = 5


def show(run: Run, curves: RunCurves) -> None:
    """Draw how far the run is or how it ended, with the buttons that make sense now."""
    if run.status is RunStatus.QUEUED:
        _waiting(run, curves)
    elif run.is_active:
        _under_way(run, curves)
    else:
        _ended(run, curves)


def _waiting(run: Run, curves: RunCurves) -> None:
    queue = [waiting.id for waiting in runs.list_queue()]
    place = queue.index(run.id) + 1 if run.id in queue else 1
    ahead = next((other for other in caches.run_history()[0] if other.is_active), None)
    behind = (
        f"It waits for “{phrases.plain(ahead.title)}” to end"
        if ahead is not None
        else "It waits for its turn"
    )
    done = ", and then goes on from its last whole epoch" if curves.metrics else ""
    st.info(
        f"{behind}{done}: number {place} of {len(queue) or 1} in the queue. One run trains at a time, and it "
        "starts by itself; you may leave this page.",
        icon=":material/schedule:",
    )
    with st.container(horizontal=True):
        if st.button("Take it out of the queue", icon=":material/playlist_remove:", key="training.cancel"):
            with notices.shown():
                runs.cancel_queued(run.id)
            st.rerun()
        _settings_button(run)


def _under_way(run: Run, curves: RunCurves) -> None:
    progress = runs.progress_of(run.config.epochs, curves.metrics, curves.batches)
    st.progress(progress.fraction, text=_doing(run, progress))
    stopping = run.status is RunStatus.STOPPING
    if run.status is RunStatus.PAUSED:
        st.warning(
            run.error
            or "The disk is full, so this run waits. It goes on by itself as soon as there is room: free "
            "some space. Nothing is lost meanwhile.",
            icon=":material/hard_drive:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Stopping …" if stopping else "Stop",
            icon=":material/stop:",
            key="training.stop",
            disabled=stopping,
            help="Keeps the best and the last whole epoch: the model can be used, and the run resumed.",
        ):
            with notices.shown():
                runs.request_stop(run.id)
            st.rerun()
        st.caption(
            "The best and the last whole epoch are being kept."
            if stopping
            else "You may leave this page or close the browser: it goes on."
        )


def _doing(run: Run, progress: RunProgress) -> str:
    """What the process is busy with, how fast, and how long still."""
    if run.status is RunStatus.STARTING:
        return "Starting its process and loading TensorFlow, which takes ten seconds or more …"
    if run.status is RunStatus.PAUSED:
        return f"{run.stage or 'Paused'} · waits for room on the disk"
    parts = [run.stage]
    if not run.stage.startswith("Epoch"):
        parts[0] += " …"
    elif progress.fraction == 0:
        parts.append("preparing the first step, the slowest of all …")
    else:
        if progress.images_per_second:
            parts.append(f"{progress.images_per_second:,.0f} images/s")
        if progress.remaining_seconds is not None and run.status is RunStatus.RUNNING:
            parts.append(f"about {phrases.duration(progress.remaining_seconds)} left")
    return " · ".join(parts)


def _ended(run: Run, curves: RunCurves) -> None:
    epochs_done = len(curves.metrics)
    match run.status:
        case RunStatus.FINISHED:
            st.success(_finished(run, curves), icon=":material/check:")
        case RunStatus.STOPPED if epochs_done:
            kept = (
                run.error
                if run.error
                else "Its best weights are kept and can be used; resuming goes on with the next epoch."
                if run.has_model
                else "Its last whole epoch is kept; resuming goes on with the next one, and makes a model."
            )
            st.info(
                f"Stopped after {epochs_done} of {run.config.epochs} epochs. {kept}",
                icon=":material/stop:",
            )
        case RunStatus.STOPPED:
            st.info(
                " ".join(
                    filter(
                        None,
                        (
                            "Stopped before the first epoch was through, so there is no model yet.",
                            run.error,
                            "Use its settings to start it again.",
                        ),
                    )
                ),
                icon=":material/stop:",
            )
        case RunStatus.FAILED:
            st.error(
                run.error or "The training failed without saying why; its log may know more.",
                icon=":material/error:",
            )
        case _:
            kept = (
                ", and so is the last whole epoch: resume it to go on from there."
                if run.can_resume
                else ". Use its settings to start it again."
            )
            st.warning(
                "The training process is gone without a word: the computer was switched off, its memory "
                f"was full, or somebody ended it. The curves are kept{kept}",
                icon=":material/link_off:",
            )
    with st.container(horizontal=True):
        if run.can_resume and st.button(
            "Resume", icon=":material/resume:", type="primary", key="training.resume"
        ):
            with notices.shown():
                runs.resume_run(run.id)
            st.rerun()
        if run.has_model:
            if st.button(
                "Evaluate it",
                icon=":material/fact_check:",
                key="training.evaluate",
                type="secondary" if run.can_resume else "primary",
            ):
                _take_along(run)
                st.switch_page("pages/4_evaluation.py")
            if st.button("Try it live", icon=":material/videocam:", key="training.live"):
                _take_along(run)
                state.set_live_model(run.id)
                st.switch_page("pages/5_live.py")
        if run.can_extend:
            _extending(run)
        _settings_button(run)


def _extending(run: Run) -> None:
    """Offer more epochs than were planned."""
    with st.popover("Train more epochs", icon=":material/more_time:", key="training.more"):
        epochs = st.number_input(
            "How many more",
            1,
            10_000,
            _MORE_EPOCHS,
            key="training.more_epochs",
            help="It goes on from its last epoch. A schedule is drawn over all epochs, so one that had come "
            "to its end goes on from a higher rate, and accuracy may fall before it rises.",
        )
        if st.button(
            f"Train {epochs} more epoch{'s' if epochs > 1 else ''}",
            type="primary",
            icon=":material/play_arrow:",
            key="training.extend",
        ):
            with notices.shown():
                runs.extend_run(run.id, int(epochs))
            st.rerun()


def _settings_button(run: Run) -> None:
    if st.button(
        "Use its settings",
        icon=":material/tune:",
        key="training.again",
        on_click=form.put_again,
        args=(run.config,),
        help="Fill the form with them, to change one and train again.",
    ):
        st.rerun()


def _finished(run: Run, curves: RunCurves) -> str:
    epochs_done, best = len(curves.metrics), runs.best_epoch(curves.metrics)
    if not curves.metrics:
        return "Finished, but its curves are gone: its metrics.jsonl is missing or was damaged."
    trained = phrases.duration(sum(row.duration_seconds for row in curves.metrics))
    return " ".join(
        filter(
            None,
            (
                f"Finished after {trained}.",
                f"It stopped early, after epoch {epochs_done}." if epochs_done < run.config.epochs else "",
                f"Epoch {best.epoch} is the model." if best else "",
            ),
        )
    )


def _take_along(run: Run) -> None:
    """Let the next page open with this run's model and faces."""
    state.set_model(run.id)
    if run.config.dataset in {entry.name for entry in list_datasets()}:
        state.set_dataset(run.config.dataset)
        known = {edition.name for edition in list_editions(run.config.dataset)}
        view = run.config.view
        state.set_view(view if view.edition in known else replace(view, edition=AS_IT_CAME.edition))
