"""The form that says where labels stand: in the names of pictures, or in a list beside them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.config import ImportSettings
from fer.datasets import load_dataset
from fer.datasets.import_settings import load_import_settings
from tests.app.conftest import words
from tests.core.test_list_files import NAMES, WORDS, listed
from tests.core.test_name_patterns import write_pictures

OpenPage = Callable[..., AppTest]
PAGE = "1_dataset.py"


def box(page: AppTest, label: str) -> object:
    [found] = [box for box in page.selectbox if box.label == label]
    return found


def pattern(page: AppTest) -> object:
    [found] = [box for box in page.text_input if box.label == "Pattern of the names"]
    return found


@pytest.fixture
def coded(fer_home: Path) -> Path:
    """Pictures whose names hold codes at a place that must be said."""
    names = [f"p{n}-x-{code}-1.png" for n in range(4) for code in ("ha", "sa", "an")]
    return write_pictures(fer_home / "data" / "coded", names)


def test_a_pattern_is_typed_seen_at_work_and_remembered(open_page: OpenPage, coded: Path) -> None:
    page = open_page(PAGE, {"workshop.dataset": "coded"})
    assert not page.exception
    assert "nothing says what they show" in page.error[0].value
    assert box(page, "Dataset").options[-1] == "coded · not understood"

    [place] = [group for group in page.button_group if group.label == "Labels stand in"]
    place.set_value("Names of pictures").run()
    pattern(page).set_value("*-*-{emotion}").run()
    assert page.dataframe[0].value["Label"].tolist() == ["–"] * 5
    pattern(page).set_value("*-{label}").run()
    assert "is no pattern for file names" in page.error[-1].value
    pattern(page).set_value("*-*-{emotion}-*").run()
    assert page.dataframe[0].value["Label"].tolist() == ["an", "ha", "sa", "an", "ha"]
    page.button(key="dataset.import.apply").click().run()

    assert not page.exception
    assert "**12 faces**" in words(page)
    assert "Its labels were read from its file names, by the pattern" in words(page)
    assert load_import_settings(coded) == ImportSettings(name_pattern="*-*-{emotion}-*")
    assert box(page, "Dataset").options[-1] == "coded"


def test_the_columns_of_a_list_are_chosen(open_page: OpenPage, fer_home: Path) -> None:
    rows = [f"{name},{WORDS[n % 7]},{WORDS[(n + 1) % 7]}" for n, name in enumerate(NAMES)]
    listed(fer_home / "data" / "mine", ["image,first,second", *rows], "both.csv")
    page = open_page(PAGE, {"workshop.dataset": "mine"})
    assert not page.exception
    assert "Which column of “both.csv” holds the labels cannot be told" in page.error[0].value

    [place] = [group for group in page.button_group if group.label == "Labels stand in"]
    place.set_value("A list beside them").run()
    assert box(page, "List of pictures and labels").value == "both.csv"
    assert box(page, "Labels in").options == ["Guessed", "image", "first", "second"]
    box(page, "Labels in").set_value("second").run()
    page.button(key="dataset.import.apply").click().run()

    assert not page.exception
    assert "labels in “second”" in words(page)
    assert load_dataset("mine").labels[0] == 1
