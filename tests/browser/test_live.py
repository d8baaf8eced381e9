"""The live page in a real Chromium with a fake camera: what comes back moves, is drawn on and counted."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Frame, Page, expect

from fer.emotions import EMOTIONS, Emotion
from tests.browser import fake_camera
from tests.browser.conftest import Server, keep_screenshot, settle, start_server, stop_server
from tests.core import grey_level

# The barcode number of the frame that the returned video shows; it comes back as in a mirror.
SHOWN_NUMBER = f"""() => {{
  const video = document.querySelector('video'), canvas = document.createElement('canvas');
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  const cell = canvas.width / {fake_camera.BITS};
  const y = canvas.height * {fake_camera.CELL_HEIGHT // 2 / fake_camera.HEIGHT};
  let number = 0;
  for (let bit = {fake_camera.BITS - 1}; bit >= 0; bit--) {{
    const [red, green, blue] = context.getImageData((bit + 0.5) * cell, y, 1, 1).data;
    number = 2 * number + (red + green + blue > 3 * 128 ? 1 : 0);
  }}
  return number;
}}"""

# How many pixels of the returned video have about one of the colours; video coding shifts colours a little.
COLOURED_PIXELS = """(colors) => {
  const video = document.querySelector('video'), canvas = document.createElement('canvas');
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
  return colors.map(([red, green, blue]) => {
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const off = Math.abs(data[i] - red) + Math.abs(data[i + 1] - green) + Math.abs(data[i + 2] - blue);
      if (off < 40) count++;
    }
    return count;
  });
}"""


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A workshop that finds the browser on a machine without a network, with a model of known answers."""
    home = tmp_path_factory.mktemp("live")
    grey_level.save_model(home / "models" / "pretrained" / "grey", content=grey_level.WITH_MAPS)
    grey_level.save_model(home / "models" / "pretrained" / "reversed", emotions=EMOTIONS[::-1])
    process, server = start_server(home, environment={"PYTHONPATH": str(Path(__file__).parent / "loopback")})
    yield server
    stop_server(process)


@pytest.fixture(scope="module")
def clip_with_a_face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_camera.record(tmp_path_factory.mktemp("clips") / "face.mjpeg")


@pytest.fixture(scope="module")
def clip_of_a_wall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_camera.record(tmp_path_factory.mktemp("clips") / "wall.mjpeg", with_face=False)


def start_camera(page: Page, server: Server) -> Frame:
    """Open the page, agree, start the camera, and return the frame that holds the video once it plays."""
    page.goto(f"{server.url}/live")
    page.get_by_text("Everyone in view knows this and agrees.").click()
    page.mouse.move(1, 1)  # what comes under the pointer now must not unfold its hint
    page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start the camera").click()
    frame = next(frame for frame in page.frames if "streamlit_webrtc" in frame.url)
    frame.wait_for_function(
        "() => { const video = document.querySelector('video');"
        " return video && video.videoWidth > 0 && video.currentTime > 0.1 }",
        timeout=60_000,
    )
    return frame


def frames_handled(page: Page) -> int:
    """The count of frames that the page shows."""
    counted = page.get_by_text(re.compile(r"[\d,]+ frames since the start")).inner_text(timeout=30_000)
    return int(counted.split()[0].replace(",", ""))


def test_a_face_before_the_camera_comes_back_boxed_moving_and_counted(
    live_server: Server, clip_with_a_face: Path, browser_page: Callable[..., Page]
) -> None:
    page = browser_page(*fake_camera.arguments(clip_with_a_face))
    frame = start_camera(page, live_server)

    page.locator(".fer-face").first.wait_for(timeout=60_000)
    before = frames_handled(page)
    numbers: set[int] = set()
    for _ in range(400):  # how fast the numbers pass is the machine's affair; that they pass is ours
        numbers.add(frame.evaluate(SHOWN_NUMBER))
        if len(numbers) >= 6:
            break
        page.wait_for_timeout(150)
    assert len(numbers) >= 6, f"the returned video hardly moves: {numbers}"
    assert all(0 <= number < fake_camera.FRAMES for number in numbers)

    named = page.locator(".fer-face").first.inner_text().lower()
    assert any(emotion in named for emotion in EMOTIONS)
    colors = [list(bytes.fromhex(emotion.color[1:])) for emotion in EMOTIONS]
    # The box, the plate of its label and its bar have some thousand pixels of one emotion's colour.
    frame.wait_for_function(
        f"(colors) => Math.max(...({COLOURED_PIXELS})(colors)) > 1200", arg=colors, timeout=30_000
    )

    page.wait_for_function(
        "(before) => { const told = document.body.innerText.match(/([\\d,]+) frames since/);"
        " return told && Number(told[1].replace(',', '')) > before }",
        arg=before,
        timeout=30_000,
    )
    assert "could not be read" not in page.inner_text("body")
    keep_screenshot(page, "live_camera")

    page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Stop").click()
    page.get_by_text("Press Start the camera").wait_for(timeout=30_000)


