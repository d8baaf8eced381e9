"""Which run trains next. No process trains here: whoever would be started is written down instead."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from fer import runs
from fer.config import DatasetView, TrainingConfig
from fer.datasets.editions import create_edition, delete_edition
from fer.errors import (
    ConfigError,
    CorruptRunError,
    DiskFullError,
    FerError,
    RunAlreadyActiveError,
    RunError,
    RunNotFoundError,
    StorageError,
)
from fer.runs import EpochMetrics, Run, RunRecorder, RunStatus
from fer.system import files, paths, processes
from tests.conftest import PROJECT_ROOT


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs whose process was started, in order; each counts as alive while this one lives."""
    ids: list[str] = []

    def start(arguments: Sequence[str], log: Path) -> dict[str, Any]:
        ids.append(Path(arguments[1]).name)
        return us()

    monkeypatch.setattr(processes, "start_module", start)
    return ids


def us() -> dict[str, Any]:
    """The entries of a status that name this very process."""
    return {"process_id": os.getpid(), "process_created": psutil.Process().create_time()}


def submit(name: str, **config: Any) -> Run:
    return runs.submit_run(TrainingConfig(name=name, **config))


def end(run: Run, status: RunStatus = RunStatus.FINISHED, epochs_done: int = 0, error: str = "") -> None:
    """What a training process leaves behind."""
    recorder = RunRecorder(run.folder)
    for epoch in range(1, epochs_done + 1):
        recorder.record_epoch(EpochMetrics(epoch, 1.0, 0.5, 1.0, 0.5, 1e-3, 10.0))
        (run.folder / runs.LAST_FILE).touch()
    recorder.finish(status, error)


def kill(run: Run) -> None:
    """What a kill -9 leaves behind."""
    status = json.loads((run.folder / runs.STATUS_FILE).read_text())
    (run.folder / runs.STATUS_FILE).write_text(json.dumps({**status, "process_created": 0}))


def names_in_queue() -> list[str]:
    return [run.name for run in runs.list_queue()]


# ── taking turns ─────────────────────────────────────────────────────────────────────────────────


def test_the_first_run_starts_at_once_and_the_others_wait_in_order(started: list[str]) -> None:
    first = submit("first")
    assert first.status is RunStatus.STARTING
    others = [submit(name) for name in ("second", "third")]
    assert [run.status for run in others] == [RunStatus.QUEUED] * 2
    assert names_in_queue() == ["second", "third"]
    assert started == [first.id]
    waiting = runs.load_run(others[0].id)
    assert not waiting.is_active
    assert (waiting.process_id, waiting.finished_at, waiting.can_resume) == (None, None, False)


def test_when_one_ends_the_next_begins_and_only_that_one(started: list[str]) -> None:
    first, second, third = (submit(name) for name in ("first", "second", "third"))
    assert runs.start_next() is None
    end(first)
    begun = runs.start_next()
    assert begun is not None
    assert (begun.id, begun.status) == (second.id, RunStatus.STARTING)
    assert runs.start_next() is None
    assert started == [first.id, second.id]
    assert [run.id for run in runs.list_queue()] == [third.id]


def test_a_run_that_was_killed_makes_way_for_the_next(started: list[str]) -> None:
    first, second = submit("first"), submit("second")
    kill(first)
    assert runs.load_run(first.id).status is RunStatus.LOST
    begun = runs.start_next()
    assert begun is not None
    assert begun.id == second.id


def test_a_run_that_is_paused_or_stopping_is_at_work_still() -> None:
    first, _ = submit("first"), submit("second")
    status = json.loads((first.folder / runs.STATUS_FILE).read_text())
    (first.folder / runs.STATUS_FILE).write_text(json.dumps({**status, "status": RunStatus.PAUSED}))
    assert runs.load_run(first.id).status is RunStatus.PAUSED
    assert runs.start_next() is None
    runs.request_stop(first.id)
    assert runs.load_run(first.id).status is RunStatus.STOPPING
    assert runs.start_next() is None


def test_a_run_that_is_only_starting_can_be_stopped_too() -> None:
    run = submit("first")
    runs.request_stop(run.id)
    assert runs.load_run(run.id).status is RunStatus.STOPPING


def test_a_request_to_stop_that_came_too_late_does_not_stop_a_later_turn(started: list[str]) -> None:
    run = submit("first")
    runs.request_stop(run.id)
    end(run, RunStatus.STOPPED, epochs_done=1)
    runs.request_stop(run.id)
    assert runs.resume_run(run.id).status is RunStatus.STARTING
    assert not (run.folder / runs.STOP_FILE).exists()


