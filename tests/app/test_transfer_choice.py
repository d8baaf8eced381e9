"""The choice of first weights and of two phases: only for networks with published weights."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.config import TrainingConfig
from fer.datasets import Split
from tests.app.conftest import words
from tests.conftest import dataset_of, write_fer_csv

OpenPage = Callable[..., AppTest]
PAGE = "3_training.py"
KEYS = ("initial_weights", "head_epochs", "fine_tune_from", "fine_tune_rate_fraction")


@pytest.fixture
def page(open_page: OpenPage, fer_home: Path) -> AppTest:
    """The page with faces enough for a batch."""
    splits = [Split.TRAIN] * 20 + [Split.VALIDATION]
    faces = dataset_of([label for label in range(7) for _ in splits], splits * 7)
    name = write_fer_csv(fer_home / "data" / "enough.csv", faces).name
    return open_page(PAGE, {"workshop.dataset": name})


def keys(page: AppTest) -> set[str]:
    widgets = [*page.selectbox, *page.number_input, *page.select_slider]
    return {str(widget.key).removeprefix("training.") for widget in widgets}


def started(page: AppTest, submitted: list[TrainingConfig]) -> TrainingConfig:
    page.button(key="training.start").click().run()
    assert not page.exception
    return submitted[-1]


def test_a_network_without_published_weights_offers_no_choice(page: AppTest) -> None:
    assert not keys(page) & set(KEYS)


def test_imagenet_brings_two_phases_and_both_go_into_the_run(
    page: AppTest, submitted: list[TrainingConfig]
) -> None:
    page.selectbox(key="training.architecture").select("efficientnet_b2").run()
    assert keys(page) & set(KEYS) == set(KEYS) - {"fine_tune_rate_fraction"}
    assert page.number_input(key="training.head_epochs").value == 0
    page.selectbox(key="training.initial_weights").select("imagenet").run()
    assert page.number_input(key="training.head_epochs").value == 5
    assert "Keras fetches efficientnetb2_notop.h5" in words(page)
    assert set(KEYS) <= keys(page)
    assert all(page.selectbox(key=f"training.{name}").help for name in ("initial_weights", "fine_tune_from"))
    page.number_input(key="training.head_epochs").set_value(3)
    page.selectbox(key="training.fine_tune_from").select("block6")
    page.select_slider(key="training.fine_tune_rate_fraction").set_value(0.05).run()
    config = started(page, submitted)
    assert [getattr(config, name) for name in KEYS] == ["imagenet", 3, "block6", 0.05]


def test_another_network_forgets_what_the_former_was_to_begin_with(
    page: AppTest, submitted: list[TrainingConfig]
) -> None:
    page.selectbox(key="training.architecture").select("efficientnet_b2").run()
    page.selectbox(key="training.initial_weights").select("imagenet").run()
    page.selectbox(key="training.fine_tune_from").select("block6").run()
    page.selectbox(key="training.architecture").select("resnet50").run()
    assert not page.exception
    assert page.selectbox(key="training.fine_tune_from").value == ""
    page.selectbox(key="training.architecture").select("tiny_cnn").run()
    config, usual = started(page, submitted), TrainingConfig()
    assert [getattr(config, name) for name in KEYS] == [getattr(usual, name) for name in KEYS]


def test_a_head_that_learns_for_longer_than_the_run_is_refused_while_it_is_chosen(page: AppTest) -> None:
    page.selectbox(key="training.architecture").select("resnet50").run()
    page.slider(key="training.epochs").set_value(4).run()
    page.number_input(key="training.head_epochs").set_value(5).run()
    assert not page.exception
    assert page.button(key="training.start").disabled
    assert "5 epochs for the head alone are more than the run's 4" in words(page)
