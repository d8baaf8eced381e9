"""The run folder, from both sides: what a page reads of it, and what the training process writes.

No process trains here; `tests/process/test_run.py` starts real ones.
"""

import csv
import io
import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from fer import runs
from fer.config import DatasetView, SplitPlan, TrainingConfig
from fer.datasets.editions import create_edition, delete_edition
from fer.errors import (
    CorruptRunError,
    EditionError,
    RunAlreadyActiveError,
    RunError,
    RunNotFoundError,
    StorageError,
)
from fer.runs import BatchMetrics, EpochMetrics, RunNotes, RunRecorder, RunStatus
from fer.system import paths
from tests.conftest import dataset_of
from tests.corrections import exclude

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)  # of the folders' stories, long past whenever the tests run
USUAL = TrainingConfig()
# Above what any system gives out.
NO_PROCESS = 2**30


def epoch(number: int, accuracy: float = 0.5, loss: float = 1.0, seconds: float = 10.0) -> EpochMetrics:
    return EpochMetrics(number, 1.1, 0.4, loss, accuracy, 1e-3, seconds)


def batch(epoch: int, number: int, of: int = 100, elapsed: float = 1.0) -> BatchMetrics:
    return BatchMetrics(epoch, number, of, 1.0, 0.4, 500.0, elapsed)


def lines(*rows: EpochMetrics | BatchMetrics) -> str:
    return "".join(json.dumps(asdict(row)) + "\n" for row in rows)


def us() -> dict[str, Any]:
    """The entries of a status that name this very process."""
    return {"process_id": os.getpid(), "process_created": psutil.Process().create_time()}


@pytest.fixture
def put(fer_home: Path) -> Any:
    """A function that writes a run folder by hand and returns it."""

    def write(
        run_id: str = "20260101-120000-mini_xception",
        status: RunStatus = RunStatus.FINISHED,
        *,
        metrics: str = "",
        batches: str = "",
        config: TrainingConfig = USUAL,
        others: tuple[str, ...] = (),
        **entries: Any,
    ) -> Path:
        folder = fer_home / "models" / "runs" / run_id
        folder.mkdir(parents=True)
        (folder / runs.CONFIG_FILE).write_text(config.to_json())
        values = {"status": status, "started_at": NOW.isoformat(), "process_id": None, **entries}
        (folder / runs.STATUS_FILE).write_text(json.dumps(values))
        (folder / runs.METRICS_FILE).write_text(metrics)
        (folder / runs.BATCHES_FILE).write_text(batches)
        for name in others:
            (folder / name).write_text("something")
        return folder

    return write


# ── reading a run ────────────────────────────────────────────────────────────────────────────────


def test_a_folder_written_by_hand_is_read_whole(put: Any) -> None:
    config = TrainingConfig(epochs=3, name="My run")
    ended = NOW + timedelta(minutes=5)
    folder = put(status=RunStatus.FAILED, config=config, error="No disk.", finished_at=ended.isoformat())
    run = runs.load_run(folder.name)
    assert (run.id, run.folder, run.config) == (folder.name, folder, config)
    assert (run.status, run.error, run.is_active) == (RunStatus.FAILED, "No disk.", False)
    assert (run.started_at, run.finished_at) == (NOW, ended)
    assert run.title == "My run · 20260101-120000"
    assert run.metrics() == []
    assert run.best() is None
    assert run.log() == ""


def test_a_run_without_a_name_is_called_by_its_id(put: Any) -> None:
    assert runs.load_run(put().name).title == "20260101-120000-mini_xception"


@pytest.mark.parametrize(
    "run_id",
    ["", "no-run", "..", "../x", "../runs/20260101-120000-mini_xception", "/etc", "a\0b", "x" * 300],
)
def test_an_id_that_is_no_run_or_leads_elsewhere_is_not_found(put: Any, run_id: str) -> None:
    put()
    with pytest.raises(RunNotFoundError, match="There is no run"):
        runs.load_run(run_id)