def test_starting_at_once_is_refused_while_another_is_at_work_and_waits_for_nobody_else() -> None:
    first, second = submit("first"), submit("second")
    with pytest.raises(RunAlreadyActiveError, match="first"):
        runs.start_run(TrainingConfig())
    end(first)
    ahead = runs.start_run(TrainingConfig(name="ahead"))
    assert ahead.status is RunStatus.STARTING
    assert [run.id for run in runs.list_queue()] == [second.id]


# ── nothing is lost, nothing begins twice ────────────────────────────────────────────────────────

_OTHER_PROCESS = """
import sys
from pathlib import Path
from fer import runs
from fer.system import processes
from fer.config import TrainingConfig

alive = {"process_id": int(sys.argv[2]), "process_created": float(sys.argv[3])}

def start(arguments, log):
    with open(sys.argv[4], "a") as lines:
        lines.write(Path(arguments[1]).name + "\\n")
    return alive

processes.start_module = start
print("ready", flush=True)
sys.stdin.readline()
for number in range(4):
    run = runs.submit_run(TrainingConfig(name=f"{sys.argv[1]}{number}"))
    runs.start_next()
    for last in runs.list_queue()[-1:]:
        runs.move_in_queue(last.id, -2)
"""


def test_processes_that_submit_start_and_reorder_at_once_lose_nothing_and_start_one(
    fer_home: Path, tmp_path: Path
) -> None:
    written = tmp_path / "started.txt"
    alive = [str(value) for value in us().values()]
    with ExitStack() as running:
        others = [
            running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", _OTHER_PROCESS, name, *alive, str(written)],
                    cwd=PROJECT_ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for name in "ab"
        ]
        for other in others:
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
        for other in others:
            assert other.stdin is not None
            other.stdin.write("\n")
            other.stdin.flush()
        assert [other.wait() for other in others] == [0, 0]
    begun = written.read_text().split()
    assert len(begun) == 1
    every = {f"{name}{number}" for name in "ab" for number in range(4)}
    assert {run.name for run in runs.list_runs()} == every
    assert set(names_in_queue()) == every - {runs.load_run(begun[0]).name}


def test_tabs_that_look_in_the_same_moment_start_one_run(started: list[str]) -> None:
    first, second, _ = (submit(name) for name in ("first", "second", "third"))
    end(first)
    ready = threading.Barrier(6)

    def look() -> None:
        ready.wait()
        runs.start_next()

    tabs = [threading.Thread(target=look) for _ in range(6)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert started == [first.id, second.id]


@pytest.mark.parametrize(
    "content", ["", "{ torn", "[]", '{"order": "none"}', '{"order": ["gone", 3, null]}', "\udcff"]
)
def test_an_order_that_was_edited_by_hand_costs_no_run_its_turn(content: str) -> None:
    for name in ("first", "second", "third"):
        submit(name)
    (paths.runs_folder() / "queue.json").write_bytes(content.encode(errors="surrogateescape"))
    assert names_in_queue() == ["second", "third"]
    runs.move_in_queue(runs.list_queue()[1].id, -1)
    assert names_in_queue() == ["third", "second"]


def test_a_waiting_run_whose_folder_is_damaged_or_gone_does_not_block_the_others(started: list[str]) -> None:
    first, torn, gone, last = (submit(name) for name in ("first", "torn", "gone", "last"))
    (torn.folder / runs.CONFIG_FILE).write_text("{ torn")
    for path in gone.folder.iterdir():
        path.unlink()
    gone.folder.rmdir()
    end(first)
    begun = runs.start_next()
    assert begun is not None
    assert begun.id == last.id
    assert runs.list_damaged_runs() == [torn.id]


def test_a_damaged_config_does_not_hide_that_its_run_is_training() -> None:
    first = submit("first")
    (first.folder / runs.CONFIG_FILE).write_text("{ torn")
    assert submit("second").status is RunStatus.QUEUED
    with pytest.raises(RunAlreadyActiveError, match=first.id):
        runs.start_run(TrainingConfig())


def test_a_run_whose_process_cannot_be_started_fails_with_a_sentence_and_the_next_is_tried(
    started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (submit(name) for name in ("first", "second", "third"))
    end(first)
    usual = processes.start_module

    def start(arguments: Sequence[str], log: Path) -> dict[str, Any]:
        if Path(arguments[1]).name == second.id:
            raise OSError(12, "Cannot allocate memory")
        return usual(arguments, log)

    monkeypatch.setattr(processes, "start_module", start)
    begun = runs.start_next()
    assert begun is not None
    assert begun.id == third.id
    failed = runs.load_run(second.id)
    assert failed.status is RunStatus.FAILED
    assert "could not be started (Cannot allocate memory)" in failed.error


def test_a_full_disk_leaves_no_half_made_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str) -> None:
        raise StorageError("The disk is full.")

    submit("first")
    with monkeypatch.context() as context:
        context.setattr("fer.runs.starting.files.save_text", full)
        with pytest.raises(StorageError):
            submit("second")
    assert [folder.name for folder in runs.run_folders()] == [run.id for run in runs.list_runs()]
    assert names_in_queue() == []


def test_an_edition_deleted_while_its_run_waits_is_still_trained_on(started: list[str]) -> None:
    first = submit("first")
    create_edition("small", "Mine")
    waiting = submit("waiting", dataset="small", view=DatasetView(edition="Mine"))
    delete_edition("small", "Mine")
    end(first)
    runs.start_next()
    assert started[-1] == waiting.id
    assert runs.edition_of(waiting.folder, waiting.config) is not None


# ── reordering and taking out ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "places", "expected"),
    [("c", -1, "acbd"), ("c", -9, "cabd"), ("a", 1, "bacd"), ("a", 9, "bcda"), ("b", 0, "abcd")],
)
def test_a_run_moves_as_far_as_there_are_places(name: str, places: int, expected: str) -> None:
    submit("at work")
    waiting = {letter: submit(letter) for letter in "abcd"}
    runs.move_in_queue(waiting[name].id, places)
    assert "".join(names_in_queue()) == expected
    submit("e")
    assert "".join(names_in_queue()) == f"{expected}e"


