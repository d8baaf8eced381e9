"""Time estimate: how long the run would take, known or measured while the form is looked at."""

import time

import streamlit as st

from fer import runs
from fer.config import TrainingConfig
from fer.errors import FerError
from fer.system import jobs
from fer.system.jobs import JobStatus
from fer.training import estimate
from fer.training.estimate import SpeedEstimate
from pages.parts import phrases

_LOOK_EVERY_SECONDS = 1.0
# Settings that stand still for this long are worth a measurement; a slider on its way is not.
_STILL_SECONDS = 0.9
_ASKED = "training.pace_asked"
_MEASURING = "training.pace_measuring"


def show(config: TrainingConfig, training_faces: int, validation_faces: int) -> None:
    """Say how long the run would take; where nobody knows, measure it, without keeping anybody waiting."""
    known = estimate.known_estimate(config)
    if known is not None:
        st.markdown(_in_words(known, config, training_faces, validation_faces))
        return
    st.fragment(_measured, run_every=_LOOK_EVERY_SECONDS)(config, training_faces, validation_faces)


def stop_measuring() -> None:
    """Leave the machine to the run that begins now."""
    if (measuring := st.session_state.pop(_MEASURING, None)) is not None:
        jobs.stop_job(estimate.measuring_id(measuring))


def _measured(config: TrainingConfig, training_faces: int, validation_faces: int) -> None:
    """Measure, and draw how far that is.

    Once it is known, the page is not drawn anew for it: that would close a dialog that is open by then.
    """
    known = estimate.known_estimate(config)
    if known is not None:
        st.markdown(_in_words(known, config, training_faces, validation_faces))
        return
    similar = estimate.similar_estimate(config)
    if similar is not None:
        st.markdown(f"Roughly: {_in_words(similar, config, training_faces, validation_faces)}")
    if any(status.is_active for status in runs.list_statuses().values()):
        st.caption("The expected time is measured once no run is at work.")
        return
    job = jobs.read_job(estimate.measuring_id(config))
    if job is not None and job.is_active:
        st.progress(job.fraction, text=f"Measuring a few steps, for the expected time … {job.message}")
        return
    if job is not None and job.status in (JobStatus.FAILED, JobStatus.LOST):
        st.caption(f"The expected time could not be measured: {phrases.plain(job.error)}")
        st.button(
            "Measure again",
            key="training.measure_again",
            on_click=jobs.forget_job,
            args=(estimate.measuring_id(config),),
            type="tertiary",
            icon=":material/timer:",
        )
        return
    st.progress(0.0, text="Measuring a few steps, for the expected time …")
    _begin(config)


def _begin(config: TrainingConfig) -> None:
    """Start measuring, if the settings stand still and no other measurement is under way."""
    asked, since = st.session_state.get(_ASKED, (None, 0.0))
    if asked != estimate.workload(config):
        st.session_state[_ASKED] = (estimate.workload(config), time.monotonic())
        return
    under_way: TrainingConfig | None = st.session_state.get(_MEASURING)
    job = None if under_way is None else jobs.read_job(estimate.measuring_id(under_way))
    if job is not None and job.is_active:
        return
    if time.monotonic() - since >= _STILL_SECONDS:
        try:
            estimate.start_measuring(config)
        except FerError as error:  # a full disk; training will say so too
            st.caption(str(error))
            return
        st.session_state[_MEASURING] = config


def _in_words(
    known: SpeedEstimate, config: TrainingConfig, training_faces: int, validation_faces: int
) -> str:
    """How long, for how much, and how that is known."""
    seconds = known.seconds(config.epochs, training_faces, validation_faces, config.head_epochs)
    epochs = "1 epoch" if config.epochs == 1 else f"{config.epochs:,} epochs"
    at_most = "at most" if config.early_stopping_patience else "about"
    source = "measured here" if known.source == "measured" else "as in your last such run"
    return (
        f":material/timer: {at_most.capitalize()} **{phrases.duration(seconds)}** for {epochs} "
        f"({source}: {known.images_per_second:,.0f} images/s, and about "
        f"{phrases.duration(known.start_seconds)} to start)"
    )
