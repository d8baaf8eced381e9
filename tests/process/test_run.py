"""Training runs in the very process the page starts: to the end, stopped, killed, resumed, refused.

Each story starts TensorFlow once or twice, so there are few of them, and each asks several things.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from fer import runs
from fer.cards import load_card
from fer.config import AugmentationConfig, DatasetView, SplitPlan, TrainingConfig
from fer.datasets import Split, load_dataset
from fer.datasets.editions import create_edition, exclude
from fer.errors import RunAlreadyActiveError, RunError, StorageError
from fer.recognition import Recognizer
from fer.runs import BatchMetrics, EpochMetrics, Run, RunRecorder, RunStatus
from tests.conftest import dataset_of, write_fer_csv

# A bound against hanging, not a measurement: two busy cores may need a minute to load TensorFlow.
PATIENCE_SECONDS = 300.0

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def config(fer_home: Path) -> Iterator[TrainingConfig]:
    """Settings for a run on 140 faces; whatever still trains at the end is ended."""
    labels = [label for label in range(7) for _ in range(26)]
    splits = ([Split.TRAIN] * 20 + [Split.VALIDATION] * 6) * 7
    write_fer_csv(fer_home / "data" / "squares.csv", dataset_of(labels, splits))
    yield TrainingConfig(
        dataset="squares.csv",
        epochs=2,
        batch_size=32,
        seed=1,
        augmentation=AugmentationConfig(horizontal_flip=True, rotation_degrees=10),
    )
    for run in runs.list_runs():
        if run.is_active and run.process_id is not None:
            psutil.Process(run.process_id).kill()


def wait_until(run: Run, reached: Callable[[Run], bool]) -> Run:
    """Read the run again and again until `reached`; fails when it ends without."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        run = runs.load_run(run.id)
        if reached(run):
            return run
        if not run.is_active:
            break
        time.sleep(0.1)
    pytest.fail(f"The run is {run.status} after {len(run.metrics())} epochs. {run.error}\n{run.log()}")


def ended(run: Run) -> bool:
    return not run.is_active


def test_a_killed_run_is_lost_with_its_curves_and_resumes_to_its_end_repeating_nothing(
    config: TrainingConfig,
) -> None:
    faces = load_dataset(config.dataset)
    create_edition(config.dataset, "Mine")
    edition = exclude(faces, "Mine", [0], "not a face")
    view = DatasetView(edition="Mine", splits=SplitPlan(0.2))
    run = runs.start_run(replace(config, epochs=4, view=view))
    exclude(faces, "Mine", [1])  # too late for this run
    with pytest.raises(RunAlreadyActiveError, match="still training"):
        runs.start_run(config)
    with pytest.raises(RunAlreadyActiveError):
        runs.resume_run(run.id)

    run = wait_until(run, lambda run: len(run.metrics()) >= 1 and (run.folder / runs.LAST_FILE).exists())
    assert run.status is RunStatus.RUNNING
    assert run.process_id is not None
    psutil.Process(run.process_id).kill()
    run = wait_until(run, lambda run: run.status is RunStatus.LOST)
    kept = run.metrics()
    assert kept[0].epoch == 1
    assert run.batches()
    assert run.finished_at is not None
    assert run.can_resume

    run = wait_until(runs.resume_run(run.id), ended)
    assert run.status is RunStatus.FINISHED
    assert [row.epoch for row in run.metrics()] == [1, 2, 3, 4]
    assert run.metrics()[0] == kept[0]
    lines = (run.folder / runs.METRICS_FILE).read_text().splitlines()
    written = [json.loads(line)["epoch"] for line in lines]
    # At most the epoch that was under way is trained twice: its weights had not reached the disk.
    assert written in ([1, 2, 3, 4], [1, 2, 2, 3, 4])
    assert run.config.epochs == 4
    for name in (
        runs.CONFIG_FILE,
        runs.EDITION_FILE,
        runs.STATUS_FILE,
        runs.METRICS_FILE,
        runs.BATCHES_FILE,
        runs.LOG_FILE,
        runs.BEST_FILE,
        runs.LAST_FILE,
        runs.MODEL_FILE,
        "card.json",
    ):
        assert (run.folder / name).stat().st_size > 0, name
    card = load_card(run.folder)
    best = run.best()
    assert best is not None
    assert card.validation["epoch"] == best.epoch
    assert card.validation["accuracy"] == best.validation_accuracy
    assert card.parameters == 58_423
    assert runs.edition_of(run.folder, run.config) == edition
    assert (card.dataset["edition"], card.dataset["excluded"]) == ("Mine", 1)
    assert card.dataset["splits"] == {"train": 146, "validation": 35}
    faces = dataset_of(range(7)).images
    assert Recognizer(run.folder).predict(faces).sum(axis=1) == pytest.approx([1.0] * 7, abs=1e-5)
    with pytest.raises(RunError, match="no unfinished epochs"):
        runs.resume_run(run.id)


def test_stopping_a_run_keeps_its_best_and_last_weights_and_makes_a_model(config: TrainingConfig) -> None:
    run = runs.start_run(replace(config, epochs=5_000))
    run = wait_until(run, lambda run: len(run.metrics()) >= 1)
    runs.request_stop(run.id)
    assert runs.load_run(run.id).status in (RunStatus.STOPPING, RunStatus.STOPPED)
    run = wait_until(run, ended)
    assert run.status is RunStatus.STOPPED
    assert run.error == ""
    for name in (runs.BEST_FILE, runs.LAST_FILE, runs.MODEL_FILE):
        assert (run.folder / name).stat().st_size > 0, name
    assert run.can_resume
    assert run.has_model
    assert "Traceback" not in run.log()


def test_a_run_that_cannot_read_its_faces_fails_with_a_sentence(config: TrainingConfig) -> None:
    run = wait_until(runs.start_run(replace(config, dataset="gone.csv")), ended)
    assert run.status is RunStatus.FAILED
    assert "There is no dataset “gone.csv”" in run.error
    assert "Traceback" not in run.log()
    assert not run.can_resume


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_disk_that_fills_up_fails_the_run_with_a_sentence_and_keeps_its_curves(
    config: TrainingConfig,
) -> None:
    run = runs.create_run(config)
    recorder = RunRecorder(run.folder)
    recorder.record_epoch(EpochMetrics(1, 1.5, 0.4, 1.6, 0.35, 1e-3, 2.0))
    (run.folder / runs.BATCHES_FILE).symlink_to("/dev/full")
    with pytest.raises(StorageError, match=r"The disk is full: “batches\.jsonl” could not be saved") as told:
        recorder.record_batch(BatchMetrics(2, 1, 4, 1.4, 0.4, 100.0, 3.0))
    recorder.finish(RunStatus.FAILED, str(told.value))
    run = runs.load_run(run.id)
    assert run.status is RunStatus.FAILED
    assert "Free some space" in run.error
    assert [row.epoch for row in run.metrics()] == [1]
