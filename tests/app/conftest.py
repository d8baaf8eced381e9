"""What the page tests share: a page opened as a deep link would open it, without the frame."""

from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fer import runs
from fer.config import TrainingConfig
from fer.runs import Run
from fer.training import estimate
from tests.conftest import PROJECT_ROOT


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Streamlit's caches outlive a test; each test gets empty ones."""
    st.cache_data.clear()
    st.cache_resource.clear()
    yield


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> list[TrainingConfig]:
    """The settings whose pace a page would have measured; no TensorFlow is started for them."""
    configs: list[TrainingConfig] = []
    monkeypatch.setattr(estimate, "start_measuring", configs.append)
    return configs


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[TrainingConfig]:
    """The configs the page submitted; their runs get a folder but no process."""
    configs: list[TrainingConfig] = []

    def submit(config: TrainingConfig) -> Run:
        configs.append(config)
        return runs.create_run(config)

    monkeypatch.setattr(runs, "submit_run", submit)
    return configs


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """A function that runs one page: `open_page("1_dataset.py", {"workshop.dataset": "small.csv"})`."""

    def opened(page: str, session: dict[str, object] | None = None) -> AppTest:
        test = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=60)
        # Most tests are about what test faces show; that they are kept back at first is a test of its own.
        for key, value in {"evaluation.test_open": True, **(session or {})}.items():
            test.session_state[key] = value
        return test.switch_page(f"pages/{page}").run()

    return opened


def words(page: AppTest) -> str:
    """Everything the page says in text."""
    return "\n".join(
        str(element.value)
        for kind in ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error")
        for element in getattr(page, kind)
    )
