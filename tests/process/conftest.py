"""A run to start, and a way to wait for it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from fer import runs
from fer.config import AugmentationConfig, TrainingConfig
from fer.datasets import Split
from fer.runs import Run, RunStatus
from tests.conftest import PROJECT_ROOT, dataset_of, write_fer_csv

# A bound against hanging, not a measurement: two busy cores may need a minute to load TensorFlow.
PATIENCE_SECONDS = 300.0


@pytest.fixture
def config(fer_home: Path) -> Iterator[TrainingConfig]:
    """Settings for a run on 140 faces; whatever still trains at the end is ended."""
    write_squares(fer_home / "data" / "squares.csv")
    yield TrainingConfig(
        dataset="squares.csv",
        architecture="tiny_cnn",
        epochs=2,
        batch_size=32,
        seed=1,
        augmentation=AugmentationConfig(horizontal_flip=True, rotation_degrees=10),
    )
    for run in runs.list_runs():
        if run.is_active and run.process_id is not None:
            psutil.Process(run.process_id).kill()


def write_squares(path: Path, seed: int = 0, train: int = 20, validation: int = 6) -> None:
    """Write so many faces of each emotion to train on and to validate by; another seed gives other pixels."""
    labels = [label for label in range(7) for _ in range(train + validation)]
    splits = ([Split.TRAIN] * train + [Split.VALIDATION] * validation) * 7
    write_fer_csv(path, dataset_of(labels, splits, seed=seed))


def wait_until(run: Run, reached: Callable[[Run], bool]) -> Run:
    """Read the run again and again until `reached`; fails when it ends without. A queued one will begin."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        run = runs.load_run(run.id)
        if reached(run):
            return run
        if not run.is_active and run.status is not RunStatus.QUEUED:
            break
        time.sleep(0.1)
    pytest.fail(f"The run is {run.status} after {len(run.metrics())} epochs. {run.error}\n{run.log()}")


def found_by_child(module: str) -> dict[str, Any]:
    """What `python -m <module>` prints as JSON in its last line: a process of its own for TensorFlow."""
    child = subprocess.run(
        [sys.executable, "-m", module], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert child.returncode == 0, child.stderr
    values: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return values


def ended(run: Run) -> bool:
    """Whether nothing trains any more."""
    return not run.is_active
