"""`python -m fer`: results on stdout, one line for a mistake, and never a traceback."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from fer import runs
from fer.__main__ import main
from fer.cli import commands
from fer.config import AugmentationConfig, DatasetView, SplitPlan, TrainingConfig
from fer.datasets import load_dataset
from fer.datasets.editions import create_edition
from fer.datasets.synthetic.action_units import ActionUnit
from fer.datasets.synthetic.appearance import Appearance
from fer.datasets.synthetic.portrait import draw_face
from fer.detection import yunet
from fer.emotions import EMOTIONS
from fer.errors import FerError
from fer.images import load_picture
from fer.live import NOBODY_FOUND
from fer.models.card import INT8_FILE, load_card
from fer.runs import EpochMetrics, Run, RunNotes, RunRecorder, RunStatus, starting
from fer.statistics import PairedComparison
from fer.system import processes
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level
from tests.corrections import exclude

COMMANDS = ["info", "convert", "download", "inspect", "map"]
COMMANDS += [
    "train",
    "resume",
    "extend",
    "stop",
    "queue",
    "runs",
    "delete",
    "restore",
    "diagnose",
    "estimate",
]
COMMANDS += ["evaluate", "compare", "report", "calibrate", "robustness", "explain"]
COMMANDS += ["detectors", "recognize", "video"]
COMMANDS += ["publish", "export-package", "import-package", "reexport", "quantize"]
COMMANDS += ["blueprint", "costs", "replicate", "bench"]


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test asks for, no training process is started."""

    def refuse(_: TrainingConfig) -> Run:
        raise AssertionError("A test of the command line would have started a training process.")

    monkeypatch.setattr(runs, "start_run", refuse)


@pytest.fixture
def grey(fer_home: Path) -> str:
    """The name of a model that tells emotions by their grey level."""
    return grey_level.save_model(fer_home / "models" / "pretrained" / "grey").name


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    """A picture of one drawn face."""
    picture = np.full((480, 640, 3), 168, np.uint8)
    smile = {ActionUnit.CHEEK_RAISER: 0.8, ActionUnit.LIP_CORNER_PULLER: 0.9}
    picture[60:420, 140:500] = draw_face(Appearance(), smile, 360)[..., None]
    path = tmp_path / "portrait.png"
    assert cv2.imwrite(str(path), picture)
    return path


