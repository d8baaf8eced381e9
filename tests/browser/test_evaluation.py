"""The evaluation as learners walk it, in a real browser: from a number to its faces, and to mending them."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from fer.datasets import Dataset, Split
from fer.emotions import EMOTIONS, Emotion
from fer.evaluation import Evaluation, evaluate
from fer.models.inference import DEFAULT_MODEL, Recognizer
from tests.browser.conftest import Server, keep_screenshot, settle
from tests.conftest import dataset_of, write_fer_csv
from tests.core import grey_level

PATIENCE = 60_000
# The first in the list, and so the one that is chosen.
NAME, MODEL = "cells.csv", "a_grey_level"
ANGRY, HAPPY, SAD = (EMOTIONS.index(emotion) for emotion in (Emotion.ANGRY, Emotion.HAPPY, Emotion.SAD))


@pytest.fixture(scope="module")
def faces() -> Dataset:
    """Grey squares: eight angry ones and two sad ones look happy to the model, each differently sure."""
    labels = [*range(7), *[ANGRY] * 12, *[SAD] * 6, *[HAPPY] * 5]
    looks = [*range(7), *[ANGRY] * 4, *[HAPPY] * 8, *[SAD] * 4, *[HAPPY] * 2, *[HAPPY] * 5]
    dataset = dataset_of(labels, [Split.TRAIN] * 7 + [Split.TEST] * (len(labels) - 7))
    images = np.stack([grey_level.flat(EMOTIONS[look]) for look in looks])
    # The further from its grey, the less sure is the model; it stays well within half a step.
    return replace(
        dataset, images=images + (3 * np.arange(len(labels)) % 13).astype(np.uint8)[:, None, None, None]
    )


@pytest.fixture
def evaluation(workshop: Server, faces: Dataset) -> Iterator[Evaluation]:
    """What the core says of these faces; they and the model lie in the workshop while a test runs."""
    write_fer_csv(workshop.home / "data" / NAME, faces)
    shutil.rmtree(workshop.home / "data" / "editions", ignore_errors=True)
    # The model that is looked at first shall be this one, and the shipped default would be.
    usual, away = workshop.home / "models" / "pretrained" / DEFAULT_MODEL, workshop.home / "away"
    if usual.exists():
        usual.rename(away)
    folder = grey_level.save_model(workshop.home / "models" / "pretrained" / MODEL)
    yield evaluate(Recognizer(folder), faces, Split.TEST)
    shutil.rmtree(folder)
    if away.exists():
        away.rename(usual)
    (workshop.home / "data" / NAME).unlink()


@pytest.fixture
def confusions(
    workshop: Server, evaluation: Evaluation, browser_page: Callable[..., Page], complaints: list[str]
) -> Page:
    """The confusion matrix of that model on those faces."""
    page = browser_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.extend(_complaint(message)))
    page.goto(f"{workshop.url}/evaluation")
    page.get_by_role("heading", name="Evaluation", level=1).wait_for(timeout=PATIENCE)
    settle(page)
    page.get_by_role("combobox", name="Dataset").click()
    page.get_by_role("option", name=NAME).click()
    settle(page)
    page.get_by_role("button", name="One last look").click()
    page.get_by_role("button", name="Look at the test faces").click()
    settle(page)
    page.get_by_role("radio", name="Confusions", exact=True).click()
    expect(page.locator(".fer-matrix .nsewdrag")).to_be_visible(timeout=PATIENCE)
    settle(page)
    return page


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of."""
    return []


def _complaint(message: ConsoleMessage) -> list[str]:
    # Below a page's own address Streamlit looks for its server first, in vain: no fault of the page.
    harmless = "/evaluation/_stcore/" in str(message.location.get("url", ""))
    return [message.text] if message.type == "error" and not harmless else []


def click_cell(page: Page, true: Emotion, predicted: Emotion) -> None:
    """Click a cell of the matrix by where it is drawn."""
    # Plotly's own figures, in pixels of the window: where the axes put these two emotions.
    x, y = page.evaluate(
        """([true_name, predicted]) => {
            const chart = document.querySelector('.fer-matrix-chart'), box = chart.getBoundingClientRect();
            const { xaxis, yaxis } = chart._fullLayout;
            return [box.left + xaxis._offset + xaxis.d2p(predicted),
                    box.top + yaxis._offset + yaxis.d2p(true_name)];
        }""",
        [true.capitalize(), predicted.capitalize()],
    )
    page.mouse.click(x, y)


def sheet(page: Page) -> Locator:
    return page.locator(".sheet .face")


