"""Training runs in the very process the page starts: to the end, stopped, killed, resumed, refused.

Each story starts TensorFlow once or twice, so there are few of them, and each asks several things.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from fer import runs
from fer.cards import load_card
from fer.config import AugmentationConfig, TrainingConfig
from fer.datasets import Split
from fer.errors import RunAlreadyActiveError, RunError
from fer.recognition import Recognizer
from fer.runs import Run, RunStatus
from tests.conftest import PROJECT_ROOT, dataset_of, write_fer_csv

# A bound against hanging, not a measurement: two busy cores may need a minute to load TensorFlow.
PATIENCE_SECONDS = 200.0

pytestmark = pytest.mark.timeout(500)


@pytest.fixture
def config(fer_home: Path) -> Iterator[TrainingConfig]:
    """Settings for a run on 140 faces; whatever still trains at the end is ended."""
    labels = [label for label in range(7) for _ in range(26)]
    splits = ([Split.TRAIN] * 20 + [Split.VALIDATION] * 6) * 7
    write_fer_csv(fer_home / "data" / "squares.csv", dataset_of(labels, splits))
    yield TrainingConfig(dataset="squares.csv", epochs=2, batch_size=32, seed=1,
                         augmentation=AugmentationConfig(horizontal_flip=True, rotation_degrees=10))
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
        config: TrainingConfig) -> None:
    run = runs.start_run(replace(config, epochs=4))
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
    for name in (runs.CONFIG_FILE, runs.STATUS_FILE, runs.METRICS_FILE, runs.BATCHES_FILE, runs.LOG_FILE,
                 runs.BEST_FILE, runs.LAST_FILE, runs.MODEL_FILE, "card.json"):
        assert (run.folder / name).stat().st_size > 0, name
    card = load_card(run.folder)
    best = run.best()
    assert best is not None
    assert card.validation["epoch"] == best.epoch
    assert card.validation["accuracy"] == best.validation_accuracy
    assert card.parameters == 58_423
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


def test_mini_xception_trains_with_odd_batches() -> None:
    # In a child: what this guards against ends in a segmentation fault, not in an exception.
    program = """
import numpy as np
from fer.config import TrainingConfig
from fer.training import build_network
network = build_network(TrainingConfig(), 7)
network.compile("adam", "sparse_categorical_crossentropy")
rng = np.random.default_rng(0)
for size in (1, 5, 37):
    for _ in range(3):
        faces = rng.uniform(-1, 1, (size, 48, 48, 1)).astype("float32")
        assert np.isfinite(network.train_on_batch(faces, np.arange(size) % 7))
print("trained")
"""
    child = subprocess.run([sys.executable, "-c", program], cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    assert "trained" in child.stdout
