"""The training form without a browser and without TensorFlow: what it shows, and what it refuses."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer import runs
from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, DatasetView, SplitPlan, TrainingConfig
from fer.config.recipes import PRESETS, Preset
from fer.datasets import Dataset, Split
from fer.datasets.editions import create_edition, delete_edition
from fer.models.card import CARD_FILE, load_card
from fer.models.catalog import ARCHITECTURES
from fer.statistics import percent
from fer.system import jobs, paths
from fer.system.jobs import Job, JobStatus
from fer.training import estimate
from fer.training.estimate import SpeedEstimate
from tests.app.conftest import words
from tests.conftest import PROJECT_ROOT, dataset_of, write_fer_csv

OpenPage = Callable[..., AppTest]
PAGE = "3_training.py"


@pytest.fixture
def enough(fer_home: Path) -> str:
    """The name of a dataset with faces enough for every recipe, and few enough to be read at once."""
    splits = [Split.TRAIN] * 20 + [Split.VALIDATION]
    faces = dataset_of([label for label in range(7) for _ in splits], splits * 7)
    return write_fer_csv(fer_home / "data" / "enough.csv", faces).name


def know(config: TrainingConfig, known: SpeedEstimate) -> None:
    """Leave a measurement behind."""
    path = paths.cache_folder() / "pace" / f"{estimate.workload(config)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(known)))


def start(page: AppTest) -> AppTest:
    return page.button(key="training.start").click().run()


def progress_text(page: AppTest) -> str:
    return " ".join(str(element.proto.text) for element in page.get("progress"))


def test_a_learner_can_start_with_one_press(
    open_page: OpenPage, enough: str, submitted: list[TrainingConfig]
) -> None:
    start(open_page(PAGE, {"workshop.dataset": enough}))
    assert submitted == [TrainingConfig(enough, augmentation=DEFAULT_AUGMENTATION)]


def test_every_widget_of_the_form_has_its_question_mark(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.selectbox(key="training.optimizer").select("adamw").run()
    assert not page.exception
    widgets = [
        *page.slider,
        *page.select_slider,
        *page.toggle,
        *page.number_input,
        *page.text_input,
        *page.selectbox,
    ]
    ours = [widget for widget in widgets if str(widget.key).startswith("training.")]
    assert len(ours) >= 18
    assert [widget.key for widget in ours if not widget.help] == []


def test_every_setting_of_the_form_goes_into_the_run(
    open_page: OpenPage, enough: str, submitted: list[TrainingConfig]
) -> None:
    page = open_page(PAGE, {"workshop.dataset": enough})
    page.selectbox(key="training.optimizer").select("adamw").run()
    assert page.number_input(key="training.weight_decay").value == 0.05
    page.selectbox(key="training.architecture").select("tiny_cnn")
    page.slider(key="training.epochs").set_value(7)
    page.select_slider(key="training.batch_size").set_value(32)
    page.select_slider(key="training.learning_rate").set_value(5e-3)
    page.selectbox(key="training.schedule").select("one_cycle")
    page.number_input(key="training.weight_decay").set_value(0.02)
    page.number_input(key="training.warmup_epochs").set_value(1.5)
    page.selectbox(key="training.loss").select("focal")
    page.slider(key="training.label_smoothing").set_value(0.1)
    page.toggle(key="training.balance_classes").set_value(True)
    page.select_slider(key="training.weight_averaging").set_value(0.998)
    page.number_input(key="training.early_stopping_patience").set_value(4)
    page.number_input(key="training.subset").set_value(70)
    page.number_input(key="training.image_size").set_value(64)
    page.number_input(key="training.seed").set_value(3)
    page.text_input(key="training.name").input(" Mine ")
    page.toggle(key="training.augment").set_value(False).run()
    page.slider(key="training.dropout").set_value(0.3)
    start(page)
    assert not page.exception
    assert submitted == [
        TrainingConfig(
            dataset=enough,
            architecture="tiny_cnn",
            epochs=7,
            batch_size=32,
            learning_rate=5e-3,
            optimizer="adamw",
            schedule="one_cycle",
            warmup_epochs=1.5,
            weight_decay=0.02,
            loss="focal",
            dropout=0.3,
            label_smoothing=0.1,
            balance_classes=True,
            weight_averaging=0.998,
            early_stopping_patience=4,
            image_size=64,
            subset=70,
            seed=3,
            name="Mine",
        )
    ]


def test_what_a_plateau_and_early_stopping_do_is_asked_where_there_is_one(
    open_page: OpenPage, enough: str, submitted: list[TrainingConfig]
) -> None:
    page = open_page(PAGE, {"workshop.dataset": enough})
    keys = {str(each.key) for each in [*page.selectbox, *page.number_input, *page.select_slider]}
    assert not {key for key in keys if "plateau" in key or "monitor" in key}
    page.selectbox(key="training.schedule").select("plateau")
    page.number_input(key="training.early_stopping_patience").set_value(50).run()
    page.select_slider(key="training.plateau_factor").set_value(0.5)
    page.number_input(key="training.plateau_patience").set_value(3)
    page.selectbox(key="training.plateau_monitor").select("validation_accuracy")
    page.selectbox(key="training.early_stopping_monitor").select("validation_loss").run()
    assert not page.exception
    start(page)
    (config,) = submitted
    assert (config.plateau_factor, config.plateau_patience) == (0.5, 3)
    assert (config.plateau_monitor, config.early_stopping_monitor) == (
        "validation_accuracy",
        "validation_loss",
    )
    assert config.early_stopping_patience == 50


def test_a_network_brings_the_dropout_of_its_authors(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.selectbox(key="training.architecture").select("four_block_cnn").run()
    assert page.slider(key="training.dropout").value == 0.25
    assert "4,478,727 parameters" in words(page)
    assert "290 M multiply-adds" in words(page)
    page.selectbox(key="training.architecture").select("mini_xception").run()
    assert page.slider(key="training.dropout").value == 0


def test_the_network_can_be_looked_into(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.button(key="training.look_inside").click().run()
    assert not page.exception
    assert "58,423 parameters, 56,951 of them trainable" in words(page)
    page.segmented_control(key="training.inside").set_value("Layers")
    page.button(key="training.look_inside").click().run()
    layers = page.dataframe[0].value
    assert layers["Parameters"].sum() == 58_423
    assert list(layers["Output"])[:2] == ["48×48×1", "46×46×8"]


def test_what_the_networks_cost_is_plotted_over_any_cost_and_listed(
    open_page: OpenPage, fer_home: Path
) -> None:
    model = fer_home / "models" / "pretrained" / "mini_xception"
    model.mkdir(parents=True)
    shutil.copy(PROJECT_ROOT / "models" / "pretrained" / "mini_xception" / CARD_FILE, model)
    run = runs.create_run(TrainingConfig(architecture="tiny_cnn", name="My own"))
    card = load_card(model)
    replace(card, name=run.id, title="My own", architecture="tiny_cnn", test=None).save(run.folder)
    (run.folder / runs.MODEL_FILE).touch()
    page = open_page(PAGE)
    page.button(key="training.costs").click().run()
    assert not page.exception
    (chart,) = [c for c in page.get("plotly_chart") if "shipped" in c.proto.spec]
    assert card.test is not None
    accuracy = percent(card.test["accuracy"]).replace("\u00a0", "\\u00a0")  # as JSON writes it
    assert f"{accuracy}  mini_XCEPTION, shipped" in chart.proto.spec
    assert "My own" in chart.proto.spec
    assert "PublicTest, where it says so" in words(page)
    assert "not known of them: Kaggle's winner, Tang." in words(page)
    table = next(each.value for each in page.dataframe if "Multiply-adds" in each.value)
    assert list(table["Parameters"]) == [entry.parameters for entry in ARCHITECTURES.values()]
    page.segmented_control(key="training.cost").set_value("milliseconds")
    page.button(key="training.costs").click().run()
    assert not page.exception
    assert "big\\_XCEPTION" in words(page)


def test_what_was_touched_is_there_again_after_a_look_at_another_page(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.slider(key="training.epochs").set_value(3)
    page.slider(key="training.label_smoothing").set_value(0.2).run()
    page.switch_page("pages/4_evaluation.py").run()
    page.switch_page(f"pages/{PAGE}").run()
    assert page.slider(key="training.epochs").value == 3
    assert page.slider(key="training.label_smoothing").value == 0.2


def test_what_station_2_was_changed_to_is_meant_to_be_used(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.toggle(key="training.augment").set_value(False).run()
    page.session_state["workshop.augmentation"] = AugmentationConfig(rotation_degrees=33)
    page.run()
    assert page.toggle(key="training.augment").value is True
    assert page.session_state["workshop.training"].augmentation.rotation_degrees == 33
    assert "±33° rotation" in words(page)


def test_the_weights_of_the_emotions_are_shown(open_page: OpenPage, fer_home: Path) -> None:
    write_fer_csv(fer_home / "data" / "small.csv", uneven := unbalanced())
    page = open_page(PAGE, {"workshop.dataset": "small.csv"})
    page.select_slider(key="training.batch_size").set_value(8)
    page.toggle(key="training.balance_classes").set_value(True).run()
    assert not page.exception
    assert len(uneven) == 16
    assert "A mistake counts: angry × 1.9" in words(page)


def unbalanced() -> Dataset:
    """One angry face to learn from, and two of every other emotion; one of two to judge by."""
    labels = [0, *[label for label in range(1, 7) for _ in range(2)], 3, 4, 5]
    return dataset_of(labels, [Split.TRAIN] * 13 + [Split.VALIDATION] * 3)


# ── recipes and words ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_recipe_fills_the_form_with_one_press(
    open_page: OpenPage, enough: str, submitted: list[TrainingConfig], preset: Preset, fer_home: Path
) -> None:
    # One of them learns from a shipped model.
    (fer_home / "models").mkdir(exist_ok=True)
    (fer_home / "models" / "pretrained").symlink_to(PROJECT_ROOT / "models" / "pretrained")
    page = open_page(PAGE, {"workshop.dataset": enough})
    page.button(key="training.recipes").click().run()
    page.selectbox(key="training.recipe").select(preset.title)
    page.button(key="training.recipes").click().run()
    assert preset.reported in words(page)
    page.button(key="training.use_recipe").click().run()
    assert not page.exception
    start(page)
    assert submitted == [replace(preset.config, dataset=enough)]


def test_a_mistake_is_repeated_when_it_is_switched_on(
    open_page: OpenPage, enough: str, submitted: list[TrainingConfig]
) -> None:
    page = open_page(PAGE, {"workshop.dataset": enough})
    page.button(key="training.recipes").click().run()
    page.selectbox(key="training.recipe").select("S4 · mini_XCEPTION")
    page.button(key="training.recipes").click().run()
    page.toggle(key="training.defect.s4.A fifth of all faces, test faces too").set_value(True)
    page.button(key="training.recipes").click().run()
    assert "nobody knows what 66\N{NO-BREAK SPACE}% would be" in words(page)
    page.button(key="training.use_recipe").click().run()
    start(page)
    assert submitted[0].view == DatasetView(splits=SplitPlan(0.2, keep_test=False))


def test_a_word_can_be_looked_up(open_page: OpenPage) -> None:
    page = open_page(PAGE, {"training.glossary": True})
    page.text_input(key="training.glossary_word").input("softmax").run()
    assert "Turns seven scores into seven probabilities" in words(page)
    assert "One pass over all training faces" not in words(page)
    page.text_input(key="training.glossary_word").input("xyzzy").run()
    assert "Nothing is called or described like “xyzzy”" in words(page)


# ── the expected time ────────────────────────────────────────────────────────────────────────────


def test_the_expected_time_is_told_where_the_pace_is_known(
    open_page: OpenPage, measured: list[TrainingConfig]
) -> None:
    know(TrainingConfig(augmentation=DEFAULT_AUGMENTATION), SpeedEstimate(100, 700, 8))
    page = open_page(PAGE)
    # 8 s and ten times 56 s of training with 1 s of validation.
    assert "About **10 min** for 10 epochs (measured here: 100 images/s" in words(page)
    assert "5,600 faces to learn from, 700 to judge by" in words(page)
    page.number_input(key="training.subset").set_value(700).run()
    # 8 s and ten times 7 s of training with 0.2 s of validation: an eighth of its 700 faces, but 20 a class.
    assert "About **1 min** for 10 epochs" in words(page)
    assert "700 of 5,600 faces to learn from, 140 of 700 to judge by" in words(page)
    page.toggle(key="training.whole_validation").set_value(True).run()
    assert "700 of 5,600 faces to learn from, 700 to judge by" in words(page)
    page.number_input(key="training.early_stopping_patience").set_value(2).run()
    assert "At most **1 min**" in words(page)
    assert measured == []


def test_an_unknown_pace_is_measured_once_the_settings_stand_still(
    open_page: OpenPage, measured: list[TrainingConfig]
) -> None:
    know(TrainingConfig(batch_size=8), SpeedEstimate(100, 700, 8))
    page = open_page(PAGE)
    assert "Roughly: " in words(page)
    assert "Measuring a few steps" in progress_text(page)
    assert measured == []
    workload, _ = page.session_state["training.pace_asked"]
    page.session_state["training.pace_asked"] = (workload, -1e9)
    page.run()
    assert measured == [TrainingConfig(augmentation=DEFAULT_AUGMENTATION)]


def test_nothing_is_measured_beside_a_run(open_page: OpenPage, measured: list[TrainingConfig]) -> None:
    runs.RunRecorder(runs.create_run(TrainingConfig()).folder).stage("Epoch 1 of 10")
    page = open_page(PAGE)
    for _ in range(2):
        page.session_state["training.pace_asked"] = (None, -1e9)
        page.run()
    assert measured == []
    assert "measured once no run is at work" in words(page)
    assert page.button(key="training.start").label == "Add to the queue"


def test_a_measurement_that_failed_says_why_and_can_be_made_again(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Job("pace", "Measuring", JobStatus.FAILED, error="No module named tensorflow.")
    known: list[Job | None] = [failed]
    monkeypatch.setattr(jobs, "read_job", lambda _: known[0])
    monkeypatch.setattr(jobs, "forget_job", lambda _: known.__setitem__(0, None))
    page = open_page(PAGE)
    assert "could not be measured: No module named tensorflow" in words(page).replace("\\", "")
    page.button(key="training.measure_again").click().run()
    assert "Measuring a few steps" in progress_text(page)


def test_the_measuring_makes_room_when_a_run_starts(
    open_page: OpenPage, enough: str, submitted: list[TrainingConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    monkeypatch.setattr(jobs, "stop_job", stopped.append)
    config = TrainingConfig(batch_size=8)
    page = open_page(PAGE, {"workshop.dataset": enough, "training.pace_measuring": config})
    start(page)
    assert len(submitted) == 1
    assert stopped == [f"pace-{estimate.workload(config)}"]


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


def test_a_batch_larger_than_the_set_is_refused_while_it_is_chosen(
    open_page: OpenPage, csv_in_data: Callable[[str], str], submitted: list[TrainingConfig]
) -> None:
    name = f"{csv_in_data('small')}.csv"
    page = open_page(PAGE, {"workshop.dataset": name})
    assert "A batch of 64 faces cannot be drawn from 28 training faces" in page.error[0].value
    assert page.button(key="training.start").disabled
    page.select_slider(key="training.batch_size").set_value(16).run()
    assert not page.error
    start(page)
    assert submitted[0].batch_size == 16


def test_a_subset_smaller_than_the_batch_is_refused_without_the_faces(
    open_page: OpenPage, submitted: list[TrainingConfig]
) -> None:
    page = open_page(PAGE)
    page.number_input(key="training.subset").set_value(20)
    start(page)
    assert "A batch of 64 faces cannot be drawn from 20 training faces" in page.error[0].value
    assert submitted == []


def test_a_warm_up_longer_than_the_run_is_refused_and_nothing_is_lost(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.slider(key="training.epochs").set_value(2)
    page.number_input(key="training.warmup_epochs").set_value(5.0).run()
    assert not page.exception
    assert "A warm-up of 5 epochs is longer than the run of 2" in page.error[0].value
    page.number_input(key="training.warmup_epochs").set_value(1.0).run()
    assert not page.error
    assert page.slider(key="training.epochs").value == 2


def test_an_emotion_without_a_face_cannot_be_balanced(open_page: OpenPage, fer_home: Path) -> None:
    faces = unbalanced()
    write_fer_csv(fer_home / "data" / "small.csv", faces.take(np.arange(1, len(faces))))
    page = open_page(PAGE, {"workshop.dataset": "small.csv"})
    page.select_slider(key="training.batch_size").set_value(8)
    page.toggle(key="training.balance_classes").set_value(True).run()
    assert not page.exception
    assert "No training image shows angry" in page.error[0].value


def test_a_dataset_deleted_while_the_form_is_open_is_not_silently_replaced(
    open_page: OpenPage, csv_in_data: Callable[[str], str], fer_home: Path, submitted: list[TrainingConfig]
) -> None:
    name = f"{csv_in_data('small')}.csv"
    page = open_page(PAGE, {"workshop.dataset": name})
    page.select_slider(key="training.batch_size").set_value(8).run()
    (fer_home / "data" / name).unlink()
    start(page)
    assert not page.exception
    assert submitted == []
    assert f"“{name}” is not in data/ any more" in page.warning[0].value
    assert page.selectbox(key="training.dataset").value == "synthetic"


def test_an_edition_deleted_while_the_form_is_open_is_told_before_anything_starts(
    open_page: OpenPage, csv_in_data: Callable[[str], str], submitted: list[TrainingConfig]
) -> None:
    name = f"{csv_in_data('small')}.csv"
    create_edition(name, "Mine")
    page = open_page(PAGE, {"workshop.dataset": name, "workshop.view": DatasetView(edition="Mine")})
    page.select_slider(key="training.batch_size").set_value(8).run()
    delete_edition(name, "Mine")
    start(page)
    assert submitted == []
    assert "“Mine” cannot be read any more" in page.warning[0].value
    assert "Choose another, or go on without" in page.error[0].value


def test_a_dataset_that_cannot_be_read_says_so_before_start(open_page: OpenPage, fer_home: Path) -> None:
    (fer_home / "data").mkdir()
    (fer_home / "data" / "torn.csv").write_text("emotion,pixels,Usage\n9,1 2 3,Training\n")
    page = open_page(PAGE, {"workshop.dataset": "torn.csv"})
    assert not page.exception
    assert page.error
    assert page.button(key="training.start").disabled


def test_settings_of_a_run_with_whole_numbers_for_fractions_fill_the_form(open_page: OpenPage) -> None:
    config = TrainingConfig.from_dict({"warmup_epochs": 1, "dropout": 0, "label_smoothing": 0, "epochs": 300})
    page = open_page(PAGE, {"workshop.training": replace(config, batch_size=48)})
    assert not page.exception
    assert page.number_input(key="training.warmup_epochs").value == 1.0
    assert page.slider(key="training.epochs").value == 300
    assert page.select_slider(key="training.batch_size").value == 48
