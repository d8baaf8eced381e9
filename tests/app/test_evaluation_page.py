"""The evaluation page without a model, with one whose answers are known, and with a damaged one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.cards import MODEL_FILE, load_card
from fer.emotions import Emotion
from tests.app.conftest import words
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "4_evaluation.py"


@pytest.fixture
def small_csv(csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session in which a small CSV is the chosen dataset."""
    return {"workshop.dataset": f"{csv_in_data('small')}.csv"}


@pytest.fixture
def model_folder(fer_home: Path) -> Path:
    return grey_level.save_model(fer_home / "models" / "pretrained" / "grey")


def test_without_a_model_it_says_where_to_train_one(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert "No model yet" in words(page)


@pytest.mark.usefixtures("model_folder")
def test_a_model_is_judged_on_the_test_faces(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert not page.error
    assert [metric.value for metric in page.metric] == ["100.0%", "100.0%"]
    assert "On **7** faces" in words(page)
    assert "64.6–100.0%" in words(page)
    assert "There is not a single mistake here." in words(page)


@pytest.mark.usefixtures("model_folder")
def test_training_faces_come_with_a_warning(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    page.segmented_control(key="evaluation.split").set_value("train").run()
    assert "flatters" in words(page)


@pytest.mark.usefixtures("model_folder")
def test_the_matrix_changes_between_shares_and_counts(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, small_csv)
    page.segmented_control(key="evaluation.cells").set_value("Counts").run()
    assert not page.exception


def test_faces_of_another_kind_are_said_to_be_so(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    replace(load_card(model_folder), dataset={"title": "Drawn faces"}).save(model_folder)
    assert "learned from Drawn faces" in words(open_page(PAGE, small_csv))


def test_a_model_that_cannot_answer_the_emotions_is_a_sentence(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    others = (*list(Emotion)[:6], Emotion.ANGRY)
    replace(load_card(model_folder), emotions=others).save(model_folder)
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert "neutral, which this model cannot answer" in page.error[0].value


def test_a_damaged_model_is_a_sentence(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    (model_folder / MODEL_FILE).write_bytes(b"not a model")
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert len(page.error) == 1
