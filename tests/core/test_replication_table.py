"""S0's Table 1: four runs fill eight cells, and what was stopped goes on. Nothing is trained here."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fer import runs
from fer.__main__ import main
from fer.config import TrainingConfig
from fer.datasets import Dataset, Split
from fer.emotions import EMOTIONS
from fer.errors import ConfigError
from fer.evaluation.replication.comparison import Outcome
from fer.evaluation.replication.markdown import as_markdown
from fer.evaluation.replication.recipes import BATCH_SIZES, TABLE_CELLS, TABLE_ROWS
from fer.evaluation.replication.table import (
    Cell,
    TableSize,
    kept_table,
    seconds_left,
    stop_table,
    submit_table,
    table_of,
)
from fer.figures.replication_table import table_figure
from fer.runs import DatasetManifest, EpochMetrics, Run, RunRecorder, RunStatus, save_manifest
from fer.runs import queue as queue_module
from tests.conftest import PROJECT_ROOT, dataset_of, write_fer_csv

SMALL = TableSize(4, 500)


def row_run(
    batch_size: int,
    accuracies: Sequence[float],
    status: RunStatus = RunStatus.FINISHED,
    size: TableSize = SMALL,
    **changes: object,
) -> Run:
    """A run of a row that did so many epochs, written by hand."""
    config: TrainingConfig = replace(
        size.config(replace(TABLE_ROWS[0], batch_size=batch_size), "small.csv"), **changes
    )
    run = runs.create_run(config)
    if accuracies:
        save_manifest(
            run.folder, DatasetManifest("Small", EMOTIONS, {"train": (500,), "validation": (200,)}, "same")
        )
    recorder = RunRecorder(run.folder)
    for epoch, accuracy in enumerate(accuracies, start=1):
        recorder.record_epoch(EpochMetrics(epoch, 1.5, 0.5, 1.4, accuracy, 1e-3, 2.0))
    recorder.finish(status)
    if status is not RunStatus.QUEUED:
        (run.folder / runs.LAST_FILE).write_bytes(b"weights")
    return runs.load_run(run.id)


def cell(batch_size: int, epochs: int, size: TableSize = SMALL) -> Cell:
    return next(
        each for each in table_of("small.csv", size) if (each.batch_size, each.epochs) == (batch_size, epochs)
    )


def enough() -> Dataset:
    """As many training faces as the largest batch has, and some to judge by."""
    splits = [Split.TRAIN] * 259 + [Split.VALIDATION] * 7
    return dataset_of([number % 7 for number in range(len(splits))], splits)


@pytest.fixture
def nobody_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue, without the processes that would train."""
    monkeypatch.setattr(queue_module, "_start_first", lambda: None)


# ── which table ──────────────────────────────────────────────────────────────────────────────────


def test_the_published_table_has_every_cell_and_the_recipes_own_settings() -> None:
    cells = table_of("fer2013.csv", TableSize())
    assert {(each.batch_size, each.epochs): each.published for each in cells} == TABLE_CELLS
    assert all((each.done, each.status, each.latest) == (0, None, None) for each in cells)
    config = TableSize().config(TABLE_ROWS[BATCH_SIZES.index(128)], "fer2013.csv")
    assert (config.architecture, config.schedule, config.epochs) == ("paired_cnn", "constant", 100)


def test_a_small_version_says_what_it_is_and_shows_no_published_figure() -> None:
    assert "500 faces; not to be compared" in SMALL.in_words
    assert SMALL.columns == (2, 4)
    assert {each.published for each in table_of("small.csv", SMALL)} == {""}
    assert TableSize().is_published
    assert "not to be compared" not in TableSize().in_words


@pytest.mark.parametrize("size", [{"epochs": 3}, {"epochs": 0}, {"epochs": 102}, {"subset": 255}])
def test_a_table_that_cannot_be_is_refused(size: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=str(next(iter(size.values())))):
        TableSize(**size)


# ── how it fills ─────────────────────────────────────────────────────────────────────────────────


def test_one_run_fills_both_cells_of_its_row() -> None:
    row_run(64, [0.2, 0.5, 0.6, 0.4])
    left, right = cell(64, 2), cell(64, 4)
    assert left.latest is not None
    assert right.latest is not None
    assert right.best is not None
    assert (left.latest.accuracy, right.latest.accuracy, right.best.epoch) == (0.5, 0.4, 3)
    assert left.is_full
    assert right.is_full
    assert right.latest.count == 200
    assert cell(32, 4).status is None


def test_a_cell_says_how_far_it_is() -> None:
    row_run(64, [0.2, 0.5, 0.6], RunStatus.STOPPED)
    left, right = cell(64, 2), cell(64, 4)
    assert (left.is_full, right.is_full, right.done, right.status) == (True, False, 3, "stopped")


