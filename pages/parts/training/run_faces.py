"""Probe samples: a few validation faces and what the model said of them, epoch by epoch."""

import numpy as np
import streamlit as st

from fer import runs
from fer.runs import DatasetManifest, ProbeSamples, Run
from pages.parts import caches
from pages.parts.training import answers_replay


def show(run: Run) -> None:
    """Draw the faces with a slider over the epochs; or say why there are none."""
    watched = caches.probe_samples(run)
    manifest = runs.read_manifest(run.folder)
    if (missing := _missing(run, watched, manifest)) or watched is None or manifest is None:
        st.info(missing, icon=":material/face:")
        return
    answers_replay.show(watched, manifest.emotions, key="run.faces", run_id=run.id)
    st.caption(
        "Validation faces, which it never trains on, the same ones after every epoch. Under each stand its "
        "label and the model's answer with its probability. Move the slider or press Play to see it change "
        "its mind; at the right end the newest epoch is shown as it comes."
    )


def _missing(run: Run, watched: ProbeSamples | None, manifest: DatasetManifest | None) -> str:
    """Why there is nothing to show; empty if there is."""
    if watched is None:
        if run.is_active:
            return "The model is asked after each epoch; the first one is not through yet."
        if not (run.folder / runs.PROBES_FILE).exists():
            return (
                "No faces were watched: this run was trained by an earlier version, or it ended before it "
                "had read its faces."
            )
        return (
            "There is no answer of the model to show: the run ended before its first epoch was through, or "
            f"its {runs.PROBES_FILE} or {runs.ANSWERS_FILE} was damaged."
        )
    if manifest is None:
        return (
            f"Its {runs.FACES_FILE} is missing or damaged, so nobody knows which answer belongs to which "
            "emotion."
        )
    count = len(manifest.emotions)
    if watched.probabilities.shape[2] != count or not np.all(
        (watched.labels >= 0) & (watched.labels < count)
    ):
        return (
            f"The answers in its {runs.ANSWERS_FILE} do not fit the {count} emotions of its "
            f"{runs.FACES_FILE}: one of them was changed."
        )
    return ""
