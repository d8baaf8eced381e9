"""Training runs as their folders show them, read anew only where something was written."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from fer import runs
from fer.errors import CorruptRunError, RunError, RunNotFoundError
from fer.runs import (
    ANSWERS_FILE,
    PROBES_FILE,
    CurvesReader,
    Predictions,
    ProbeSamples,
    Run,
    RunCurves,
    RunSummary,
    diagnosis,
)
from fer.runs.diagnosis import Outcome
from pages.parts.caches.stamps import freeze_gc, modified, written


def run_history() -> tuple[list[Run], list[str]]:
    """Return every run, newest first, and the ids of those whose files cannot be read.

    A folder is read anew when one of its files was written, and as long as its run is at work.
    """
    folders = list(runs.run_folders())
    stamps = [_run_stamp(folder) for folder in folders]
    found, damaged = _history("\n".join(stamps), stamps, folders)
    # Whether a process lives, no file tells.
    return [_as_it_stands(run) if run.is_active else run for run in found], damaged


def run_summaries(listed: Sequence[Run]) -> list[RunSummary]:
    """Return the curves of runs in a few figures each, read anew where an epoch was added."""
    stamps = [_summary_stamp(run) for run in listed]
    return _run_summaries("\n".join(stamps), stamps, listed)


def run_summary(run: Run) -> RunSummary:
    """Return a run's curves in a few figures, read anew when an epoch was added."""
    return _run_summary(_summary_stamp(run), run)


def predictions(run: Run) -> Predictions | None:
    """Return what a run's best weights answer to the validation faces; None before that is known."""
    path = run.folder / runs.PREDICTIONS_FILE
    return _predictions(path, written(path)) if path.exists() else None


def run_curves(run: Run) -> RunCurves:
    """Return the curves of a run as its files show them now; only what is new is read."""
    freeze_gc()  # of a run under way somebody looks again each second
    return _curves_reader(str(run.folder)).read()


def outcome(base: Run | None, experiment: Run) -> Outcome:
    """Return what the one change of a run brought beside the run it repeats; None for one that is gone.

    Worked out anew when either of them has got further.
    """
    stamp = tuple(_progress_stamp(run) for run in (base, experiment) if run is not None)
    return _outcome(base.id if base else None, experiment.id, stamp, base, experiment)


def probe_samples(run: Run) -> ProbeSamples | None:
    """Return the faces a run is watched by, with all answers so far; None before the first."""
    return _watched_faces(
        str(run.folder),
        modified(run.folder / PROBES_FILE),
        modified(run.folder / ANSWERS_FILE),
        run.folder,
    )


# The whole list once, because asking for hundreds of entries takes longer than drawing them.
@st.cache_resource(max_entries=4, show_spinner=False)
def _history(stamp: str, _stamps: list[str], _folders: list[Path]) -> tuple[list[Run], list[str]]:
    found, damaged = [], []
    for one, folder in zip(_stamps, _folders, strict=True):
        try:
            found.append(_run(one, folder))
        except RunNotFoundError:
            continue
        except CorruptRunError:
            damaged.append(folder.name)
    return sorted(found, key=lambda run: run.id, reverse=True), damaged


@st.cache_resource(max_entries=8, show_spinner=False)
def _run_summaries(stamp: str, _stamps: list[str], _listed: Sequence[Run]) -> list[RunSummary]:
    return [_run_summary(one, run) for one, run in zip(_stamps, _listed, strict=True)]


# Small values, and as many as a learner may have runs.
@st.cache_resource(max_entries=4096, show_spinner=False)
def _run(stamp: str, _folder: Path) -> Run:
    return runs.read_run(_folder)


@st.cache_resource(max_entries=4096, show_spinner=False)
def _run_summary(stamp: str, _run: Run) -> RunSummary:
    return runs.summarize(_run)


@st.cache_resource(max_entries=16, show_spinner=False)
def _predictions(path: Path, stamp: str) -> Predictions | None:
    return runs.read_predictions(path.parent)


@st.cache_resource(max_entries=64, show_spinner=False)
def _outcome(
    base_id: str | None, experiment_id: str, stamp: tuple[object, ...], _base: Run | None, _experiment: Run
) -> Outcome:
    return diagnosis.compare_runs(_base, _experiment)


@st.cache_resource(max_entries=8, show_spinner=False)
def _curves_reader(folder: str) -> CurvesReader:
    return CurvesReader(Path(folder))


@st.cache_resource(max_entries=4, show_spinner=False)
def _watched_faces(folder: str, stamp: float, answers_stamp: float, _folder: Path) -> ProbeSamples | None:
    return runs.read_probe_samples(_folder)


def _summary_stamp(run: Run) -> str:
    return f"{run.folder} {written(run.folder / runs.METRICS_FILE)}"


def _as_it_stands(run: Run) -> Run:
    try:
        return runs.read_run(run.folder)
    except RunError:  # it was deleted, or is being written to by hand, this very moment
        return run


def _run_stamp(folder: Path) -> str:
    names = (runs.CONFIG_FILE, runs.STATUS_FILE, runs.NOTES_FILE, runs.EXPERIMENT_FILE)
    return " ".join((str(folder), *(written(folder / name) for name in names)))


def _progress_stamp(run: Run) -> tuple[object, ...]:
    names = (runs.METRICS_FILE, runs.PREDICTIONS_FILE, runs.FACES_FILE)
    return (run.status, run.config, *(written(run.folder / name) for name in names))
