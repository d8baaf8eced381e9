"""Backward compatibility: what an earlier version wrote (`tests/old_home`) opens with the values it had."""

import os
import shutil
from pathlib import Path

import pytest

from fer import runs
from fer.config import AugmentationConfig
from fer.config.augmentation_presets import list_presets
from fer.datasets import Split, load_dataset
from fer.datasets.editions import list_editions
from fer.datasets.fingerprint import fingerprint
from fer.datasets.quality import load_inspection
from fer.emotions import Emotion
from fer.evaluation import evaluate, judged_faces
from fer.evaluation.calibration_store import load_temperature
from fer.evaluation.robustness import load_sweep, sweep_path
from fer.models.card import load_card
from fer.models.inference import Recognizer, list_models, load_recognizer, model_folder
from fer.models.packages import inspect
from fer.runs import RunStatus
from fer.training.batches import training_faces, validation_faces
from tests.conftest import PROJECT_ROOT

OLD_HOME = PROJECT_ROOT / "tests" / "old_home"
FINISHED, STOPPED = "20261130-234932-tiny_cnn", "20261130-234939-tiny_cnn"
QUEUED, DELETED = "20261130-234947-tiny_cnn", "20261130-234948-tiny_cnn"


@pytest.fixture(autouse=True)
def old_home(fer_home: Path) -> Path:
    """A copy of it, deleted a moment ago: what was in the trash for a day would go."""
    shutil.copytree(OLD_HOME, fer_home, dirs_exist_ok=True)
    os.utime(fer_home / "models" / "runs" / ".trash" / DELETED)
    return fer_home


def test_a_converted_dataset_and_its_edition() -> None:
    dataset = load_dataset("drawn.parquet")
    assert dataset.images.shape == (98, 48, 48, 1)
    assert [int((dataset.splits == split).sum()) for split in Split] == [56, 21, 21]
    (edition,) = list_editions("drawn.parquet")
    assert edition.name == "Mine"
    assert [(change.row, change.action, change.reason) for change in edition.changes] == [
        (0, "exclude", "too dark"),
        (5, "exclude", "too dark"),
        (7, "relabel", "looks sad"),
    ]
    assert edition.changes[2].new_label is Emotion.SAD
    assert edition.changes[2].face == "81fcca5744204024"


def test_an_augmentation_preset() -> None:
    (preset,) = list_presets()
    assert preset.name == "Gentle"
    assert preset.config == AugmentationConfig(horizontal_flip=True, rotation_degrees=12.0)


def test_a_finished_run() -> None:
    run = runs.load_run(FINISHED)
    assert (run.config.name, run.status, run.has_model) == ("Finished once", RunStatus.FINISHED, True)
    assert (run.config.architecture, run.config.epochs, run.config.subset) == ("tiny_cnn", 2, 40)
    assert (run.config.view.edition, run.config.augmentation.horizontal_flip) == ("Mine", True)
    assert run.metrics()[0].validation_loss == pytest.approx(1.9379632471991943)
    best = run.best()
    assert best is not None
    assert (best.epoch, best.validation_accuracy) == (1, pytest.approx(1 / 7))
    assert run.batches()
    assert "Epoch 2 of 2" in run.log()
    predictions = runs.read_predictions(run.folder)
    assert predictions is not None
    assert predictions.epoch == 1
    assert predictions.is_right.mean() == pytest.approx(1 / 7)
    faces = runs.read_manifest(run.folder)
    assert faces is not None
    assert {split: sum(counts) for split, counts in faces.counts.items()} == {"train": 40, "validation": 21}
    edition = runs.edition_of(run.folder, run.config)
    assert edition is not None
    assert len(edition) == 3


def test_a_stopped_run_can_go_on() -> None:
    run = runs.load_run(STOPPED)
    assert (run.config.name, run.status, run.can_resume) == ("Stopped once", RunStatus.STOPPED, True)
    assert (run.config.optimizer, run.config.schedule, run.config.weight_averaging) == (
        "adamw",
        "cosine",
        0.9,
    )
    assert [row.epoch for row in run.metrics()] == [1, 2]
    assert run.metrics()[1].train_loss == pytest.approx(1.9694062709808349)


