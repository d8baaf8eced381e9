"""The home page before anything is there, with a model and data, and with a damaged card."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from streamlit.testing.v1 import AppTest

from fer.models.card import CARD_FILE, load_card
from tests.app.conftest import words
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level

OpenPage = Callable[..., AppTest]


def test_an_empty_workshop_says_where_to_begin(open_page: OpenPage) -> None:
    page = open_page("0_home.py")
    assert not page.exception
    assert "Start with the faces" in words(page)
    assert "needs a model" in words(page)


def test_all_five_stations_are_there(open_page: OpenPage) -> None:
    titles = [element.value for element in open_page("0_home.py").subheader]
    assert titles[2:7] == ["Dataset", "Augmentation", "Training", "Evaluation", "Live"]


def test_a_shipped_model_is_shown_with_its_figure_and_interval(open_page: OpenPage, fer_home: Path) -> None:
    folder = grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    test = {"accuracy": 0.631, "interval_95": [0.615, 0.647], "count": 3589}
    replace(load_card(folder), test=test, dataset={"title": "FER-2013"}).save(folder)
    page = open_page("0_home.py")
    assert "63.1 % (61.5–64.7 %) on FER-2013" in words(page)


def test_own_data_is_counted(open_page: OpenPage, csv_in_data: Callable[[str], str]) -> None:
    csv_in_data("small")
    assert "the built-in faces and 1 of yours" in words(open_page("0_home.py"))


def test_a_damaged_card_does_not_close_the_workshop(open_page: OpenPage, fer_home: Path) -> None:
    folder = grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    (folder / CARD_FILE).write_text("{")
    page = open_page("0_home.py")
    assert not page.exception
    assert "1 model to evaluate" in words(page)


def test_the_frame_runs_with_the_home_page_in_it() -> None:
    page = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=60).run()
    assert not page.exception
    assert page.title[0].value == "Teach a computer to read a face"
