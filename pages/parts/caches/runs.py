"""Run cache: training runs as their folders show them, read anew only where something was written."""

from collections.abc import Sequence
from pathlib import Path

from fer import runs
from fer.errors import CorruptRunError, RunError, RunNotFoundError
from fer.runs import CurvesReader, Predictions, ProbeSamples, Run, RunCurves, RunSummary, diagnosis
from fer.runs.diagnosis import Outcome
from pages.parts.caches.policy import freeze_gc, kept, written


def run_history() -> tuple[list[Run], list[str]]:
    """Return every run, newest first, and the ids of those whose files cannot be read.

    A folder is read anew when one of its files was written, and as long as its run is at work.
    """
    found, damaged = _history()
    # Whether a process lives, no file tells.
    return [_as_it_stands(run) if run.is_active else run for run in found], damaged


def _stamp(folder: Path, *names: str) -> str:
    return " ".join((str(folder), *(written(folder / name) for name in names)))


def _folder_stamp(folder: Path) -> str:
    return _stamp(folder, runs.CONFIG_FILE, runs.STATUS_FILE, runs.NOTES_FILE, runs.EXPERIMENT_FILE)


def _epochs_stamp(run: Run) -> str:
    return _stamp(run.folder, runs.METRICS_FILE)


def _progress_stamp(run: Run | None) -> tuple[object, ...]:
    files = (runs.METRICS_FILE, runs.PREDICTIONS_FILE, runs.FACES_FILE)
    return () if run is None else (run.status, run.config, _stamp(run.folder, *files))


# The whole list once, because asking for hundreds of entries takes longer than drawing them.
@kept(4, key=lambda: "\n".join(map(_folder_stamp, runs.run_folders())))
def _history() -> tuple[list[Run], list[str]]:
    found, damaged = [], []
    for folder in runs.run_folders():
        try:
            found.append(_run(folder))
        except RunNotFoundError:
            continue
        except CorruptRunError:
            damaged.append(folder.name)
    return sorted(found, key=lambda run: run.id, reverse=True), damaged


# Small values, and as many as a learner may have runs.
@kept(4096, key=_folder_stamp)
def _run(folder: Path) -> Run:
    return runs.read_run(folder)


def _as_it_stands(run: Run) -> Run:
    try:
        return runs.read_run(run.folder)
    except RunError:  # it was deleted, or is being written to by hand, this very moment
        return run


@kept(8, key=lambda listed: "\n".join(map(_epochs_stamp, listed)))
def run_summaries(listed: Sequence[Run]) -> list[RunSummary]:
    """Return the curves of runs in a few figures each, read anew where an epoch was added."""
    return [run_summary(run) for run in listed]


@kept(4096, key=_epochs_stamp)
def run_summary(run: Run) -> RunSummary:
    """Return a run's curves in a few figures, read anew when an epoch was added."""
    return runs.summarize(run)


@kept(16, key=lambda run: _stamp(run.folder, runs.PREDICTIONS_FILE))
def predictions(run: Run) -> Predictions | None:
    """Return what a run's best weights answer to the validation faces; None before that is known."""
    return runs.read_predictions(run.folder)


def run_curves(run: Run) -> RunCurves:
    """Return the curves of a run as its files show them now; only what is new is read."""
    freeze_gc()  # of a run under way somebody looks again each second
    return _curves_reader(str(run.folder)).read()


@kept(8)
def _curves_reader(folder: str) -> CurvesReader:
    return CurvesReader(Path(folder))


@kept(64, key=lambda base, run: (base and base.id, run.id, _progress_stamp(base), _progress_stamp(run)))
def outcome(base: Run | None, experiment: Run) -> Outcome:
    """Return what the one change of a run brought beside the run it repeats; None for one that is gone.

    Worked out anew when either of them has got further.
    """
    return diagnosis.compare_runs(base, experiment)


@kept(4, key=lambda run: _stamp(run.folder, runs.PROBES_FILE, runs.ANSWERS_FILE))
def probe_samples(run: Run) -> ProbeSamples | None:
    """Return the faces a run is watched by, with all answers so far; None before the first."""
    return runs.read_probe_samples(run.folder)
