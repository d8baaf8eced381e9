"""The augmentation page: sliders, presets, dice, and what the training form gets of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig
from tests.app.conftest import words

OpenPage = Callable[..., AppTest]
PAGE = "2_augmentation.py"
KEPT = "workshop.augmentation"


@pytest.fixture
def small_csv(csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session in which a small CSV is the chosen dataset."""
    return {"workshop.dataset": f"{csv_in_data('small')}.csv"}


def test_it_opens_with_gentle_changes(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert page.session_state[KEPT] == DEFAULT_AUGMENTATION
    assert "flip, ±10° rotation, ±10% shift, ±10% zoom" in words(page)


def test_a_preset_moves_the_sliders_and_is_kept_for_training(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, small_csv)
    page.button(key="augmentation.preset.Strong · S0").click().run()
    assert page.slider(key="augmentation.rotation_degrees").value == 20
    assert page.session_state[KEPT] == AugmentationConfig(
        horizontal_flip=True,
        rotation_degrees=20,
        shift_x_fraction=0.2,
        shift_y_fraction=0.2,
        zoom_in_fraction=0.2,
        zoom_out_fraction=0.2,
    )
    page.button(key="augmentation.preset.None").click().run()
    assert not page.session_state[KEPT].changes_anything


def test_a_slider_changes_what_is_kept(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    page.slider(key="augmentation.erase_fraction").set_value(30).run()
    assert page.session_state[KEPT].erase_fraction == 0.3


def test_what_was_left_is_found_again(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, {**small_csv, KEPT: AugmentationConfig(rotation_degrees=33)})
    assert page.slider(key="augmentation.rotation_degrees").value == 33
    assert page.toggle(key="augmentation.horizontal_flip").value is False


def test_drawing_again_counts_the_seed_up(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    page.button(key="augmentation.draw").click().run()
    assert page.number_input(key="augmentation.seed").value == 1


def test_a_batch_is_shown_before_and_after(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    page.segmented_control(key="augmentation.view").set_value("A batch").run()
    assert not page.exception
    assert "As the model could meet them" in words(page)


def test_a_broken_dataset_is_a_sentence(open_page: OpenPage, fer_home: Path) -> None:
    (fer_home / "data").mkdir()
    (fer_home / "data" / "notes.csv").write_text("a,b\n1,2\n")
    page = open_page(PAGE, {"workshop.dataset": "notes.csv"})
    assert not page.exception
    assert len(page.error) == 1
