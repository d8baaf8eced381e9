"""Deleting runs and taking them back."""

import os
import time
from pathlib import Path

import pytest

from fer import runs
from fer.config import TrainingConfig
from fer.errors import RunError, RunNotFoundError, StorageError
from fer.runs import Run, RunNotes, RunRecorder, RunStatus
from fer.system import paths


def a_run(name: str = "Mine") -> Run:
    run = runs.create_run(TrainingConfig(name=name))
    RunRecorder(run.folder).finish(RunStatus.FINISHED)
    return runs.load_run(run.id)


def trash() -> Path:
    return paths.runs_folder() / ".trash"


def test_a_deleted_run_is_gone_from_every_list_and_comes_back_as_it_was() -> None:
    run, other = a_run("Mine"), a_run("Other")
    runs.save_notes(run.folder, RunNotes("Renamed", "a note", True))
    before = runs.load_run(run.id)
    runs.delete_run(run.id)
    assert [left.id for left in runs.list_runs()] == [other.id]
    assert runs.list_damaged_runs() == []
    with pytest.raises(RunNotFoundError):
        runs.load_run(run.id)
    assert [(deleted.id, deleted.title) for deleted in runs.list_deleted()] == [(run.id, before.title)]
    runs.restore_run(run.id)
    assert runs.load_run(run.id) == before
    assert runs.list_deleted() == []


def test_a_run_that_is_training_cannot_be_deleted() -> None:
    run = runs.create_run(TrainingConfig())
    RunRecorder(run.folder).stage("Epoch 1 of 10")
    with pytest.raises(RunError, match="Stop it first"):
        runs.delete_run(run.id)
    (run.folder / runs.CONFIG_FILE).write_text("{ torn")  # nor may a damaged config hide that it is
    with pytest.raises(RunError, match="Stop it first"):
        runs.delete_run(run.id)
    assert run.folder.is_dir()


def test_a_damaged_run_can_be_put_away_and_taken_back() -> None:
    run = a_run()
    (run.folder / runs.STATUS_FILE).write_text("")
    assert runs.list_damaged_runs() == [run.id]
    runs.delete_run(run.id)
    assert runs.list_damaged_runs() == []
    assert [deleted.title for deleted in runs.list_deleted()] == [run.id]
    runs.restore_run(run.id)
    assert runs.list_damaged_runs() == [run.id]


def test_what_was_deleted_a_day_ago_goes_with_the_next_deletion() -> None:
    old, young, new = (a_run(name) for name in ("old", "young", "new"))
    for run in (old, young):
        runs.delete_run(run.id)
    long_ago = time.time() - runs.KEPT_SECONDS - 60
    os.utime(trash() / old.id, (long_ago, long_ago))
    runs.delete_run(new.id)
    assert {run.id for run in runs.list_deleted()} == {young.id, new.id}
    with pytest.raises(RunNotFoundError, match="kept for a day"):
        runs.restore_run(old.id)
    runs.empty_trash(older_than_seconds=0)
    assert runs.list_deleted() == []


def test_a_run_is_kept_for_a_day_however_old_it_was() -> None:
    run = a_run()
    os.utime(run.folder, (0, 0))
    runs.delete_run(run.id)
    runs.empty_trash()
    assert [deleted.id for deleted in runs.list_deleted()] == [run.id]


def test_two_tabs_that_delete_or_take_back_the_same_run_hear_a_sentence() -> None:
    run = a_run()
    runs.delete_run(run.id)
    with pytest.raises(RunNotFoundError, match="deleted already"):
        runs.delete_run(run.id)
    runs.restore_run(run.id)
    with pytest.raises(RunNotFoundError, match="not in the trash any more"):
        runs.restore_run(run.id)


def test_a_run_whose_place_is_taken_stays_in_the_trash() -> None:
    run = a_run()
    runs.delete_run(run.id)
    (paths.runs_folder() / run.id).mkdir()
    with pytest.raises(RunError, match="Rename or delete its folder"):
        runs.restore_run(run.id)
    assert [deleted.id for deleted in runs.list_deleted()] == [run.id]


@pytest.mark.parametrize("run_id", ["..", "", ".trash", "../runs", "no-run", "README.md", "not a run"])
def test_what_is_no_run_is_not_deleted(run_id: str) -> None:
    a_run()
    (paths.runs_folder() / "README.md").write_text("No run.")
    (paths.runs_folder() / "not a run").mkdir()
    (paths.runs_folder() / "not a run" / "photo.jpg").touch()
    with pytest.raises(RunNotFoundError):
        runs.delete_run(run_id)
    assert (paths.runs_folder() / "not a run" / "photo.jpg").exists()


def test_a_folder_that_cannot_be_moved_is_a_sentence_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    run = a_run()
    with monkeypatch.context() as context:
        context.setattr(Path, "rename", refuse)
        with pytest.raises(StorageError, match="may not be written"):
            runs.delete_run(run.id)
    assert runs.load_run(run.id) == run