def test_a_run_with_another_setting_fills_nothing() -> None:
    row_run(64, [0.5] * 4, dropout=0.5)
    row_run(64, [0.5] * 4, subset=600)
    row_run(64, [0.5] * 4, dataset="other.csv")
    assert cell(64, 2).status is None


def test_a_shorter_run_is_the_beginning_of_a_longer_one() -> None:
    row_run(64, [0.3, 0.4], epochs=2)
    assert cell(64, 2).is_full
    assert (cell(64, 4).done, cell(64, 4).is_full) == (2, False)


def test_a_run_begun_anew_takes_nothing_away_until_it_is_further() -> None:
    row_run(64, [0.3, 0.4, 0.5], RunStatus.STOPPED)
    row_run(64, [], RunStatus.QUEUED)
    assert (cell(64, 4).done, cell(64, 4).status) == (3, "queued")
    assert cell(64, 2).status == "stopped"


def test_the_published_figures_stand_beside_runs_on_their_faces_alone() -> None:
    for batch_size, train, validation in ((64, 28_709, 3_589), (128, 5_600, 700)):
        run = row_run(batch_size, [0.3, 0.4], RunStatus.STOPPED, TableSize())
        counts = {"train": (train,), "validation": (validation,)}
        save_manifest(run.folder, DatasetManifest("Faces", EMOTIONS, counts, "same"))
    assert [cell(size, 50, TableSize()).published for size in (64, 128, 256)] == ["66.31", "", "64.12"]


# ── how it goes on ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("nobody_trains")
def test_four_runs_are_submitted_once() -> None:
    submitted = submit_table("small.csv", SMALL)
    assert [run.config.batch_size for run in submitted] == list(BATCH_SIZES)
    assert {run.status for run in submitted} == {RunStatus.QUEUED}
    assert submit_table("small.csv", SMALL) == []
    assert cell(64, 2).status is RunStatus.QUEUED


@pytest.mark.usefixtures("nobody_trains")
def test_what_was_stopped_goes_on_and_what_is_done_stays() -> None:
    done = row_run(32, [0.3] * 4)
    stopped = row_run(64, [0.3] * 3, RunStatus.STOPPED)
    shorter = row_run(128, [0.3] * 2, epochs=2)
    ids = [run.id for run in submit_table("small.csv", SMALL)]
    assert done.id not in ids
    assert ids[:2] == [stopped.id, shorter.id]
    assert len(ids) == 3
    assert runs.load_run(shorter.id).config.epochs == 4
    assert cell(128, 4).done == 2


@pytest.mark.usefixtures("nobody_trains")
def test_a_run_without_weights_to_go_on_from_is_begun_anew() -> None:
    failed = row_run(32, [], RunStatus.FAILED)
    (failed.folder / runs.LAST_FILE).unlink()
    first = submit_table("small.csv", SMALL)[0]
    assert (first.id != failed.id, first.config.batch_size) == (True, 32)


@pytest.mark.usefixtures("nobody_trains")
def test_all_runs_of_a_table_are_stopped_at_once_and_go_on_later() -> None:
    at_work = row_run(32, [0.3], RunStatus.RUNNING)
    done = row_run(64, [0.3] * 4)
    submitted = submit_table("small.csv", SMALL)
    assert [run.config.batch_size for run in submitted] == [128, 256]
    stopped = stop_table("small.csv", SMALL)
    assert {run.id for run in stopped} == {at_work.id, *(run.id for run in submitted)}
    assert (at_work.folder / runs.STOP_FILE).exists()
    assert not (done.folder / runs.STOP_FILE).exists()
    assert runs.list_queue() == []


@pytest.mark.usefixtures("nobody_trains")
def test_how_long_it_takes_is_told_from_the_epochs_that_were_done() -> None:
    assert seconds_left("small.csv", SMALL) is None
    row_run(32, [0.3] * 4)
    assert seconds_left("small.csv", SMALL) == 0  # nothing is at work
    row_run(64, [0.3], RunStatus.RUNNING)
    row_run(256, [], RunStatus.QUEUED)
    assert seconds_left("small.csv", SMALL) == 2.0 * 3 + 2.0 * 4


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


def finished_row(batch_size: int, accuracies: Sequence[float]) -> Run:
    run = row_run(batch_size, accuracies, size=TableSize(), epochs=len(accuracies))
    counts = {"train": (28_709,), "validation": (3_589,)}
    save_manifest(run.folder, DatasetManifest("FER-2013", EMOTIONS, counts, "same"))
    return run


