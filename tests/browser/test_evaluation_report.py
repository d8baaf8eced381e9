"""The report in a real browser that has no network: what it draws, by day, by night and on a telephone."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from fer.figures.report import EvaluationReport, as_json, predictions_csv, report_of, to_html
from tests.core.test_evaluation_report import HOSTILE, faces_of, model_of

BrowserPage = Callable[..., Page]


@pytest.fixture(scope="module")
def report() -> EvaluationReport:
    """Of two models, one of them with a hostile title."""
    faces = faces_of(300)
    return report_of([model_of(faces, "first", title=HOSTILE), model_of(faces, "second", seed=1)], faces)


@pytest.fixture(scope="module")
def file(report: EvaluationReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(to_html(report, with_faces=True), encoding="utf-8")
    return path


def until(page: Page, script: str) -> None:
    """Wait until a script answers with true; the page forbids the `eval` that Playwright's own way needs."""
    for _ in range(200):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"It never came to that: {script}")


def opened(page: Page, file: Path) -> list[str]:
    """Open the file and wait for its charts; return what it complained of, and what it asked for besides."""
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.on(
        "request",
        lambda request: wrong.append(request.url) if request.url[:5] not in ("file:", "data:") else None,
    )
    page.goto(file.as_uri())
    until(page, "[...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('.main-svg'))")
    return wrong


def test_without_a_network_every_chart_is_drawn_and_every_answer_can_be_saved(
    browser_page: BrowserPage, report: EvaluationReport, file: Path
) -> None:
    page = browser_page(offline=True)
    wrong = opened(page, file)
    assert page.locator(".chart").count() == 10  # accuracy, two matrices, their difference, three curves each
    assert page.locator("#confusion-0 .heatmaplayer image").count() == 1
    mistakes = [int((~of_one.is_right).sum()) for of_one in report.evaluations]
    assert page.locator(".faces img").count() == sum(min(24, count) for count in mistakes) > 0
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth === 48)")
    with page.expect_download() as download:
        page.get_by_role("button", name="Answers as CSV").click()
    assert download.value.suggested_filename == "first-second-validation.csv"
    saved = list(csv.reader(download.value.path().read_text().splitlines()))
    meant = list(csv.reader(io.StringIO(predictions_csv(report))))
    assert saved[0] == meant[0]
    for ours, theirs in zip(meant[1:], saved[1:], strict=True):
        assert [cell for cell in theirs if cell.isalpha()] == [cell for cell in ours if cell.isalpha()]
        numbers = [np.float32(cell) for cell in theirs if not cell.isalpha()]
        assert numbers == [np.float32(cell) for cell in ours if not cell.isalpha()]
    with page.expect_download() as download:
        page.get_by_role("button", name="Everything as JSON").click()
    told, meant_json = json.loads(download.value.path().read_text()), json.loads(as_json(report))
    assert told["predictions"] == meant_json["predictions"]
    assert told["models"] == meant_json["models"]
    assert wrong == []


def test_at_night_on_a_telephone_the_charts_are_light_on_dark_and_nothing_sticks_out(
    browser_page: BrowserPage, file: Path
) -> None:
    page = browser_page(width=390, scheme="dark", offline=True)
    assert opened(page, file) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    ink = "getComputedStyle(document.querySelector('#accuracy .ytick text')).fill"
    assert page.evaluate(ink) == "rgb(232, 230, 225)"
    page.emulate_media(color_scheme="light")
    until(page, f"{ink} === 'rgb(29, 35, 39)'")


def test_on_paper_the_charts_fit_and_what_is_folded_is_open(browser_page: BrowserPage, file: Path) -> None:
    page = browser_page(offline=True, scheme="dark")
    assert opened(page, file) == []
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    until(page, "document.querySelector('#accuracy .main-svg').clientWidth === 680")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("[...document.querySelectorAll('details')].every((details) => details.open)")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelectorAll('details[open]').length") == 0
