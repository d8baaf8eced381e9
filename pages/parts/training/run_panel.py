"""One run, while it trains and ever after: how far it is, its curves, what to do next."""

from dataclasses import replace
from typing import Literal

import streamlit as st

from fer import figures, runs
from fer.config import AS_IT_CAME, TrainingConfig
from fer.datasets import list_datasets
from fer.datasets.editions import list_editions
from fer.datasets.views import describe
from fer.runs import Run, RunProgress, RunStatus
from fer.zoo.catalog import ARCHITECTURES
from pages.parts import live_chart, notices, phrases, state
from pages.parts.training import form

STATUS_TITLES = {
    RunStatus.QUEUED: "waiting",
    RunStatus.STARTING: "starting",
    RunStatus.RUNNING: "training",
    RunStatus.PAUSED: "paused",
    RunStatus.STOPPING: "stopping",
    RunStatus.FINISHED: "finished",
    RunStatus.STOPPED: "stopped",
    RunStatus.FAILED: "failed",
    RunStatus.LOST: "lost",
}
_BADGES: dict[RunStatus, tuple[str, Literal["primary", "green", "gray", "red", "orange"]]] = {
    RunStatus.QUEUED: (":material/schedule:", "gray"),
    RunStatus.STARTING: (":material/hourglass_top:", "primary"),
    RunStatus.RUNNING: (":material/play_arrow:", "primary"),
    RunStatus.PAUSED: (":material/pause:", "orange"),
    RunStatus.STOPPING: (":material/stop:", "primary"),
    RunStatus.FINISHED: (":material/check:", "green"),
    RunStatus.STOPPED: (":material/stop:", "gray"),
    RunStatus.FAILED: (":material/error:", "red"),
    RunStatus.LOST: (":material/link_off:", "orange"),
}
# The page looks as often as the training process writes; more often would only warm the room.
_LOOK_EVERY_SECONDS = 1


def show(run: Run) -> None:
    """Draw the run; while it is active the panel draws itself again every second."""
    st.fragment(_panel, run_every=_LOOK_EVERY_SECONDS if run.is_active else None)(run.id, run.is_active)


def _panel(run_id: str, was_active: bool) -> None:
    with notices.shown():
        run = runs.load_run(run_id)
    if was_active and not run.is_active:
        # The whole page settles: the form comes back, the list has its last figures, the clock stops.
        st.rerun()
    metrics, batches = run.metrics(), run.batches()
    best = runs.best_epoch(metrics)

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(run.title, anchor=False, width="content")
        icon, color = _BADGES[run.status]
        st.badge(STATUS_TITLES[run.status], icon=icon, color=color)
    st.caption(_settings_in_a_line(run))
    with st.container(key="training.state"):
        if run.is_active:
            _under_way(run)
        else:
            _ended(run, len(metrics))

    with st.container(horizontal=True, gap="large"):
        st.metric("Epochs", f"{metrics[-1].epoch if metrics else 0} of {run.config.epochs}", width="content")
        st.metric(
            "Best on validation",
            f"{best.validation_accuracy:.1%}" if best else "–",
            width="content",
            help="The share of right answers on faces it never trained on. The weights of that epoch are "
            "the ones that are kept.",
        )
        st.metric(
            "On training",
            _training_accuracy(run, metrics, batches),
            width="content",
            help="The same on the faces it learns from, as they are augmented. When it runs far ahead of "
            "validation, the model begins to learn the faces by heart: that is overfitting.",
        )
    summary = (
        f"Best validation accuracy {best.validation_accuracy:.1%}, in epoch {best.epoch}." if best else ""
    )
    measures: tuple[Literal["accuracy", "loss"], ...] = ("accuracy", "loss")
    for measure in measures:
        live_chart.show(
            figures.curves_figure(metrics, batches, run.config.epochs, measure),
            key=f"training.{measure}",
            revision=run.id,
            description=f"{measure.capitalize()} of training and validation, epoch by epoch. {summary}",
        )
    st.caption(
        "**Accuracy**: the share of right answers. **Loss**: how surprised the model was by the right "
        "answer. The thin line is the mean so far within each epoch; the ring marks the epoch whose "
        "weights are kept. Drag to zoom in, double-click to see all."
    )
    log = run.log()
    with st.expander("Log", icon=":material/notes:"):
        st.code(log or "Nothing yet.", language=None, height=260, wrap_lines=True)


