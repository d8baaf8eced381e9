"""Every page in a real Chromium, on a desk and on a phone, by day and by night."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, keep_screenshot, settle, start_server, stop_server

PAGES = {
    "home": ("/", "Teach a computer to read a face"),
    "dataset": ("/dataset", "Dataset"),
    "augmentation": ("/augmentation", "Augmentation"),
    "training": ("/training", "Training"),
    "evaluation": ("/evaluation", "Evaluation"),
    "live": ("/live", "Live"),
}
# Heavy rooms of the project: nothing a page does may bring them into the server.
HEAVY = ("tensorflow", "keras", "jaxlib")

OpenTab = Callable[..., Page]


def open_page(page: Page, url: str, title: str) -> None:
    """Open `url`, wait until it is drawn, and check that it is the right page and shows no error."""
    page.goto(url)
    page.get_by_role("heading", name=title, level=1).wait_for(timeout=90_000)
    settle(page)
    assert page.locator("[data-testid='stException']").count() == 0
    assert page.locator("[data-testid='stAlertContentError']").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_page_opens_without_an_error(
    browser_page: OpenTab, server: str, width: int, scheme: str
) -> None:
    page = browser_page(width=width, scheme=scheme)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    for name, (path, title) in PAGES.items():
        open_page(page, server + path, title)
        keep_screenshot(page, f"{name}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (
            f"{name} is cut off at the side"
        )
    # The workshop asks nothing of any other machine: no fonts, no icons, no statistics.
    assert [url for url in fetched if not url.startswith((server, "data:", "blob:"))] == []


def test_the_server_never_loads_tensorflow(browser_page: OpenTab, workshop: Server) -> None:
    page = browser_page()
    for path, title in PAGES.values():
        open_page(page, workshop.url + path, title)
    libraries = workshop.loaded_libraries()
    assert "numpy" in libraries  # else this test would see nothing at all
    assert [name for name in HEAVY if f"/{name}" in libraries] == []


def test_the_menu_leads_through_every_page(browser_page: OpenTab, server: str) -> None:
    page = browser_page()
    open_page(page, server, PAGES["home"][1])
    for name, (_, title) in list(PAGES.items())[1:]:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name.capitalize()).click()
        page.get_by_role("heading", name=title, level=1).wait_for(timeout=90_000)
        settle(page)
        assert page.url.partition("?")[0].endswith(PAGES[name][0])
        assert page.locator("[data-testid='stException']").count() == 0


def test_a_clicked_face_opens_large_and_closes_again(browser_page: OpenTab, server: str) -> None:
    page = browser_page()
    open_page(page, f"{server}/dataset", "Dataset")
    page.get_by_text("Faces", exact=True).last.click()
    page.get_by_role("button", name="row 0:").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Labelled as").wait_for()
    dialog.locator(".js-plotly-plot .heatmaplayer image, .js-plotly-plot .hm image").first.wait_for(
        state="attached"
    )
    keep_screenshot(page, "dataset-face")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.get_by_role("button", name="Shuffle", exact=True).click()
    settle(page)
    assert page.get_by_role("dialog").count() == 0


def test_a_slider_changes_the_sheet_and_goes_along_to_the_training(
    browser_page: OpenTab, server: str
) -> None:
    page = browser_page()
    open_page(page, f"{server}/augmentation", "Augmentation")
    picture = page.locator(".face img").nth(1)
    picture.wait_for()
    before = picture.get_attribute("src")
    page.get_by_role("button", name="Strong").click()
    page.get_by_text("±20° rotation").first.wait_for()
    expect(picture).not_to_have_attribute("src", before or "", timeout=60_000)
    page.get_by_role("link", name="Train with these").click()
    page.get_by_role("heading", name="Training", level=1).wait_for(timeout=90_000)
    settle(page)


def test_a_cold_deep_link_brings_the_frame_and_what_it_asks_for(
    browser_page: OpenTab, workshop: Server
) -> None:
    process, server = start_server(workshop.home)
    try:
        page = browser_page()
        open_page(page, f"{server.url}/dataset?it=stays", "Dataset")
        expect(page.get_by_test_id("stSidebarNav").get_by_text("Prepare")).to_be_visible()
        expect(page.get_by_test_id("stSidebarNav").get_by_role("link", name="app")).to_have_count(0)
        assert page.url.startswith(f"{server.url}/dataset?") and "it=stays" in page.url
    finally:
        stop_server(process)
