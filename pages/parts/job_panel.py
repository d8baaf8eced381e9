"""Background job: how far it is, how long it will take, a button to end it, and why it failed."""

from collections.abc import Callable, Sequence

import streamlit as st

from fer.errors import FerError
from fer.system import jobs
from fer.system.jobs import Job, JobStatus
from pages.parts import phrases

_EVERY_SECONDS = 1.0


def start(job_id: str, title: str, arguments: Sequence[str]) -> None:
    """Start a job, from a callback; what stands in its way is told in passing."""
    try:
        jobs.start_job(job_id, title, arguments)
    except FerError as error:
        st.toast(str(error), icon=":material/error:")


def follow(job_id: str, on_done: Callable[[], None] | None = None) -> None:
    """Show a job that was started, wherever it stands; once it is done the page runs again.

    Args:
        job_id: as given to `jobs.start_job`.
        on_done: called once, before the page runs again.
    """
    job = jobs.read_job(job_id)
    if job is None:
        return
    if job.is_active:
        _watch(job_id, on_done)
    elif job.status is JobStatus.FAILED or job.status is JobStatus.LOST:
        # What failed may name what a file holds, and a file may be anybody's.
        st.error(f"{job.title}: {phrases.plain(job.error)}", icon=":material/error:")
        st.button("Close", key=f"job.close.{job_id}", on_click=jobs.forget_job, args=(job_id,))


@st.fragment(run_every=_EVERY_SECONDS)
def _watch(job_id: str, on_done: Callable[[], None] | None) -> None:
    job = jobs.read_job(job_id)
    if job is None or not job.is_active:
        if job is not None and job.status is JobStatus.DONE and on_done is not None:
            on_done()
        st.rerun()
    progress_bar(job, job.message)


def progress_bar(job: Job, message: str) -> None:
    """Draw how far a job is, what it is busy with, how long it will take, and the button that stops it."""
    left = "" if job.remaining_seconds is None else f" · about {phrases.duration(job.remaining_seconds)} left"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(job.fraction, text=f"**{job.title}** · {message}{left}")
        st.button(
            "Stop", icon=":material/stop:", key=f"job.stop.{job.id}", on_click=jobs.stop_job, args=(job.id,)
        )