def _training_accuracy(run: Run, metrics: list[runs.EpochMetrics], batches: list[runs.BatchMetrics]) -> str:
    if run.is_active and batches and (not metrics or batches[-1].epoch > metrics[-1].epoch):
        return f"{batches[-1].accuracy:.1%}"
    return f"{metrics[-1].train_accuracy:.1%}" if metrics else "–"


def _settings_in_a_line(run: Run) -> str:
    config = run.config
    architecture = (
        ARCHITECTURES[config.architecture].title
        if config.architecture in ARCHITECTURES
        else config.architecture
    )
    parts = [f"{architecture} on {dataset_title(config.dataset)}"]
    if config.view != AS_IT_CAME:
        parts.append(describe(config.view))
    if config.subset:
        parts.append(f"{config.subset:,} faces")
    parts += [
        f"batches of {config.batch_size}",
        f"learning rate {config.learning_rate:g}",
        form.OPTIMIZERS[config.optimizer],
    ]
    if config.schedule != "constant":
        parts.append(f"{config.schedule} schedule")
    if config.balance_classes:
        parts.append("balanced emotions")
    parts.append(
        f"augmented ({phrases.augmentation(config.augmentation)})"
        if config.augmentation.changes_anything
        else "not augmented"
    )
    parts.append(f"seed {config.seed}")
    if unseen := form.unseen_settings(config):
        parts.append(unseen)
    return " · ".join(parts)


def dataset_title(name: str) -> str:
    """What a list calls the dataset of a run; a path is told by its last part."""
    titles = {entry.name: entry.title for entry in list_datasets()}
    return titles.get(name, name.replace("\\", "/").rsplit("/", 1)[-1])


def faces_title(config: TrainingConfig) -> str:
    """What a list calls the faces of a run: the dataset, and what was changed of it in a word or two."""
    view = config.view
    changes = [
        view.edition,
        "" if view.labels == "given" else "FER+ labels",
        "own splits" if view.splits else "",
    ]
    return " · ".join([dataset_title(config.dataset), *filter(None, changes)])


def _under_way(run: Run) -> None:
    progress = run.progress()
    st.progress(progress.fraction, text=_doing(run, progress))
    stopping = run.status is RunStatus.STOPPING
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Stopping …" if stopping else "Stop",
            icon=":material/stop:",
            key="training.stop",
            disabled=run.status is not RunStatus.RUNNING,
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


def _ended(run: Run, epochs_done: int) -> None:
    match run.status:
        case RunStatus.FINISHED:
            st.success(_finished(run, epochs_done), icon=":material/check:")
        case RunStatus.STOPPED if epochs_done:
            st.info(
                f"Stopped after {epochs_done} of {run.config.epochs} epochs. Its best weights are kept and "
                "can be used; resuming goes on with the next epoch.",
                icon=":material/stop:",
            )
        case RunStatus.STOPPED:
            st.info(
                "Stopped before the first epoch was through, so there is no model yet. Use its settings to "
                "start it again.",
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
                st.switch_page("pages/5_live.py")
        if st.button(
            "Use its settings",
            icon=":material/tune:",
            key="training.again",
            on_click=form.put_again,
            args=(run.config,),
            help="Fill the form with them, to change one and train again.",
        ):
            st.rerun()


def _finished(run: Run, epochs_done: int) -> str:
    trained = phrases.duration(sum(row.duration_seconds for row in run.metrics()))
    best = run.best()
    return " ".join(
        filter(
            None,
            (
                f"Finished after {trained} of training.",
                f"It stopped early, after epoch {epochs_done}." if epochs_done < run.config.epochs else "",
                f"Epoch {best.epoch} was the best and is the model now." if best else "",
                "Next: see what it mistakes for what, or show it your own face.",
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
        state.set_view(view if view.edition in known else replace(view, edition=""))
