"""How a training process ends; what loads TensorFlow is played by others."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from fer import runs
from fer.config import TrainingConfig
from fer.errors import DiskFullError, RunError
from fer.runs import (
    EpochMetrics,
    Predictions,
    Run,
    RunRecorder,
    RunStatus,
    StoppedWhilePausedError,
    recording,
)
from fer.system import files
from fer.training import __main__ as process


class Stage:
    """Plays the trainer and the export: what each does is said by a test; what was called is written down."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.begin: Callable[[], list[EpochMetrics]] = list
        self.run: Callable[[], RunStatus] = lambda: RunStatus.FINISHED
        self.export: Callable[[], None] = lambda: None

    def modules(self) -> dict[str, dict[str, object]]:
        def played(name: str, *_: object) -> object:
            self.called.append(name)
            return getattr(self, name)()

        trainer = SimpleNamespace(begin=lambda: played("begin"), run=lambda metrics: played("run"))
        return {
            "trainer": {"Trainer": lambda *_: trainer},
            "export": {"export": lambda *_: played("export")},
            "network": {"repeatable": lambda: None},
        }


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    for name, contents in stage.modules().items():
        module = ModuleType(f"fer.training.engine.{name}")
        vars(module).update(contents)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(process, "_load_faces", lambda *_: None)
    monkeypatch.setattr(process, "_on_request_to_end", lambda _: None)
    monkeypatch.setattr(recording, "_RETRY_SECONDS", 0.01)
    return stage


@pytest.fixture
def run() -> Run:
    return runs.create_run(TrainingConfig())


def failing(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_a_run_that_may_not_go_on_leaves_its_model_and_its_card_alone(stage: Stage, run: Run) -> None:
    stage.begin = failing(RunError("The faces have changed."))  # type: ignore[assignment]
    assert process.train(run.folder) is RunStatus.FAILED
    assert stage.called == ["begin"]
    assert runs.load_run(run.id).error == "The faces have changed."


def test_an_export_that_fails_too_does_not_hide_why_a_run_ended(stage: Stage, run: Run) -> None:
    stage.run = failing(RunError("The loss is no longer a number."))  # type: ignore[assignment]
    stage.export = failing(ValueError("Shapes differ."))
    assert process.train(run.folder) is RunStatus.FAILED
    assert stage.called == ["begin", "run", "export"]
    assert runs.load_run(run.id).error == "The loss is no longer a number."


def test_a_run_stopped_while_its_model_had_no_room_says_that_no_epoch_is_lost(stage: Stage, run: Run) -> None:
    stage.export = failing(StoppedWhilePausedError("The epoch that was under way is not kept."))
    assert process.train(run.folder) is RunStatus.STOPPED
    error = runs.load_run(run.id).error
    assert "All its epochs are kept" in error
    assert "not kept" not in error


def test_a_run_whose_settings_cannot_be_read_has_failed_and_makes_way(run: Run) -> None:
    (run.folder / runs.CONFIG_FILE).write_text("{ torn")
    assert process.train(run.folder) is RunStatus.FAILED
    assert runs.list_statuses()[run.id] is RunStatus.FAILED
    status = json.loads((run.folder / runs.STATUS_FILE).read_text())
    assert f"The {runs.CONFIG_FILE} of the run" in status["error"]


@pytest.mark.parametrize(
    ("stop", "expected"), [(True, RunStatus.STOPPED), (False, RunStatus.FAILED)], ids=["stopped", "refused"]
)
def test_a_run_that_cannot_even_mend_its_files_has_ended_and_makes_way(
    stage: Stage, run: Run, monkeypatch: pytest.MonkeyPatch, stop: bool, expected: RunStatus
) -> None:
    (run.folder / runs.METRICS_FILE).write_text("torn")
    if stop:
        runs.request_stop(run.id)
    error = DiskFullError("The disk is full.") if stop else files.storage_error(run.folder, OSError("Gone"))

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(recording, "append_bytes", refuse)
    with pytest.raises(type(error) if not stop else StoppedWhilePausedError):
        process.train(run.folder)
    assert runs.load_run(run.id).status is expected
    assert stage.called == []


def test_epochs_whose_weights_were_never_kept_are_forgotten(run: Run) -> None:
    recorder = RunRecorder(run.folder)
    rows = [EpochMetrics(epoch, 1.0, 0.5, 1.0, 0.5 + epoch / 100, 1e-3, 10.0) for epoch in (1, 2, 3)]
    for row in rows:
        recorder.record_epoch(row)
    reader = runs.CurvesReader(run.folder)
    assert reader.read().metrics == tuple(rows)
    recorder.forget_epochs_after(2)
    assert runs.load_run(run.id).metrics() == rows[:2]
    assert reader.read().metrics == tuple(rows[:2])
    before = (run.folder / runs.METRICS_FILE).stat().st_ino
    recorder.forget_epochs_after(2)
    assert (run.folder / runs.METRICS_FILE).stat().st_ino == before


def test_a_second_attempt_to_put_files_in_place_goes_on_from_the_first(tmp_path: Path) -> None:
    for name in ("card", "model"):
        files.save_text(tmp_path / "aside" / name, "new")
        files.save_text(tmp_path / name, "old")
    (tmp_path / "aside" / "card").replace(tmp_path / "card")
    files.put_in_place(tmp_path / "aside", tmp_path, ("card", "model"))
    assert [(tmp_path / name).read_text() for name in ("card", "model")] == ["new", "new"]


def test_a_model_is_said_to_be_of_the_epoch_whose_weights_it_has(run: Run) -> None:
    assert runs.kept_epoch(run) is None
    recorder = RunRecorder(run.folder)
    rows = [EpochMetrics(epoch, 1.0, 0.5, 1.0, 0.5 + epoch / 100, 1e-3, 10.0) for epoch in (1, 2)]
    for row in rows:
        recorder.record_epoch(row)
    assert runs.kept_epoch(run) == rows[1]  # of an earlier version
    # The second epoch was told of, and then the disk was pulled out.
    answers = Predictions(np.arange(2), np.zeros(2, np.intp), np.full((2, 7), 1 / 7, np.float32), epoch=1)
    runs.save_predictions(run.folder, answers)
    assert runs.kept_epoch(run) == rows[0]
