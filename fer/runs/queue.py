"""Run queue: which runs wait for their turn, in which order, and who is next; one trains at a time.

A waiting run is a run folder whose status is QUEUED, so nothing can be lost that is not lost from the disk.
`models/runs/queue.json` holds no more than the order somebody wished: runs that it names come first, in that
order; all others follow by how long they have waited; what it names beyond them is passed over.

Nobody keeps watch. A training process starts the next one as the last thing it does; where it was killed,
whoever looks next does: a page, or the command line.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fer.config import TrainingConfig
from fer.errors import ConfigError, CorruptRunError, FerError, RunAlreadyActiveError, RunError
from fer.runs.folder import CONFIG_FILE, STATUS_FILE, read_json, save_status
from fer.runs.notes import Experiment
from fer.runs.reading import list_statuses, load_run, read_run
from fer.runs.run import Run, RunStatus
from fer.runs.schedules import early_stop
from fer.runs.starting import create_run, new_status, start_process
from fer.runs.trash import move_to_trash
from fer.system import files, paths
from fer.system.locks import locked

# What a queued run was before, where it was something: cancelling gives it back.
_BEFORE = "before"


def submit_run(config: TrainingConfig, experiment: Experiment | None = None) -> Run:
    """Create a run that starts at once, or waits for its turn if others are at work or wait already.

    Raises:
        EditionError, StorageError: see `create_run`.
    """
    with locked(paths.runs_folder()):
        run = create_run(config, experiment, RunStatus.QUEUED)
        _start_first()
    return load_run(run.id)


def resume_run(run_id: str) -> Run:
    """Let a stopped, failed or lost run go on from its last whole epoch, at once or when its turn comes.

    Raises:
        RunNotFoundError, CorruptRunError: see `load_run`.
        RunAlreadyActiveError: it is training.
        RunError: it waits already, has nothing to go on from, or is through.
        StorageError: its folder cannot be written.
    """
    with locked(paths.runs_folder()):
        run = _at_rest(run_id)
        if not run.can_resume:
            raise RunError(f"The run “{run.title}” has no unfinished epochs to go on with. Start a new one.")
        _enqueue(run)
        _start_first()
    return load_run(run_id)


def extend_run(run_id: str, epochs: int) -> Run:
    """Let a run that has ended train on for more epochs, at once or when its turn comes.

    A schedule is drawn over all epochs, so one that had reached its end goes on from a higher rate. Of a run
    whose patience is over, early stopping is switched off: it would stop at once again.

    The epochs come on top of those its settings say, or that it did, if it stopped early.

    Raises:
        RunNotFoundError, CorruptRunError: see `load_run`.
        RunAlreadyActiveError: it is training.
        RunError: it waits already, or kept no weights to go on from.
        ConfigError: it would have more epochs than a run may have.
        StorageError: its folder cannot be written.
    """
    if epochs < 1:
        raise RunError(f"A run can be extended by 1 epoch or more; received {epochs}.")
    with locked(paths.runs_folder()):
        run = _at_rest(run_id)
        if not run.can_extend:
            raise RunError(
                f"The run “{run.title}” kept no weights to go on from. Use its settings to start a new one."
            )
        config, metrics = run.config, run.metrics()
        stopped_early = run.status is RunStatus.FINISHED and len(metrics) < config.epochs
        longer = replace(config, epochs=(len(metrics) if stopped_early else config.epochs) + epochs)
        if stopped_early or early_stop(config, metrics):
            longer = replace(longer, early_stopping_patience=None)
        # First, for a run must not wait for fewer epochs than were asked for.
        files.save_text(run.folder / CONFIG_FILE, longer.to_json())
        try:
            _enqueue(run)
        except FerError:
            with suppress(FerError):
                files.save_text(run.folder / CONFIG_FILE, config.to_json())
            raise
        _start_first()
    return load_run(run_id)


def start_next() -> Run | None:
    """Start the run that has waited longest, unless one is at work; returns it, or None for none.

    Cheap when nothing waits. Any number of processes may call it in the same moment: one of them starts it. A
    run whose process cannot be started has failed, and the one behind it is tried.

    Raises:
        StorageError: its folder cannot be written; it still waits.
    """
    if RunStatus.QUEUED not in list_statuses().values():
        return None
    with locked(paths.runs_folder()):
        return _start_first()


def list_queue() -> list[Run]:
    """The runs that wait, the next one first; one whose config cannot be read is left out."""
    waiting = []
    for run_id, status in list_statuses().items():
        if status is RunStatus.QUEUED:
            with suppress(RunError):
                waiting.append(load_run(run_id))
    place = {run_id: number for number, run_id in enumerate(_read_order())}
    return sorted(waiting, key=lambda run: (place.get(run.id, len(place)), run.started_at, run.id))


def move_in_queue(run_id: str, places: int) -> None:
    """Let a waiting run go `places` further back, or forward for a negative number, as far as there are.

    Raises:
        RunError: it does not wait any more.
        StorageError: the order cannot be written.
    """
    with locked(paths.runs_folder()):
        order = [run.id for run in list_queue()]
        if run_id not in order:
            raise RunError(
                f"The run “{run_id[:80]}” is not waiting any more: it has begun, or was taken out."
            )
        index = order.index(run_id)
        order.insert(min(max(index + places, 0), len(order) - 1), order.pop(index))
        _save_order(order)


def cancel_queued(run_id: str) -> bool:
    """Take a run out of the queue; returns whether that deleted it.

    A run that never began goes into the trash, from where `restore_run` brings it back to wait again. One
    that waited to go on is again what it was before.

    Raises:
        RunNotFoundError, CorruptRunError: see `load_run`.
        RunError: it does not wait any more.
        StorageError: its folder cannot be written.
    """
    with locked(paths.runs_folder()):
        run = load_run(run_id)
        if run.status is not RunStatus.QUEUED:
            raise RunError(f"The run “{run.title}” is not waiting any more: it has begun, or was taken out.")
        before = read_json(run.folder / STATUS_FILE).get(_BEFORE)
        if not isinstance(before, dict):
            move_to_trash(run_id)
            return True
        _give_back(run, before)
        return False


def _start_first() -> Run | None:
    """Start the first run that waits, unless one is at work; whoever calls holds the lock."""
    if any(status.is_active for status in list_statuses().values()):
        return None
    for run in list_queue():
        with suppress(RunError):  # said in its folder
            start_process(run.folder)
            return read_run(run.folder)
    return None


def _at_rest(run_id: str) -> Run:
    """A run that neither trains nor waits."""
    run = load_run(run_id)
    if run.is_active:
        raise RunAlreadyActiveError(
            f"The run “{run.title}” is still training. Stop it first, or let it finish."
        )
    if run.status is RunStatus.QUEUED:
        raise RunError(f"The run “{run.title}” waits for its turn already.")
    return run


def _enqueue(run: Run) -> None:
    """Let a run that has ended wait; whoever calls holds the lock."""
    order = _read_order()
    if run.id in order:  # from an earlier time that it waited
        _save_order([other for other in order if other != run.id])
    before = {
        "status": run.status,
        "started_at": run.started_at.isoformat(),
        "finished_at": (run.finished_at or datetime.now(UTC)).isoformat(),
        "error": run.error,
        "epochs": run.config.epochs,
        "early_stopping_patience": run.config.early_stopping_patience,
    }
    save_status(run.folder, {**new_status(RunStatus.QUEUED), _BEFORE: before})


def _give_back(run: Run, before: Mapping[str, Any]) -> None:
    """Let a run be what `_enqueue` found it to be."""
    try:
        values = {
            "status": RunStatus(before["status"]),
            "stage": "",
            "process_id": None,
            "started_at": datetime.fromisoformat(before["started_at"]).isoformat(),
            "finished_at": datetime.fromisoformat(before["finished_at"]).isoformat(),
            "error": str(before["error"]),
        }
        config = TrainingConfig.from_dict(
            {
                **run.config.as_dict(),
                "epochs": before["epochs"],
                "early_stopping_patience": before["early_stopping_patience"],
            }
        )
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        raise CorruptRunError(
            f"What the run “{run.title}” was before it waited cannot be understood: {error}. Let it train; "
            "nothing of it is lost."
        ) from error
    files.save_text(run.folder / CONFIG_FILE, config.to_json())
    save_status(run.folder, values)


def _read_order() -> list[str]:
    """The ids that were put in an order, the first one first; none where that cannot be read."""
    try:
        values = json.loads(_order_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    order = values.get("order") if isinstance(values, dict) else None
    return [str(run_id) for run_id in order] if isinstance(order, list) else []


def _save_order(order: list[str]) -> None:
    files.save_text(_order_path(), json.dumps({"order": order}, indent=2) + "\n")


def _order_path() -> Path:
    return paths.runs_folder() / "queue.json"
