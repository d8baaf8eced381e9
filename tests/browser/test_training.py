"""Training as a learner does it, in a real browser: start, watch, wander off, come back, stop."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Split
from tests.browser.conftest import Server, keep_screenshot, settle, start_server, stop_server
from tests.conftest import dataset_of, write_fer_csv

# Importing TensorFlow and tracing the first step take long where many tests share two cores.
PATIENCE = 150_000

# Put onto the chart's node: it is still there only if the node is. And what every frame on screen showed.
WATCH = """() => {
  const charts = [...document.querySelectorAll('.st-key-run-panel .fer-chart')];
  charts.forEach((chart) => chart.seen = true);
  window.frames_seen = window.blank_frames = 0;
  const look = () => {
    window.frames_seen += 1;
    const blank = (chart) => !chart.isConnected || !chart.querySelector('.xaxislayer-above text');
    if (charts.some(blank)) window.blank_frames += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
SAME_NODES = (
    "() => [...document.querySelectorAll('.st-key-run-panel .fer-chart')].map((chart) => chart.seen === true)"
)
ZOOM = "() => document.querySelector('.st-key-run-panel .fer-chart').layout.xaxis.range"
POINTS = """() => document.querySelector('.st-key-run-panel .fer-chart')?.data
  ?.find((trace) => trace.name === 'validation').x.length"""


@pytest.fixture
def lesson(tmp_path: Path) -> Iterator[Server]:
    """A workshop with a little data set of its own; whatever trains at the end is ended."""
    home = tmp_path / "lesson"
    labels = [label for label in range(7) for _ in range(200)]
    splits = ([Split.TRAIN] * 160 + [Split.VALIDATION] * 40) * 7
    write_fer_csv(home / "data" / "squares.csv", dataset_of(labels, splits))
    process, server = start_server(home)
    yield server
    stop_server(process)
    for status in (home / "models" / "runs").glob(f"*/{runs.STATUS_FILE}"):
        run = runs.read_run(status.parent)
        if run.is_active and run.process_id is not None:
            psutil.Process(run.process_id).kill()


@pytest.mark.timeout(600)
def test_a_run_is_started_watched_left_found_again_and_stopped(
    lesson: Server, browser_page: Callable[..., Page]
) -> None:
    page = browser_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(lesson.url, wait_until="commit", timeout=PATIENCE)
    to_station(page, "Training")
    expect(page.get_by_text("No run yet")).to_be_visible(timeout=PATIENCE)
    keep_screenshot(page, "training-empty")

    page.get_by_role("combobox", name=re.compile("Dataset")).click()
    page.get_by_role("option", name="squares.csv").click()
    page.get_by_role("slider", name="Epochs").press("End")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("loading TensorFlow")).to_be_visible(timeout=PATIENCE)
    keep_screenshot(page, "training-starting")

    expect(page.get_by_text(re.compile(r"Epoch \d+ of 100 · [\d,]+ images/s · about .* left"))).to_be_visible(
        timeout=PATIENCE
    )
    page.wait_for_function(f"({POINTS})() >= 2", timeout=PATIENCE)
    keep_screenshot(page, "training-running")

    # The chart stays the same node, keeps a zoom, and is never blank, while points arrive.
    page.evaluate(WATCH)
    whole = page.evaluate(ZOOM)
    drag_over(page)
    zoom = page.evaluate(ZOOM)
    assert zoom[1] < whole[1] - 1
    before = page.evaluate(POINTS)
    page.wait_for_function(f"({POINTS})() >= {before + 2}", timeout=PATIENCE)
    assert page.evaluate(SAME_NODES) == [True, True, True]
    assert page.evaluate(ZOOM) == zoom
    assert page.evaluate("window.frames_seen") > 10
    assert page.evaluate("window.blank_frames") == 0

    to_station(page, "Dataset")
    to_station(page, "Training")
    page.wait_for_function(f"({POINTS})() >= {before + 2}", timeout=PATIENCE)
    page.reload(wait_until="commit", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=PATIENCE)

    # A visitor who knows nothing of it finds it too, by night and on a telephone.
    elsewhere = browser_page(width=390, scheme="dark")
    elsewhere.goto(f"{lesson.url}/training", wait_until="commit", timeout=PATIENCE)
    expect(elsewhere.get_by_text(re.compile(r"Epoch \d+ of 100 · .*images/s"))).to_be_visible(
        timeout=PATIENCE
    )
    expect(elsewhere.get_by_role("button", name="Start training")).to_have_count(0)
    elsewhere.wait_for_function(f"({POINTS})() > 0", timeout=PATIENCE)
    keep_screenshot(elsewhere, "training-running-390-dark")
    assert elsewhere.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"Stopped after \d+ of 100 epochs"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    settle(page)
    keep_screenshot(page, "training-stopped")
    # The other visitor's page has noticed by itself.
    expect(elsewhere.get_by_role("button", name="Resume")).to_be_visible(timeout=PATIENCE)

    page.get_by_role("button", name="Evaluate it").click()
    expect(page.get_by_role("heading", name="Evaluation")).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stMetric").first).to_be_visible(timeout=PATIENCE)
    assert not page.get_by_test_id("stException").count()
    assert errors == []
    assert "tensorflow" not in lesson.loaded_libraries()


def test_the_training_page_asks_nothing_of_the_internet(
    lesson: Server, browser_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_HOME", str(lesson.home))
    run = finished_run()
    page = browser_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{lesson.url}/training", wait_until="commit", timeout=PATIENCE)
    page.wait_for_function(f"({POINTS})() === 5", timeout=PATIENCE)
    expect(page.get_by_text(run.title).first).to_be_visible()
    assert any("plotly.min.js" in url for url in asked)
    assert [url for url in asked if not url.startswith((lesson.url, "data:", "blob:", "ws:"))] == []


def finished_run() -> runs.Run:
    """A run folder as if five epochs had been trained."""
    run = runs.create_run(TrainingConfig(dataset="squares.csv", epochs=5, name="Five epochs"))
    recorder = runs.RunRecorder(run.folder)
    for epoch in range(1, 6):
        recorder.record_epoch(
            runs.EpochMetrics(epoch, 2 / epoch, epoch / 6, 2.2 / epoch, epoch / 7, 1e-3, 4.0)
        )
    recorder.finish(runs.RunStatus.FINISHED)
    return runs.load_run(run.id)


def to_station(page: Page, title: str) -> None:
    """Follow the link in the navigation and wait for the page."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible(timeout=PATIENCE)


def drag_over(page: Page) -> None:
    """Zoom the first chart to its left half with the mouse."""
    area = page.locator(".st-key-run-panel .fer-chart .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=5)
    page.mouse.up()
    time.sleep(0.5)  # Plotly waits a moment for a second click
