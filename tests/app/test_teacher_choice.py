"""The choice of teachers and of the precision: who is offered, what comes of it, and who has gone."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.config import TrainingConfig
from fer.datasets import Split
from fer.emotions import Emotion
from fer.models.card import load_card
from tests.app.conftest import words
from tests.conftest import PROJECT_ROOT, dataset_of, write_fer_csv

OpenPage = Callable[..., AppTest]
PAGE = "3_training.py"
TEACHERS = "training.teachers"


@pytest.fixture
def faces(fer_home: Path) -> str:
    """Enough of them for a batch."""
    splits = [Split.TRAIN] * 20 + [Split.VALIDATION]
    dataset = dataset_of([label for label in range(7) for _ in splits], splits * 7)
    return write_fer_csv(fer_home / "data" / "enough.csv", dataset).name


@pytest.fixture
def page(open_page: OpenPage, faces: str, fer_home: Path) -> AppTest:
    """The page where the smallest shipped model is at hand."""
    name = "mini_xception"
    shutil.copytree(PROJECT_ROOT / "models" / "pretrained" / name, fer_home / "models" / "pretrained" / name)
    return open_page(PAGE, {"workshop.dataset": faces})


def started(page: AppTest, submitted: list[TrainingConfig]) -> TrainingConfig:
    page.button(key="training.start").click().run()
    assert not page.exception
    return submitted[-1]


def test_without_a_model_there_is_no_teacher_and_a_sentence_says_so(open_page: OpenPage, faces: str) -> None:
    page = open_page(PAGE, {"workshop.dataset": faces})
    assert not [widget for widget in page.multiselect if widget.key == TEACHERS]
    assert "could be its teacher" in words(page)


def test_a_teacher_is_chosen_with_its_share_and_its_temperature(
    page: AppTest, submitted: list[TrainingConfig]
) -> None:
    page.multiselect(key=TEACHERS).select("mini_xception").run()
    page.slider(key="training.teacher_share").set_value(0.8)
    page.slider(key="training.teacher_temperature").set_value(3.0)
    page.selectbox(key="training.precision").select("mixed_bfloat16").run()
    config = started(page, submitted)
    assert (config.teacher, config.teacher_share, config.teacher_temperature) == ("mini_xception", 0.8, 3.0)
    assert config.precision == "mixed_bfloat16"


def test_a_model_teaches_a_network_that_sees_faces_otherwise(
    page: AppTest, submitted: list[TrainingConfig]
) -> None:
    page.multiselect(key=TEACHERS).select("mini_xception").run()
    page.selectbox(key="training.architecture").select("paired_cnn").run()
    config = started(page, submitted)
    assert (config.architecture, config.teacher) == ("paired_cnn", "mini_xception")


def test_a_teacher_that_knows_other_emotions_is_refused_with_a_sentence(
    page: AppTest, fer_home: Path
) -> None:
    folder = fer_home / "models" / "pretrained" / "mini_xception"
    replace(load_card(folder), emotions=(Emotion.HAPPY, Emotion.SAD)).save(folder)
    page.multiselect(key=TEACHERS).select("mini_xception").run()
    assert "The teacher “mini_xception” answers with happy, sad" in words(page)
    assert page.button(key="training.start").disabled
    page.multiselect(key=TEACHERS).unselect("mini_xception").run()
    assert not page.button(key="training.start").disabled


def test_a_teacher_that_is_gone_stays_named_until_it_is_taken_out(page: AppTest, fer_home: Path) -> None:
    page.multiselect(key=TEACHERS).select("mini_xception").run()
    shutil.rmtree(fer_home / "models" / "pretrained" / "mini_xception")
    page.run()
    assert "There is no model “mini_xception”" in words(page)
    assert page.button(key="training.start").disabled


def test_without_a_teacher_its_settings_are_the_usual_ones(
    page: AppTest, submitted: list[TrainingConfig]
) -> None:
    page.multiselect(key=TEACHERS).select("mini_xception").run()
    page.slider(key="training.teacher_share").set_value(0.8).run()
    page.multiselect(key=TEACHERS).unselect("mini_xception").run()
    config, usual = started(page, submitted), TrainingConfig()
    assert (config.teacher, config.teacher_share) == ("", usual.teacher_share)