def status_of(arguments: Sequence[str]) -> int:
    """The exit status of a command, whether returned or raised."""
    try:
        return main(arguments)
    except SystemExit as end:
        assert isinstance(end.code, int)
        return end.code


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The one JSON object that a command prints."""
    assert status_of([*arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\n") == 1
    return json.loads(out)


# ── what the commands answer ─────────────────────────────────────────────────────────────────────


def test_info_counts_the_faces_of_each_split(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[], str]
) -> None:
    result = answer(capsys, "info", csv_in_data())
    assert result["count"] == 42
    assert result["totals"] == {"train": 28, "validation": 7, "test": 7}
    assert result["splits"]["train"] == {str(emotion): 4 for emotion in EMOTIONS}
    assert (result["image_height"], result["image_width"], result["channels"]) == (48, 48, 1)


def test_without_json_a_person_reads_a_table(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[], str]
) -> None:
    assert main(["info", csv_in_data()]) == 0
    out = capsys.readouterr().out
    assert "42 faces of 48×48 pixels" in out
    assert [line.split()[-1] for line in out.splitlines() if line.startswith("train")] == ["28"]


@pytest.mark.parametrize(("split", "count"), [("test", 7), ("validation", 7), ("train", 28)])
def test_evaluate_scores_the_split_it_was_asked_for(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[], str], grey: str, split: str, count: int
) -> None:
    result = answer(capsys, "evaluate", grey, "--data", csv_in_data(), "--split", split)
    assert (result["model"], result["split"], result["count"]) == (grey, split, count)
    assert result["accuracy"] == 1
    assert result["macro_f1"] == 1
    assert result["interval_95"][1] == 1
    assert result["confusion"] == (np.eye(7, dtype=int) * count // 7).tolist()
    assert result["per_class"]["fear"] == {"precision": 1, "recall": 1, "f1": 1, "support": count // 7}


def test_the_int8_form_is_evaluated_and_reads_pictures_when_asked(
    capsys: pytest.CaptureFixture[str],
    csv_in_data: Callable[[], str],
    grey: str,
    portrait: Path,
    fer_home: Path,
) -> None:
    for typed in (["evaluate", grey, "--data", csv_in_data()], ["recognize", str(portrait), "--model", grey]):
        assert main([*typed, "--int8"]) == 2
        assert "has no model.int8.tflite" in capsys.readouterr().err
    (fer_home / "models" / "pretrained" / grey / INT8_FILE).write_bytes(grey_level.WITH_MAPS)
    assert answer(capsys, "evaluate", grey, "--data", csv_in_data())["precision"] == "float32"
    result = answer(capsys, "evaluate", grey, "--data", csv_in_data(), "--int8")
    assert (result["precision"], result["accuracy"]) == ("int8", 1)
    assert answer(capsys, "recognize", str(portrait), "--model", grey, "--int8")["images"][0]["faces"]


def test_quantize_tells_both_figures_and_what_became_of_the_file(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    csv_in_data: Callable[[], str],
    tmp_path: Path,
) -> None:
    asked: list[tuple[object, ...]] = []

    def made(name: str, dataset: Any, progress: object, *, calibration_faces: int) -> SimpleNamespace:
        asked.append((name, len(dataset), calibration_faces))
        return SimpleNamespace(
            comparison=PairedComparison(1000, 10, 8 if name == "good" else 1, 600),
            sizes=(4000, 1000),
            milliseconds={1: (0.2, 0.1), 16: (3.0, 1.0)},
            calibration_faces=calibration_faces,
            kept=name == "good",
            path=tmp_path / "model.int8.tflite",
        )

    quantizing = SimpleNamespace(MOST_LOSS=0.005, quantize=made)
    monkeypatch.setitem(
        sys.modules, "fer.evaluation.quantization", quantizing
    )  # the true one loads TensorFlow
    data = csv_in_data()
    result = answer(capsys, "quantize", "good", "--data", data, "--calibration", "5")
    assert asked == [("good", 42, 5)]
    assert (result["float_accuracy"], result["int8_accuracy"], result["kept"]) == (0.61, 0.608, True)
    assert result["milliseconds"]["16"] == {"float": 3.0, "int8": 1.0}
    assert main(["quantize", "bad", "--data", data]) == 0
    assert "Not kept: it loses 0.90 points, and 0.5 are too many." in capsys.readouterr().out
    assert answer(capsys, "quantize", "bad", "--data", data)["path"] is None
    assert main(["quantize", "good", "--data", data, "--calibration", "0"]) == 2
    assert "received 0" in capsys.readouterr().err


def test_evaluate_tells_every_score_with_its_interval_and_writes_the_answers(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[], str], grey: str, tmp_path: Path
) -> None:
    table = tmp_path / "answers.csv"
    asked = ["--data", csv_in_data(), "--tta", "flip", "--predictions", str(table)]
    result = answer(capsys, "evaluate", grey, *asked)
    assert result["tta"] == result["looks"] == "flip"
    assert result["left_out"] == {}
    assert result["scores"]["balanced_accuracy"]["value"] == 1
    low, high = result["scores"]["top_2"]["interval_95"]
    assert 0.5 < low < high == 1
    assert result["predictions"] == str(table)
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [row["answer (grey)"] for row in rows] == [row["label"] for row in rows] == list(EMOTIONS)
    former = [{"--tta": "--looks"}.get(word, word) for word in asked]
    assert answer(capsys, "evaluate", grey, *former)["tta"] == "flip"
    once = answer(capsys, "evaluate", grey, "--data", csv_in_data(), "--looks", "once")
    assert once["tta"] == "none"
    assert main(["evaluate", grey, *asked]) == 0
    out = capsys.readouterr().out
    assert "averaged over each face and its mirror image: accuracy 100.0\u00a0%" in out
    assert "Cohen's kappa" in out


def test_faces_that_a_model_cannot_answer_are_refused_or_left_out(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[], str], grey: str, fer_home: Path
) -> None:
    folder = fer_home / "models" / "pretrained" / grey
    replace(load_card(folder), emotions=(*EMOTIONS[:6], EMOTIONS[0])).save(folder)  # it knows no neutral
    assert main(["evaluate", grey, "--data", csv_in_data()]) == 2
    assert "The option --answerable-only leaves those faces out." in capsys.readouterr().err
    result = answer(capsys, "evaluate", grey, "--data", "small", "--answerable-only")
    assert (result["count"], result["left_out"]) == (6, {"neutral": 1})


def test_two_models_are_compared_face_by_face(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[], str], grey: str, fer_home: Path
) -> None:
    other = grey_level.save_model(fer_home / "models" / "pretrained" / "other", emotions=EMOTIONS[::-1]).name
    result = answer(capsys, "compare", grey, other, "--data", csv_in_data())
    # In the reversed order only the grey in the middle is still called by its name.
    assert (result["count"], result["both"], result["only_first"], result["only_second"]) == (7, 1, 6, 0)
    assert result["difference"] == pytest.approx(-6 / 7)
    assert result["p_value"] == pytest.approx(2 / 2**6)
    assert result["verdict"] == "worse"
    assert main(["compare", grey, grey, "--data", "small"]) == 0
    assert "both have the very same faces right" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "beginning"), [("it.html", "<!doctype html>"), ("it.json", "{"), ("it.csv", "row,split,label,")]
)
def test_a_report_is_written_in_the_form_its_name_says(
    capsys: pytest.CaptureFixture[str],
    csv_in_data: Callable[[], str],
    grey: str,
    tmp_path: Path,
    name: str,
    beginning: str,
) -> None:
    target = tmp_path / name
    result = answer(capsys, "report", grey, "--data", csv_in_data(), "--output", str(target))
    assert (result["output"], result["count"], result["accuracies"]) == (str(target), 7, {grey: 1})
    assert target.stat().st_size == result["bytes"]
    assert target.read_text(encoding="utf-8").startswith(beginning)


@pytest.mark.parametrize("name", ["faces", "faces.csv", "faces.wide.csv", "faces.parquet"])
def test_convert_writes_a_dataset_that_info_reads(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[], str], tmp_path: Path, name: str
) -> None:
    target = str(tmp_path / name)
    written = answer(capsys, "convert", csv_in_data(), target, "--seed", "3")
    assert (written["target"], written["count"], written["lost"]) == (target, 42, [])
    assert answer(capsys, "info", target)["splits"] == answer(capsys, "info", "small")["splits"]
    assert status_of(["convert", "small", target]) == 2
    assert "is there already" in capsys.readouterr().err


def test_a_dataset_is_used_in_the_state_that_is_asked_for(
    capsys: pytest.CaptureFixture[str],
    csv_in_data: Callable[[], str],
    grey: str,
    tmp_path: Path,
    fer_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faces = load_dataset(f"{csv_in_data()}.csv")
    create_edition(faces.name, "Mine")
    exclude(faces, "Mine", np.flatnonzero(faces.splits == "test")[:2].tolist())
    result = answer(capsys, "info", "small", "--edition", "Mine", "--split-validation", "0.4")
    assert result["totals"] == {"train": 21, "validation": 14, "test": 5}
    assert result["state"] == "edition “Mine”, 40 % of all but the test faces for validation (seed 0)"
    monkeypatch.chdir(fer_home / "data")
    result = answer(capsys, "evaluate", grey, "--data", "small.csv", "--edition", "Mine")
    assert (result["count"], result["state"]) == (5, "edition “Mine”")
    pooled = ["--pool", "--split-validation", "0.2", "--split-test", "0.2", "--split-seed", "4"]
    assert answer(capsys, "info", "small", *pooled)["totals"] == {"train": 28, "validation": 7, "test": 7}
    assert answer(capsys, "info", "small", "--pool")["totals"] == {"train": 35, "validation": 7}
    written = answer(capsys, "convert", "small", str(tmp_path / "mended.csv"), "--edition", "Mine")
    assert written["count"] == 40


def test_recognize_finds_the_face_and_saves_the_picture_with_it_drawn_in(
    capsys: pytest.CaptureFixture[str], portrait: Path, grey: str, tmp_path: Path
) -> None:
    result = answer(capsys, "recognize", str(portrait), "--model", grey, "--output", str(tmp_path / "out"))
    (image,) = result["images"]
    (face,) = image["faces"]
    left, top, right, bottom = face["box"]
    assert 100 < left < 320 < right < 540
    assert 30 < top < 240 < bottom < 450
    assert list(face["probabilities"]) == [str(emotion) for emotion in EMOTIONS]
    assert sum(face["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    assert face["probabilities"][face["emotion"]] == face["confidence"]
    drawn, original = load_picture(Path(image["output"])), load_picture(portrait)
    assert drawn.shape == (480, 640, 3)
    assert not np.array_equal(drawn, original)


def test_recognize_takes_another_detector_and_keeps_a_table_that_may_say_unsure(
    capsys: pytest.CaptureFixture[str], portrait: Path, grey: str, tmp_path: Path
) -> None:
    table = tmp_path / "faces.csv"
    options = ["--detector", "haar_fast", "--unsure-below", "1", "--table", str(table), "--second", grey]
    result = answer(capsys, "recognize", str(portrait), "--model", grey, *options)
    (face,) = result["images"][0]["faces"]
    assert (face["label"], face["second"]) == ("unsure", face["probabilities"])
    (row,) = csv.DictReader(table.read_text().splitlines())
    assert (row["file"], row["label"]) == (str(portrait), "unsure")
    assert [int(row[side]) for side in ("left", "top", "right", "bottom")] == face["box"]
    assert row["second_label"] == face["emotion"]


def test_where_yunet_cannot_be_had_haar_stands_in_with_a_sentence_and_named_it_is_an_error(
    capsys: pytest.CaptureFixture[str], portrait: Path, grey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yunet, "_weights", lambda: None)
    assert main(["recognize", str(portrait), "--model", grey, "--json"]) == 0
    told = capsys.readouterr()
    assert len(json.loads(told.out)["images"][0]["faces"]) == 1
    assert told.err.count("Until then Haar, fast finds the faces.") == 1
    assert main(["recognize", str(portrait), "--model", grey, "--detector", "yunet"]) == 2
    assert "pip install -r requirements.txt" in capsys.readouterr().err
    assert main(["recognize", str(portrait), "--model", grey, "--score-threshold", "2"]) == 2
    assert "Score threshold must be 0.3 to 0.95; received 2.0." in capsys.readouterr().err


def test_fetching_a_detector_is_no_longer_needed_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detectors", "--fetch", "yunet"]) == 0
    assert "not needed any more" in capsys.readouterr().err


def test_recognize_says_where_there_is_no_face(
    capsys: pytest.CaptureFixture[str], grey: str, tmp_path: Path
) -> None:
    empty = tmp_path / "wall.png"
    cv2.imwrite(str(empty), np.full((200, 200), 128, np.uint8))
    assert main(["recognize", str(empty), "--model", grey]) == 0
    assert capsys.readouterr().out == f"{empty}: no face found\n{NOBODY_FOUND}\n"


def test_one_bad_picture_does_not_lose_the_others(
    capsys: pytest.CaptureFixture[str], portrait: Path, grey: str, tmp_path: Path
) -> None:
    cut, wall, table = tmp_path / "cut.png", tmp_path / "wall.png", tmp_path / "faces.csv"
    cut.write_bytes(portrait.read_bytes()[:-600])
    cv2.imwrite(str(wall), np.full((200, 200), 128, np.uint8))
    (tmp_path / "text.jpg").write_text("<!doctype html>not found")
    typed = [
        str(path) for path in (portrait, cut, tmp_path / "text.jpg", wall, tmp_path / "gone.jpg", portrait)
    ]
    options = ["--model", grey, "--table", str(table), "--output", str(tmp_path / "out")]
    assert status_of(["recognize", *typed, *options, "--json"]) == 1
    out, err = capsys.readouterr()
    assert err == "fer: 3 of 6 pictures could not be read.\n"
    result = json.loads(out)
    assert result["failed"] == 3
    assert [len(image["faces"]) for image in result["images"]] == [1, 0, 0, 0, 0, 1]
    errors = [image.get("error", "") for image in result["images"]]
    assert [bool(error) for error in errors] == [False, True, True, False, True, False]
    assert "“cut.png” is cut off or damaged" in errors[1]
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [row["file"] for row in rows] == typed
    assert [row["face"] for row in rows] == ["1", "", "", "", "", "1"]
    assert [row["error"] for row in rows] == errors
    assert len(list((tmp_path / "out").iterdir())) == 3
    assert status_of(["recognize", *typed, *options]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith(f"{cut}: not read. “cut.png” is cut off")
    assert lines[3] == f"{wall}: no face found"


def test_a_folder_is_taken_as_its_pictures(
    capsys: pytest.CaptureFixture[str], portrait: Path, grey: str, tmp_path: Path
) -> None:
    folder, other = tmp_path / "pictures", tmp_path / "other.png"
    (folder / "within").mkdir(parents=True)
    for name in ("b.PNG", "a.jfif"):  # by their content, whatever they are called
        (folder / name).write_bytes(portrait.read_bytes())
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.png").write_text("the Finder's")
    other.write_bytes(portrait.read_bytes())
    (folder / "out.png").symlink_to(other)
    (folder / "c.png").symlink_to(folder / "b.PNG")
    os.mkfifo(folder / "pipe.png")
    result = answer(capsys, "recognize", str(folder), "--model", grey)
    assert [Path(image["file"]).name for image in result["images"]] == ["a.jfif", "b.PNG", "c.png"]
    assert result["left_out"] == [
        f"{folder}: 3 of 7 entries are read; 4 are no pictures, for example “notes.txt”."
    ]
    assert status_of(["recognize", str(folder), "--model", grey]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == result["left_out"][0]
    assert status_of(["recognize", str(folder / "within"), "--model", grey]) == 2
    assert "There is no picture to read" in capsys.readouterr().err


def test_a_picture_that_is_read_is_never_written_over(
    capsys: pytest.CaptureFixture[str], portrait: Path, grey: str, tmp_path: Path
) -> None:
    (tmp_path / "002-portrait.png").write_bytes(portrait.read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    for options in (["--output", str(tmp_path)], ["--table", str(portrait)]):
        typed = ["recognize", str(tmp_path / "002-portrait.png"), str(portrait), "--model", grey]
        assert status_of([*typed, *options]) == 2
        assert "would be written over" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_train_hands_its_options_over_and_reports_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, csv_in_data: Callable[[], str],
    fer_home: Path,
) -> None:  # fmt: skip
    csv_in_data()
    started: list[TrainingConfig] = []

    def finish_at_once(config: TrainingConfig) -> Run:
        started.append(config)
        run = runs.create_run(config)
        recorder = RunRecorder(run.folder)
        recorder.record_epoch(EpochMetrics(1, 1.0, 0.5, 1.0, 0.625, 1e-3, 2.0))
        recorder.finish(RunStatus.FINISHED)
        return runs.load_run(run.id)

    monkeypatch.setattr(runs, "start_run", finish_at_once)
    monkeypatch.chdir(fer_home / "data")
    numbers = {"epochs": 1, "batch-size": 16, "learning-rate": 0.01, "seed": 7, "subset": 20}
    numbers |= {"split-validation": 0.2, "split-seed": 5}
    texts = {"data": "small.csv", "name": "Tiny", "augmentation": '{"rotation_degrees": 5}'}
    options = [word for name, value in (numbers | texts).items() for word in (f"--{name}", str(value))]
    result = answer(capsys, "train", "--balance-classes", "--pool", "--skip-bad", *options)
    assert started == [
        TrainingConfig(
            dataset=str(fer_home / "data" / "small.csv"),  # the process has another working folder
            epochs=1,
            batch_size=16,
            learning_rate=0.01,
            seed=7,
            subset=20,
            name="Tiny",
            balance_classes=True,
            augmentation=AugmentationConfig(rotation_degrees=5),
            view=DatasetView(splits=SplitPlan(0.2, keep_test=False, seed=5), skip_bad=True),
        )
    ]
    assert (result["status"], result["epochs"], result["validation_accuracy"]) == ("finished", 1, 0.625)
    assert Path(result["folder"]).name == result["id"] == runs.list_runs()[0].id


def test_what_a_run_failed_of_is_the_line_that_is_said(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    csv_in_data: Callable[[str], str],
) -> None:
    def fail_at_once(config: TrainingConfig) -> Run:
        run = runs.create_run(config)
        RunRecorder(run.folder).finish(RunStatus.FAILED, "There is no dataset\n“nowhere”.")
        return runs.load_run(run.id)

    monkeypatch.setattr(runs, "start_run", fail_at_once)
    assert main(["train", "--data", csv_in_data("small")]) == 2
    assert capsys.readouterr().err == "fer: There is no dataset “nowhere”.\n"


def test_a_run_whose_process_was_killed_is_no_success_although_it_has_learned(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    csv_in_data: Callable[[str], str],
) -> None:
    def die_after_an_epoch(config: TrainingConfig) -> Run:
        run = runs.create_run(config)
        recorder = RunRecorder(run.folder)
        recorder.record_epoch(EpochMetrics(1, 1.0, 0.5, 1.0, 0.625, 1e-3, 2.0))
        status = json.loads((run.folder / "status.json").read_text())
        (run.folder / "status.json").write_text(json.dumps(status | {"process_created": 1.0}))
        return runs.load_run(run.id)

    monkeypatch.setattr(runs, "start_run", die_after_an_epoch)
    assert main(["train", "--data", csv_in_data("small")]) == 2
    error = capsys.readouterr().err
    assert "ended without a word in epoch 2" in error
    assert "Start a new one." in error  # it never came to keep what it would go on from


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs whose process was started; each counts as alive while this one lives."""
    ids: list[str] = []

    def start(arguments: Sequence[str], log: Path) -> dict[str, Any]:
        ids.append(Path(arguments[1]).name)
        return processes.this_process()

    monkeypatch.setattr(processes, "start_module", start)
    return ids


