"""The view "Robustness": one face by a slider, the sweep of the split, and the way to training against it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.config import AugmentationConfig, DatasetView, SplitPlan, TrainingConfig
from fer.datasets import Split, load_dataset
from fer.emotions import EMOTIONS
from fer.evaluation.robustness import CORRUPTIONS, CorruptionKind, load_sweep, sweep, sweep_path
from fer.models.card import load_card
from fer.models.inference import Recognizer
from fer.system import jobs
from pages.parts.evaluation.chosen_face import ChosenFace
from pages.parts.evaluation.robustness import one_face
from tests.app.conftest import words
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "4_evaluation.py"
DARKNESS_SLIDER = "evaluation.break.darkness"


@pytest.fixture
def model_folder(fer_home: Path) -> Path:
    return grey_level.save_model(fer_home / "models" / "pretrained" / "grey")


@pytest.fixture
def session(model_folder: Path, csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session that breaks the neutral face, the lightest, of seven test faces."""
    csv_in_data("small")
    faces = load_dataset("small.csv").only(Split.TEST)
    return {
        "workshop.dataset": "small.csv",
        "evaluation.view_shown": "Robustness",
        "evaluation.chosen": int(faces.rows[6]),
    }


@pytest.fixture
def jobs_started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What a page would have started."""
    started: list[list[str]] = []

    def start(job_id: str, title: str, arguments: list[str]) -> None:
        started.append(arguments)

    monkeypatch.setattr(jobs, "start_job", start)
    return started


def sweep_of(folder: Path, kinds: list[CorruptionKind] | None = None) -> Path:
    """Sweep the small dataset's test faces as the job would, and return where it is kept."""
    faces, recognizer = load_dataset("small.csv").only(Split.TEST), Recognizer(folder)
    sweep(recognizer, faces, list(CORRUPTIONS) if kinds is None else kinds)
    return sweep_path(recognizer.fingerprint, faces)


def tables(page: AppTest) -> str:
    return "\n".join(str(table.value.to_string()) for table in page.table)


