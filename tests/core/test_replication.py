"""The replication bench: what was published, what is kept of our runs, and the verdicts."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fer import runs
from fer.__main__ import main
from fer.config import TrainingConfig
from fer.config.recipes import PRESETS
from fer.emotions import EMOTIONS
from fer.errors import ConfigError, DatasetError, DiskFullError, FerError, RunError
from fer.evaluation.replication.comparison import Outcome, compare, comparisons, judge
from fer.evaluation.replication.kept import (
    Judged,
    KeptReplication,
    keep,
    kept_metrics,
    load_kept,
    other_settings,
)
from fer.evaluation.replication.markdown import BEGIN, END, as_markdown
from fer.evaluation.replication.recipes import PUBLISHED, TABLE_ROWS, VARIANTS, variant
from fer.runs import DatasetManifest, EpochMetrics, RunRecorder, RunStatus, save_manifest
from fer.statistics import wilson_interval
from fer.system import files, paths
from tests.conftest import PROJECT_ROOT, dataset_of, write_fer_csv
from tests.core import grey_level

PAGE = PROJECT_ROOT / "docs" / "reference" / "replications.md"
VALIDATION = 3_589


def finished_run(
    key: str = "s3_elu",
    accuracies: Sequence[float] = (0.3, 0.4, 0.5, 0.56, 0.55),
    train: int = 28_709,
    validation: int = VALIDATION,
    status: RunStatus = RunStatus.FINISHED,
    **changes: Any,
) -> str:
    """A run of a recipe, written by hand: nobody trained it."""
    run = runs.create_run(replace(variant(key).config("somewhere/fer2013.csv"), **changes))
    counts = {"train": (train, *[0] * 6), "validation": (validation, *[0] * 6)}
    save_manifest(run.folder, DatasetManifest("FER-2013", EMOTIONS, counts, "the same"))
    rows = [
        EpochMetrics(epoch, 1.5, 0.5, 1.4, accuracy, 1e-3, 2.5)
        for epoch, accuracy in enumerate(accuracies, start=1)
    ]
    recorder = RunRecorder(run.folder)
    for row in rows:
        recorder.record_epoch(row)
    recorder.finish(status)
    (run.folder / runs.LOG_FILE).write_text(f"Training on A card, faces changed there\nIt is {run.folder}\n")
    return run.id


def kept_of(key: str, accuracy: float, **changes: Any) -> KeptReplication:
    """What came of a run that had this accuracy at every epoch."""
    judged = Judged.of(accuracy, VALIDATION, 7)
    kept = KeptReplication(
        key, "a run", judged, judged, judged, None, 50, 9.0, 1, "A card", "2026-01-02", "some", "the same"
    )
    return replace(kept, **changes)


# ── what can be repeated ─────────────────────────────────────────────────────────────────────────


def test_each_published_recipe_can_be_repeated_with_each_of_its_mistakes() -> None:
    assert set(PUBLISHED) <= {preset.key for preset in PRESETS}
    keys = [each.key for each in VARIANTS]
    assert len(set(keys)) == len(keys)
    assert {"s0", "s0+double_softmax", "s4+leaking_split"} <= set(keys)
    assert variant("s0").config("x").loss == "crossentropy"
    assert variant("s0+double_softmax").config("x").loss == "double_softmax"
    assert "softmax taken twice" in variant("s0+double_softmax").title


def test_a_recipe_that_nobody_published_is_refused_by_its_name() -> None:
    with pytest.raises(ConfigError, match=r"first_try.*s0"):
        variant("first_try")


@pytest.mark.parametrize("key", PUBLISHED)
def test_a_figure_is_among_those_that_the_recipe_tells_of(key: str) -> None:
    reported = next(preset for preset in PRESETS if preset.key == key).reported
    for figure in PUBLISHED[key]:
        told = {f"{100 * figure.share:.{digits}f} %" for digits in range(3)}
        assert any(text in reported for text in told)
        assert 1 <= figure.epoch <= variant(key).config("x").epochs


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


def test_a_finished_run_is_kept_with_its_intervals(fer_home: Path) -> None:
    run_id = finished_run()
    kept = keep(run_id, variant("s3_elu"))
    assert load_kept("s3_elu") == kept
    assert (kept.best.epoch, kept.best.accuracy) == (4, 0.56)
    assert kept.at_published == kept.last
    assert kept.last.interval_95 == wilson_interval(round(0.55 * VALIDATION), VALIDATION)
    assert (kept.epochs, kept.seconds, kept.parameters) == (5, 12.5, 4_478_727)
    assert (kept.hardware, kept.test) == ("A card", None)
    assert [row.validation_accuracy for row in kept_metrics("s3_elu")][-2:] == [0.56, 0.55]
    folder = paths.replications_folder() / "s3_elu"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("config.json", "log.txt", "metrics.jsonl", "result.json")
    ]
    text = "".join(path.read_text() for path in folder.iterdir())
    assert str(fer_home) not in text
    assert runs.read_config(folder) == variant("s3_elu").config("fer2013.csv")


def test_what_is_said_of_the_hardware_goes_before_the_log() -> None:
    assert keep(finished_run(), variant("s3_elu"), "Two cores").hardware == "Two cores"


def test_a_run_with_other_settings_is_refused_and_the_differences_named() -> None:
    run_id = finished_run(batch_size=32, learning_rate=0.1, name="Mine")
    with pytest.raises(RunError, match=r"batch_size 32 instead of 64; learning_rate 0\.1 instead of 0\.0005"):
        keep(run_id, variant("s3_elu"))
    assert load_kept("s3_elu") is None


def test_a_recipe_without_its_mistake_is_not_the_one_with_it() -> None:
    with pytest.raises(RunError, match="loss crossentropy instead of double_softmax"):
        keep(finished_run("s0"), variant("s0+double_softmax"))


def test_a_run_that_has_not_finished_is_refused() -> None:
    with pytest.raises(RunError, match="stopped, not finished"):
        keep(finished_run(status=RunStatus.STOPPED), variant("s3_elu"))


def test_a_run_on_other_faces_is_refused() -> None:
    with pytest.raises(RunError, match="1,589 faces"):
        keep(finished_run(train=1_000, validation=589), variant("s3_elu"))


def test_the_leaking_split_is_of_all_faces_and_never_looks_at_the_test() -> None:
    run_id = finished_run("s4+leaking_split", train=28_710, validation=7_177)
    kept = keep(run_id, variant("s4+leaking_split"), dataset="nowhere.csv")
    assert (kept.best.count, kept.test, kept.at_published) == (7_177, None, None)


def test_the_test_faces_must_be_those_of_fer_2013(tmp_path: Path) -> None:
    run_id = finished_run()
    grey_level.save_model(runs.load_run(run_id).folder)
    data = write_fer_csv(tmp_path / "few.csv", dataset_of(range(7)))
    with pytest.raises(DatasetError, match="7 faces, not the 35,887"):
        keep(run_id, variant("s3_elu"), dataset=str(data))


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", json.dumps({"key": "s0"}), kept_of("s0", 0.5).to_json().replace("0.5,", "5.5,")],
)
def test_a_damaged_result_is_named_and_hides_no_other(content: str) -> None:
    (paths.replications_folder() / "s0").mkdir(parents=True)
    (paths.replications_folder() / "s0" / "result.json").write_text(content)
    with pytest.raises(FerError, match="s0"):
        load_kept("s0")
    rows = {row.variant.key: row for row in comparisons()}
    assert (rows["s0"].outcome, rows["s0"].verdict) == (Outcome.DAMAGED, "cannot be read")
    assert "or keep a run again" in rows["s0"].obstacle
    assert rows["s4"].outcome is Outcome.NOT_RUN


def test_what_was_kept_before_stays_whole_when_keeping_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    former = keep(finished_run(), variant("s3_elu"))
    save, saved = files.save_bytes, []

    def full_disk(path: Path, content: bytes) -> None:
        if len(saved) == 2:
            raise DiskFullError("The disk is full.")
        saved.append(path)
        save(path, content)

    monkeypatch.setattr(files, "save_bytes", full_disk)
    with pytest.raises(DiskFullError):
        keep(finished_run(), variant("s3_elu"))
    assert load_kept("s3_elu") == former
    monkeypatch.undo()


def test_what_a_crash_left_aside_is_found_again() -> None:
    former = keep(finished_run(), variant("s3_elu"))
    folder = paths.replications_folder() / "s3_elu"
    folder.rename(folder.with_name(".s3_elu.old"))
    latter = keep(finished_run(), variant("s3_elu"))
    assert load_kept("s3_elu") == latter != former
    assert [path.name for path in folder.parent.iterdir()] == ["s3_elu"]


@pytest.mark.parametrize(
    ("accuracy", "share", "digits", "outcome"),
    [
        (0.6367, 0.66, 0, Outcome.BELOW),  # up to 65.2 %
        (0.6405, 0.66, 0, Outcome.REPRODUCED),  # up to 65.6 %, and 65.5 % would be told as 66 %
        (0.6405, 0.66, 2, Outcome.BELOW),  # 66.00 % is not
        (0.6800, 0.66, 0, Outcome.REPRODUCED),  # from 66.5 %
        (0.6826, 0.66, 0, Outcome.BETTER),  # from 66.7 %
    ],
)
def test_a_figure_without_digits_stands_for_all_that_are_rounded_to_it(
    accuracy: float, share: float, digits: int, outcome: Outcome
) -> None:
    assert judge(Judged.of(accuracy, 3_589, 9), f"{100 * share:.{digits}f}") is outcome


def test_what_was_not_run_for_want_of_weights_says_so() -> None:
    rows = {row.variant.key: row for row in comparisons()}
    for key in ("s1_efficientnet", "s2"):
        assert "ImageNet's weights, which could not be fetched" in rows[key].why
    assert rows["s4"].hindrance == ""
    (line,) = [line for line in as_markdown().splitlines() if "`s2`" in line]
    assert line.endswith("could not be fetched where the others were repeated. |")


def test_a_result_in_a_foreign_folder_is_refused() -> None:
    (paths.replications_folder() / "s2").mkdir(parents=True)
    (paths.replications_folder() / "s2" / "result.json").write_text(kept_of("s0", 0.5).to_json())
    with pytest.raises(FerError, match="holds what came of “s0”"):
        load_kept("s2")


# ── the verdicts ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("accuracy", "outcome", "verdict"),
    [
        (0.6776, Outcome.REPRODUCED, "reproduced"),
        (0.665, Outcome.REPRODUCED, "reproduced"),
        (0.6, Outcome.BELOW, "not reproduced: 7.8 points below"),
        (0.72, Outcome.BETTER, "ours is better by 4.2 points"),
    ],
)
def test_the_verdict_goes_by_our_interval(accuracy: float, outcome: Outcome, verdict: str) -> None:
    row = compare(variant("s0"), PUBLISHED["s0"][0], kept_of("s0", accuracy))
    assert (row.outcome, row.verdict) == (outcome, verdict)


def test_a_figure_of_a_certain_epoch_is_compared_with_that_epoch() -> None:
    kept = kept_of("s3_elu", 0.5487, best=Judged.of(0.7, VALIDATION, 3))
    assert compare(variant("s3_elu"), PUBLISHED["s3_elu"][0], kept).outcome is Outcome.REPRODUCED
    row = compare(variant("s3_elu"), PUBLISHED["s3_elu"][0], replace(kept, at_published=None))
    assert row.verdict == "not comparable: ours ended after epoch 50, theirs is of epoch 5"


def test_where_our_best_epoch_is_compared_the_reader_hears_of_the_same_epoch() -> None:
    kept = kept_of("s2", 0.68, at_published=Judged.of(0.61, VALIDATION, 100))
    assert "After epoch 100 ours had 61.00 %" in compare(variant("s2"), PUBLISHED["s2"][0], kept).why


def test_where_the_same_epoch_is_compared_the_reader_hears_of_our_best() -> None:
    kept = kept_of("s0", 0.68, at_published=Judged.of(0.61, VALIDATION, 50))
    row = compare(variant("s0"), PUBLISHED["s0"][0], kept)
    assert row.verdict == "not reproduced: 6.8 points below"
    assert "Its best epoch, 7, chosen by these very faces, had 68.00 %" in row.why
    assert "Ours leaves its mistake out" in row.why


@pytest.mark.parametrize(
    ("key", "number", "obstacle"),
    [
        ("s4", 0, "another division"),
        ("s1", 0, "not said of which faces"),
        ("s1", 1, "test faces were not looked at"),
    ],
)
def test_what_cannot_be_compared_is_told_why(key: str, number: int, obstacle: str) -> None:
    row = compare(variant(key), PUBLISHED[key][number], kept_of(key, 0.66))
    assert row.outcome is Outcome.NOT_COMPARABLE
    assert obstacle in row.verdict


def test_the_mistake_makes_the_figure_comparable() -> None:
    kept = kept_of("s4+leaking_split", 0.66)
    row = compare(variant("s4+leaking_split"), PUBLISHED["s4"][0], kept)
    assert row.outcome is Outcome.REPRODUCED
    assert "Ours repeats its mistake" in row.why


def test_a_test_figure_is_compared_with_our_test_figure() -> None:
    kept = kept_of("s1", 0.7, test=Judged.of(0.55, VALIDATION, 3))
    row = compare(variant("s1"), PUBLISHED["s1"][1], kept)
    assert (row.outcome, row.faces) == (Outcome.REPRODUCED, "test, epoch 3")


def test_before_any_run_every_line_says_so() -> None:
    assert {row.verdict for row in comparisons()} == {"not run yet"}
    assert {row.variant.key for row in comparisons()} == {each.key for each in VARIANTS}


# ── the table and the command ────────────────────────────────────────────────────────────────────


def test_the_reference_page_tells_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    # Otherwise: python -m fer replicate --table --write docs/reference/replications.md
    monkeypatch.setenv("FER_HOME", str(PROJECT_ROOT))
    between = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert between.strip() == as_markdown()


@pytest.mark.usefixtures("shipped")
def test_what_is_shipped_is_told_from_an_empty_home(fer_home: Path) -> None:
    kept = load_kept("s4")
    assert kept is not None
    assert len(kept_metrics("s4")) == kept.epochs
    assert list(fer_home.iterdir()) == []


@pytest.mark.parametrize("folder", sorted((PROJECT_ROOT / "models" / "replications").glob("*")), ids=str)
def test_what_is_shipped_can_be_repeated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_HOME", str(PROJECT_ROOT))
    kept = load_kept(folder.name)
    assert kept is not None
    config = runs.read_config(folder)
    rows = {row.key: row for row in TABLE_ROWS}
    assert other_settings(config, rows.get(folder.name) or variant(folder.name)) == []
    assert config.dataset == Path(config.dataset).name
    metrics = kept_metrics(folder.name)
    best = runs.best_epoch(metrics)
    assert best is not None
    assert (kept.best.epoch, kept.best.accuracy) == (best.epoch, best.validation_accuracy)
    assert (kept.epochs, kept.last.accuracy) == (len(metrics), metrics[-1].validation_accuracy)
    assert {path.suffix for path in folder.iterdir()} <= {".json", ".jsonl", ".txt"}


def test_every_line_of_the_table_has_the_same_cells(tmp_path: Path) -> None:
    keep(finished_run(), variant("s3_elu"))
    path = tmp_path / "README.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert main(["replicate", "--write", str(path)]) == 0
    text = path.read_text()
    assert len({line.count("|") for line in text.splitlines() if line.startswith("|")}) == 1
    assert "| `s3_elu` | 54.87 %, validation, 5 epochs | 55.00 % (" in text
    assert "5 epochs in 12 s on A card" in text


def test_the_command_keeps_a_run_and_tells_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replicate", "s3_elu", "--keep", finished_run(), "--hardware", "Two cores"]) == 0
    assert "ours 55.00 %" in capsys.readouterr().out
    assert main(["replicate", "--table", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["recipes"]
    row = next(row for row in rows if row["recipe"] == "s3_elu")
    assert (row["outcome"], row["published"], row["ours"]["epoch"]) == ("reproduced", 0.5487, 5)


@pytest.mark.parametrize("arguments", [[], ["s9"], ["s0", "--keep", "no-run"], ["s0", "--data", "no.csv"]])
def test_the_command_says_what_is_wrong_in_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replicate", *arguments]) == 2
    assert capsys.readouterr().err.strip().count("\n") == 0


def test_the_command_starts_the_recipe_itself(
    csv_in_data: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never_train(config: TrainingConfig) -> runs.Run:
        return runs.create_run(config, status=RunStatus.QUEUED)

    monkeypatch.setattr(runs, "submit_run", never_train)
    name = csv_in_data("faces")
    assert main(["replicate", "s0+double_softmax", "--data", name, "--queue", "--json"]) == 0
    run = runs.load_run(json.loads(capsys.readouterr().out)["id"])
    assert other_settings(run.config, variant("s0+double_softmax")) == []
    assert run.config.dataset == name
