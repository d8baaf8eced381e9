"""A model exported from one workshop and imported into another, as learners do it, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, keep_screenshot, settle

# The network is built and exported by a process that loads TensorFlow first.
PATIENCE = 60_000

pytestmark = pytest.mark.timeout(600)


def test_a_model_is_taken_along_brought_in_and_removed(
    workshop: Server, browser_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = browser_page(width=390, scheme="dark")
    page.goto(f"{workshop.url}/evaluation")
    page.get_by_role("heading", name="Evaluation", level=1).wait_for(timeout=PATIENCE)
    settle(page)
    opener = page.get_by_role("button", name="Import or export a model")
    opener.click()
    page.get_by_role("button", name="Prepare the file").click()
    with page.expect_download(timeout=PATIENCE) as taking:
        page.get_by_role("button", name="Download the package").click()
    name = taking.value.suggested_filename
    taken = tmp_path / name
    taking.value.save_as(taken)

    # What came half is refused with a sentence, and nothing is left of it.
    half = tmp_path / f"half-{name}"
    half.write_bytes(taken.read_bytes()[: taken.stat().st_size // 2])
    upload = page.locator("[class*=st-key-evaluation-package] input[type=file]")
    upload.set_input_files(half)
    expect(page.get_by_role("alert").filter(has_text="damaged or cut off")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_role("button", name="Import it").count() == 0

    upload.set_input_files(taken)
    expect(page.get_by_text("Its maker says:")).to_be_visible(timeout=PATIENCE)
    keep_screenshot(page, "import-390-dark")
    page.get_by_role("button", name="Import it").click()
    imported = workshop.home / "models" / "brought"
    expect(page.get_by_text("is here. How good it is stands below")).to_be_visible(timeout=PATIENCE)
    settle(page)
    (folder,) = [path for path in imported.iterdir() if not path.name.startswith(".")]
    assert {path.name for path in folder.iterdir()} == {"card.json", "model.keras", "model.tflite"}

    remove = page.get_by_role("button", name="Remove it")
    if not remove.is_visible():
        opener.click()
    remove.click()
    expect(remove).to_have_count(0, timeout=PATIENCE)
    assert not folder.exists()
