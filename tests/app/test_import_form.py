"""The form that says how a dataset's labels are read: a numbering is chosen, remembered and forgotten."""

from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from streamlit.testing.v1 import AppTest

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets import load_dataset
from fer.datasets.import_settings import load_import_settings, save_import_settings
from fer.datasets.readers.numbering import NUMBERINGS
from fer.datasets.registry import place_of_dataset
from fer.emotions import EMOTIONS
from fer.models.inference import DEFAULT_MODEL
from tests.app.conftest import words
from tests.conftest import dataset_of
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "1_dataset.py"


@pytest.fixture
def numbered(fer_home: Path) -> Callable[[range], str]:
    """A function that puts class folders of these numbers into `data/`, three faces each."""

    def put(numbers: range) -> str:
        for number in numbers:
            folder = fer_home / "data" / "numbered" / str(number)
            folder.mkdir(parents=True)
            for row, image in enumerate(dataset_of([number % 7] * 3).images):
                cv2.imwrite(str(folder / f"{row}.png"), image)
        return "numbered"

    return put


def labels_of(name: str) -> dict[str, str | None]:
    return {label.text: label.emotion for label in load_dataset(name).source_labels}


def told(page: AppTest) -> str:
    """What the page says, without the signs that keep Markdown from reading a stranger's text."""
    return words(page).replace("\\", "")


def test_a_numbering_is_chosen_remembered_and_forgotten(
    open_page: OpenPage, numbered: Callable[[range], str]
) -> None:
    name = numbered(range(7))
    page = open_page(PAGE, {"workshop.dataset": name})
    assert not page.exception
    assert "Its numbers were read as FER-2013's: 0 angry" in told(page)
    assert labels_of(name)["0"] == "angry"
    assert page.button(key="dataset.import.apply").disabled

    [numbering] = [box for box in page.selectbox if box.label == "Numbers stand for"]
    numbering.select("affectnet").run()
    page.button(key="dataset.import.apply").click().run()
    assert not page.exception
    assert "Its numbers were read as AffectNet's: 0 neutral" in told(page)
    assert labels_of(name)["0"] == "neutral"
    path = place_of_dataset(name)
    assert load_import_settings(path) == ImportSettings("affectnet")

    page.button(key="dataset.import.forget").click().run()
    assert load_import_settings(path) == AS_GUESSED
    assert labels_of(name)["0"] == "angry"


def test_a_choice_that_cannot_be_read_is_said_and_not_remembered(
    open_page: OpenPage, numbered: Callable[[range], str]
) -> None:
    name = numbered(range(7))
    page = open_page(PAGE, {"workshop.dataset": name})
    [numbering] = [box for box in page.selectbox if box.label == "Numbers stand for"]
    numbering.select("raf-db").run()
    page.button(key="dataset.import.apply").click().run()
    assert "“0” means nothing in its numbering" in page.error[0].value
    assert load_import_settings(place_of_dataset(name)) == AS_GUESSED


def test_labels_without_a_meaning_open_the_form(
    open_page: OpenPage, numbered: Callable[[range], str]
) -> None:
    page = open_page(PAGE, {"workshop.dataset": numbered(range(1, 9))})
    assert not page.exception
    assert page.expander[0].label == "How its labels and pictures are read"
    assert page.expander[0].proto.expanded


def test_labels_that_are_words_have_no_numbering(
    open_page: OpenPage, csv_in_data: Callable[[str], str], fer_home: Path
) -> None:
    for word in ("happy", "sad"):
        (fer_home / "data" / "words" / word).mkdir(parents=True)
        cv2.imwrite(str(fer_home / "data" / "words" / word / "1.png"), dataset_of([0]).images[0])
    page = open_page(PAGE, {"workshop.dataset": "words"})
    assert not page.exception
    assert not [box for box in page.selectbox if box.label == "Numbers stand for"]


def test_what_was_remembered_and_cannot_be_read_is_said_and_can_be_chosen_anew(
    open_page: OpenPage, numbered: Callable[[range], str], fer_home: Path
) -> None:
    path = place_of_dataset(numbered(range(7)))
    save_import_settings(path, ImportSettings("affectnet"))
    [kept] = (fer_home / "data" / "import-settings").iterdir()
    kept.write_text("{", encoding="utf-8")
    page = open_page(PAGE, {"workshop.dataset": path.name})
    assert "cannot be read any more" in page.error[0].value
    [numbering] = [box for box in page.selectbox if box.label == "Numbers stand for"]
    numbering.select("fer-2013").run()
    page.button(key="dataset.import.apply").click().run()
    assert not page.error
    assert load_import_settings(path) == ImportSettings("fer-2013")


def test_a_numbering_that_a_model_contradicts_is_mended_by_one_click(
    open_page: OpenPage, fer_home: Path
) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / DEFAULT_MODEL)
    for number, emotion in NUMBERINGS["affectnet"].items():
        if emotion is not None:
            folder = fer_home / "data" / "numbered" / str(number)
            folder.mkdir(parents=True)
            for row, image in enumerate(dataset_of([EMOTIONS.index(emotion)] * 8).images):
                cv2.imwrite(str(folder / f"{row}.png"), image)
    page = open_page(PAGE, {"workshop.dataset": "numbered"})
    assert "These labels look like AffectNet's numbering" in page.warning[0].value
    page.button(key="dataset.import.doubted").click().run()
    assert not page.exception
    assert not page.warning
    assert load_import_settings(place_of_dataset("numbered")) == ImportSettings("affectnet")
    assert labels_of("numbered")["0"] == "neutral"