def test_what_is_not_waiting_can_be_neither_moved_nor_taken_out() -> None:
    first = submit("first")
    with pytest.raises(RunError, match="not waiting any more"):
        runs.move_in_queue(first.id, 1)
    with pytest.raises(RunError, match="not waiting any more"):
        runs.cancel_queued(first.id)
    with pytest.raises(RunNotFoundError):
        runs.cancel_queued("../models")
    waiting = submit("second")
    with pytest.raises(RunError, match="take it out of the queue"):
        runs.request_stop(waiting.id)


def test_a_run_taken_out_of_the_queue_is_deleted_and_can_come_back_to_wait() -> None:
    submit("first")
    second = submit("second")
    assert runs.cancel_queued(second.id) is True
    assert names_in_queue() == []
    assert [run.title for run in runs.list_deleted()] == [second.title]
    runs.restore_run(second.id)
    assert names_in_queue() == ["second"]


# ── going on, and going further ──────────────────────────────────────────────────────────────────


def test_a_stopped_run_goes_on_at_once_or_waits_for_its_turn(started: list[str]) -> None:
    stopped = submit("stopped")
    end(stopped, RunStatus.STOPPED, epochs_done=2)
    assert runs.resume_run(stopped.id).status is RunStatus.STARTING
    with pytest.raises(RunAlreadyActiveError, match="still training"):
        runs.resume_run(stopped.id)
    end(stopped, RunStatus.STOPPED, epochs_done=3)
    other = submit("other")
    assert runs.resume_run(stopped.id).status is RunStatus.QUEUED
    with pytest.raises(RunError, match="waits for its turn already"):
        runs.resume_run(stopped.id)
    end(other)
    runs.start_next()
    assert started == [stopped.id, stopped.id, other.id, stopped.id]


def test_a_run_that_waited_to_go_on_is_what_it_was_when_it_is_taken_out() -> None:
    failed = submit("failed", epochs=7, early_stopping_patience=3)
    end(failed, RunStatus.FAILED, epochs_done=2, error="The disk was pulled out.")
    before = replace(runs.load_run(failed.id), process_id=None)
    submit("other")
    runs.resume_run(failed.id)
    assert runs.cancel_queued(failed.id) is False
    assert runs.load_run(failed.id) == before
    runs.extend_run(failed.id, 5)
    assert runs.load_run(failed.id).config.epochs == 12
    assert runs.cancel_queued(failed.id) is False
    assert runs.load_run(failed.id) == before
    assert runs.list_deleted() == []


def test_what_a_run_was_before_cannot_be_given_back_when_somebody_edited_it() -> None:
    stopped = submit("stopped")
    end(stopped, RunStatus.STOPPED, epochs_done=1)
    submit("other")
    runs.resume_run(stopped.id)
    status = json.loads((stopped.folder / runs.STATUS_FILE).read_text())
    status["before"]["status"] = "dancing"
    (stopped.folder / runs.STATUS_FILE).write_text(json.dumps(status))
    with pytest.raises(CorruptRunError, match="Let it train"):
        runs.cancel_queued(stopped.id)
    assert names_in_queue() == ["stopped"]


