"""Starting runs: making a run, starting its process and asking it to stop."""

import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fer.config import TrainingConfig
from fer.datasets import editions
from fer.errors import DiskFullError, FerError, RunAlreadyActiveError, RunError
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
from fer.runs.reading import list_statuses, load_run, read_run
from fer.runs.run import Run, RunStatus
from fer.system import files, paths, processes
from fer.system.locks import locked

_STAGES = {RunStatus.QUEUED: "Waiting for its turn", RunStatus.STARTING: "Starting"}


def create_run(
    config: TrainingConfig, experiment: Experiment | None = None, status: RunStatus = RunStatus.STARTING
) -> Run:
    """Make the folder of a new run that is to be STARTING, or QUEUED to wait; nothing trains yet.

    Raises:
        EditionError: the dataset has no such edition, or it cannot be understood.
        StorageError: the folder cannot be written.
    """
    edition = editions.load_edition(config.dataset, config.view.edition) if config.view.edition else None
    folder = _new_folder(config.architecture)
    try:
        # The status first: a folder with a config but no status would read as damaged.
        save_status(folder, new_status(status))
        if edition is not None:
            editions.save_edition(folder / EDITION_FILE, edition)
        if experiment is not None:
            save_experiment(folder, experiment)
        files.save_text(folder / CONFIG_FILE, config.to_json())
    except FerError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return read_run(folder)


def start_run(config: TrainingConfig, experiment: Experiment | None = None) -> Run:
    """Create a run and start its process at once, which goes on whatever becomes of this one.

    Raises:
        RunAlreadyActiveError: another run is at work; `fer.runs.submit_run` would let this one wait.
        RunError: no process can be started.
        EditionError, StorageError: see `create_run`.
    """
    with locked(paths.runs_folder()):
        active = [run_id for run_id, status in list_statuses().items() if status.is_active]
        if active:
            raise RunAlreadyActiveError(
                f"The run “{_title(active[0])}” is still training, and two at once would only slow "
                "each other down. Wait for it, or stop it first."
            )
        run = create_run(config, experiment)
        start_process(run.folder)
    return load_run(run.id)


def start_process(folder: Path) -> None:
    """Start the process of the run in `folder`, for a caller that holds the lock and saw none at work.

    Raises:
        RunError: no process can be started; the run has failed with that sentence.
        StorageError: the folder cannot be written.
    """
    (folder / STOP_FILE).unlink(missing_ok=True)
    save_status(folder, new_status(RunStatus.STARTING))
    try:
        process = processes.start_module(["fer.training", str(folder)], folder / LOG_FILE)
    except OSError as error:
        sentence = (
            f"Its process could not be started ({error.strerror or error}). Close other programs, then use "
            "its settings to start it again."
        )
        with suppress(FerError):
            save_status(folder, new_status(RunStatus.FAILED, error=sentence))
        raise RunError(sentence) from error
    # Known from here on: before the process can say so itself it loads TensorFlow, sometimes for minutes.
    save_status(folder, {**read_json(folder / STATUS_FILE), **process})


def new_status(status: RunStatus, error: str = "") -> dict[str, Any]:
    """What status.json says of a run that enters `status` now, without a process."""
    now = datetime.now(UTC).isoformat()
    return {
        "status": status,
        "stage": _STAGES.get(status, ""),
        "process_id": None,
        "started_at": now,
        "finished_at": now if status is RunStatus.FAILED else None,
        "error": error,
    }


def request_stop(run_id: str) -> None:
    """Ask a run to stop after the batch at hand; its best and last weights are kept.

    One that has ended in the meantime is left as it is.

    Raises:
        RunNotFoundError, CorruptRunError: see `load_run`.
        RunError: it waits for its turn.
        StorageError: the request cannot be written.
    """
    run = load_run(run_id)
    if run.status is RunStatus.QUEUED:
        raise RunError(f"The run “{run.title}” has not begun; take it out of the queue instead.")
    if run.is_active:
        try:
            files.save_text(run.folder / STOP_FILE, "Somebody asked this run to stop.\n")
        except DiskFullError as error:
            try:  # it may have room for a name still, and a run that waits for more shall hear it
                (run.folder / STOP_FILE).touch()
            except OSError:
                raise error from None


def _new_folder(architecture: str) -> Path:
    stem = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{architecture}"
    attempt = 1
    while True:
        folder = paths.runs_folder() / (stem if attempt == 1 else f"{stem}-{attempt}")
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            attempt += 1
        except OSError as error:
            raise files.storage_error(folder, error) from error


def _title(run_id: str) -> str:
    try:
        return load_run(run_id).title
    except RunError:  # its config cannot be read, and yet it trains
        return run_id
