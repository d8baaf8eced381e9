"""What the tests of a run's panel share: a run folder in any state, and the panel alone on a page."""

import json

import numpy as np
from streamlit.testing.v1 import AppTest

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Dataset, Split
from fer.emotions import EMOTIONS
from fer.runs import BatchMetrics, DatasetManifest, EpochMetrics, Run, RunRecorder, RunStatus
from tests.conftest import dataset_of

VIEWS = ("curves", "emotions", "faces", "machine", "log", "settings")


def script() -> None:
    import streamlit as st

    from fer import runs
    from pages.parts import notices
    from pages.parts.training import run_panel

    with notices.shown():
        run = runs.load_run(st.session_state["run"])
    run_panel.show(run)


def open_panel(run: Run, view: str = "curves", **state: object) -> AppTest:
    page = AppTest.from_function(script, default_timeout=60)
    page.session_state["run"] = run.id
    page.session_state["run.view"] = view
    for key, value in state.items():
        page.session_state[key.replace("__", ".")] = value
    return page.run()


def watched_dataset() -> Dataset:
    return dataset_of([label for label in range(7) for _ in range(3)], [Split.VALIDATION] * 21)


def a_run(
    status: RunStatus = RunStatus.FINISHED,
    epochs_done: int = 3,
    *,
    error: str = "",
    earlier: bool = False,
    **config: object,
) -> Run:
    """A run folder as a training process leaves it; `earlier` as a process of an earlier version did."""
    run = runs.create_run(TrainingConfig(**{"epochs": 5, **config}))  # type: ignore[arg-type]
    recorder = RunRecorder(run.folder)
    recorder.stage(f"Epoch {epochs_done + 1} of 5")
    faces = watched_dataset()
    if not earlier:
        counts = {"train": (9,) * 7, "validation": (3,) * 7}
        runs.save_manifest(run.folder, DatasetManifest("Small", EMOTIONS, counts, "abc"))
        rows = np.arange(0, 21, 2)
        runs.save_probe_samples(run.folder, rows, faces.images[rows], faces.labels[rows])
    for epoch in range(1, epochs_done + 1):
        lately = () if earlier else (1.4, 0.42, 1e-3, 80.0, 900.0)
        recorder.record_batch(BatchMetrics(epoch, 4, 4, 1.5, 0.4, 321.0, float(epoch), *lately))
        shares = () if earlier else tuple(0.1 * index + epoch / 20 for index in range(7))
        accuracy = 0.3 + epoch / 10
        recorder.record_epoch(
            EpochMetrics(epoch, 1.5 / epoch, 0.4 + epoch / 20, 1.6, accuracy, 1e-3, 60.0, shares)
        )
        if not earlier:
            runs.record_answers(run.folder, epoch, np.full((11, 7), 1 / 7, np.float32))
        (run.folder / runs.LAST_FILE).touch()
    if status in (RunStatus.PAUSED, RunStatus.STARTING, RunStatus.QUEUED):
        set_status(run, status=status, error=error, **({"process_id": None} if not status.is_active else {}))
    elif status is RunStatus.STOPPING:
        (run.folder / runs.STOP_FILE).touch()
    elif status is RunStatus.LOST:
        set_status(run, process_created=0)
    elif not status.is_active:
        recorder.finish(status, error)
    return runs.load_run(run.id)


def set_status(run: Run, **changes: object) -> None:
    path = run.folder / runs.STATUS_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