def test_a_folder_without_a_config_holds_no_run(put: Any) -> None:
    folder = put()
    (folder / runs.CONFIG_FILE).unlink()
    with pytest.raises(RunNotFoundError, match="holds no run"):
        runs.load_run(folder.name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (runs.CONFIG_FILE, "{"),
        (runs.CONFIG_FILE, "[]"),
        (runs.CONFIG_FILE, '{"epochs": 0}'),
        (runs.CONFIG_FILE, '{"momentum": 1}'),
        (runs.STATUS_FILE, ""),
        (runs.STATUS_FILE, "{}"),
        (runs.STATUS_FILE, '{"status": "dancing", "started_at": "2026-01-01T00:00:00+00:00"}'),
        (runs.STATUS_FILE, '{"status": "starting", "started_at": "2026-01-01T00:00:00"}'),
        (runs.STATUS_FILE, '{"status": "finished", "started_at": 5}'),
        (runs.STATUS_FILE, "\udcff"),
    ],
)
def test_a_damaged_folder_is_a_sentence_and_the_list_goes_on_without_it(
    put: Any, name: str, content: str
) -> None:
    whole, damaged = put("20260101-000000-whole"), put("20260102-000000-damaged")
    (damaged / name).write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(CorruptRunError, match=f"{name} of the run “20260102-000000-damaged”"):
        runs.load_run(damaged.name)
    assert [run.id for run in runs.list_runs()] == [whole.name]
    assert runs.list_damaged_runs() == [damaged.name]


def test_the_list_is_newest_first_and_passes_over_what_is_no_run(put: Any, fer_home: Path) -> None:
    assert runs.list_runs() == []
    assert runs.list_damaged_runs() == []
    for run_id in ("20260102-000000-a", "20260301-000000-a", "20251231-235959-a"):
        put(run_id)
    (fer_home / "models" / "runs" / "README.md").write_text("No run.")
    (fer_home / "models" / "runs" / "empty").mkdir()
    assert [run.id[:8] for run in runs.list_runs()] == ["20260301", "20260102", "20251231"]


# ── whether its process lives ────────────────────────────────────────────────────────────────────


def test_a_run_whose_process_lives_is_running_and_then_stopping(put: Any) -> None:
    folder = put(status=RunStatus.RUNNING, **us())
    assert runs.load_run(folder.name).status is RunStatus.RUNNING
    runs.request_stop(folder.name)
    assert runs.load_run(folder.name).status is RunStatus.STOPPING
    assert runs.load_run(folder.name).is_active


@pytest.mark.parametrize(
    "process",
    [
        {"process_id": NO_PROCESS, "process_created": 0.0},
        {"process_id": os.getpid(), "process_created": psutil.Process().create_time() - 100},
        {"process_id": os.getpid()},
        {"process_id": os.getpid(), "process_created": None},
        {"process_id": "one", "process_created": 0.0},
        {"process_id": -1, "process_created": 0.0},
    ],
    ids=["gone", "number given to another", "birth unknown", "birth null", "no number", "negative"],
)
def test_a_run_whose_process_is_gone_is_lost(put: Any, process: dict[str, Any]) -> None:
    run = runs.load_run(put(status=RunStatus.RUNNING, **process).name)
    assert run.status is RunStatus.LOST
    assert not run.is_active


def test_a_lost_run_ended_at_its_last_sign_of_life(put: Any) -> None:
    folder = put(status=RunStatus.RUNNING, process_id=NO_PROCESS, batches=lines(batch(1, 1)))
    last = datetime.now(UTC) + timedelta(hours=1)
    os.utime(folder / runs.BATCHES_FILE, (last.timestamp(), last.timestamp()))
    finished_at = runs.load_run(folder.name).finished_at
    assert finished_at is not None
    assert abs(finished_at - last) < timedelta(seconds=1)


def test_a_start_that_never_came_to_be_is_lost_after_a_while(put: Any) -> None:
    fresh = put("20260101-000000-fresh", RunStatus.STARTING, started_at=datetime.now(UTC).isoformat())
    old = put("20260101-000000-old", RunStatus.STARTING, started_at=(NOW - timedelta(hours=1)).isoformat())
    assert runs.load_run(fresh.name).status is RunStatus.STARTING
    assert runs.load_run(old.name).status is RunStatus.LOST


def test_what_is_over_stays_over_whatever_its_process_number_is_now(put: Any) -> None:
    assert runs.load_run(put(status=RunStatus.STOPPED, **us()).name).status is RunStatus.STOPPED


# ── its curves ───────────────────────────────────────────────────────────────────────────────────


def test_a_torn_last_line_is_passed_over(put: Any) -> None:
    whole, torn = lines(epoch(1), epoch(2)), lines(epoch(3))[:30]
    folder = put(metrics=whole + torn, batches=lines(batch(1, 5)) + '{"epoch": 1, "ba')
    run = runs.load_run(folder.name)
    assert [row.epoch for row in run.metrics()] == [1, 2]
    assert run.batches() == [batch(1, 5)]