def test_a_camera_held_upright_is_shown_whole(
    live_server: Server, tmp_path: Path, browser_page: Callable[..., Page]
) -> None:
    clip = fake_camera.record(tmp_path / "upright.mjpeg", size=(480, 640))
    page = browser_page(*fake_camera.arguments(clip))
    frame = start_camera(page, live_server)
    video = "document.querySelector('video')"
    assert frame.evaluate(f"() => [{video}.videoWidth, {video}.videoHeight]") == [480, 640]
    page.locator(".fer-face").first.wait_for(timeout=60_000)
    numbers: set[int] = set()
    for _ in range(400):
        numbers.add(frame.evaluate(SHOWN_NUMBER))
        if len(numbers) >= 4:
            break
        page.wait_for_timeout(150)
    # A picture that is cut has no barcode along its upper edge, from one side to the other.
    assert len(numbers) >= 4
    assert all(0 <= number < fake_camera.FRAMES for number in numbers)
    shown = frame.locator("video").bounding_box()
    assert shown is not None
    assert shown["height"] <= 720 + 1
    keep_screenshot(page, "live_camera_upright")


def test_an_empty_room_is_said_to_be_empty(
    live_server: Server, clip_of_a_wall: Path, browser_page: Callable[..., Page]
) -> None:
    page = browser_page(*fake_camera.arguments(clip_of_a_wall))
    start_camera(page, live_server)
    expect(page.get_by_text("No face found.")).to_be_visible(timeout=60_000)
    keep_screenshot(page, "live_no_face")


def told(page: Page) -> str:
    """What the list beside the picture says of the first face, in small letters; empty without one."""
    listed = page.locator(".fer-face")
    return listed.first.inner_text().lower() if listed.count() else ""


def test_the_camera_is_frozen_recorded_and_left_and_writes_only_what_was_asked_for(
    live_server: Server, clip_with_a_face: Path, browser_page: Callable[..., Page]
) -> None:
    recordings = live_server.home / "data" / "recordings"
    page = browser_page(*fake_camera.arguments(clip_with_a_face))
    start_camera(page, live_server)
    page.locator(".fer-face").first.wait_for(timeout=60_000)
    assert not recordings.exists()

    page.get_by_role("button", name="Freeze").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("48×48 grey pixels")).to_be_visible(timeout=30_000)
    expect(dialog.get_by_test_id("stPlotlyChart")).to_be_visible(timeout=30_000)
    keep_screenshot(page, "live_frozen")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    settle(page)
    assert not recordings.exists(), "looking is not keeping"

    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("Everyone in view should know.")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(1_500)
    page.get_by_role("button", name="Stop recording").click()
    expect(page.get_by_text("It lies in data/recordings/")).to_be_visible(timeout=30_000)
    assert sorted(path.name for path in recordings.rglob("*") if path.is_file()) == ["clip.mp4", "faces.csv"]

    before = frames_handled(page)
    page.get_by_role("link", name="Home").click()
    page.get_by_role("heading", name="Live", exact=True).wait_for(state="detached", timeout=30_000)
    page.get_by_role("link", name="Live").click()
    page.get_by_role("heading", name="Live", exact=True).wait_for()
    expect(page.get_by_text("frames since the start")).to_have_count(0)
    assert before > 0
    assert page.locator("video").count() == 0, "leaving the page has let the camera go"


def test_another_model_and_other_bars_act_on_the_running_picture(
    live_server: Server, clip_with_a_face: Path, browser_page: Callable[..., Page]
) -> None:
    page = browser_page(*fake_camera.arguments(clip_with_a_face))
    frame = start_camera(page, live_server)
    page.locator(".fer-face").first.wait_for(timeout=60_000)
    before, first = frames_handled(page), told(page).split()[0]
    mirrored = EMOTIONS[-1 - EMOTIONS.index(Emotion(first))]
    page.get_by_role("combobox", name="Model").first.click()
    page.get_by_role("option", name="reversed").click()
    page.wait_for_function(
        "(label) => document.querySelector('.fer-face')?.innerText.toLowerCase().startsWith(label)",
        arg=str(mirrored),
        timeout=30_000,
    )
    page.get_by_role("button", name="Settings").click()
    page.get_by_text("Nobody", exact=True).click()
    page.keyboard.press("Escape")
    assert frames_handled(page) >= before, "the stream was not started anew"
    assert frame.evaluate("() => document.querySelector('video').videoWidth") == 640


