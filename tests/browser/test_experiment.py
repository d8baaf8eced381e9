"""Advice put to the test, in a real browser: a finding, its one change, what that brought, both curves."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Split
from fer.runs import RunStatus
from tests.browser.conftest import Server, keep_screenshot, settle, start_server, stop_server
from tests.conftest import dataset_of, write_fer_csv

# Two trainings, each of which loads TensorFlow, beside whatever else the machine does.
PATIENCE = 150_000

BOTH_CURVES = """() => [...document.querySelectorAll('.fer-chart')]
  .map((chart) => (chart.data ?? []).map((trace) => trace.name?.split(' ')[0]))
  .some((letters) => letters.includes('A') && letters.includes('B'))"""


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A workshop whose one run is being trained with the first reference system's mistake."""
    home = tmp_path / "lesson"
    monkeypatch.setenv("FER_HOME", str(home))
    labels = [label for label in range(7) for _ in range(60)]
    splits = ([Split.TRAIN] * 40 + [Split.VALIDATION] * 20) * 7
    write_fer_csv(home / "data" / "squares.csv", dataset_of(labels, splits))
    process, server = start_server(home)
    runs.submit_run(
        TrainingConfig("squares.csv", "tiny_cnn", 3, 32, 2e-3, loss="double_softmax", name="Softmax twice")
    )
    yield server
    stop_server(process)
    for run in runs.list_runs():
        if run.is_active and run.process_id is not None:
            psutil.Process(run.process_id).kill()


@pytest.fixture
def start_again(lesson: Server) -> Iterator[Callable[[], Server]]:
    """A function that kills the server without a warning, and starts another one in the same home."""
    processes = []

    def start() -> Server:
        os.kill(lesson.process_id, signal.SIGKILL)
        process, server = start_server(lesson.home)
        processes.append(process)
        return server

    yield start
    for process in processes:
        stop_server(process)


@pytest.mark.timeout(600)
def test_advice_is_tried_by_a_button_and_its_outcome_is_told_with_its_uncertainty(
    lesson: Server, start_again: Callable[[], Server], browser_page: Callable[..., Page]
) -> None:
    page = browser_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{lesson.url}/training", wait_until="commit", timeout=PATIENCE)
    expect(page.get_by_text(re.compile("Finished after"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Diagnosis")).to_be_visible()
    expect(page.get_by_text("cannot fall below 1.165")).to_be_visible()
    settle(page)
    keep_screenshot(page, "diagnosis")

    page.get_by_role("button", name="Cross-entropy instead of the doubled softmax").click()
    expect(page.get_by_role("heading", name="What the change brought")).to_be_visible(timeout=PATIENCE)
    # The run is nobody's child: it goes on when the server is killed, and the next one finds it.
    server = start_again()
    page.goto(f"{server.url}/training", wait_until="commit", timeout=PATIENCE)
    expect(page.get_by_role("heading", name="What the change brought")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile("Finished after"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile(r"95\s% interval"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Compare their curves").click()
    expect(page.get_by_role("heading", name="2 runs compared")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("heading", name="2 runs compared").scroll_into_view_if_needed()
    page.wait_for_function(BOTH_CURVES, timeout=PATIENCE)
    settle(page)
    keep_screenshot(page, "experiment-compared")

    base, experiment = sorted(runs.list_runs(), key=lambda run: run.id)
    assert (base.status, experiment.status) == (RunStatus.FINISHED, RunStatus.FINISHED)
    assert experiment.experiment is not None
    assert experiment.experiment.base == base.id
    changed = {
        name
        for name, value in experiment.config.as_dict().items()
        if value != base.config.as_dict()[name] and name != "name"
    }
    assert changed == {"loss"}

    page.get_by_role("button", name="Show the run it repeats").click()
    expect(page.get_by_text("Tried: Cross-entropy instead of the doubled softmax")).to_be_visible(
        timeout=PATIENCE
    )
    assert not page.get_by_test_id("stException").count()
    assert errors == []
    assert "tensorflow" not in server.loaded_libraries()