@pytest.mark.parametrize("line", ["null", "[1]", "3", "{}", "", "\udcff"])
def test_a_line_of_something_else_is_passed_over(put: Any, line: str) -> None:
    folder = put()
    content = lines(epoch(1)) + line + "\n" + lines(epoch(2))
    (folder / runs.METRICS_FILE).write_bytes(content.encode(errors="surrogateescape"))
    assert [row.epoch for row in runs.load_run(folder.name).metrics()] == [1, 2]


def test_an_epoch_trained_again_counts_once_as_it_was_last(put: Any) -> None:
    run = runs.load_run(put(metrics=lines(epoch(1, 0.1), epoch(2, 0.2), epoch(2, 0.3))).name)
    assert [(row.epoch, row.validation_accuracy) for row in run.metrics()] == [(1, 0.1), (2, 0.3)]


def test_of_an_epoch_begun_again_only_the_latest_attempt_is_shown(put: Any) -> None:
    written = [batch(1, 40), batch(1, 100), batch(2, 30), batch(2, 60), batch(2, 10), batch(2, 35)]
    run = runs.load_run(put(batches=lines(*written)).name)
    assert [(row.epoch, row.batch) for row in run.batches()] == [(1, 40), (1, 100), (2, 10), (2, 35)]


def test_the_best_epoch_is_the_most_accurate_and_among_equals_the_one_of_least_loss(put: Any) -> None:
    rows = [epoch(1, 0.4, 0.1), epoch(2, 0.6, 1.2), epoch(3, 0.6, 1.1), epoch(4, 0.6, 1.3)]
    best = runs.load_run(put(metrics=lines(*rows)).name).best()
    assert best == rows[2]


def test_progress_counts_whole_epochs_and_the_one_under_way(put: Any) -> None:
    folder = put(
        config=TrainingConfig(epochs=10),
        metrics=lines(epoch(1), epoch(2)),
        batches=lines(batch(2, 100), batch(3, 50)),
    )
    progress = runs.load_run(folder.name).progress()
    assert progress.fraction == pytest.approx(0.25)
    assert progress.epoch == 3
    assert progress.images_per_second == 500
    assert progress.remaining_seconds == pytest.approx(75)  # 7.5 epochs of 10 s


def test_progress_in_the_first_epoch_goes_by_the_time_so_far(put: Any) -> None:
    folder = put(config=TrainingConfig(epochs=4), batches=lines(batch(1, 50, elapsed=6)))
    progress = runs.load_run(folder.name).progress()
    assert progress.fraction == pytest.approx(0.125)
    assert progress.remaining_seconds == pytest.approx(42)


def test_progress_knows_nothing_before_the_first_batch_and_nothing_remains_after_the_last(put: Any) -> None:
    before = runs.load_run(put("20260101-000000-a").name).progress()
    assert (before.fraction, before.epoch, before.remaining_seconds) == (0, 1, None)
    rows = lines(epoch(1), epoch(2))
    done = put(
        "20260101-000000-b", config=TrainingConfig(epochs=2), metrics=rows, batches=lines(batch(2, 100))
    )
    after = runs.load_run(done.name).progress()
    assert (after.fraction, after.epoch, after.remaining_seconds) == (1, 2, 0)


def test_the_log_is_read_from_its_end(put: Any) -> None:
    folder = put()
    (folder / runs.LOG_FILE).write_text("\n".join(f"line {number}" for number in range(1000)))
    assert runs.load_run(folder.name).log(lines=2) == "line 998\nline 999"


def test_the_log_leaves_out_how_tensorflow_greets(put: Any) -> None:
    folder = put()
    greeting = (
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1 1 port.cc:153] oneDNN custom operations are on. You may see slightly other results\n"
    )
    (folder / runs.LOG_FILE).write_text(f"Reading the faces\n{greeting}Epoch 1 of 3\n")
    assert runs.load_run(folder.name).log(lines=2) == "Reading the faces\nEpoch 1 of 3"


# ── what may be done with it ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "others", "process", "expected"),
    [
        (RunStatus.STOPPED, (runs.LAST_FILE,), {}, True),
        (RunStatus.FAILED, (runs.LAST_FILE,), {}, True),
        (RunStatus.RUNNING, (runs.LAST_FILE,), {"process_id": NO_PROCESS}, True),
        (RunStatus.RUNNING, (runs.LAST_FILE,), us(), False),
        (RunStatus.FINISHED, (runs.LAST_FILE,), {}, False),
        (RunStatus.STOPPED, (), {}, False),
    ],
    ids=["stopped", "failed", "lost", "still running", "finished", "stopped without weights"],
)
def test_a_run_can_go_on_if_it_ended_early_and_left_weights(
    put: Any, status: RunStatus, others: tuple[str, ...], process: dict[str, Any], expected: bool
) -> None:
    assert runs.load_run(put(status=status, others=others, **process).name).can_resume is expected


