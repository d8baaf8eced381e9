"""Run loading: from run folders to runs."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fer.config import TrainingConfig
from fer.datasets import editions
from fer.datasets.editions import Edition
from fer.errors import ConfigError, CorruptRunError, FerError, RunError, RunNotFoundError
from fer.runs.folder import (
    BATCHES_FILE,
    CONFIG_FILE,
    EDITION_FILE,
    METRICS_FILE,
    STATUS_FILE,
    STOP_FILE,
    read_json,
)
from fer.runs.notes import read_experiment, read_notes
from fer.runs.run import Run, RunStatus
from fer.system import paths, processes

# A process writes its id into status.json within a second of its start; much later it never will.
_START_SECONDS = 60.0


def load_run(run_id: str) -> Run:
    """Read one run.

    Raises:
        RunNotFoundError: no run has that id.
        CorruptRunError: config.json or status.json cannot be read.
    """
    try:
        folder = paths.child(paths.runs_folder(), run_id)
    except FerError:
        folder = None
    if folder is None or not folder.is_dir():
        raise RunNotFoundError(
            f"There is no run “{run_id[:80]}”. It may have been deleted; choose another one."
        )
    return read_run(folder)


def read_run(folder: Path) -> Run:
    """Read the run in `folder`, wherever it lies.

    Raises:
        RunNotFoundError: the folder holds no run.
        CorruptRunError: config.json or status.json cannot be read.
    """
    if not (folder / CONFIG_FILE).exists():
        raise RunNotFoundError(f"The folder {folder} holds no run: it has no {CONFIG_FILE}.")
    return Run(
        id=folder.name,
        folder=folder,
        config=read_config(folder),
        notes=read_notes(folder),
        experiment=read_experiment(folder),
        **_standing(folder),
    )


def read_config(folder: Path) -> TrainingConfig:
    """Read a run folder's config.json.

    Raises:
        CorruptRunError: it is missing or cannot be understood.
    """
    values = read_json(folder / CONFIG_FILE)
    if values.get("subset") is not None:  # earlier versions judged a subset by all validation faces
        values = {"whole_validation": True, **values}
    try:
        return TrainingConfig.from_dict(values)
    except ConfigError as error:
        raise CorruptRunError(
            f"The {CONFIG_FILE} of the run “{folder.name}” was edited or belongs to another version: {error}"
        ) from error


def edition_of(folder: Path, config: TrainingConfig) -> Edition | None:
    """Return the edition that the run in `folder` trains on, as it was when the run was made; None for none.

    Raises:
        EditionError: its copy cannot be read, or there is none and the dataset has no such edition.
        StorageError: the copy cannot be written.
    """
    name = config.view.edition
    if not name:
        return None
    if not (folder / EDITION_FILE).exists():  # a folder that somebody made by hand
        editions.save_edition(folder / EDITION_FILE, editions.load_edition(config.dataset, name))
    return replace(editions.read_edition(folder / EDITION_FILE, config.dataset), name=name)


def list_runs() -> list[Run]:
    """Every run that can be read, newest first; a damaged folder is left out, not fatal."""
    runs = []
    for folder in run_folders():
        with suppress(RunError):
            runs.append(read_run(folder))
    return sorted(runs, key=lambda run: run.id, reverse=True)


def list_damaged_runs() -> list[str]:
    """The ids of run folders whose config or status cannot be read."""
    damaged = []
    for folder in run_folders():
        try:
            with suppress(RunNotFoundError):
                read_run(folder)
        except CorruptRunError:
            damaged.append(folder.name)
    return damaged


def list_statuses() -> dict[str, RunStatus]:
    """What each run is doing, by its id; also of one whose config cannot be read, for it may be training."""
    statuses = {}
    for folder in run_folders():
        with suppress(CorruptRunError):
            statuses[folder.name] = _standing(folder)["status"]
    return statuses


def run_folders() -> Iterator[Path]:
    """Every folder that may hold a run, in the order of their ids; deleted ones are elsewhere."""
    try:
        entries = sorted(paths.runs_folder().iterdir())
    except OSError:
        return
    yield from (entry for entry in entries if not entry.name.startswith(".") and entry.is_dir())


def _standing(folder: Path) -> dict[str, Any]:
    """What status.json says, and what its process and its stop file make of it, by `Run`'s names."""
    values = read_json(folder / STATUS_FILE)
    try:
        status = RunStatus(values["status"])
        started_at = _moment(values["started_at"])
        finished_at = _moment(values["finished_at"]) if values.get("finished_at") else None
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptRunError(
            f"The {STATUS_FILE} of the run “{folder.name}” cannot be understood: {error}. "
            "Its curves are kept; start a new run to go on."
        ) from error
    if status.is_active and not _process_lives(values, started_at):
        status, finished_at = RunStatus.LOST, _last_sign_of_life(folder, started_at)
    elif status.is_active and (folder / STOP_FILE).exists():
        status = RunStatus.STOPPING
    return {
        "status": status,
        "stage": str(values.get("stage", "")),
        "process_id": values.get("process_id"),
        "started_at": started_at,
        "finished_at": finished_at,
        "error": str(values.get("error") or ""),
    }


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:  # it could not be compared with now
        raise ValueError(f"“{text}” has no time zone")
    return moment


def _process_lives(status: Mapping[str, Any], started_at: datetime) -> bool:
    if status.get("process_id") is None:
        return (datetime.now(UTC) - started_at).total_seconds() < _START_SECONDS
    return processes.is_alive(status)


def _last_sign_of_life(folder: Path, started_at: datetime) -> datetime:
    times = [started_at.timestamp()]
    for name in (BATCHES_FILE, METRICS_FILE, STATUS_FILE):
        with suppress(OSError):
            times.append((folder / name).stat().st_mtime)
    return datetime.fromtimestamp(max(times), UTC)
