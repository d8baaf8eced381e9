"""Shipped models on the pages, with a `FER_HOME` in which nothing was ever trained."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import words

pytestmark = pytest.mark.usefixtures("shipped")


def test_the_live_page_offers_them(open_page: Callable[..., AppTest], fer_home: Path) -> None:
    page = open_page("5_live.py")
    assert not page.exception
    assert "no model" not in words(page).lower()
    (models,) = [box for box in page.selectbox if box.label == "Model"]
    assert len(models.options) == 4
    assert models.value == "small_resnet"  # of photographs
    assert not (fer_home / "models").exists()


def test_the_evaluation_page_offers_them(open_page: Callable[..., AppTest]) -> None:
    page = open_page("4_evaluation.py", {"workshop.dataset": "synthetic"})
    assert not page.exception
    assert "There is no model" not in words(page)
    assert any("Small ResNet" in str(option) for box in page.multiselect for option in box.options)
