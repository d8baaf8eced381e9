"""From a run to a shipped model, with a model and faces whose outcome is known."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer import runs
from fer.config import DatasetView, SplitPlan, TrainingConfig
from fer.datasets import Split, load_dataset
from fer.datasets.editions import create_edition
from fer.emotions import EMOTIONS, Emotion
from fer.errors import DatasetError, FerError, ModelError, RunNotFoundError
from fer.evaluation.publishing import publish
from fer.models.card import INT8_FILE, KERAS_FILE, load_card
from fer.models.inference import list_models, load_recognizer
from fer.runs import RunRecorder, RunStatus
from tests.conftest import dataset_of, write_fer_csv
from tests.core import grey_level
from tests.corrections import exclude


@pytest.fixture
def run_id() -> str:
    """A finished run that has the grey-level model."""
    run = runs.create_run(TrainingConfig(name="Grey"))
    RunRecorder(run.folder).finish(RunStatus.FINISHED)
    grey_level.save_model(run.folder)
    (run.folder / runs.BEST_FILE).write_bytes(b"the weights")
    (run.folder / runs.METRICS_FILE).write_text("")
    (run.folder / runs.LOG_FILE).write_text("It was trained.\n")
    return run.id


def csv_with(tmp_path: Path, shown: Sequence[int], labels: Sequence[int], split: Split = Split.TEST) -> str:
    """A CSV of faces that look like `shown` and are labelled `labels`."""
    faces = replace(dataset_of(shown, [split] * len(shown)), labels=np.asarray(labels, np.intp))
    return str(write_fer_csv(tmp_path / "faces.csv", faces))


def test_a_published_model_carries_what_the_test_split_said(run_id: str, tmp_path: Path) -> None:
    happy, sad = EMOTIONS.index(Emotion.HAPPY), EMOTIONS.index(Emotion.SAD)
    # Four happy faces of which one looks sad, four sad ones of which three look happy.
    data = csv_with(tmp_path, [happy] * 3 + [sad] + [happy] * 3 + [sad], [happy] * 4 + [sad] * 4)
    card = publish(run_id, "grey", data)
    assert card.test is not None
    assert card.test["accuracy"] == pytest.approx(0.5)
    assert card.test["count"] == 8
    assert card.test["per_class"]["happy"]["recall"] == pytest.approx(0.75)
    assert card.test["per_class"]["fear"]["recall"] is None
    low, high = card.test["interval_95"]
    assert 0 < low < 0.5 < high < 1
    assert card.weaknesses[0] == "Of 4 faces labelled sad, it finds 25\u00a0%."
    assert "75\u00a0% of the sad faces are called happy." in card.weaknesses
    assert not any("labelled happy" in weakness for weakness in card.weaknesses)


def test_a_published_model_is_a_folder_of_its_own_that_can_be_used(
    run_id: str, tmp_path: Path, fer_home: Path
) -> None:
    card = publish(run_id, "grey", csv_with(tmp_path, range(7), range(7)))
    folder = fer_home / "models" / "pretrained" / "grey"
    assert load_card(folder) == replace(card, test=json.loads(json.dumps(card.test)))
    assert card.name == "grey"
    assert card.license == "MIT"
    assert "Not for judging pupils" in card.intended_use
    assert (folder / KERAS_FILE).read_bytes() == b"the weights"
    assert runs.read_config(folder).name == "Grey"
    assert [entry.name for entry in list_models()] == ["grey", run_id]
    recognizer = load_recognizer("grey")
    assert recognizer.predict(grey_level.flat(Emotion.FEAR)[None]).argmax() == EMOTIONS.index(Emotion.FEAR)
    # The run's own card has not looked at the test split.
    assert load_card(runs.load_run(run_id).folder).test is None


def test_the_int8_form_is_published_with_what_it_was_found_to_be_worth(
    run_id: str, tmp_path: Path, fer_home: Path
) -> None:
    run_folder, data = runs.load_run(run_id).folder, csv_with(tmp_path, range(7), range(7))
    (run_folder / INT8_FILE).write_bytes(b"an old one that the card does not know")
    publish(run_id, "without", data)
    replace(load_card(run_folder), int8={"accuracy": 0.6}).save(run_folder)
    (run_folder / INT8_FILE).write_bytes(b"whole numbers")
    publish(run_id, "with", data)
    without, having = (fer_home / "models" / "pretrained" / name for name in ("without", "with"))
    assert (load_card(without).int8, (without / INT8_FILE).exists()) == (None, False)
    assert load_card(having).int8 == {"accuracy": 0.6}
    assert (having / INT8_FILE).read_bytes() == b"whole numbers"


def test_a_name_that_is_taken_is_refused_and_what_is_there_stays(
    run_id: str, tmp_path: Path, fer_home: Path
) -> None:
    folder = grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    before = (folder / "card.json").read_bytes()
    with pytest.raises(ModelError, match="already a model “grey”"):
        publish(run_id, "grey", csv_with(tmp_path, range(7), range(7)))
    assert (folder / "card.json").read_bytes() == before


@pytest.mark.usefixtures("shipped")
def test_the_name_of_a_shipped_model_is_taken(run_id: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="already a model “mini_xception”"):
        publish(run_id, "mini_xception", csv_with(tmp_path, range(7), range(7)))


def test_a_run_without_a_model_cannot_be_published(tmp_path: Path) -> None:
    run = runs.create_run(TrainingConfig())
    with pytest.raises(ModelError, match="has no model yet"):
        publish(run.id, "grey", csv_with(tmp_path, range(7), range(7)))


def test_a_model_that_learned_from_test_faces_is_not_published(tmp_path: Path, fer_home: Path) -> None:
    data = csv_with(tmp_path, list(range(7)) * 4, list(range(7)) * 4)
    config = TrainingConfig(view=DatasetView(splits=SplitPlan(0.25, keep_test=False)))
    run = runs.create_run(config)
    grey_level.save_model(run.folder)
    for file in (runs.BEST_FILE, runs.METRICS_FILE, runs.LOG_FILE):
        (run.folder / file).write_text("")
    learned_from_it = replace(load_card(run.folder), dataset={"title": "faces.csv"})
    learned_from_it.save(run.folder)
    with pytest.raises(
        ModelError, match=r"learned from 21 faces of the test split: it was trained with 25\u00a0%"
    ):
        publish(run.id, "grey", data)
    assert not (fer_home / "models" / "pretrained").exists()
    # Of other faces it has never seen one.
    replace(learned_from_it, dataset={"title": "other.csv"}).save(run.folder)
    assert publish(run.id, "grey", data).test is not None


def test_the_edition_goes_with_the_model(run_id: str, tmp_path: Path, fer_home: Path) -> None:
    data = csv_with(tmp_path, range(7), range(7))
    faces = load_dataset(data)
    create_edition(data, "Mine")
    edition = exclude(faces, "Mine", [0])
    run = runs.create_run(TrainingConfig(dataset=data, view=DatasetView(edition="Mine")))
    grey_level.save_model(run.folder)
    for file in (runs.BEST_FILE, runs.METRICS_FILE, runs.LOG_FILE):
        (run.folder / file).write_text("")
    publish(run.id, "grey", data)
    published = fer_home / "models" / "pretrained" / "grey"
    assert runs.edition_of(published, runs.read_config(published)) == edition


def test_what_cannot_be_published_leaves_no_folder(run_id: str, tmp_path: Path, fer_home: Path) -> None:
    no_test = csv_with(tmp_path, range(7), range(7), Split.VALIDATION)
    with pytest.raises(DatasetError, match="no test faces"):
        publish(run_id, "grey", no_test)
    with pytest.raises(DatasetError, match="nowhere"):
        publish(run_id, "grey", "nowhere.csv")
    with pytest.raises(FerError, match="cannot be a file name"):
        publish(run_id, "../grey", no_test)
    with pytest.raises(RunNotFoundError):
        publish("no-run", "grey", no_test)
    assert not (fer_home / "models" / "pretrained").exists()