def rows_shown(page: Page) -> list[int]:
    """The rows of the faces on the page, in order."""
    found = [
        re.match(r"row (\d+):", str(alt))
        for alt in sheet(page)
        .locator("img")
        .evaluate_all("pictures => pictures.map((picture) => picture.alt)")
    ]
    return [int(match.group(1)) for match in found if match]


def expect_cell(page: Page, evaluation: Evaluation, true: Emotion, predicted: Emotion) -> list[int]:
    """Wait until the faces of this cell are on the page, as many as the core counts, and in its order."""
    expect(page.get_by_role("heading", name=f"{true.capitalize()} faces called {predicted}")).to_be_visible(
        timeout=PATIENCE
    )
    rows = evaluation.rows[evaluation.faces_of(true, predicted)].tolist()
    expect(sheet(page)).to_have_count(len(rows), timeout=PATIENCE)
    settle(page)
    assert rows_shown(page) == rows
    return rows


def test_a_cell_shows_its_faces_the_keys_lead_on_and_a_marked_face_is_left_out(
    confusions: Page, evaluation: Evaluation, faces: Dataset, complaints: list[str], workshop: Server
) -> None:
    page = confusions
    click_cell(page, Emotion.ANGRY, Emotion.HAPPY)
    rows = expect_cell(page, evaluation, Emotion.ANGRY, Emotion.HAPPY)
    assert len(rows) == 8
    support = int((evaluation.true_labels == ANGRY).sum())
    expect(page.get_by_text(f"{len(rows)} of {support}", exact=False).first).to_be_visible()
    keep_screenshot(page, "evaluation-cell")

    # A second click on it changes nothing; a click on another goes there.
    click_cell(page, Emotion.ANGRY, Emotion.HAPPY)
    settle(page)
    expect_cell(page, evaluation, Emotion.ANGRY, Emotion.HAPPY)
    click_cell(page, Emotion.SAD, Emotion.SAD)
    expect_cell(page, evaluation, Emotion.SAD, Emotion.SAD)

    # The keys lead on from there: left on the matrix, and N to the fullest mistake.
    page.keyboard.press("ArrowLeft")
    expect_cell(page, evaluation, Emotion.SAD, Emotion.HAPPY)
    page.keyboard.press("n")
    expect_cell(page, evaluation, Emotion.ANGRY, Emotion.HAPPY)

    # A face is opened, and closed.
    sheet(page).first.click()
    card = page.get_by_role("dialog")
    expect(card).to_be_visible(timeout=PATIENCE)
    settle(page)
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0, timeout=PATIENCE)
    settle(page)

    # One is marked and left out; the model is judged without it.
    page.get_by_role("button", name="Select", exact=False).first.click()
    marks = page.get_by_role("checkbox", name=re.compile(f"row {rows[0]}:"))
    marks.click()
    expect(page.get_by_text("1 face selected")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Leave out").first.click()
    expect(page.get_by_text("not as they came: edition “mended”")).to_be_visible(timeout=PATIENCE)
    expect(sheet(page)).to_have_count(len(rows) - 1, timeout=PATIENCE)
    settle(page)
    assert rows_shown(page) == rows[1:]
    expect(page.get_by_text(f"{len(rows) - 1} of {support - 1}", exact=False).first).to_be_visible()
    keep_screenshot(page, "evaluation-mended")
    assert complaints == []
    assert "tensorflow" not in workshop.loaded_libraries()
    assert (workshop.home / "data" / "editions").is_dir()


def test_on_a_telephone_at_night_a_tap_opens_the_faces(
    workshop: Server, evaluation: Evaluation, browser_page: Callable[..., Page]
) -> None:
    page = browser_page(width=390, scheme="dark", has_touch=True)
    page.goto(f"{workshop.url}/evaluation")
    page.get_by_role("heading", name="Evaluation", level=1).wait_for(timeout=PATIENCE)
    settle(page)
    page.get_by_role("radio", name="Confusions", exact=True).click()
    matrix = page.locator(".fer-matrix .nsewdrag")
    expect(matrix).to_be_visible(timeout=PATIENCE)
    settle(page)
    box = matrix.bounding_box()
    assert box is not None
    matrix.scroll_into_view_if_needed()
    box = matrix.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] * 3.5 / 7, box["y"] + box["height"] * 3.5 / 7)
    expect(page.get_by_role("heading", name="Happy faces called happy: right")).to_be_visible(
        timeout=PATIENCE
    )
    expect(sheet(page).first).to_be_visible(timeout=PATIENCE)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    keep_screenshot(page, "evaluation-cell-telephone")
