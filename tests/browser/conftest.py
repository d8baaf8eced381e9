"""A server of its own and a real browser for the browser tests; a missing browser fails them."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from fer.config import DEFAULT_AUGMENTATION, TrainingConfig
from fer.training.estimate import SpeedEstimate, workload
from tests.conftest import PROJECT_ROOT

SCREENSHOTS = Path(__file__).parent / "screenshots"

# --no-sandbox: containers run as root; /dev/shm is small there.
CHROMIUM_ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")


@dataclass(frozen=True, slots=True)
class Server:
    """A running workshop.

    Attributes:
        url: where it answers, without a slash at the end.
        process_id: of the server process.
        home: its `FER_HOME`.
    """

    url: str
    process_id: int
    home: Path

    def loaded_libraries(self) -> str:
        """The files the server process has mapped, one per line: what it imported cannot hide from this."""
        return Path(f"/proc/{self.process_id}/maps").read_text()


def start_server(
    home: Path,
    *,
    entry: Path = PROJECT_ROOT / "app.py",
    environment: dict[str, str] | None = None,
    knows_the_pace: bool = True,
) -> tuple[subprocess.Popen[bytes], Server]:
    """Start the workshop on a free port with `home` as its `FER_HOME`, and wait until it answers.

    Args:
        home: the `FER_HOME` of the server.
        entry: what `streamlit run` is given.
        environment: extra environment variables.
        knows_the_pace: let the training form believe a made-up speed, instead of loading TensorFlow to
            measure this machine's.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home.mkdir(parents=True, exist_ok=True)
    if knows_the_pace:
        _keep_pace(home)
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                str(entry),
                "--server.port",
                str(port),
                "--server.headless",
                "true",
            ],
            cwd=PROJECT_ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "FER_HOME": str(home), **(environment or {})},
        )
    url = f"http://localhost:{port}"
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return process, Server(url, process.pid, home)
        except OSError:
            time.sleep(0.25)
    process.kill()
    pytest.fail(f"The server did not start:\n{(home / 'server.log').read_text(errors='replace')}")


def _keep_pace(home: Path) -> None:
    """Let the training form take this machine's speed for known."""
    usual = TrainingConfig(augmentation=DEFAULT_AUGMENTATION)
    path = home / "data" / "cache" / "pace" / f"{workload(usual)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(SpeedEstimate(500.0, 1500.0))))


def stop_server(process: subprocess.Popen[bytes]) -> None:
    """End a server started here, politely at first."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running workshop for all browser tests, with the shipped models in an otherwise empty home."""
    home = tmp_path_factory.mktemp("workshop")
    pretrained = PROJECT_ROOT / "models" / "pretrained"
    if pretrained.is_dir():
        shutil.copytree(pretrained, home / "models" / "pretrained")
    process, server = start_server(home)
    yield server
    stop_server(process)


@pytest.fixture
def server(workshop: Server) -> str:
    """The workshop's address, without a slash at the end."""
    return workshop.url


def browser_path() -> str | None:
    """Where an installed Chromium is; None without one."""
    return next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)


@pytest.fixture(scope="session")
def open_browser() -> Iterator[Callable[..., Browser]]:
    """A function that starts Chromium, with extra arguments of its own; one browser per set of arguments."""
    executable = browser_path()
    if executable is None:
        pytest.fail("No Chromium was found on the PATH; install Debian's package chromium, as .ci/run does.")
    with sync_playwright() as playwright:
        browsers: dict[tuple[str, ...], Browser] = {}

        def start(*extra_arguments: str) -> Browser:
            if extra_arguments not in browsers:
                browsers[extra_arguments] = playwright.chromium.launch(
                    executable_path=executable, args=[*CHROMIUM_ARGUMENTS, *extra_arguments]
                )
            return browsers[extra_arguments]

        yield start
        for browser in browsers.values():
            browser.close()


@pytest.fixture
def browser_page(open_browser: Callable[..., Browser]) -> Iterator[Callable[..., Page]]:
    """A function that opens an empty tab of its own: `browser_page("--extra", width=390, scheme="dark")`.

    Positional arguments go to Chromium; `width` is in CSS pixels, `scheme` is "light" or "dark", and
    further keywords go to `Browser.new_context` (permissions, …).
    """
    contexts = []

    def open_tab(*extra_arguments: str, width: int = 1280, scheme: str = "light", **options: object) -> Page:
        height = 844 if width < 600 else 900
        context = open_browser(*extra_arguments).new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **options
        )  # type: ignore[arg-type]
        contexts.append(context)
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()


def settle(page: Page, timeout_seconds: float = 300) -> None:
    """Wait until the running script has finished and its elements are on screen.

    The limit is generous: the first visit draws the built-in faces, minutes of work for a busy machine.
    """
    page.wait_for_selector(
        "[data-testid='stApp'][data-test-script-state='notRunning']", timeout=timeout_seconds * 1000
    )
    page.wait_for_function(
        "!document.querySelector('[data-testid=stSkeleton], [data-stale=true]')",
        timeout=timeout_seconds * 1000,
    )


def keep_screenshot(page: Page, name: str) -> Path:
    """Save a picture of the whole page under the git-ignored `screenshots/` and return its path."""
    SCREENSHOTS.mkdir(exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    size = page.viewport_size or {"width": 1280, "height": 900}
    # Streamlit scrolls inside the window, so the window itself has to grow to the length of the page.
    height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]')?.scrollHeight ?? 0")
    page.set_viewport_size(
        {"width": size["width"], "height": max(size["height"], min(int(height) + 64, 8000))}
    )
    page.screenshot(path=path)
    page.set_viewport_size(size)
    return path