def test_a_run_lost_between_its_last_epoch_and_its_export_can_go_on(put: Any) -> None:
    folder = put(
        status=RunStatus.RUNNING,
        process_id=NO_PROCESS,
        config=TrainingConfig(epochs=1),
        metrics=lines(epoch(1)),
        others=(runs.LAST_FILE, runs.BEST_FILE),
    )
    run = runs.load_run(folder.name)
    assert not run.has_model
    assert run.can_resume


def test_resuming_what_is_through_is_refused(put: Any) -> None:
    with pytest.raises(RunError, match="Start a new one"):
        runs.resume_run(put(others=(runs.LAST_FILE,)).name)


def test_no_second_run_is_started_beside_an_active_one(put: Any) -> None:
    active = put(status=RunStatus.RUNNING, config=TrainingConfig(name="First"), **us())
    with pytest.raises(RunAlreadyActiveError, match="“First · 20260101-120000” is still training"):
        runs.start_run(TrainingConfig())
    with pytest.raises(RunAlreadyActiveError, match="Stop it first"):
        runs.resume_run(active.name)
    assert [run.id for run in runs.list_runs()] == [active.name]


def test_stopping_what_is_not_there_is_a_sentence() -> None:
    with pytest.raises(RunNotFoundError):
        runs.request_stop("../models")


def test_two_runs_of_one_second_get_a_folder_each() -> None:
    first, second = runs.create_run(TrainingConfig(seed=1)), runs.create_run(TrainingConfig(seed=2))
    assert first.id != second.id
    assert [runs.load_run(run.id).config.seed for run in (first, second)] == [1, 2]
    assert first.status is RunStatus.STARTING
    assert first.process_id is None


def test_a_place_that_cannot_be_written_is_a_sentence(fer_home: Path) -> None:
    (fer_home / "models").write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        runs.create_run(TrainingConfig())


# ── the faces it trains on ───────────────────────────────────────────────────────────────────────


def test_a_run_keeps_the_edition_as_it_was_when_the_run_was_made(fer_home: Path) -> None:
    faces = dataset_of([0, 1, 2], name="small")
    create_edition("small", "Mine")
    as_it_was = exclude(faces, "Mine", [0], "not a face")
    config = TrainingConfig(dataset="small", view=DatasetView(edition="Mine"))
    run = runs.create_run(config)
    exclude(faces, "Mine", [1])
    delete_edition("small", "Mine")
    assert runs.edition_of(run.folder, run.config) == as_it_was
    (run.folder / runs.EDITION_FILE).write_text("{")
    with pytest.raises(EditionError, match="cannot be understood"):
        runs.edition_of(run.folder, config)


def test_a_run_without_an_edition_keeps_none() -> None:
    run = runs.create_run(TrainingConfig())
    assert runs.edition_of(run.folder, run.config) is None
    assert not (run.folder / runs.EDITION_FILE).exists()


def test_a_folder_made_by_hand_gets_its_copy_of_the_edition(put: Any) -> None:
    config = TrainingConfig(dataset="small", view=DatasetView(edition="Mine"))
    folder = put(config=config)
    with pytest.raises(EditionError, match="has no edition “Mine”"):
        runs.edition_of(folder, config)
    create_edition("small", "Mine")
    assert runs.edition_of(folder, config) is not None
    assert (folder / runs.EDITION_FILE).exists()


def test_an_edition_that_is_not_there_starts_no_run() -> None:
    with pytest.raises(EditionError, match="has no edition “Mine”"):
        runs.create_run(TrainingConfig(view=DatasetView(edition="Mine")))
    assert not paths.runs_folder().exists()


# ── the training process's side ──────────────────────────────────────────────────────────────────


def test_what_the_recorder_writes_is_what_the_page_reads() -> None:
    run = runs.create_run(TrainingConfig(epochs=2))
    recorder = RunRecorder(run.folder)
    recorder.stage("Epoch 1 of 2")
    recorder.record_batch(batch(1, 100))
    recorder.record_epoch(epoch(1))
    seen = runs.load_run(run.id)
    assert (seen.status, seen.stage, seen.process_id) == (RunStatus.RUNNING, "Epoch 1 of 2", os.getpid())
    assert seen.batches() == [batch(1, 100)]
    assert seen.metrics() == [epoch(1)]
    assert seen.finished_at is None


