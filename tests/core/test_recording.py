"""What the training process writes down, on a disk that is full."""

import json
from pathlib import Path

import pytest

from fer import runs
from fer.config import TrainingConfig
from fer.errors import DiskFullError
from fer.runs import RunRecorder, RunStatus, StoppedWhilePausedError, append_bytes, recording
from fer.system import files

FULL = DiskFullError("The disk is full.")


class Disk:
    """A disk that is full for a number of attempts."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.statuses: list[str] = []

    def write(self, folder: Path) -> None:
        self.statuses.append(json.loads((folder / runs.STATUS_FILE).read_text())["status"])
        self.refusals -= 1
        if self.refusals >= 0:
            raise FULL


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> RunRecorder:
    monkeypatch.setattr(recording, "_RETRY_SECONDS", 0.01)
    return RunRecorder(runs.create_run(TrainingConfig()).folder)


def test_a_run_waits_until_there_is_room_and_says_so_meanwhile(recorder: RunRecorder) -> None:
    disk = Disk(refusals=2)
    recorder.persist(lambda: disk.write(recorder.folder))
    assert disk.statuses == ["running", "paused", "paused"]
    run = runs.read_run(recorder.folder)
    assert (run.status, run.error) == (RunStatus.RUNNING, "")
    assert recorder.paused_seconds > 0


def test_a_run_that_waits_for_room_hears_the_request_to_stop(recorder: RunRecorder) -> None:
    disk = Disk(refusals=10**6)
    runs.request_stop(recorder.folder.name)
    with pytest.raises(StoppedWhilePausedError, match="Free some space, then resume it"):
        recorder.persist(lambda: disk.write(recorder.folder))
    assert len(disk.statuses) == 1


def test_the_operating_system_can_end_a_run_that_waits_for_room(recorder: RunRecorder) -> None:
    recorder.interrupted.set()
    with pytest.raises(StoppedWhilePausedError):
        recorder.persist(lambda: Disk(refusals=10**6).write(recorder.folder))


def test_an_error_of_another_kind_is_no_reason_to_wait(recorder: RunRecorder) -> None:
    with pytest.raises(ZeroDivisionError):
        recorder.persist(lambda: 1 / 0)
    assert runs.read_run(recorder.folder).status is RunStatus.RUNNING


def test_a_status_is_written_where_there_is_room_for_nothing_new(
    recorder: RunRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(path: Path, content: bytes) -> None:
        raise FULL

    with monkeypatch.context() as full:
        full.setattr(files, "save_bytes", no_room)
        recorder.finish(RunStatus.STOPPED, "The disk is full.")
    run = runs.read_run(recorder.folder)
    assert (run.status, run.error) == (RunStatus.STOPPED, "The disk is full.")


def test_the_room_set_aside_is_given_back_first(
    recorder: RunRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = next(path for path in recorder.folder.iterdir() if path.name.startswith("."))
    assert reserve.stat().st_size >= 2**12
    save_bytes = files.save_bytes

    def only_without_the_reserve(path: Path, content: bytes) -> None:
        if reserve.exists():
            raise FULL
        save_bytes(path, content)

    monkeypatch.setattr(files, "save_bytes", only_without_the_reserve)
    recorder.stage("Going on")
    assert runs.read_run(recorder.folder).stage == "Going on"


def test_a_line_for_which_there_is_no_room_leaves_no_part_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tmp_path / "lines.jsonl"
    append_bytes(lines, b"one\n")

    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(runs.folder.os, "fsync", no_room)  # after the line was written
        with pytest.raises(DiskFullError):
            append_bytes(lines, b"two\n", durable=True)
    assert lines.read_bytes() == b"one\n"


def test_a_stop_can_be_asked_for_on_a_full_disk(
    recorder: RunRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(path: Path, content: bytes) -> None:
        raise FULL

    monkeypatch.setattr(files, "save_bytes", no_room)
    runs.request_stop(recorder.folder.name)
    assert recorder.stop_requested()
