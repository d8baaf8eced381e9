"""The data station as learners walk it, in a real browser: filter, open, mend, inspect, bring, convert."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from fer.datasets import Dataset, Split
from fer.datasets.synthetic.loading import draw_dataset
from tests.browser.conftest import Server, keep_screenshot, settle
from tests.conftest import write_fer_csv

# An inspection trains a model, and many tests share two cores.
PATIENCE = 150_000
NAME = "faulty.csv"


@dataclass(frozen=True, slots=True)
class Visit:
    """A learner at the dataset page, and what the browser complained of meanwhile."""

    page: Page
    complaints: list[str]

    def choose(self, dataset: str, count: int) -> None:
        """Take a dataset from the list and wait until its number of faces is there."""
        self.page.get_by_role("combobox", name=re.compile("Dataset")).click()
        self.page.get_by_role("option", name=dataset).click()
        self.counts(count)

    def counts(self, count: int) -> None:
        """Wait until the page shows a dataset of so many faces."""
        expect(self.page.get_by_text(f"{count:,} faces", exact=True).first).to_be_visible(timeout=PATIENCE)
        settle(self.page)

    def show(self, view: str) -> None:
        """Go to a view of the page."""
        self.page.get_by_role("radio", name=view, exact=True).click()
        settle(self.page)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def close_dialog(self) -> None:
        # Not with Escape: the button that had the focus may just have gone, and the key with it.
        self.page.get_by_role("dialog").get_by_role("button", name="Close").click()
        expect(self.page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE)

    def sees(self, text: str) -> Locator:
        """Wait until the page says so."""
        found = self.page.get_by_text(re.compile(text)).first
        expect(found).to_be_visible(timeout=PATIENCE)
        return found


@pytest.fixture(scope="module")
def faces() -> Dataset:
    """Drawn people; row 0 lies again in the test split, and row 1 again in training under another label."""
    drawn = draw_dataset({Split.TRAIN: 140, Split.VALIDATION: 28, Split.TEST: 28})
    images, labels = drawn.images.copy(), drawn.labels.copy()
    images[190], labels[190] = images[0], labels[0]
    images[60], labels[60] = images[1], (labels[1] + 1) % 7
    return replace(drawn, images=images, labels=labels)


@pytest.fixture
def visit(workshop: Server, faces: Dataset, browser_page: Callable[..., Page]) -> Visit:
    """The dataset page, with these faces in `data/faulty.csv` chosen."""
    write_fer_csv(workshop.home / "data" / NAME, faces)
    shutil.rmtree(workshop.home / "data" / "editions", ignore_errors=True)
    page = browser_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.extend(_complaint(message)))
    page.goto(f"{workshop.url}/dataset")
    page.get_by_role("heading", name="Dataset", level=1).wait_for(timeout=PATIENCE)
    settle(page)
    visit = Visit(page, complaints)
    visit.choose(NAME, len(faces))
    return visit


def _complaint(message: ConsoleMessage) -> list[str]:
    # Below a page's own address Streamlit looks for its server first, in vain: no fault of the page.
    harmless = "/dataset/_stcore/" in str(message.location.get("url", ""))
    return [message.text] if message.type == "error" and not harmless else []


def test_faces_are_narrowed_opened_left_out_and_put_back(visit: Visit, workshop: Server) -> None:
    page = visit.page
    visit.show("Faces")
    visit.sees("Faces 1 to 100 of 196")
    page.get_by_role("combobox", name=re.compile("Split")).click()
    page.get_by_role("option", name="Test").click()
    visit.sees("Faces 1 to 28 of 28")

    page.get_by_role("button", name="row 190:").click()
    card = page.get_by_role("dialog")
    expect(card.get_by_text("Labelled as")).to_be_visible(timeout=PATIENCE)
    expect(card.get_by_text("Row 190")).to_be_visible()
    keep_screenshot(page, "dataset-card")
    card.get_by_role("button", name="Leave out").click()
    expect(card.get_by_text("Left out in “mended”")).to_be_visible(timeout=PATIENCE)
    visit.close_dialog()
    left_out = page.get_by_role("button", name=re.compile("row 190:.*left out"))
    expect(left_out).to_be_visible(timeout=PATIENCE)

    page.get_by_role("button", name="1 change").click(timeout=PATIENCE)
    page.get_by_role("button", name="Undo the last change").click()
    expect(left_out).to_have_count(0, timeout=PATIENCE)
    settle(page)
    assert visit.complaints == []
    assert "tensorflow" not in workshop.loaded_libraries()


@pytest.mark.timeout(600)
def test_an_inspection_finds_the_planted_copies_and_one_press_mends_the_leak(
    visit: Visit, workshop: Server
) -> None:
    page = visit.page
    visit.show("Quality")
    visit.sees("Nobody has looked yet")
    visit.press("Find quality issues")
    expect(page.locator(".tile").first).to_be_visible(timeout=PATIENCE)
    settle(page)
    expect(page.locator(".tile").first).to_have_attribute("aria-pressed", "true")
    visit.sees("in two splits")
    group = page.locator(".group").filter(has=page.get_by_alt_text(re.compile(r"^row 190: .*test")))
    expect(group.get_by_alt_text(re.compile(r"^row 0: .*training"))).to_be_visible()
    keep_screenshot(page, "dataset-leaks")
    group.get_by_role("button", name="Leave out 1").click()
    expect(group.locator(".face.excluded").get_by_alt_text(re.compile(r"^row 0: "))).to_be_visible(
        timeout=PATIENCE
    )

    page.locator(".tile").filter(has_text="Exact").click()
    conflict = page.locator(".group").filter(has=page.get_by_alt_text(re.compile(r"^row 60: ")))
    expect(conflict.get_by_alt_text(re.compile(r"^row 1: "))).to_be_visible(timeout=PATIENCE)
    expect(conflict.get_by_text("2 labels")).to_be_visible()
    conflict.get_by_alt_text(re.compile(r"^row 60: ")).click()
    expect(page.get_by_role("dialog").get_by_text("Row 60")).to_be_visible(timeout=PATIENCE)
    visit.close_dialog()
    visit.press("Undo the last change")
    visit.sees("has changed none of these faces yet")
    settle(page)
    assert visit.complaints == []
    assert "tensorflow" not in workshop.loaded_libraries()


def test_a_table_with_a_bad_row_is_taken_without_it_and_written_in_another_form(
    visit: Visit, workshop: Server, faces: Dataset, tmp_path: Path
) -> None:
    page = visit.page
    path = write_fer_csv(tmp_path / "brought.csv", faces.take(faces.rows[::4]))
    lines = path.read_text().splitlines()
    lines[5] = lines[5].replace(" ", " 300 ", 1)
    path.write_text("\n".join(lines) + "\n")

    visit.press("Bring your own")
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(path)
    good = page.get_by_role("dialog").get_by_role("button", name="Use the 48 good rows")
    expect(good).to_be_visible(timeout=PATIENCE)
    keep_screenshot(page, "dataset-bad-row")
    good.click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE)
    visit.counts(48)

    visit.show("Convert")
    page.get_by_text("Parquet", exact=False).first.click()
    settle(page)
    visit.press("Write it")
    expect(page.get_by_role("button", name="Open it")).to_be_visible(timeout=PATIENCE)
    visit.press("Open it")
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("brought.parquet", timeout=PATIENCE)
    visit.counts(48)
    assert visit.complaints == []
    assert "tensorflow" not in workshop.loaded_libraries()