def test_the_camera_runs_on_however_fast_its_settings_are_changed(
    live_server: Server, clip_with_a_face: Path, browser_page: Callable[..., Page]
) -> None:
    page = browser_page(*fake_camera.arguments(clip_with_a_face))
    start_camera(page, live_server)
    before = frames_handled(page)
    # Faster than the page is drawn: most of these runs are broken off by the next.
    page.get_by_text("Mirror", exact=True).evaluate(
        "async (toggle) => { for (let n = 0; n < 30; n++)"
        " { toggle.click(); await new Promise((done) => setTimeout(done, 5 + 7 * n)); } }"
    )
    settle(page)
    page.wait_for_timeout(1_500)
    assert page.get_by_role("button", name="Freeze").is_visible(), "the camera was stopped"
    assert frames_handled(page) > before


def test_whoever_leaves_is_gone_from_the_list_and_comes_back_as_someone(
    live_server: Server, tmp_path_factory: pytest.TempPathFactory, browser_page: Callable[..., Page]
) -> None:
    clip = fake_camera.record(tmp_path_factory.mktemp("clips") / "leaves.mjpeg", leaves_at=120)
    page = browser_page(*fake_camera.arguments(clip))
    start_camera(page, live_server)
    seen = {bool(told(page))}
    for _ in range(120):
        seen.add(bool(told(page)))
        if seen == {True, False}:
            break
        page.wait_for_timeout(150)
    assert seen == {True, False}
    assert "could not be read" not in page.inner_text("body")


def test_where_no_video_comes_through_the_page_says_so_and_the_snapshot_works(
    clip_with_a_face: Path, browser_page: Callable[..., Page], tmp_path: Path
) -> None:
    grey_level.save_model(tmp_path / "models" / "pretrained" / "grey")
    nowhere = {"PYTHONPATH": str(Path(__file__).parent / "unreachable")}
    process, server = start_server(tmp_path, environment=nowhere)
    try:
        page = browser_page(*fake_camera.arguments(clip_with_a_face))
        page.goto(f"{server.url}/live")
        page.get_by_text("Everyone in view knows this and agrees.").click()
        page.mouse.move(1, 1)
        page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start the camera").click()
        expect(page.get_by_text("No video comes through.")).to_be_visible(timeout=40_000)
        keep_screenshot(page, "live_no_way")
        page.get_by_text("Snapshot", exact=True).first.click()
        # The button is there before the camera is, and pressing it then takes nothing.
        page.wait_for_function(
            "() => document.querySelector('[data-testid=stCameraInput] video')?.readyState >= 2"
        )
        page.get_by_role("button", name="Take Photo").click()
        # Whether her face is whole in the picture at that moment is chance; that it was read is not.
        read = page.get_by_text("48×48 grey pixels").or_(page.get_by_text("No face found"))
        expect(read.first).to_be_visible(timeout=30_000)
    finally:
        stop_server(process)


def test_a_refused_camera_is_a_sentence_with_a_way_on(
    live_server: Server, browser_page: Callable[..., Page]
) -> None:
    page = browser_page("--use-fake-device-for-media-stream", "--deny-permission-prompts")
    page.goto(f"{live_server.url}/live")
    page.get_by_text("Everyone in view knows this and agrees.").click()
    page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start the camera").click()
    expect(page.get_by_text("The browser does not allow this page the camera.")).to_be_visible(timeout=30_000)
    keep_screenshot(page, "live_refused")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_picture_is_read_where_no_camera_is(
    live_server: Server, browser_page: Callable[..., Page], tmp_path: Path, width: int, scheme: str
) -> None:
    picture = tmp_path / "astronaut.png"
    cv2.imwrite(str(picture), fake_camera.frame_bgr(60))
    page = browser_page(width=width, scheme=scheme)
    page.goto(f"{live_server.url}/live")
    page.get_by_role("radio", name="Pictures").or_(page.get_by_text("Pictures", exact=True)).first.click()
    page.get_by_text("Drop one or many here").wait_for()
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_test_id("stPlotlyChart").wait_for(timeout=60_000)
    settle(page)
    assert page.get_by_test_id("stException").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep_screenshot(page, f"live_picture_{width}_{scheme}")