@pytest.mark.parametrize("run_id", [FINISHED, STOPPED])
def test_a_run_of_a_subset_goes_on_being_judged_by_all_validation_faces(run_id: str) -> None:
    run = runs.load_run(run_id)
    assert run.config.subset == 40
    assert run.config.whole_validation
    edition = runs.edition_of(run.folder, run.config)
    dataset = load_dataset(run.config.dataset, view=run.config.view, edition=edition)
    faces = training_faces(dataset, run.config), validation_faces(dataset, run.config)
    manifest = runs.read_manifest(run.folder)
    assert manifest is not None
    assert manifest.fingerprint == "".join(map(fingerprint, faces))


def test_a_run_in_the_queue_and_its_place() -> None:
    (run,) = runs.list_queue()
    assert (run.id, run.config.name, run.status) == (QUEUED, "Waiting", RunStatus.QUEUED)
    assert not runs.cancel_queued(run.id) or runs.list_queue() == []


def test_a_deleted_run_comes_back() -> None:
    (deleted,) = runs.list_deleted()
    assert (deleted.id, deleted.title) == (DELETED, "Thrown away · 20261130-234948")
    runs.restore_run(DELETED)
    assert runs.load_run(DELETED).config.epochs == 7


def test_models_that_were_trained_published_and_imported() -> None:
    assert [(entry.name, entry.kind) for entry in list_models()] == [
        ("old_tiny", "pretrained"),
        ("annas-net", "imported"),
        (FINISHED, "run"),
    ]
    card = load_card(model_folder("old_tiny"))
    assert (card.architecture, card.parameters, card.dataset["title"]) == (
        "tiny_cnn",
        25_199,
        "drawn.parquet",
    )
    assert card.test is not None
    assert (card.test["accuracy"], card.test["count"]) == (pytest.approx(1 / 7), 21)
    imported = load_recognizer("annas-net").card
    assert (imported.title, imported.dataset["brought"]) == ("Finished once", True)


def test_a_model_package(old_home: Path) -> None:
    package = inspect(old_home / "annas-net.fer-model.zip")
    header = package.header
    assert (header.architecture, header.title, header.image_size) == ("tiny_cnn", "Finished once", None)
    assert header.claims == "14.3% of 21 validation faces of drawn.parquet."
    assert len(package.arrays) == 22
    assert sum(array.size for array in package.arrays.values()) == 25_199


def test_a_kept_temperature() -> None:
    recognizer = load_recognizer("old_tiny")
    assert recognizer.fingerprint == "0087801da0bdbba0e2467843"
    kept = load_temperature(recognizer.fingerprint)
    assert kept is not None
    assert (kept.model, kept.dataset, kept.count) == ("old_tiny", "drawn.parquet", 21)
    assert kept.temperature == pytest.approx(0.6407469728948203)


def test_kept_answers_are_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    recognizer, dataset = load_recognizer("old_tiny"), load_dataset("drawn.parquet")
    monkeypatch.setattr(Recognizer, "predict", lambda *_: pytest.fail("The model was asked again."))
    for split in (Split.TEST, Split.VALIDATION):
        evaluation = evaluate(recognizer, dataset, split)
        assert (evaluation.accuracy, len(evaluation)) == (pytest.approx(1 / 7), 21)


def test_a_kept_robustness_sweep() -> None:
    recognizer, dataset = load_recognizer("old_tiny"), load_dataset("drawn.parquet")
    faces = judged_faces(recognizer.emotions, dataset, Split.VALIDATION)
    sweep = load_sweep(sweep_path(recognizer.fingerprint, faces))
    assert sweep is not None
    assert sweep.model == "old_tiny"
    ((kind, points),) = sweep.points.items()
    assert (str(kind), [point.severity for point in points]) == ("darkness", [0.3, 0.5, 0.7, 0.8, 0.9])
    assert sweep.untouched.mean_confidence == pytest.approx(0.17012856687818254)


def test_a_kept_inspection() -> None:
    inspection = load_inspection(fingerprint(load_dataset("drawn.parquet")))
    assert inspection is not None
    assert len(inspection.measures.brightness) == 98
    assert not any(len(found.faces) for issue, found in inspection.findings.items() if "duplicate" in issue)
