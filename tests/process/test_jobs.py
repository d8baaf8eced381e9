"""Jobs: a command of ours in a process of its own, watched through its folder."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from fer.errors import FerError, StorageError
from fer.system import files, jobs, paths, processes
from fer.system.jobs import Job, JobRecorder, JobStatus


def wait_for_end(job_id: str, seconds: float = 60) -> Job:
    """The job once its process has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = jobs.read_job(job_id)
        assert job is not None
        if not job.is_active:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job_id} did not end within {seconds} s")


def write_job(job_id: str, *, alive: bool = True) -> Path:
    """The folder of a job whose process is this one, or one that is gone."""
    folder = paths.cache_folder() / "jobs" / job_id
    folder.mkdir(parents=True)
    process = processes.this_process() if alive else {"process_id": 2**22 + 1, "process_created": 1.0}
    (folder / "job.json").write_text(json.dumps({"title": "Work", "started_at": time.time(), **process}))
    return folder


def test_a_job_ends_with_what_its_command_answered(csv_in_data: Callable[[str], str]) -> None:
    csv_in_data("small")
    jobs.start_job("info-small", "Counting", ["info", "small"])
    job = wait_for_end("info-small")
    assert (job.status, job.title, job.error) == (JobStatus.DONE, "Counting", "")
    assert job.result["count"] == 42
    jobs.forget_job("info-small")
    assert jobs.read_job("info-small") is None


def test_a_job_that_fails_says_why_in_the_words_of_its_command() -> None:
    jobs.start_job("info-none", "Counting", ["info", "nowhere.csv"])
    job = wait_for_end("info-none")
    assert job.status is JobStatus.FAILED
    assert "nowhere.csv" in job.error


def test_the_same_job_is_not_started_twice() -> None:
    folder = write_job("busy")
    again = jobs.start_job("busy", "Other words", ["info", "synthetic"])
    assert (again.title, again.is_active) == ("Work", True)
    assert [path.name for path in folder.iterdir()] == ["job.json"]


def test_a_stopped_job_is_stopped_and_no_failure() -> None:
    jobs.start_job("drawing", "Drawing", ["info", "synthetic"])
    # Only a process that hears the signal can clean up behind itself; it listens once its imports are done.
    log = paths.cache_folder() / "jobs" / "drawing" / "progress.json"
    until = time.monotonic() + 60
    while not log.exists() and time.monotonic() < until:
        time.sleep(0.05)
    jobs.stop_job("drawing")
    job = wait_for_end("drawing")
    assert (job.status, job.error) == (JobStatus.STOPPED, "")


def test_a_job_whose_process_was_killed_is_lost_and_says_so() -> None:
    write_job("killed", alive=False)
    job = jobs.read_job("killed")
    assert job is not None
    assert job.status is JobStatus.LOST
    assert "again" in job.error


def test_progress_is_told_with_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_job("half")
    started = json.loads((folder / "job.json").read_text())["started_at"]
    JobRecorder(folder).progress(0.25, "Comparing")
    monkeypatch.setattr(jobs.time, "time", lambda: started + 10.0)
    job = jobs.read_job("half")
    assert job is not None
    assert (job.fraction, job.message) == (0.25, "Comparing")
    assert job.remaining_seconds == pytest.approx(30.0)


def test_a_job_of_an_id_that_leads_elsewhere_is_refused() -> None:
    with pytest.raises(FerError):
        jobs.read_job("../elsewhere")


def test_a_process_is_known_by_its_birth_not_by_its_number_alone() -> None:
    own = processes.this_process()
    assert processes.is_alive(own)
    assert not processes.is_alive({**own, "process_created": own["process_created"] - 60})
    assert not processes.is_alive({})
    assert psutil.pid_exists(own["process_id"])


def test_a_job_that_is_stopped_before_it_can_hear_of_it_is_stopped_all_the_same() -> None:
    jobs.start_job("at-once", "Drawing", ["info", "synthetic"])
    jobs.stop_job("at-once")
    job = wait_for_end("at-once")
    assert (job.status, job.error) == (JobStatus.STOPPED, "")


def test_a_job_that_cannot_be_written_down_does_not_go_on_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def start(arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> dict[str, Any]:
        started.append(start_module(arguments, log, environment))
        return started[-1]

    def disk_is_full(path: Path, text: str) -> None:
        raise StorageError(f"The disk is full: {path.name}")

    start_module = processes.start_module
    monkeypatch.setattr(processes, "start_module", start)
    monkeypatch.setattr(files, "save_text", disk_is_full)
    with pytest.raises(StorageError):
        jobs.start_job("unseen", "Drawing", ["info", "synthetic"])
    (process,) = started
    with suppress(psutil.NoSuchProcess):
        psutil.Process(process["process_id"]).wait(timeout=60)
    assert not processes.is_alive(process)
    assert jobs.read_job("unseen") is None


@pytest.mark.parametrize("name", ["progress.json", "result.json", "error.txt"])
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"[1]", b'{"fraction": "half"', b'{"fraction": null}']
)
def test_a_damaged_folder_of_a_job_breaks_no_page(name: str, content: bytes) -> None:
    folder = write_job("damaged")
    (folder / name).write_bytes(content)
    job = jobs.read_job("damaged")
    assert job is not None
    assert job.fraction in (0.0, 1.0)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"process_id": null}', '{"process_id": "x"}'])
def test_a_job_of_which_nothing_can_be_known_is_not_at_work(content: str) -> None:
    (write_job("unknown") / "job.json").write_text(content)
    job = jobs.read_job("unknown")
    assert job is None or not job.is_active
    jobs.stop_job("unknown")