def test_a_request_to_stop_reaches_the_recorder() -> None:
    run = runs.create_run(TrainingConfig())
    recorder = RunRecorder(run.folder)
    assert not recorder.stop_requested()
    runs.request_stop(run.id)
    assert recorder.stop_requested()
    assert runs.load_run(run.id).status is RunStatus.STOPPING
    recorder.finish(RunStatus.STOPPED)
    assert runs.load_run(run.id).status is RunStatus.STOPPED


def test_the_end_is_written_with_its_time_and_its_reason() -> None:
    run = runs.create_run(TrainingConfig())
    RunRecorder(run.folder).finish(RunStatus.FAILED, "The disk is full.")
    ended = runs.load_run(run.id)
    assert (ended.status, ended.error, ended.stage) == (RunStatus.FAILED, "The disk is full.", "")
    assert ended.started_at == run.started_at
    assert ended.finished_at is not None
    assert ended.finished_at >= ended.started_at


def test_a_line_torn_by_a_kill_does_not_swallow_the_next_one(put: Any) -> None:
    folder = put(
        status=RunStatus.RUNNING,
        process_id=NO_PROCESS,
        metrics=lines(epoch(1)) + '{"epoch": 2, "tr',
        batches='{"epo',
    )
    recorder = RunRecorder(folder)
    recorder.record_epoch(epoch(2))
    recorder.record_batch(batch(2, 1))
    run = runs.load_run(folder.name)
    assert [row.epoch for row in run.metrics()] == [1, 2]
    assert run.batches() == [batch(2, 1)]


def test_a_recorder_that_follows_a_failure_clears_it(put: Any) -> None:
    folder = put(status=RunStatus.FAILED, error="No.", finished_at=NOW.isoformat())
    RunRecorder(folder)
    run = runs.load_run(folder.name)
    assert (run.status, run.error, run.finished_at) == (RunStatus.RUNNING, "", None)


# ── lists and tables ─────────────────────────────────────────────────────────────────────────────


def test_a_summary_says_how_a_run_came_out(put: Any) -> None:
    rows = lines(epoch(1, 0.4), epoch(2, 0.6), epoch(3, 0.5, seconds=4.0))
    summary = runs.summarize(runs.load_run(put(metrics=rows).name))
    assert (summary.epochs_done, summary.best, summary.seconds) == (3, epoch(2, 0.6), 24.0)
    assert summary.epoch_seconds == 8.0
    nothing = runs.summarize(runs.load_run(put("20260102-000000-b").name))
    assert (nothing.epochs_done, nothing.best, nothing.epoch_seconds) == (0, None, None)


def test_runs_go_into_a_table_with_all_that_was_chosen_and_said(put: Any) -> None:
    folder = put(metrics=lines(epoch(1, 0.4)), config=TrainingConfig(dropout=0.25))
    runs.save_notes(folder, RunNotes('A "name", with a comma', "two\nlines", True))
    split = TrainingConfig(view=DatasetView(splits=SplitPlan()))
    listed = [runs.load_run(folder.name), runs.load_run(put("20260102-000000-b", config=split).name)]
    table = list(csv.DictReader(io.StringIO(runs.runs_csv(listed, [runs.summarize(run) for run in listed]))))
    assert [row["id"] for row in table] == [run.id for run in listed]
    assert (table[0]["name"], table[0]["note"]) == ('A "name", with a comma', "two\nlines")
    assert (table[0]["best_validation_accuracy"], table[1]["best_validation_accuracy"]) == ("0.4", "")
    assert table[0]["config.dropout"] == "0.25"
    assert table[1]["config.view.splits.validation_fraction"] == "0.1"
    assert runs.runs_csv([], []) == "\n"


def test_curves_go_into_a_table_whose_classes_have_names() -> None:
    rows = [replace(epoch(1), class_accuracies=(0.5, None)), epoch(2)]
    table = list(csv.DictReader(io.StringIO(runs.metrics_csv(rows, ("happy", "sad")))))
    assert (table[0]["epoch"], table[0]["validation_accuracy"]) == ("1", "0.5")
    assert (table[0]["accuracy_happy"], table[0]["accuracy_sad"], table[1]["accuracy_happy"]) == (
        "0.5",
        "",
        "",
    )
    unnamed = list(csv.DictReader(io.StringIO(runs.metrics_csv(rows))))
    assert unnamed[0]["accuracy_0"] == "0.5"
