"""Resuming a run that an earlier version began and stopped (`tests/old_home`)."""

import shutil
from pathlib import Path

import pytest

from fer import runs
from fer.models.inference import Recognizer
from fer.runs import RunStatus
from tests.conftest import PROJECT_ROOT
from tests.process.conftest import ended, wait_until

pytestmark = pytest.mark.timeout(600)


def test_a_run_stopped_by_an_earlier_version_goes_on_to_its_end(fer_home: Path) -> None:
    shutil.copytree(PROJECT_ROOT / "tests" / "old_home", fer_home, dirs_exist_ok=True)
    shutil.rmtree(fer_home / "models" / "runs" / "20261130-234947-tiny_cnn")  # it would begin afterwards
    run = runs.load_run("20261130-234939-tiny_cnn")
    before = run.metrics()
    run = wait_until(runs.resume_run(run.id), ended)
    assert (run.status, run.error) == (RunStatus.FINISHED, "")
    assert [row.epoch for row in run.metrics()] == [1, 2, 3, 4, 5]
    assert run.metrics()[:2] == before
    assert run.metrics()[-1].learning_rate < before[-1].learning_rate
    assert Recognizer(run.folder).card.validation is not None