def test_a_run_that_comes_to_wait_again_goes_to_the_end() -> None:
    first = submit("first")
    again = submit("again")
    submit("other")
    runs.move_in_queue(again.id, 0)
    end(first)
    runs.start_next()
    submit("later")
    end(again, RunStatus.STOPPED, epochs_done=1)
    runs.start_next()
    runs.resume_run(again.id)
    assert names_in_queue() == ["later", "again"]


def test_a_finished_run_is_extended_by_epochs(started: list[str]) -> None:
    run = submit("first", epochs=2)
    end(run, epochs_done=2)
    extended = runs.extend_run(run.id, 3)
    assert extended.status is RunStatus.STARTING
    assert extended.config.epochs == 5
    assert len(extended.metrics()) == 2


def test_a_run_that_stopped_early_is_extended_from_where_it_stopped_and_not_stopped_again() -> None:
    run = submit("first", epochs=50, early_stopping_patience=2)
    end(run, epochs_done=4)
    config = runs.extend_run(run.id, 3).config
    assert (config.epochs, config.early_stopping_patience) == (7, None)


@pytest.mark.parametrize("status", [RunStatus.FINISHED, RunStatus.STOPPED, RunStatus.FAILED])
def test_a_run_whose_patience_ended_with_its_last_epoch_trains_on_when_it_is_extended(
    status: RunStatus,
) -> None:
    run = submit("first", epochs=4, early_stopping_patience=3)
    end(run, status, epochs_done=4)
    config = runs.extend_run(run.id, 5).config
    assert (config.epochs, config.early_stopping_patience) == (9, None)


def test_a_run_with_patience_left_keeps_it_when_it_is_extended() -> None:
    run = submit("first", epochs=4, early_stopping_patience=4)
    end(run, epochs_done=4)
    assert runs.extend_run(run.id, 5).config.early_stopping_patience == 4


def test_the_epochs_of_the_head_alone_use_up_no_patience_when_a_run_is_extended() -> None:
    run = submit("first", epochs=4, early_stopping_patience=3, head_epochs=2)
    end(run, epochs_done=4)
    assert runs.extend_run(run.id, 5).config.early_stopping_patience == 3


@pytest.mark.parametrize("unwritable", [runs.CONFIG_FILE, runs.STATUS_FILE])
def test_a_run_that_cannot_be_extended_on_a_full_disk_stays_as_it_was(
    unwritable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = submit("first", epochs=2)
    end(run, epochs_done=2)
    submit("other")
    before = runs.load_run(run.id)
    save_bytes = files.save_bytes

    def full(path: Path, content: bytes) -> None:
        if path.name == unwritable:
            raise DiskFullError("The disk is full.")
        save_bytes(path, content)

    with monkeypatch.context() as context:
        context.setattr(files, "save_bytes", full)
        with pytest.raises(DiskFullError):
            runs.extend_run(run.id, 3)
    assert runs.load_run(run.id) == before
    assert names_in_queue() == []


@pytest.mark.parametrize("epochs", [0, -1])
def test_a_run_is_extended_by_one_epoch_or_more(epochs: int) -> None:
    run = submit("first")
    end(run, epochs_done=10)
    with pytest.raises(RunError, match="1 epoch or more"):
        runs.extend_run(run.id, epochs)


def test_what_cannot_be_extended_is_a_sentence_and_stays_as_it_was() -> None:
    run = submit("first", epochs=2)
    with pytest.raises(RunAlreadyActiveError):
        runs.extend_run(run.id, 1)
    end(run)
    with pytest.raises(FerError, match="kept no weights"):
        runs.extend_run(run.id, 1)
    (run.folder / runs.LAST_FILE).touch()
    with pytest.raises(ConfigError):
        runs.extend_run(run.id, 10_001)
    assert runs.load_run(run.id).status is RunStatus.FINISHED


# ── how long until then ──────────────────────────────────────────────────────────────────────────


def test_each_run_begins_when_those_before_it_are_through() -> None:
    active = submit("at work", epochs=10)
    recorder = RunRecorder(active.folder)
    for epoch in range(1, 5):
        recorder.record_epoch(EpochMetrics(epoch, 1.0, 0.5, 1.0, 0.5, 1e-3, 10.0))
    submit("same work", epochs=3)
    submit("other work", epochs=2, batch_size=8)
    submit("nobody knows when")
    known = [(run, runs.summarize(run)) for run in runs.list_runs()]
    active = runs.load_run(active.id)
    assert runs.expected_starts(active, runs.list_queue(), known) == [60.0, 90.0, None]
    assert runs.expected_starts(None, runs.list_queue(), known) == [0.0, 30.0, None]
