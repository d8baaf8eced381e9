"""Presets: the reference systems' settings, and a learner's own, saved, edited by hand, replaced, deleted."""

import json
from pathlib import Path

import pytest

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig
from fer.config.augmentation_presets import (
    REFERENCE_PRESETS,
    delete_preset,
    list_damaged_presets,
    list_presets,
    save_preset,
)
from fer.errors import ConfigError
from fer.system.paths import augmentation_presets_folder

DIM = AugmentationConfig(brightness_fraction=0.3, noise_fraction=0.05, rotation_degrees=12.5, fill="black")


def test_the_reference_systems_are_there_under_names_that_say_whose_they_are() -> None:
    by_name = {preset.name: preset.config for preset in REFERENCE_PRESETS}
    assert not by_name["None"].changes_anything
    assert by_name["Gentle (reference S4)"] == DEFAULT_AUGMENTATION
    strong = by_name["Strong (reference S0)"]
    assert (strong.rotation_degrees, strong.shift_x_fraction, strong.shift_y_fraction) == (20, 0.2, 0.2)
    assert (strong.zoom_in_fraction, strong.zoom_out_fraction, strong.horizontal_flip) == (0.2, 0.2, True)
    assert not strong.vertical_flip
    assert by_name["Turn and zoom (reference S1)"].shift_x_fraction == 0
    assert all(preset.lesson for preset in REFERENCE_PRESETS)


def test_settings_come_back_as_they_were_saved_from_a_file_that_can_be_read(fer_home: Path) -> None:
    assert list_presets() == []
    save_preset("  dim   rooms ", DIM)
    save_preset("Another", DEFAULT_AUGMENTATION)
    assert [(preset.name, preset.config) for preset in list_presets()] == [
        ("Another", DEFAULT_AUGMENTATION),
        ("dim rooms", DIM),
    ]
    text = (augmentation_presets_folder() / "dim rooms.json").read_text(encoding="utf-8")
    assert augmentation_presets_folder().is_relative_to(fer_home / "data")
    assert '"rotation_degrees": 12.5' in text
    assert len(text.splitlines()) > 15


def test_a_name_that_is_taken_is_replaced_only_when_asked_for() -> None:
    save_preset("Dim", DIM)
    with pytest.raises(ConfigError, match="There is a preset “Dim” already"):
        save_preset("dim", DEFAULT_AUGMENTATION)
    assert list_presets()[0].config == DIM
    save_preset("dim", DEFAULT_AUGMENTATION, replace=True)
    assert [(preset.name, preset.config) for preset in list_presets()] == [("Dim", DEFAULT_AUGMENTATION)]


@pytest.mark.parametrize(
    "name", ["", "../outside", "a/b", "a\\b", ".hidden", "con:", "x" * 61, "None", "gentle · s4", "tab\x00"]
)
def test_a_name_that_cannot_be_one_is_refused_and_nothing_is_written(fer_home: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        save_preset(name, DIM)
    assert [path for path in fer_home.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 60_000, "not JSON"),
        (b"[]", "does not begin"),
        (b'{"format": "fer-augmentation", "version": 2}', "does not begin"),
        (b'{"format": "fer-augmentation", "version": 1, "settings": 5}', "names with values"),
        (b'{"format": "fer-augmentation", "version": 1, "settings": {"tilt": 5}}', "Unknown setting “tilt”"),
        (b'{"format": "fer-augmentation", "version": 1, "settings": {"blur_pixels": 9}}', "0 to 3"),
        (b'{"format": "fer-augmentation", "version": 1, "settings": {"fill": "sky"}}', "fill"),
        (b" " * 70_000, "larger than 64 KB"),
    ],
)
def test_a_file_that_was_spoilt_is_a_sentence_and_the_others_are_listed(content: bytes, why: str) -> None:
    save_preset("good", DIM)
    spoilt = augmentation_presets_folder() / "spoilt.json"
    spoilt.write_bytes(content)
    assert [preset.name for preset in list_presets()] == ["good"]
    [sentence] = list_damaged_presets()
    assert sentence.startswith("The preset “spoilt” cannot be used")
    assert why in sentence
    assert spoilt.read_bytes() == content
    delete_preset("spoilt")
    assert list_damaged_presets() == []


def test_a_preset_edited_by_hand_may_leave_settings_out() -> None:
    save_preset("few", DIM)
    path = augmentation_presets_folder() / "few.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    values["settings"] = {"blur_pixels": 1}
    path.write_text("\ufeff" + json.dumps(values), encoding="utf-8")  # some editors begin with a mark
    assert list_presets()[0].config == AugmentationConfig(blur_pixels=1)


def test_what_was_deleted_is_gone_and_a_second_time_says_so() -> None:
    save_preset("dim", DIM)
    delete_preset("dim")
    assert list_presets() == []
    with pytest.raises(ConfigError, match="no preset “dim” any more"):
        delete_preset("dim")
    with pytest.raises(ConfigError):
        delete_preset("../cards")
