"""Starting, resuming and stopping a run's process."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from fer import files, paths, processes
from fer.config import TrainingConfig
from fer.datasets import editions
from fer.errors import RunAlreadyActiveError, RunError
from fer.runs.folder import (
    CONFIG_FILE,
    EDITION_FILE,
    LOG_FILE,
    STATUS_FILE,
    STOP_FILE,
    read_json,
    save_status,
)
from fer.runs.notes import Experiment, save_experiment
from fer.runs.reading import list_runs, load_run, read_run
from fer.runs.run import Run, RunStatus

# Two tabs that press Start in the same moment must not both find the field empty.
_start_lock = threading.Lock()


def create_run(config: TrainingConfig, experiment: Experiment | None = None) -> Run:
    """Make the folder of a new run; nothing trains yet.

    Args:
        config: what was chosen.
        experiment: which run it repeats with one change, if it does.

    Raises:
        EditionError: the dataset has no such edition, or it cannot be understood.
        StorageError: the folder cannot be written.
    """
    edition = editions.load_edition(config.dataset, config.view.edition) if config.view.edition else None
    started_at = datetime.now(UTC)
    stem = f"{started_at:%Y%m%d-%H%M%S}-{config.architecture}"
    for attempt in range(1, 1000):
        folder = paths.runs_folder() / (stem if attempt == 1 else f"{stem}-{attempt}")
        try:
            folder.mkdir(parents=True)
            break
        except FileExistsError:
            continue
        except OSError as error:
            raise files.storage_error(folder, error) from error
    # The status first: a folder with a config but no status would read as damaged.
    save_status(
        folder,
        {
            "status": RunStatus.STARTING,
            "stage": "Starting",
            "process_id": None,
            "started_at": started_at.isoformat(),
            "finished_at": None,
            "error": "",
        },
    )
    if edition is not None:
        editions.save_copy(edition, folder / EDITION_FILE)
    if experiment is not None:
        save_experiment(folder, experiment)
    files.save_text(folder / CONFIG_FILE, config.to_json())
    return read_run(folder)


def start_run(config: TrainingConfig, experiment: Experiment | None = None) -> Run:
    """Create a run and start its process, which goes on whatever becomes of this one.

    Raises:
        RunAlreadyActiveError: another run is at work.
        EditionError, StorageError: see `create_run`.
    """
    with _start_lock:
        _refuse_a_second()
        run = create_run(config, experiment)
        _spawn(run.folder)
    return run


def resume_run(run_id: str) -> Run:
    """Let a stopped, failed or lost run go on from its last whole epoch.

    Raises:
        RunNotFoundError, CorruptRunError: see `load_run`.
        RunAlreadyActiveError: this or another run is at work.
        RunError: it has nothing to go on from, or is already through.
    """
    with _start_lock:
        _refuse_a_second()
        run = load_run(run_id)
        if not run.can_resume:
            raise RunError(f"The run “{run.title}” has no unfinished epochs to go on with. Start a new one.")
        (run.folder / STOP_FILE).unlink(missing_ok=True)
        save_status(
            run.folder,
            {
                "status": RunStatus.STARTING,
                "stage": "Starting again",
                "process_id": None,
                "started_at": datetime.now(UTC).isoformat(),
                "finished_at": None,
                "error": "",
            },
        )
        _spawn(run.folder)
    return load_run(run_id)


def request_stop(run_id: str) -> None:
    """Ask a run to stop after the batch at hand; its best and last weights are kept.

    Raises:
        RunNotFoundError, CorruptRunError: see `load_run`.
        StorageError: the request cannot be written.
    """
    files.save_text(load_run(run_id).folder / STOP_FILE, "Somebody asked this run to stop.\n")


def _refuse_a_second() -> None:
    active = [run for run in list_runs() if run.is_active]
    if active:
        raise RunAlreadyActiveError(
            f"The run “{active[0].title}” is still training, and two at once would only slow "
            "each other down. Wait for it, or stop it first."
        )


def _spawn(folder: Path) -> None:
    process = processes.start_module(["fer.training", str(folder)], folder / LOG_FILE)
    # Known from here on: before the process can say so itself it loads TensorFlow, sometimes for minutes.
    save_status(folder, {**read_json(folder / STATUS_FILE), **process})
