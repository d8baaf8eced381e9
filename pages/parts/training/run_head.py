"""Run header: what a run is called, what it is doing, and its three figures."""

from typing import Literal

import streamlit as st

from fer.runs import Run, RunCurves, RunStatus, best_epoch
from fer.statistics import percent
from pages.parts import components, phrases
from pages.parts.training import run_words

_STYLE = components.style(__file__)
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


def show(run: Run) -> None:
    """Draw the run's name, its status and its settings."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(phrases.plain(run.title), anchor=False, width="content")
        icon, color = _BADGES[run.status]
        st.badge(run_words.STATUS_TITLES[run.status], icon=icon, color=color)
    st.html(_STYLE)
    line = run_words.settings_in_a_line(run)
    with st.container(key="run-settings-line"):
        st.caption(line, help=line)


def figures(run: Run, curves: RunCurves) -> None:
    """Draw how many epochs are done, and the two accuracies to compare."""
    best = best_epoch(curves.metrics)
    done = curves.metrics[-1].epoch if curves.metrics else 0
    with st.container(horizontal=True, gap="medium"):
        st.metric("Epochs", f"{done} of {run.config.epochs}", width="content")
        st.metric(
            "Best on validation",
            f"{percent(best.validation_accuracy)}" if best else "–",
            width="content",
            help="The share of right answers on faces it never trained on. The weights of that epoch are "
            "the ones that are kept.",
        )
        st.metric(
            "On training",
            _training_accuracy(run, curves),
            width="content",
            help="The same on the faces it learns from, as they are augmented. When it runs far ahead of "
            "validation, the model begins to learn the faces by heart: that is overfitting.",
        )


def _training_accuracy(run: Run, curves: RunCurves) -> str:
    metrics, batches = curves.metrics, curves.batches
    if run.is_active and batches and (not metrics or batches[-1].epoch > metrics[-1].epoch):
        return f"{percent(batches[-1].accuracy)}"
    return f"{percent(metrics[-1].train_accuracy)}" if metrics else "–"