def finished(name: str = "", epochs: int = 2) -> Run:
    """A run that is through and kept its last weights."""
    run = runs.create_run(TrainingConfig(epochs=epochs, name=name))
    recorder = RunRecorder(run.folder)
    for epoch in range(1, epochs + 1):
        recorder.record_epoch(EpochMetrics(epoch, 1.0, 0.5, 1.0, 0.5 + epoch / 10, 1e-3, 3.0))
    (run.folder / runs.LAST_FILE).touch()
    recorder.finish(RunStatus.FINISHED)
    return runs.load_run(run.id)


def test_settings_come_from_a_config_and_what_is_typed_changes_them(
    capsys: pytest.CaptureFixture[str], begun: list[str], csv_in_data: Callable[[str], str], tmp_path: Path
) -> None:
    config = TrainingConfig(
        dataset=f"{csv_in_data('small')}.csv",
        loss="focal",
        dropout=0.3,
        balance_classes=True,
        view=DatasetView(splits=SplitPlan(0.2)),
    )
    (tmp_path / "config.json").write_text(config.to_json())
    typed = ["--dropout", "0.5", "--no-balance-classes", "--augmentation", "strong · s0", "--epochs", "3"]
    result = answer(capsys, "train", "--config", str(tmp_path / "config.json"), "--queue", *typed)
    assert (result["status"], result["place"], begun) == ("starting", 0, [result["id"]])
    made = runs.load_run(result["id"]).config
    assert made.augmentation.rotation_degrees == 20
    expected = replace(config, dropout=0.5, balance_classes=False, epochs=3, augmentation=made.augmentation)
    assert made == expected