def test_a_slider_changes_the_answer_and_says_where_it_changes(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    assert not page.exception
    assert not page.error
    # The lightest of seven greys: at 70% less light it is the second darkest.
    assert "The model says **disgust** instead of neutral" in words(page)
    page.slider(key=DARKNESS_SLIDER).set_value(0.0).run()
    assert "The model still says **neutral**" in words(page)
    # 13/14 of white becomes what lies half-way to the next lower level, 12/14, at 1 - 12/13 of the light.
    assert "first changes from neutral to **surprise** at about 7\u00a0%" in words(page)
    page.slider(key=DARKNESS_SLIDER).set_value(0.96).run()
    assert "The model says **angry** instead of neutral" in words(page)


def test_a_kind_that_goes_either_way_changes_nothing_for_a_flat_face(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    page.button_group(key="evaluation.break_kind").set_value(CorruptionKind.ROTATION).run()
    assert not page.exception
    assert "It does not change anywhere, −90° to 90°" in words(page)
    assert page.slider(key="evaluation.break.rotation").value == 30.0


def test_other_kinds_stay_switched_on_until_they_are_switched_off(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    page.button_group(key="evaluation.break_kind").set_value(CorruptionKind.ROTATION).run()
    page.slider(key="evaluation.break_also.darkness").set_value(0.96).run()
    assert "Also on: darkness 96\u00a0%." in words(page)
    assert "The model says **angry** instead of neutral" in words(page)
    page.button(key="evaluation.break_reset").click().run()
    assert "Also on" not in words(page)
    assert "The model still says **neutral**" in words(page)


def test_a_learners_own_face_is_broken_like_any_other(
    open_page: OpenPage, session: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ChosenFace(np.full((48, 48, 3), 237, np.uint8), None, None, "A face of your own")
    monkeypatch.setattr(one_face.chosen_face, "choose", lambda *_: own)
    page = open_page(PAGE, session)
    assert not page.exception
    assert "A face of your own: untouched, and changed" in words(page)
    assert "The model says **disgust** instead of neutral" in words(page)


def test_without_a_face_the_split_can_still_be_swept(
    open_page: OpenPage, session: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_face.chosen_face, "choose", lambda *_: None)
    page = open_page(PAGE, session)
    assert not page.exception
    assert page.button(key="evaluation.sweep_start").label == "Start the sweep"


def test_before_a_sweep_it_says_what_one_is_and_starts_what_a_learner_can_type(
    open_page: OpenPage, session: dict[str, object], jobs_started: list[list[str]]
) -> None:
    plan = SplitPlan(0.3, seed=4)
    page = open_page(PAGE, {**session, "workshop.view": DatasetView(splits=plan)})
    assert "Nothing was swept yet" in words(page)
    assert "**7 faces**" in words(page)
    assert "322 predictions to go" in words(page)  # 7 × (1 + 9 × 5)
    page.button(key="evaluation.sweep_start").click().run()
    assert jobs_started == [
        [
            *("robustness", "grey", "--data", "small.csv", "--split", "test"),
            *("--split-validation", "0.3", "--split-seed", "4"),
        ]
    ]


def test_a_kept_sweep_is_shown_with_its_weakest_kind_its_intervals_and_the_faces_that_fell(
    open_page: OpenPage, session: dict[str, object], model_folder: Path
) -> None:
    swept = load_sweep(sweep_of(model_folder))
    assert swept is not None
    page = open_page(PAGE, session)
    assert not page.exception
    assert "Nothing was swept yet" not in words(page)
    weakest = swept.weakest_first()[0]
    assert weakest is CorruptionKind.DARKNESS
    said = words(page)
    assert "is right for 100.0\u00a0% of the untouched faces" in said
    assert (
        "**darkness** costs it most: at 90\u00a0% of the light taken away, it is right for **14.3\u00a0%**"
        in said
    )
    assert "not surely better than always answering the commonest emotion (14.3\u00a0%)" in said
    assert "**14.3\u00a0%** (2.6–51.3\u00a0%)" in tables(page)
    assert "86\u00a0%" in tables(page)  # six of seven turned
    point = swept.points[weakest][0]
    assert f"{len(swept.fallen(point))} faces, of 7 that were right" in said
    page.segmented_control(key="evaluation.sweep_level").set_value(5).run()
    assert not page.exception
    assert "6 faces, of 7 that were right" in words(page)
    page.button_group(key="evaluation.sweep_kind").set_value(CorruptionKind.EYES_COVERED).run()
    assert "No face that was right untouched is wrong at this level." in words(page)
    assert "Not one answer changed" in words(page)


def test_a_sweep_that_was_stopped_shows_what_it_has_and_offers_to_go_on(
    open_page: OpenPage, session: dict[str, object], model_folder: Path
) -> None:
    sweep_of(model_folder, [CorruptionKind.NOISE])
    page = open_page(PAGE, session)
    assert not page.exception
    assert "Not all of it was measured" in words(page)
    assert "280 predictions to go" in words(page)
    assert page.button(key="evaluation.sweep_start").label == "Go on"
    assert "**noise** costs it most" in words(page)


def test_a_damaged_sweep_is_offered_anew(
    open_page: OpenPage, session: dict[str, object], model_folder: Path
) -> None:
    sweep_of(model_folder).write_text('{"version": 1')
    page = open_page(PAGE, session)
    assert not page.exception
    assert "Nothing was swept yet" in words(page)


def test_two_models_are_broken_beside_each_other_on_the_same_faces(
    open_page: OpenPage,
    session: dict[str, object],
    model_folder: Path,
    fer_home: Path,
    jobs_started: list[list[str]],
) -> None:
    other = grey_level.save_model(
        fer_home / "models" / "pretrained" / "other", emotions=tuple(reversed(EMOTIONS))
    )
    sweep_of(model_folder)
    page = open_page(PAGE, {**session, "evaluation.judged": ("grey", "other")})
    assert not page.exception
    assert "**A** says **disgust** instead of neutral" in words(page)
    assert "**B** says **surprise** instead of angry" in words(page)
    assert "Not all of it was measured" in words(page)
    page.button(key="evaluation.sweep_start").click().run()
    assert jobs_started[0][:3] == ["robustness", "grey", "other"]
    sweep_of(other)
    page.run()
    assert "Not all of it was measured" not in words(page)
    assert "A: right at level 5 (untouched 100.0\u00a0%)" in tables(page)
    assert "B: right at level 5" in tables(page)
    page.segmented_control(key="evaluation.sweep_model").set_value(1).run()
    assert not page.exception


def train(page: AppTest, key: str = "evaluation.break_train") -> Any:
    """Press the button; returns what station 3 was given."""
    page.button(key=key).click().run()
    assert not page.exception
    return page.session_state["workshop.augmentation"]


def test_training_against_a_weakness_takes_the_models_settings_and_adds_the_weakness(
    open_page: OpenPage, session: dict[str, object], model_folder: Path
) -> None:
    learned_with = AugmentationConfig(horizontal_flip=True, contrast_fraction=0.8)
    config = TrainingConfig(epochs=33, learning_rate=0.004, name="Mine", augmentation=learned_with)
    replace(load_card(model_folder), config=config.as_dict()).save(model_folder)
    page = open_page(PAGE, session)
    assert "**±35 % brightness**" in words(page)
    augmentation = train(page)
    assert augmentation == replace(learned_with, brightness_fraction=0.35)
    training = page.session_state["workshop.training"]
    assert (training.epochs, training.learning_rate, training.name) == (33, 0.004, "")
    assert training.augmentation == augmentation
    assert page.session_state["training.epochs"] == 33
    assert page.title[0].value == "Training"
    assert "±35 % brightness" in page.toast[0].value


@pytest.mark.parametrize("config", [{}, {"epochs": "many"}, {"wings": 2}, {"augmentation": {"noise": 1}}])
def test_a_card_that_does_not_tell_its_settings_leaves_those_of_the_form(
    open_page: OpenPage, session: dict[str, object], model_folder: Path, config: dict[str, object]
) -> None:
    replace(load_card(model_folder), config=config).save(model_folder)
    page = open_page(PAGE, {**session, "workshop.training": TrainingConfig(epochs=7)})
    assert train(page).brightness_fraction == 0.35
    assert page.session_state["workshop.training"].epochs == 7


def test_a_relative_of_the_corruption_is_said_to_be_one_and_a_known_one_is_not_offered(
    open_page: OpenPage, session: dict[str, object], model_folder: Path
) -> None:
    page = open_page(PAGE, session)
    page.button_group(key="evaluation.break_kind").set_value(CorruptionKind.LOW_RESOLUTION).run()
    assert "blur is its nearest relative" in words(page)
    known = TrainingConfig(augmentation=AugmentationConfig(blur_pixels=2))
    replace(load_card(model_folder), config=known.as_dict()).save(model_folder)
    page.run()
    assert "was trained with it already" in words(page)
    assert not [button for button in page.button if button.key == "evaluation.break_train"]
