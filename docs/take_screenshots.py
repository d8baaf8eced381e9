"""Screenshots: takes the documentation's pictures anew.

    python -m docs.take_screenshots [fer2013.csv] [--only NAME …]

The faces on them are drawn by this program, in the webcam too, and show no real person. With a FER-2013 file
the evaluation page shows the shipped model's figures on it; that page shows no face.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from playwright.sync_api import Page, sync_playwright

from fer.datasets.synthetic.action_units import ActionUnit
from fer.datasets.synthetic.appearance import Appearance, Hairstyle, Pose
from fer.datasets.synthetic.portrait import draw_face
from tests.browser import fake_camera
from tests.browser.conftest import CHROMIUM_ARGUMENTS, settle, start_server, stop_server
from tests.conftest import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "docs" / "screenshots"
_WIDTH, _HEIGHT = 1280, 860
_EPOCHS = 10  # what the form proposes


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.take_screenshots", description="Take the documentation's pictures anew."
    )
    parser.add_argument("fer_2013", type=Path, nargs="?", help="shows the shipped model's figures on it")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="not all of them")
    options = parser.parse_args()
    fer_2013 = options.fer_2013
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        if fer_2013 is not None:
            (home / "data").mkdir()
            os.link(fer_2013, home / "data" / "fer2013.csv")
        clip = record_drawn_faces(home / "camera.mjpeg")
        process, server = start_server(
            home,
            environment={"PYTHONPATH": str(PROJECT_ROOT / "tests" / "browser" / "loopback")},
            knows_the_pace=False,
        )
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=[*CHROMIUM_ARGUMENTS, *fake_camera.arguments(clip)],
        )
        try:
            page = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
            takers = {
                "home": lambda: take_home(page, server.url),
                "dataset": lambda: take_dataset(page, server.url),
                "augmentation": lambda: take_augmentation(page, server.url),
                "live": lambda: take_live(page, server.url),
                "evaluation": lambda: take_evaluation(page, server.url, on_fer_2013=fer_2013 is not None),
                "costs": lambda: take_window(page, server.url, "Costs"),
                "replications": lambda: take_window(page, server.url, "Replications"),
                "training": lambda: take_training(page, server.url),
                "diagnosis": lambda: take_diagnosis(page, server.url, home),
            }
            for name, taker in takers.items():
                if name in (options.only or takers):
                    taker()
        finally:
            browser.close()
            stop_server(process)


def record_drawn_faces(path: Path) -> Path:
    """Write a fake webcam in which two drawn people smile and marvel."""
    joy = {ActionUnit.CHEEK_RAISER: 0.8, ActionUnit.LIP_CORNER_PULLER: 0.9, ActionUnit.LIPS_PART: 0.5}
    surprise = {
        ActionUnit.INNER_BROW_RAISER: 0.9,
        ActionUnit.OUTER_BROW_RAISER: 0.9,
        ActionUnit.UPPER_LID_RAISER: 0.8,
        ActionUnit.JAW_DROP: 0.9,
    }
    people = ((Appearance(), joy, 30), (Appearance(hairstyle=Hairstyle.LONG, hair=0.15), surprise, 330))
    with av.open(str(path), "w", format="mjpeg") as clip:
        stream = clip.add_stream("mjpeg", rate=fake_camera.FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = fake_camera.WIDTH, fake_camera.HEIGHT, "yuvj420p"
        stream.time_base = Fraction(1, fake_camera.FRAMES_PER_SECOND)
        stream.options = {"qmin": "2", "qmax": "3"}
        for number in range(60):
            frame = np.full((fake_camera.HEIGHT, fake_camera.WIDTH, 3), 176, np.uint8)
            sway = np.sin(2 * np.pi * number / 60)
            for appearance, units, left in people:
                face = draw_face(appearance, units, 280, pose=Pose(roll_degrees=3 * sway))
                frame[110:390, left : left + 280] = face[..., None]
            picture = av.VideoFrame.from_ndarray(frame, format="bgr24")
            clip.mux(stream.encode(picture.reformat(format="yuvj420p")))
        clip.mux(stream.encode())
    return path


def show(page: Page, url: str) -> None:
    """Open a page and wait until it is drawn."""
    page.goto(url)
    page.get_by_role("heading", level=1).wait_for(timeout=90_000)
    settle(page)


def take(page: Page, name: str, below: str | None = None) -> None:
    """Save what the window shows, scrolled to the heading `below` if there is one."""
    if below is not None:
        page.get_by_role("heading", name=below).evaluate("heading => heading.scrollIntoView()")
    page.mouse.move(0, 0)  # a tooltip would cover something
    time.sleep(1.5)  # charts and pictures fade in
    page.screenshot(path=FOLDER / f"{name}.png")
    print(FOLDER / f"{name}.png")


def take_home(page: Page, url: str) -> None:
    """The door."""
    show(page, url)
    take(page, "home")


def take_augmentation(page: Page, url: str) -> None:
    """What the transforms do to a face."""
    show(page, f"{url}/augmentation")
    take(page, "augmentation")


def take_dataset(page: Page, url: str) -> None:
    """The built-in faces in the grid, and as a map."""
    show(page, f"{url}/dataset")
    page.get_by_test_id("stButtonGroup").get_by_text("Faces", exact=True).click()
    settle(page)
    take(page, "dataset")
    page.get_by_test_id("stButtonGroup").get_by_text("Map", exact=True).click()
    page.get_by_role("button", name="Draw the map").click()
    page.get_by_text("Draw a line around faces").wait_for(timeout=300_000)
    settle(page)
    page.get_by_text("Colour by").evaluate("label => label.scrollIntoView()")
    take(page, "map")


def take_live(page: Page, url: str) -> None:
    """The camera page with its figures."""
    show(page, f"{url}/live")
    page.get_by_text("Everyone in view knows this and agrees.").click()
    page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start the camera").click()
    time.sleep(8)
    page.locator("iframe[title*='webrtc']").scroll_into_view_if_needed()
    take(page, "live")


def take_evaluation(page: Page, url: str, *, on_fer_2013: bool) -> None:
    """The shipped model's confusion matrix."""
    show(page, f"{url}/evaluation")
    if on_fer_2013:
        # What is said of a model on another kind of faces goes when those are read and judged that it knows.
        other_kind = page.get_by_text("This model learned from")
        other_kind.wait_for(timeout=120_000)
        page.get_by_test_id("stSelectbox").filter(has_text="Dataset").click()
        page.get_by_role("option", name="fer2013.csv").click()
        other_kind.wait_for(state="detached", timeout=300_000)
        settle(page)
    page.get_by_test_id("stButtonGroup").get_by_text("Confusions", exact=True).click()
    page.get_by_text("the model said").wait_for(timeout=300_000)
    settle(page)
    page.get_by_text("Cells show").evaluate("label => label.scrollIntoView()")
    take(page, "evaluation")