@pytest.mark.parametrize("field", [f for f in asdict(TrainingConfig()) if f not in ("view", "augmentation")])
def test_every_setting_of_a_run_can_be_typed(capsys: pytest.CaptureFixture[str], field: str) -> None:
    assert status_of(["train", "--help"]) == 0
    option = {"dataset": "data", "architecture": "model"}.get(field, field).replace("_", "-")
    assert f"--{option} " in capsys.readouterr().out.replace(",", " ").replace("]", " ")


def test_a_second_run_is_refused_or_waits(
    capsys: pytest.CaptureFixture[str],
    begun: list[str],
    csv_in_data: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = ["--data", f"{csv_in_data('small')}.csv"]
    first = answer(capsys, "train", "--queue", *data)["id"]
    monkeypatch.setattr(runs, "start_run", starting.start_run)  # for once the real one, which refuses
    assert main(["train", *data]) == 2
    assert "The option --queue lets this one wait" in capsys.readouterr().err
    second = answer(capsys, "train", "--queue", "--name", "Second", *data)
    assert (second["status"], second["place"]) == ("queued", 1)
    third = answer(capsys, "train", "--queue", *data)["id"]
    moved = answer(capsys, "queue", "--move", third, "-1")
    assert moved["active"] == first
    assert [run["id"] for run in moved["waiting"]] == [third, second["id"]]
    assert [run["id"] for run in answer(capsys, "queue", "--cancel", third)["waiting"]] == [second["id"]]
    assert answer(capsys, "stop", second["id"]) == {"id": second["id"], "deleted": True}
    assert answer(capsys, "stop", first) == {"id": first, "status": "stopping"}
    assert begun == [first]
    assert main(["queue"]) == 0
    assert first in capsys.readouterr().out


def test_asking_for_the_queue_starts_what_a_killed_process_left_waiting(
    capsys: pytest.CaptureFixture[str], begun: list[str]
) -> None:
    assert answer(capsys, "queue") == {"active": None, "waiting": []}
    waiting = runs.create_run(TrainingConfig(), status=RunStatus.QUEUED)
    assert answer(capsys, "queue") == {"active": waiting.id, "waiting": []}
    assert begun == [waiting.id]


def test_a_finished_run_that_is_extended_beside_another_waits(
    capsys: pytest.CaptureFixture[str], begun: list[str]
) -> None:
    run = finished()
    active = runs.submit_run(TrainingConfig())
    assert answer(capsys, "extend", run.id, "3")["status"] == "queued"
    assert runs.load_run(run.id).config.epochs == 5
    assert begun == [active.id]


def test_runs_are_listed_deleted_and_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    assert "There is no run yet" in capsys.readouterr().out
    run = finished("Mine")
    runs.save_notes(run.folder, RunNotes("Renamed", "a note", True))
    only = answer(capsys, "runs")["runs"][0]
    assert (only["id"], only["name"], only["note"], only["starred"]) == (run.id, "Renamed", "a note", True)
    assert (only["status"], only["epochs"], only["validation_accuracy"]) == ("finished", 2, 0.7)
    assert main(["runs"]) == 0
    assert "★ Renamed  finished  2 of 2  70.0\u00a0%" in capsys.readouterr().out
    assert answer(capsys, "delete", run.id) == {"id": run.id}
    assert answer(capsys, "runs") == {"runs": [], "damaged": [], "deleted": [run.id]}
    answer(capsys, "restore", run.id)
    assert [left.id for left in runs.list_runs()] == [run.id]


# ── mistakes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["info"],
        ["info", "nowhere"],
        ["info", "nowhere.csv", "--json"],
        ["evaluate", "no-such-model", "--data", "synthetic"],
        ["evaluate", "../grey", "--data", "synthetic"],
        ["evaluate", "grey", "--data", "nowhere.csv"],
        ["evaluate", "grey", "--data", "nowhere.csv", "--split", "half"],
        ["recognize", "nowhere.png", "--model", "grey"],
        ["recognize", "nowhere.png", "--model", "no-such-model"],
        ["publish", "no-run", "name", "--data", "synthetic"],
        ["resume", "no-run"],
        ["extend", "no-run", "3"],
        ["extend", "no-run", "many"],
        ["stop", "../models"],
        ["delete", ".."],
        ["restore", "no-run"],
        ["queue", "--move", "no-run", "1"],
        ["queue", "--move", "no-run", "far"],
        ["queue", "--cancel", "no-run"],
        ["train", "--config", "nowhere.json"],
        ["train", "--config", '{"epochs": 0}'],
        ["train", "--config", '{"momentum": 1}'],
        ["train", "--loss", "hinge"],
        ["train", "--dropout", "1.5"],
        ["bench", "sleep"],
        ["train", "--model", "resnet"],
        ["train", "--epochs", "0"],
        ["train", "--epochs", "many"],
        ["train", "--learning-rate", "nan"],
        ["train", "--learning-rate", "inf"],
        ["train", "--seed", "1" * 400],
        ["train", "--optimizer", "lion"],
        ["train", "--augmentation", "some"],
        ["train", "--augmentation", '{"rotation_degrees": '],
        ["train", "--augmentation", '{"rotation": 10}'],
        ["train", "--augmentation", '{"rotation_degrees": NaN}'],
        ["train", "--augmentation", "[1]"],
        ["train", "--image-size", "8"],
        ["train", "--edition", "Mine"],
        ["train", "--labels", "crowd"],
        ["train", "--split-validation", "0.7"],
        ["train", "--split-validation", "nan"],
        ["train", "--split-test", "0.1"],
        ["evaluate", "grey", "--data", "synthetic", "--edition", "../Mine"],
        ["evaluate", "grey", "--data", "synthetic", "--tta", "twice"],
        ["compare", "grey", "--data", "synthetic"],
        ["compare", "grey", "gone", "--data", "synthetic"],
        ["report", "grey", "--data", "synthetic", "--output", "it.pdf"],
        ["report", "grey", "--data", "synthetic", "--output", "it.csv", "--faces"],
        ["report", "a", "b", "c", "d", "--data", "synthetic"],
        ["convert", "synthetic"],
        ["convert", "nowhere.csv", "here.csv"],
        ["convert", "synthetic", "here.zip"],
        ["convert", "synthetic", "here.csv", "--seed", "-1"],
    ],
    ids=" ".join,
)
def test_a_mistake_ends_with_status_2_and_one_line(
    capsys: pytest.CaptureFixture[str], grey: str, arguments: list[str]
) -> None:
    assert status_of(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("fer: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert runs.list_runs() == []


def test_ctrl_c_is_no_mistake(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fer.cli.dataset_commands.load_dataset", interrupted)
    assert main(["info", "synthetic"]) == 130
    assert capsys.readouterr() == ("", "fer: stopped.\n")


def test_a_bug_of_ours_is_not_dressed_as_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("fer.cli.dataset_commands.load_dataset", broken)
    with pytest.raises(ZeroDivisionError):
        main(["info", "synthetic"])


def test_a_reader_who_has_had_enough_is_no_mistake(csv_in_data: Callable[[], str]) -> None:
    command = [sys.executable, "-m", "fer", "info", csv_in_data()]
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()  # as `| head` does
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert status_of([command, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"python -m fer {command}" in out
    assert "--json" in out


def test_the_list_of_commands_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["--help"]) == 0
    out = capsys.readouterr().out
    listed = [line.split()[0] for line in out.splitlines() if line.startswith("    ") and line.strip()]
    assert [word for word in listed if word in COMMANDS] == COMMANDS
    assert not {*listed} & {*commands.FORMER_COMMANDS, "reference"}


def test_help_loads_none_of_the_libraries_that_the_commands_use() -> None:
    script = (
        "import sys\nfrom fer.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n"
        "    print(sorted({'numpy', 'pandas', 'cv2', 'fer.config', 'fer.runs'} & {*sys.modules}))"
    )
    child = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert (child.returncode, child.stdout.splitlines()[-1]) == (0, "[]")


@pytest.mark.parametrize(("former", "present"), commands.FORMER_COMMANDS.items())
def test_the_names_of_earlier_versions_still_work(
    capsys: pytest.CaptureFixture[str], former: str, present: str
) -> None:
    assert present in COMMANDS
    assert status_of([former, "--help"]) == 0
    assert f"python -m fer {present}" in capsys.readouterr().out


def test_options_of_earlier_versions_are_read_as_todays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "FORMER_OPTIONS", {"robustness": {"--faces": "--sample"}})
    typed = ["break", "grey", "--faces=7", "--data", "--faces", "9", "faces"]
    renamed = ["robustness", "grey", "--sample=7", "--data", "--sample", "9", "faces"]
    assert commands.with_present_names(typed) == renamed
    assert commands.with_present_names(["info", "--faces"]) == ["info", "--faces"]
    assert commands.parse(["bench", "faults"]).subject == "quality"


def test_the_command_reference_is_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Otherwise: python -m fer reference --write docs/reference/command-line.md
    assert main(["reference", "--write", str(tmp_path / "command-line.md")]) == 0
    kept = PROJECT_ROOT / "docs" / "reference" / "command-line.md"
    assert kept.read_text(encoding="utf-8") == (tmp_path / "command-line.md").read_text(encoding="utf-8")
    assert main(["reference"]) == 0
    out = capsys.readouterr().out
    assert all(f"## {command}" in out for command in COMMANDS)


def test_every_error_of_the_family_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FerError("First line.\n\n   Second line.")

    monkeypatch.setattr("fer.cli.dataset_commands.load_dataset", fail)
    assert main(["info", "synthetic"]) == 2
    assert capsys.readouterr().err == "fer: First line. Second line.\n"


def test_a_file_with_a_bad_row_names_the_option_that_leaves_it_out(
    capsys: pytest.CaptureFixture[str], csv_in_data: Callable[[str], str], fer_home: Path
) -> None:
    path = fer_home / "data" / f"{csv_in_data('small')}.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:3], "9" + lines[3][1:], *lines[4:]]) + "\n")
    assert main(["info", str(path)]) == 2
    assert "--skip-bad" in capsys.readouterr().err
    assert main(["info", str(path), "--skip-bad", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 41


@pytest.mark.usefixtures("shipped")
def test_shipped_models_and_replications_are_at_hand_in_an_empty_home(
    csv_in_data: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    result = answer(capsys, "evaluate", "small_resnet", "--data", csv_in_data("small"), "--split", "test")
    assert result["count"] == 7
    assert main(["replicate", "--table"]) == 0
    assert "66.15" in capsys.readouterr().out
