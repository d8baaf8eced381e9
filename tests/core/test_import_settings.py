"""Import settings: remembered beside a dataset, wherever it lies, and never half understood."""

from pathlib import Path

import pytest

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.import_settings import (
    import_settings_path,
    load_import_settings,
    save_import_settings,
    variant,
)
from fer.errors import ConfigError, DatasetError
from fer.system import paths

CHOSEN = ImportSettings(numbering="raf-db", mapping=(("8", "neutral"), ("other", "")))


@pytest.mark.parametrize("place", ["in data", "elsewhere"])
def test_what_was_chosen_comes_back_and_can_be_forgotten(tmp_path: Path, place: str) -> None:
    path = (paths.data_folder() if place == "in data" else tmp_path) / "faces.csv"
    assert load_import_settings(path) == AS_GUESSED
    save_import_settings(path, CHOSEN)
    assert load_import_settings(path) == CHOSEN
    assert import_settings_path(path).is_relative_to(paths.data_folder())
    save_import_settings(path, AS_GUESSED)
    assert not import_settings_path(path).exists()


def test_two_files_of_one_name_in_two_places_are_two(tmp_path: Path) -> None:
    save_import_settings(tmp_path / "a" / "faces.csv", CHOSEN)
    assert load_import_settings(tmp_path / "b" / "faces.csv") == AS_GUESSED


@pytest.mark.parametrize("text", ["", "[]", '{"numbering": "mine"}', '{"mapping": 3}', "[" * 100_000, "{}x"])
def test_choices_that_cannot_be_read_are_said_and_not_guessed(text: str) -> None:
    path = paths.data_folder() / "faces.csv"
    save_import_settings(path, CHOSEN)
    import_settings_path(path).write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match="--forget") as caught:
        load_import_settings(path)
    assert len(str(caught.value)) < 300


def test_each_choice_is_kept_apart_in_the_cache() -> None:
    assert variant(AS_GUESSED) == ""
    assert len({variant(CHOSEN), variant(ImportSettings(numbering="raf-db")), ""}) == 3


def test_a_mapping_leads_to_emotions_only() -> None:
    with pytest.raises(ConfigError, match="must be one of"):
        ImportSettings(mapping=(("1", "bored"),))
