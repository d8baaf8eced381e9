"""Run panel: one run, while it trains and ever after."""

from typing import Literal, get_args

import streamlit as st

from fer import runs
from fer.runs import Run, RunStatus, diagnosis
from pages.parts import caches, notices
from pages.parts.training import (
    diagnosis_panel,
    run_controls,
    run_curves,
    run_emotions,
    run_faces,
    run_head,
    run_machine,
    run_settings,
)

View = Literal["curves", "emotions", "faces", "machine", "log", "settings"]
# The page looks as often as the training process writes; more often would only warm the room.
_LOOK_EVERY_SECONDS = 1


def show(run: Run) -> None:
    """Draw the run; while it waits or is active the panel draws itself again every second."""
    phase = _phase(run)
    st.fragment(_panel, run_every=None if phase == "over" else _LOOK_EVERY_SECONDS)(run.id, phase)


def _phase(run: Run) -> Literal["waiting", "active", "over"]:
    if run.status is RunStatus.QUEUED:
        return "waiting"
    return "active" if run.is_active else "over"


def _panel(run_id: str, phase_before: str) -> None:
    with notices.shown():
        run = runs.load_run(run_id)
        if run.status is RunStatus.QUEUED:
            runs.start_next()  # whose process should have done it may have been killed
    if _phase(run) != phase_before:
        # The whole page settles: the form comes back, the list has its last figures, the clock stops.
        st.rerun()
    with st.container(key="run.panel"):
        curves = caches.run_curves(run)
        run_head.show(run)
        with st.container(key="training.state"):
            run_controls.show(run, curves)
        run_head.figures(run, curves)
        view = st.segmented_control(
            "What to look at",
            get_args(View),
            default="curves",
            required=True,
            format_func=str.capitalize,
            key="run.view",
            label_visibility="collapsed",
            persist_state="session",
        )
        findings = diagnosis.diagnose(run, curves.metrics, curves.batches)
        evidence = [seen for finding in findings for seen in finding.evidence]
        match view:
            case "emotions":
                run_emotions.show(run, curves, evidence)
            case "faces":
                run_faces.show(run)
            case "machine":
                run_machine.show(run, curves)
            case "log":
                st.code(run.log() or "Nothing yet.", language=None, height=420, wrap_lines=True)
            case "settings":
                run_settings.show(run)
            case _:
                run_curves.show(run, curves, evidence)
        diagnosis_panel.show(run, findings)
