"""Temperatures kept beside the data: saved, read with care, forgotten."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fer.config import DatasetView, SplitPlan
from fer.datasets import Dataset, Source
from fer.errors import ConfigError, StorageError
from fer.evaluation.calibration import Temperature
from fer.evaluation.calibration_store import (
    KeptTemperature,
    delete_temperature,
    load_temperature,
    save_temperature,
    temperature_path,
)
from fer.system import paths

FINGERPRINT = "0123456789abcdef01234567"
KEPT = KeptTemperature(
    "grey", FINGERPRINT, 1.31, "Faces", "validation", "as it came", 120, 1.1, 1.0, 0.08, 0.02, "2026-05-01"
)


def test_a_kept_temperature_is_read_as_it_was_saved() -> None:
    assert load_temperature(FINGERPRINT) is None
    path = save_temperature(replace(KEPT, view={"edition": "Mine"}))
    assert path == paths.calibration_folder() / f"{FINGERPRINT}.json"
    assert load_temperature(FINGERPRINT) == replace(KEPT, view={"edition": "Mine"})
    save_temperature(replace(KEPT, temperature=2.0))
    found = load_temperature(FINGERPRINT)
    assert found is not None and found.temperature == 2.0
    assert load_temperature("f" * 24) is None


def test_what_was_fitted_is_kept_with_what_must_be_said_beside_it(small_dataset: Dataset) -> None:
    fitted = Temperature(1.3, 1.1, 1.0, 0.08, 0.02, 7)
    faces = replace(small_dataset, source=Source("Faces\nof mine"))
    view = DatasetView(labels="majority", splits=SplitPlan(0.2))
    kept = KeptTemperature.of("grey", FINGERPRINT, fitted, faces, view)
    save_temperature(kept)
    read = load_temperature(FINGERPRINT)
    assert read == kept
    assert read is not None
    assert (read.dataset, read.split, read.count) == ("Faces of mine", "validation", 7)
    assert "majority" in read.state
    assert DatasetView.from_dict(read.view) == view


def test_a_forgotten_temperature_is_gone() -> None:
    save_temperature(KEPT)
    assert delete_temperature(FINGERPRINT)
    assert load_temperature(FINGERPRINT) is None
    assert not delete_temperature(FINGERPRINT)


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": 0},
        {"temperature": -1.5},
        {"temperature": 1e9},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"temperature": True},
        {"temperature": "1.3"},
        {"fingerprint": "f" * 24},
        {"format": "something"},
        {"version": 99},
        {"model": "x" * 5_000},
        {"dataset": ["Faces"]},
        {"dataset": "Faces\n# A heading"},
        {"count": 0},
        {"count": 2.5},
        {"log_loss_after": -1},
        {"expected_error_before": 3},
        {"view": "as it came"},
    ],
    ids=str,
)
def test_a_file_that_someone_changed_is_left_aside_with_a_sentence(changes: dict[str, Any]) -> None:
    path = save_temperature(KEPT)
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(ConfigError, match=r"cannot be used: .*fit it again"):
        load_temperature(FINGERPRINT)
    assert delete_temperature(FINGERPRINT)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 10_000, b" " * 30_000],
    ids=["empty", "cut", "list", "null", "bytes", "deep", "large"],
)
def test_a_damaged_file_is_left_aside_with_a_sentence(content: bytes) -> None:
    path = save_temperature(KEPT)
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be used"):
        load_temperature(FINGERPRINT)


def test_a_missing_field_is_a_sentence_that_names_it() -> None:
    path = save_temperature(KEPT)
    values = json.loads(path.read_text())
    del values["count"]
    path.write_text(json.dumps(values))
    with pytest.raises(ConfigError, match="count"):
        load_temperature(FINGERPRINT)


@pytest.mark.parametrize("fingerprint", ["", "../../secret", "0123", "G" * 24, FINGERPRINT.upper()])
def test_only_a_fingerprint_leads_to_a_file(fingerprint: str) -> None:
    with pytest.raises(ConfigError, match="no fingerprint"):
        temperature_path(fingerprint)


def test_what_could_not_be_read_again_is_not_kept() -> None:
    with pytest.raises(ConfigError, match="temperature"):
        save_temperature(replace(KEPT, temperature=500.0))
    assert not paths.calibration_folder().exists()


def test_a_place_that_cannot_be_written_is_a_sentence(fer_home: Path) -> None:
    (fer_home / "data").mkdir()
    paths.calibration_folder().write_text("a file where the folder would be")
    with pytest.raises(StorageError, match="could not be saved"):
        save_temperature(KEPT)