def take_window(page: Page, url: str, button: str) -> None:
    """A window of the training page, under the name of the button that opens it."""
    show(page, f"{url}/training")
    page.get_by_role("button", name=button).click()
    settle(page)
    take(page, button.lower())


def take_training(page: Page, url: str) -> None:
    """A run on the built-in faces, under way."""
    show(page, f"{url}/training")
    page.get_by_text("measured here").wait_for(timeout=120_000)
    page.get_by_role("button", name="Start training").click()
    page.get_by_text(f"Epoch {_EPOCHS // 2 + 1} of").first.wait_for(timeout=1_200_000)
    time.sleep(3)
    take(page, "training")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("stopped").first.wait_for(timeout=120_000)


def take_diagnosis(page: Page, url: str, home: Path) -> None:
    """Advice put to the test: a run on too few faces, repeated with the first change that is advised."""
    train = ["train", "--data", "synthetic", "--model", "tiny_cnn", "--epochs", "15", "--subset", "300"]
    subprocess.run(
        [sys.executable, "-m", "fer", *train, "--json"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "FER_HOME": str(home)},
        capture_output=True,
        check=True,
    )
    show(page, f"{url}/training")
    page.locator("[class*=st-key-diagnosis-try] button").first.click()
    page.get_by_role("heading", name="What the change brought").wait_for(timeout=120_000)
    page.get_by_text("Finished after").wait_for(timeout=1_200_000)
    settle(page)
    take(page, "diagnosis", below="What the change brought")


if __name__ == "__main__":
    main()
