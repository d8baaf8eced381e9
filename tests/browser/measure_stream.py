"""How the live page streams, in a real Chromium: `python -m tests.browser.measure_stream`.

A fake camera sends numbered frames; the number is read from the camera and from the picture that came back in
the same instant. So the delay is the whole way: camera, browser, server, faces, browser, screen.

    --minutes 5          how long one viewer watches; figures per half minute show whether anything grows
    --viewers 2          then so many at once, for half a minute
    --cycles 30          then the camera is started and stopped so often, and the server's memory looked at
    --clip FILE          an MJPEG of 640×480 with such a barcode; the astronaut's, made here, if left out
"""

import argparse
import json
import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from tests.browser import fake_camera
from tests.browser.conftest import CHROMIUM_ARGUMENTS, Server, browser_path, start_server, stop_server
from tests.conftest import PROJECT_ROOT

# Before the page asks for the camera: what it gets is kept, to be read beside what comes back.
_KEEP_CAMERA = """
const ask = navigator.mediaDevices?.getUserMedia?.bind(navigator.mediaDevices);
if (ask) navigator.mediaDevices.getUserMedia = async (wanted) => (window.ferCamera = await ask(wanted));
"""
# Looked at whenever another frame is shown, and no oftener: looking costs the same two cores.
_WATCH = """({bits, seconds}) => new Promise((done) => {
  const shown = document.querySelector('video'), own = document.createElement('video');
  own.srcObject = window.ferCamera; own.muted = true; own.play();
  const canvas = document.createElement('canvas');
  canvas.width = bits; canvas.height = 1;
  const context = canvas.getContext('2d', {willReadFrequently: true});
  const read = (video, mirrored) => {
    context.drawImage(video, 0, 0, video.videoWidth, 20 * video.videoHeight / 480, 0, 0, bits, 1);
    const data = context.getImageData(0, 0, bits, 1).data;
    let number = 0;
    for (let bit = 0; bit < bits; bit++) {
      const place = 4 * (mirrored ? bits - 1 - bit : bit);
      number = 2 * number + (data[place] + data[place + 1] + data[place + 2] > 384 ? 1 : 0);
    }
    return number;
  };
  const rows = [], end = performance.now() + 1000 * seconds;
  const look = () => {
    if (own.videoWidth) rows.push([performance.now(), read(own, false), read(shown, true)]);
    performance.now() < end ? shown.requestVideoFrameCallback(look) : done(rows);
  };
  shown.requestVideoFrameCallback(look);
})"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--viewers", type=int, default=2)
    parser.add_argument("--cycles", type=int, default=30)
    parser.add_argument("--clip", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = options.clip or fake_camera.record(Path(folder) / "face.mjpeg")
        home = Path(folder) / "home"
        (home / "models").mkdir(parents=True)
        (home / "models" / "pretrained").symlink_to(PROJECT_ROOT / "models" / "pretrained")
        loopback = {"PYTHONPATH": str(Path(__file__).parent / "loopback")}
        process, server = start_server(home, environment=loopback)
        browser = playwright.chromium.launch(
            executable_path=browser_path(), args=[*CHROMIUM_ARGUMENTS, *fake_camera.arguments(clip)]
        )
        try:
            found: dict[str, Any] = {}
            if options.minutes:
                found["one_viewer"] = _one_viewer(browser, server, options.minutes)
            if options.viewers > 1:
                found["viewers"] = _several(browser, server, options.viewers)
            if options.cycles:
                found["cycles"] = _cycles(browser, server, options.cycles)
        finally:
            browser.close()
            stop_server(process)
    print(json.dumps(found, indent=2))


def _one_viewer(browser: Browser, server: Server, minutes: float) -> list[dict[str, float]]:
    page, frame = _start(browser, server)
    rows = []
    for _ in range(max(round(2 * minutes), 1)):
        before = _handled(page)
        row = _watched(frame, 30)
        row["handled_per_second"] = round((_handled(page) - before) / 30, 1)
        row["server_mb"] = round(_megabytes(server), 1)
        rows.append(row)
        print(row, flush=True)
    page.close()
    return rows


def _several(browser: Browser, server: Server, count: int) -> list[dict[str, float]]:
    viewers = [_start(browser, server) for _ in range(count)]
    time.sleep(3)
    before = [_handled(page) for page, _ in viewers]
    started = time.monotonic()
    time.sleep(30)
    after = [_handled(page) for page, _ in viewers]
    seconds = time.monotonic() - started
    rows = []
    for (page, frame), first, last in zip(viewers, before, after, strict=True):
        page.bring_to_front()
        rows.append({"handled_per_second": round((last - first) / seconds, 1), **_watched(frame, 5)})
    for page, _ in viewers:
        page.close()
    return rows


def _cycles(browser: Browser, server: Server, count: int) -> dict[str, Any]:
    page, _ = _start(browser, server)
    memory = []
    for _ in range(count):
        time.sleep(1.5)
        component = page.frame_locator("iframe[title*='webrtc']")
        component.get_by_role("button", name="Stop").click()
        component.get_by_role("button", name="Start the camera").click(timeout=30_000)
        _until_playing(page)
        memory.append(_megabytes(server))
    page.close()
    # The first few fill caches and pools; growth is what comes after. Medians of five, because what awaits
    # its turn to be freed makes single readings jump by 40 MB.
    first, last = statistics.median(memory[min(3, count - 1) : 8]), statistics.median(memory[-5:])
    return {
        "after_3_mb": round(first, 1),
        "at_the_end_mb": round(last, 1),
        "growth_mb": round(last - first, 1),
        "cycles": count,
        # Whether it levels off tells a pool that fills from something that is never given back.
        "each_mb": [round(megabytes) for megabytes in memory],
    }


def _start(browser: Browser, server: Server) -> tuple[Page, Frame]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(_KEEP_CAMERA)
    page.goto(f"{server.url}/live")
    page.get_by_text("Everyone in view knows this and agrees.").click()
    page.mouse.move(1, 1)
    page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start the camera").click()
    return page, _until_playing(page)


def _until_playing(page: Page) -> Frame:
    page.locator("iframe[title*='webrtc']").wait_for()
    frame = next(frame for frame in page.frames if "streamlit_webrtc" in frame.url)
    frame.wait_for_function(
        "() => { const video = document.querySelector('video');"
        " return video && video.videoWidth > 0 && video.currentTime > 0.1 }",
        timeout=60_000,
    )
    return frame


def _watched(frame: Frame, seconds: int) -> dict[str, float]:
    rows = frame.evaluate(_WATCH, {"bits": fake_camera.BITS, "seconds": seconds})
    span = (rows[-1][0] - rows[0][0]) / 1000
    changes = sum(a[2] != b[2] for a, b in pairwise(rows))
    delays = [
        ((own - shown) % fake_camera.FRAMES) / fake_camera.FRAMES_PER_SECOND * 1000
        for _, own, shown in rows
        if own < fake_camera.FRAMES and shown < fake_camera.FRAMES
    ]
    # A number read from a blurred cell is far off; the clip lasts eight seconds, a delay not one.
    delays = [delay for delay in delays if delay < 2_000]
    return {
        "shown_per_second": round(changes / span, 1),
        "delay_ms": round(statistics.median(delays), 0),
        "delay_p95_ms": round(statistics.quantiles(delays, n=20)[-1], 0),
    }


def _handled(page: Page) -> int:
    text = page.get_by_text("frames since the start").inner_text(timeout=60_000)
    return int(text.split()[0].replace(",", ""))


def _megabytes(server: Server) -> float:
    return float(psutil.Process(server.process_id).memory_info().rss / 1e6)


if __name__ == "__main__":
    main()
