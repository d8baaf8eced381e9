"""The evaluation page without a model, with one whose answers are known, and with a damaged one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.cards import MODEL_FILE, load_card
from fer.config import DatasetView, SplitPlan, TrainingConfig
from fer.datasets import Split, load_dataset
from fer.datasets.editions import create_edition, exclude, relabel
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


@pytest.mark.usefixtures("model_folder")
def test_a_mended_dataset_is_judged_as_it_is_now(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    faces = load_dataset("small.csv")
    create_edition(faces.name, "Mine")
    tests = np.flatnonzero(faces.splits == Split.TEST).tolist()
    exclude(faces, "Mine", tests[:2])
    session = {**small_csv, "workshop.view": DatasetView(edition="Mine")}
    page = open_page(PAGE, session)
    assert "On **5** faces" in words(page)
    assert "not as they came: edition “Mine”" in words(page)
    # Mended further, it is judged anew.
    relabel(faces, "Mine", [tests[2]], Emotion.HAPPY)
    page.run()
    assert next(metric.value for metric in page.metric) == "80.0%"


def test_a_model_that_learned_with_other_splits_may_be_flattered(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    pooled, kept = SplitPlan(0.2, keep_test=False), SplitPlan(0.2)
    for learned_with, judged_with, split, flattered in (
        (pooled, None, "test", True),
        (pooled, pooled, "validation", False),
        (kept, None, "test", False),
    ):
        config = TrainingConfig(view=DatasetView(splits=learned_with)).as_dict()
        replace(load_card(model_folder), config=config, dataset={"title": "small.csv"}).save(model_folder)
        page = open_page(PAGE, {**small_csv, "workshop.view": DatasetView(splits=judged_with)})
        page.segmented_control(key="evaluation.split").set_value(split).run()
        assert not page.exception
        assert ("these are other splits" in words(page)) == flattered, (learned_with, judged_with, split)


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