def test_a_row_is_kept_and_told_beside_the_published_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert kept_table() == ()
    run = finished_row(64, [0.3] * 49 + [0.665] + [0.3] * 30 + [0.7] + [0.3] * 19)
    assert main(["replicate", "s0-table", "--keep", run.id, "--hardware", "a desk"]) == 0
    assert re.search("66.31 % +reproduced", capsys.readouterr().out)
    cells = {(each.batch_size, each.epochs): each for each in kept_table()}
    assert len(cells) == 8
    left, right = cells[64, 50], cells[64, 100]
    assert left.outcome is Outcome.REPRODUCED
    assert (right.outcome, right.verdict) == (Outcome.BELOW, "−36.0 points")
    assert right.best is not None
    assert (right.best.epoch, right.best.accuracy) == (81, 0.7)
    assert (cells[32, 50].latest, cells[32, 50].outcome, cells[32, 50].verdict) == (None, None, "")
    text = as_markdown()
    assert "| 64 | 66.31 %, **66.50 % (64.9–68.0 %)**: reproduced; 66.5 % at 50 |" in text
    assert "| 32 | 65.22 %, not run yet | 59 %, not run yet |" in text
    assert "Trained on a desk." in text
    assert main(["replicate", "--table"]) == 0
    assert "S0's Table 1, as it is kept" in capsys.readouterr().out


def test_only_a_whole_row_of_the_published_table_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    for run, said in (
        (finished_row(64, [0.3] * 50), "epochs 50 instead of 100"),
        (row_run(48, [0.3] * 4), "the rows of S0's table have 32, 64, 128, 256"),
    ):
        assert main(["replicate", "s0-table", "--keep", run.id]) == 2
        assert said in capsys.readouterr().err
    assert kept_table() == ()


# ── the figure ───────────────────────────────────────────────────────────────────────────────────


def test_the_heat_map_shows_what_is_there_and_how_far_the_rest_is() -> None:
    row_run(64, [0.2, 0.5, 0.6], RunStatus.STOPPED)
    row_run(32, [], RunStatus.QUEUED)
    figure = table_figure(table_of("small.csv", SMALL))
    _, heat = figure.data
    assert [list(row) for row in heat.z] == [[None, None], [0.5, 0.6], [None, None], [None, None]]
    said = {(note.y, note.x): note.text for note in figure.layout.annotations}
    assert said["batches<br>of 64", "2 epochs"] == "<b>50.0 %</b>"
    assert said["batches<br>of 64", "4 epochs"] == "60.0 %<br>3 of 4"
    assert said["batches<br>of 32", "2 epochs"] == "waits for its turn"
    assert said["batches<br>of 128", "2 epochs"] == "not begun"
    assert "best so far: 60.00 %" in heat.customdata[1][1][0]


def test_the_published_figure_stands_below_ours() -> None:
    figure = table_figure(table_of("fer2013.csv", TableSize()))
    texts = [note.text for note in figure.layout.annotations]
    assert len(texts) == 8
    assert any("S0: 67.76 %" in text for text in texts)
    assert all(value is None for row in figure.data[1].z for value in row)


# ── the command ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("nobody_trains")
def test_the_command_submits_what_is_lacking_and_tells_how_far_it_is(
    fer_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_fer_csv(fer_home / "data" / "faces.csv", enough())
    name = "faces.csv"
    arguments = ["replicate", "s0-table", "--data", name, "--epochs", "4", "--subset", "256", "--json"]
    assert main([*arguments, "--show"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["submitted"], told["comparable"], len(told["cells"])) == ([], False, 8)
    assert main(arguments) == 0
    assert len(json.loads(capsys.readouterr().out)["submitted"]) == 4
    assert main(arguments[:-1]) == 0
    said = capsys.readouterr().out
    assert "A small version of S0's Table 1: 4 epochs on 256 faces" in said
    assert said.count("0 of 4, queued") == 4
    assert len(runs.list_queue()) == 4


@pytest.mark.usefixtures("nobody_trains")
def test_faces_that_are_fewer_than_a_batch_are_refused_at_once(
    csv_in_data: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replicate", "s0-table", "--data", csv_in_data("few")]) == 2
    assert "256" in capsys.readouterr().err
    assert runs.list_runs() == []


@pytest.mark.parametrize(
    "options", [["--data", "nowhere.csv"], ["--epochs", "0"], ["--keep", "a-run"], ["--subset", "3"]]
)
def test_the_command_refuses_before_anything_waits(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replicate", "s0-table", *options]) == 2
    assert capsys.readouterr().err.startswith("fer: ")
    assert runs.list_runs() == []


def test_the_kept_run_of_the_recipe_is_the_beginning_of_its_row() -> None:
    kept = runs.read_config(PROJECT_ROOT / "models" / "replications" / "s0")
    row = TableSize().config(TABLE_ROWS[BATCH_SIZES.index(128)], kept.dataset)
    assert replace(row, epochs=kept.epochs, name="") == kept


def test_a_table_that_nobody_has_begun_still_has_all_its_cells() -> None:
    # Plotly draws a heat map without one value as a point, and all its words upon each other.
    ground, values = table_figure(table_of("fer2013.csv", TableSize())).data
    assert [len(row) for row in ground.z] == [2] * 4
    assert all(value is not None for row in ground.z for value in row)
    assert all(value is None for row in values.z for value in row)
    assert (list(ground.x), list(ground.y)) == (list(values.x), list(values.y))
