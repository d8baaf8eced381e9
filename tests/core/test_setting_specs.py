"""A setting is declared once: its bounds, its option and its widget follow from the declaration."""

import argparse
import math
from typing import Any

import pytest

from fer.cli import training_options
from fer.config import HIGHEST, AugmentationConfig, TrainingConfig, specs_of
from fer.errors import ConfigError

SPECS = specs_of(TrainingConfig)
BOUNDED = [
    (cls, spec)
    for cls in (TrainingConfig, AugmentationConfig)
    for spec in specs_of(cls).values()
    if spec.lowest is not None
]
# The dataset has options of its own, and what lies within it or the augmentation has one for the whole.
WITHOUT_OPTION = {"dataset", "architecture", "augmentation", "view"}


@pytest.mark.parametrize(("cls", "spec"), BOUNDED, ids=lambda value: getattr(value, "name", ""))
def test_what_a_declaration_does_not_allow_is_refused(cls: Any, spec: Any) -> None:
    for value in (spec.lowest - 1, spec.highest + 1, math.nan):
        with pytest.raises(ConfigError, match="must be"):
            cls(**{spec.name: value})


def test_every_number_has_bounds_and_every_choice_a_title_for_each_option() -> None:
    for cls in (TrainingConfig, AugmentationConfig):
        for name, spec in specs_of(cls).items():
            if spec.kind in (int, float):
                assert spec.lowest is not None, name
                assert spec.highest is not None, name
            assert set(spec.options) <= set(spec.words), name
            assert set(spec.lessons) <= set(spec.options), name


def test_the_most_of_each_augmentation_is_its_declared_bound() -> None:
    assert HIGHEST["contrast_fraction"] == 0.9
    assert all(
        HIGHEST[name] == spec.highest for name, spec in specs_of(AugmentationConfig).items() if spec.group
    )


def test_every_setting_has_an_option_of_its_type_with_its_default() -> None:
    parser = argparse.ArgumentParser()
    training_options.add_to(parser)
    options = {action.dest: action for action in parser._actions}
    assert {name for name, spec in SPECS.items() if not spec.option} == WITHOUT_OPTION
    for name, spec in SPECS.items():
        if spec.option and spec.kind is not bool:
            assert options[name].type is spec.kind
            assert tuple(options[name].choices or ()) == spec.options
            assert "(default: " in str(options[name].help)
    parser.format_help()  # no per cent sign that argparse would take for its own


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("early_stopping_patience", None, "never"),
        ("early_stopping_patience", 4, "4 epochs"),
        ("optimizer", "adamw", "AdamW"),
        ("fine_tune_rate_fraction", 0.1, "10\N{NO-BREAK SPACE}%"),
        ("fine_tune_from", "", "the first layer: all of it"),
        ("learning_rate", 1e-5, "0.00001"),
        ("weight_averaging", 0.0, "off"),
        ("subset", 5600, "5,600"),
        ("seed", 123456, "123456"),
        ("balance_classes", True, "yes"),
        ("teacher", "", "none"),
    ],
)
def test_a_value_is_written_as_a_person_writes_it(name: str, value: Any, written: str) -> None:
    assert SPECS[name].written(value) == written
