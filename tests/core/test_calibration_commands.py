"""`python -m fer calibrate`: fitted on the validation faces, kept, judged elsewhere, forgotten."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer.__main__ import main
from fer.datasets import Split, load_dataset
from fer.evaluation import evaluate
from fer.evaluation.calibration import fit_temperature, temperature_effect
from fer.evaluation.calibration_store import load_temperature
from fer.models.inference import Recognizer
from fer.system import paths
from tests.conftest import dataset_of, write_fer_csv
from tests.core import grey_level


@pytest.fixture
def recognizer(fer_home: Path) -> Recognizer:
    return Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / "grey"))


@pytest.fixture
def data(fer_home: Path) -> str:
    """Faces of which a third is labelled wrongly: the model, sure of all, is over-confident."""
    rng = np.random.default_rng(0)
    shown = rng.integers(0, 7, 240)
    dataset = dataset_of(shown.tolist(), [Split.VALIDATION] * 120 + [Split.TEST] * 120)
    labels = np.where(rng.random(240) < 0.33, (shown + 1) % 7, shown)
    write_fer_csv(fer_home / "data" / "told.csv", replace(dataset, labels=labels))
    return "told.csv"


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_it_is_fitted_on_the_validation_faces_and_kept_for_this_very_model(
    capsys: pytest.CaptureFixture[str], recognizer: Recognizer, data: str
) -> None:
    told = answer(capsys, "calibrate", "grey", "--data", data, "--judge", "test")
    validation = evaluate(recognizer, load_dataset(data), Split.VALIDATION)
    fitted = fit_temperature(validation)
    assert fitted.temperature > 1.5
    assert told["temperature"] == fitted.temperature
    assert told["validation"]["count"] == 120 and told["held_out"]["count"] == 60
    assert told["validation"]["log_loss_after"] < told["validation"]["log_loss_before"]
    test = temperature_effect(evaluate(recognizer, load_dataset(data), Split.TEST), fitted.temperature)
    assert told["judged"]["log_loss_after"] == test.log_loss_after
    assert (told["judged"]["split"], told["judged"]["effect"]) == ("test", "better")
    kept = load_temperature(recognizer.fingerprint)
    assert kept is not None
    assert (kept.model, kept.temperature, kept.split, kept.count) == (
        "grey",
        fitted.temperature,
        "validation",
        120,
    )
    assert Path(told["file"]).is_file()


def test_a_dry_run_keeps_nothing_and_forgetting_removes_what_was_kept(
    capsys: pytest.CaptureFixture[str], recognizer: Recognizer, data: str
) -> None:
    assert answer(capsys, "calibrate", "grey", "--data", data, "--dry-run")["kept"] is False
    assert not paths.calibration_folder().exists()
    answer(capsys, "calibrate", "grey", "--data", data)
    assert answer(capsys, "calibrate", "grey", "--forget") == {"model": "grey", "forgotten": True}
    assert load_temperature(recognizer.fingerprint) is None
    assert answer(capsys, "calibrate", "grey", "--forget")["forgotten"] is False


def test_in_words_it_says_what_came_of_it(
    capsys: pytest.CaptureFixture[str], recognizer: Recognizer, data: str
) -> None:
    assert main(["calibrate", "grey", "--data", data]) == 0
    said = capsys.readouterr().out
    assert "On faces it was not fitted on, it helps." in said
    assert "The live page offers it" in said


@pytest.mark.usefixtures("recognizer")
def test_faces_that_are_all_right_do_not_say_how_far_to_go(
    capsys: pytest.CaptureFixture[str], fer_home: Path
) -> None:
    write_fer_csv(fer_home / "data" / "right.csv", dataset_of([0, 3, 6], [Split.VALIDATION] * 3))
    assert main(["calibrate", "grey", "--data", "right.csv"]) == 2
    assert "3 validation faces, 3 of them right" in capsys.readouterr().err
    assert not paths.calibration_folder().exists()


@pytest.mark.usefixtures("recognizer")
def test_without_validation_faces_or_without_faces_at_all_it_is_one_line(
    capsys: pytest.CaptureFixture[str], fer_home: Path
) -> None:
    write_fer_csv(fer_home / "data" / "tests.csv", dataset_of([0, 3, 6], [Split.TEST] * 3))
    assert main(["calibrate", "grey", "--data", "tests.csv"]) == 2
    assert "no validation faces" in capsys.readouterr().err
    assert main(["calibrate", "grey"]) == 2
    assert "--data" in capsys.readouterr().err
