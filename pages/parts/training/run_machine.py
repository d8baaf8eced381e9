"""System load: what a run asks of the machine, and what the machine has left."""

import streamlit as st

from fer import figures
from fer.runs import Run, RunCurves
from fer.system.machine import read_machine
from pages.parts import live_chart


def show(run: Run, curves: RunCurves) -> None:
    """Draw speed, processor and memory over the time that was trained."""
    machine = read_machine()
    with st.container(horizontal=True, gap="large"):
        st.metric("Processor cores", machine.cores, width="content")
        st.metric(
            "Free memory",
            f"{machine.free_memory / 1e9:.1f} GB",
            width="content",
            help=f"Of {machine.memory / 1e9:.1f} GB, at this moment.",
        )
        st.metric(
            "Free disk",
            "–" if machine.free_disk is None else f"{machine.free_disk / 1e9:,.1f} GB",
            width="content",
            help="Where runs are kept. A run needs a few megabytes; when the disk is full it pauses and goes "
            "on by itself.",
        )
    if not curves.batches:
        st.info(
            "The first step is not through yet."
            if run.is_active
            else "Nothing was written down while it trained: it ended before its first step, or its "
            "batches.jsonl is gone.",
            icon=":material/memory:",
        )
        return
    readings = figures.load_readings(curves.batches)
    live_chart.draw_chart(
        figures.load_figure(curves.batches),
        key="run.machine",
        revision=run.id,
        description="Faces a second, processor and memory over the minutes of training.",
        readings=readings,
        reading_format=lambda value: f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}",
    )
    words = "What the training process takes; it has the lowest priority, so that the pages stay quick."
    if all(row.cpu_percent is None for row in curves.batches):
        words = "Processor and memory were not written down, for the run was trained by an earlier version."
    st.caption(f"{words} Memory that kept growing would be a fault.")
