"""What a learner may choose: held to its ranges, and the same again after JSON."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from fer.config import (
    DEFAULT_AUGMENTATION,
    AugmentationConfig,
    DatasetView,
    SplitPlan,
    TrainingConfig,
    compare_settings,
)
from fer.errors import ConfigError

UNUSUAL = TrainingConfig(
    dataset="my faces.csv",
    epochs=3,
    batch_size=5,
    learning_rate=0.02,
    optimizer="adamw",
    schedule="cosine",
    warmup_epochs=0.5,
    weight_decay=0.05,
    label_smoothing=0.1,
    balance_classes=True,
    weight_averaging=0.99,
    teacher="mini_xception+small_resnet",
    teacher_share=0.7,
    teacher_temperature=2.0,
    precision="mixed_bfloat16",
    plateau_factor=0.3,
    plateau_patience=5,
    plateau_monitor="validation_accuracy",
    early_stopping_patience=4,
    early_stopping_monitor="validation_loss",
    initial_weights="imagenet",
    head_epochs=2,
    fine_tune_from="block6",
    fine_tune_rate_fraction=0.05,
    image_size=64,
    subset=100,
    whole_validation=True,
    loss="focal",
    dropout=0.3,
    augmentation=AugmentationConfig(
        True, True, 10, 0.1, 0.15, 0.2, 0.25, "black", 0.3, 0.4, 0.05, 1.5, 0.5, 0.2, 0.7
    ),
    seed=7,
    name="Ünüsüal",
    view=DatasetView("Mine", "votes", SplitPlan(0.2, 0.1, False, 3), True),
)


@pytest.mark.parametrize("config", [TrainingConfig(), UNUSUAL])
def test_a_config_comes_back_from_its_json_as_it_was(config: TrainingConfig) -> None:
    assert TrainingConfig.from_dict(json.loads(config.to_json())) == config


def test_no_field_of_the_unusual_config_is_at_its_default() -> None:
    usual = TrainingConfig().as_dict()
    assert [name for name, value in UNUSUAL.as_dict().items() if value == usual[name]] == ["architecture"]


def test_no_field_of_the_unusual_augmentation_is_at_its_default_either() -> None:
    usual = AugmentationConfig().as_dict()
    assert [name for name, value in UNUSUAL.augmentation.as_dict().items() if value == usual[name]] == []


def test_a_run_of_before_there_were_two_shifts_and_zooms_has_both_alike() -> None:
    config = AugmentationConfig.from_dict({"shift_fraction": 0.1, "zoom_fraction": 0.2})
    assert (config.shift_x_fraction, config.shift_y_fraction) == (0.1, 0.1)
    assert (config.zoom_in_fraction, config.zoom_out_fraction) == (0.2, 0.2)


def test_no_field_of_the_unusual_view_is_at_its_default_either() -> None:
    view, usual = UNUSUAL.as_dict()["view"], {**TrainingConfig().as_dict()["view"], "splits": None}
    assert [name for name, value in view.items() if value == usual[name]] == []
    usual_plan = asdict(SplitPlan())
    assert [name for name, value in view["splits"].items() if value == usual_plan[name]] == []


def test_a_run_of_before_there_were_views_uses_its_dataset_as_it_came() -> None:
    values = TrainingConfig().as_dict()
    del values["view"]
    assert TrainingConfig.from_dict(values).view == DatasetView()


def test_a_run_of_before_there_were_two_phases_learned_in_one_from_random_weights() -> None:
    values = TrainingConfig().as_dict()
    for name in ("initial_weights", "head_epochs", "fine_tune_from", "fine_tune_rate_fraction"):
        del values[name]
    config = TrainingConfig.from_dict(values)
    assert (config.initial_weights, config.head_epochs, config.fine_tune_from) == ("random", 0, "")


def test_what_is_left_out_takes_its_default() -> None:
    assert TrainingConfig.from_dict({"epochs": 3}) == TrainingConfig(epochs=3)
    assert AugmentationConfig.from_dict({}) == AugmentationConfig()


@pytest.mark.parametrize(
    "values",
    [
        {"epochs": 0},
        {"epochs": 10_001},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"learning_rate": -1.0},
        {"learning_rate": float("nan")},
        {"learning_rate": float("inf")},
        {"warmup_epochs": 11.0},
        {"label_smoothing": 1.0},
        {"teacher": "a+b+c+d+e+f"},
        {"teacher_share": 0.0},
        {"teacher_temperature": 0.5},
        {"precision": "float16"},
        {"weight_averaging": 1.0},
        {"seed": -1},
        {"seed": 10**400},
        {"early_stopping_patience": 0},
        {"initial_weights": "of another network"},
        {"head_epochs": -1},
        {"head_epochs": 11},
        {"fine_tune_from": "../block6"},
        {"fine_tune_rate_fraction": 0.0},
        {"fine_tune_rate_fraction": 1.5},
        {"image_size": 16},
        {"subset": 0},
        {"name": "x" * 81},
        {"augmentation": {"rotation_degrees": 91}},
        {"augmentation": {"shift_x_fraction": -0.1}},
        {"augmentation": {"shift_fraction": 0.6}},
        {"augmentation": {"noise_fraction": 0.4}},
        {"augmentation": {"blur_pixels": 3.1}},
        {"augmentation": {"mixup_alpha": 1.1}},
        {"dropout": 0.95},
        {"dropout": -0.1},
        {"augmentation": {"contrast_fraction": float("nan")}},
        {"view": {"splits": {"validation_fraction": 0.0}}},
        {"view": {"splits": {"validation_fraction": 0.6}}},
        {"view": {"splits": {"validation_fraction": float("nan")}}},
        {"view": {"splits": {"test_fraction": 0.1}}},
        {"view": {"splits": {"validation_fraction": 0.5, "test_fraction": 0.5, "keep_test": False}}},
        {"view": {"splits": {"seed": -1}}},
    ],
)
def test_a_value_out_of_range_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        TrainingConfig.from_dict(values)


@pytest.mark.parametrize(
    "values",
    [
        {"epochs": 2.5},
        {"epochs": True},
        {"epochs": "3"},
        {"epochs": None},
        {"dataset": 3},
        {"optimizer": "lion"},
        {"optimizer": []},
        {"schedule": None},
        {"balance_classes": 1},
        {"subset": "all"},
        {"augmentation": None},
        {"augmentation": [1]},
        {"augmentation": {"horizontal_flip": "yes"}},
        {"augmentation": {"fill": "rainbow"}},
        {"augmentation": {"shift_fraction": "far"}},
        {"loss": "hinge"},
        {"view": None},
        {"view": {"edition": None}},
        {"view": {"labels": "crowd"}},
        {"view": {"labels": ["votes"]}},
        {"view": {"splits": 0.2}},
        {"view": {"splits": {"keep_test": 1}}},
        {"view": {"skip_bad": "no"}},
    ],
)
def test_a_value_of_another_type_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        TrainingConfig.from_dict(values)


@pytest.mark.parametrize("values", [None, [1], "text", 5])
def test_what_is_no_mapping_is_refused(values: Any) -> None:
    with pytest.raises(ConfigError, match="names with values"):
        TrainingConfig.from_dict(values)


def test_an_unknown_setting_is_named_beside_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"“momentum”.*learning_rate"):
        TrainingConfig.from_dict({"momentum": 0.9})


def test_the_sentence_says_what_was_received_and_what_is_allowed() -> None:
    with pytest.raises(ConfigError, match=r"Batch size must be 1 to 4096; received 5000\."):
        TrainingConfig(batch_size=5000)


def test_equal_configs_are_one_key_of_a_cache() -> None:
    assert len({TrainingConfig(), TrainingConfig(), UNUSUAL}) == 2


def test_only_the_zero_augmentation_changes_nothing() -> None:
    assert not AugmentationConfig().changes_anything
    assert not AugmentationConfig(rotation_degrees=0).changes_anything
    assert DEFAULT_AUGMENTATION.changes_anything
    assert AugmentationConfig(horizontal_flip=True).changes_anything
    assert AugmentationConfig(erase_fraction=0.01).changes_anything


# ── beside one another ───────────────────────────────────────────────────────────────────────────


def test_every_setting_has_a_name_of_its_own() -> None:
    config = TrainingConfig(
        augmentation=AugmentationConfig(noise_fraction=0.1), view=DatasetView(splits=SplitPlan())
    )
    settings = config.settings()
    assert settings["batch_size"] == 64
    assert settings["augmentation.noise_fraction"] == 0.1
    assert settings["view.splits.validation_fraction"] == 0.1
    assert not any(isinstance(value, dict) for value in settings.values())


def test_configurations_differ_in_what_was_changed_and_not_in_their_names() -> None:
    configs = [
        TrainingConfig(name="first"),
        TrainingConfig(name="second", dropout=0.3, augmentation=AugmentationConfig(rotation_degrees=10)),
        TrainingConfig(name="third", view=DatasetView(splits=SplitPlan(seed=7))),
    ]
    found = {setting.name: setting.values for setting in compare_settings(configs) if setting.differs}
    assert found["dropout"] == (0.0, 0.3, 0.0)
    assert found["augmentation.rotation_degrees"] == (0.0, 10, 0.0)
    assert found["view.splits.seed"] == (None, None, 7)
    assert all(name.startswith(("dropout", "augmentation.rotation", "view.splits")) for name in found)


def test_the_same_configuration_twice_differs_in_nothing() -> None:
    settings = compare_settings([TrainingConfig(name="a"), TrainingConfig(name="b")])
    assert [setting.name for setting in settings if setting.differs] == []
    assert "epochs" in [setting.name for setting in settings]
