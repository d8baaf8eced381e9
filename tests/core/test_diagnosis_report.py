"""The diagnosis in a terminal: what is found, what was tried, and trying one."""

import json
from collections.abc import Iterator

import pytest

from fer import runs
from fer.__main__ import USER_ERROR, main
from fer.config import TrainingConfig
from fer.emotions import EMOTIONS
from fer.runs import DatasetManifest, Experiment, Run, RunRecorder, RunStatus
from fer.runs.diagnosis import apply_remedy
from fer.runs.diagnosis.report import report_of
from tests.core.diagnosed import curves


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[TrainingConfig]]:
    """The configs that were submitted; their runs wait in a folder and get no process."""
    configs: list[TrainingConfig] = []

    def submit(config: TrainingConfig, experiment: Experiment | None = None) -> Run:
        configs.append(config)
        return runs.create_run(config, experiment, RunStatus.QUEUED)

    monkeypatch.setattr(runs, "submit_run", submit)
    yield configs


@pytest.fixture
def overfitted() -> Run:
    """A run on the built-in faces that learned them by heart."""
    run = runs.create_run(TrainingConfig(epochs=6))
    recorder = RunRecorder(run.folder)
    for row in curves([0.9] * 6, [0.6] * 6):
        recorder.record_epoch(row)
    counts = {"train": (800,) * 7, "validation": (100,) * 7}
    runs.save_manifest(run.folder, DatasetManifest("Drawn faces", EMOTIONS, counts, "the same"))
    recorder.finish(RunStatus.FINISHED)
    return runs.load_run(run.id)


def test_the_terminal_is_told_what_the_page_tells(
    overfitted: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", overfitted.id, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    finding = told["findings"][0]
    assert (told["id"], finding["kind"]) == (overfitted.id, "overfitting")
    assert finding["evidence"][0]["last_epoch"] == 6
    assert [remedy["number"] for remedy in finding["remedies"]] == list(range(1, 6))
    assert finding["remedies"][0]["change"]["augmentation"]["horizontal_flip"] is True
    assert (told["outcome"], told["experiments"]) == (None, [])
    assert main(["diagnose", overfitted.id]) == 0
    text = capsys.readouterr().out
    assert "90\u00a0% of its training faces" in text and "2. Dropout 0.3 instead of 0" in text


def test_a_change_is_tried_by_its_number_and_then_told_of(
    overfitted: Run, submitted: list[TrainingConfig], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", overfitted.id, "--try", "2", "--json"]) == 0
    started = json.loads(capsys.readouterr().out)
    assert submitted == [apply_remedy(overfitted.config, report_of(overfitted).remedies[1][1])]
    assert submitted[0].dropout == 0.3 and submitted[0].seed == overfitted.config.seed
    assert started["base"] == overfitted.id and started["status"] == "queued"
    assert main(["diagnose", overfitted.id]) == 0
    assert "Tried: Dropout 0.3 instead of 0" in capsys.readouterr().out
    assert main(["diagnose", started["id"]]) == 0
    assert "This run waits for its turn" in capsys.readouterr().out


@pytest.mark.parametrize("number", ["0", "9"])
def test_a_number_that_is_not_listed_starts_nothing(
    number: str, overfitted: Run, submitted: list[TrainingConfig], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", overfitted.id, "--try", number]) == USER_ERROR
    assert f"There is no change number {number}" in capsys.readouterr().err
    assert submitted == []


def test_a_run_without_an_epoch_has_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    run = runs.create_run(TrainingConfig(), status=RunStatus.QUEUED)
    assert main(["diagnose", run.id]) == 0
    assert "nothing to tell from its curves yet" in capsys.readouterr().out
