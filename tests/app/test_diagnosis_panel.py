"""The diagnosis on the training page: what it tells, what its buttons start, and what a change brought."""

from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer import runs
from fer.config import TrainingConfig
from fer.emotions import EMOTIONS
from fer.runs import (
    DatasetManifest,
    EpochMetrics,
    Experiment,
    Predictions,
    Run,
    RunRecorder,
    RunStatus,
    diagnosis,
)
from tests.conftest import PROJECT_ROOT
from tests.core.diagnosed import curves


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[TrainingConfig]]:
    """The configs the page submitted; their runs wait in a folder and get no process."""
    configs: list[TrainingConfig] = []

    def submit(config: TrainingConfig, experiment: Experiment | None = None) -> Run:
        configs.append(config)
        return runs.create_run(config, experiment, RunStatus.QUEUED)

    monkeypatch.setattr(runs, "submit_run", submit)
    monkeypatch.setattr(runs, "start_next", lambda: None)
    yield configs


def a_run(
    metrics: list[EpochMetrics],
    *,
    right: int = 420,
    status: RunStatus = RunStatus.FINISHED,
    experiment: Experiment | None = None,
    **config: object,
) -> Run:
    """A run with these curves, whose best weights have the first `right` of 700 validation faces right."""
    run = runs.create_run(TrainingConfig(**{"epochs": len(metrics), **config}), experiment)  # type: ignore[arg-type]
    recorder = RunRecorder(run.folder)
    recorder.stage("Epoch 1")
    for row in metrics:
        recorder.record_epoch(row)
    labels = np.arange(700) % 7
    probabilities = np.full((700, 7), 0.05, np.float32)
    probabilities[np.arange(700), np.where(np.arange(700) < right, labels, (labels + 1) % 7)] = 0.7
    runs.save_predictions(run.folder, Predictions(np.arange(700), labels, probabilities))
    counts = {"train": (800,) * 7, "validation": (100,) * 7}
    runs.save_manifest(run.folder, DatasetManifest("Drawn faces", EMOTIONS, counts, "the same"))
    if not status.is_active:
        recorder.finish(status)
    return runs.load_run(run.id)


def overfitted(**options: object) -> Run:
    return a_run(curves([0.9] * 6, [0.6] * 6), **options)  # type: ignore[arg-type]


def open_page(run: Run) -> AppTest:
    page = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=60)
    page.switch_page("pages/3_training.py")
    page.session_state["workshop.run"] = run.id
    return page.run()


def words(page: AppTest) -> str:
    """Everything the page says, without the strokes that keep Markdown from reading it."""
    kinds = ("subheader", "markdown", "caption", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(page, kind)).replace(
        "\\", ""
    )


def tries(page: AppTest) -> dict[str, object]:
    """The buttons that try a change, by what they say."""
    return {button.label: button for button in page.button if str(button.key).startswith("diagnosis.try.")}


def test_a_finding_is_told_with_its_figures_its_place_and_its_advice(submitted: list[TrainingConfig]) -> None:
    page = open_page(overfitted())
    assert not page.exception
    said = words(page)
    assert "Overfitting" in said and "90\u00a0% of its training faces" in said
    assert "accuracy, epochs 1 to 6 (training is 30 points ahead of validation)" in said
    assert "Srivastava et al., 2014" in said
    assert {"Mild augmentation instead of none", "Dropout 0.3 instead of 0"} <= set(tries(page))
    assert submitted == []


def test_a_button_starts_the_same_run_with_one_change_once_and_shows_it(
    submitted: list[TrainingConfig],
) -> None:
    base = overfitted(seed=5, name="First")
    page = open_page(base)
    tries(page)["Dropout 0.3 instead of 0"].click().run()  # type: ignore[attr-defined]
    assert not page.exception
    assert [config.as_dict() for config in submitted] == [{**base.config.as_dict(), "dropout": 0.3}]
    shown = page.session_state["workshop.run"]
    assert shown != base.id and runs.load_run(shown).experiment == Experiment(
        base.id, "overfitting", "Dropout 0.3 instead of 0"
    )
    assert "This run waits for its turn" in words(page)
    # Another tab that still shows the button, or a second click, finds the run that is there.
    stale = open_page(base)
    assert "Dropout 0.3 instead of 0" not in tries(stale)
    assert "Tried: Dropout 0.3 instead of 0" in words(stale).replace("**", "")
    assert len(submitted) == 1


def test_while_it_trains_the_advice_can_be_taken_already(submitted: list[TrainingConfig]) -> None:
    page = open_page(overfitted(status=RunStatus.RUNNING, epochs=20))
    tries(page)["Mild augmentation instead of none"].click().run()  # type: ignore[attr-defined]
    assert not page.exception
    assert len(submitted) == 1 and submitted[0].augmentation.horizontal_flip


def test_without_its_faces_a_run_cannot_be_repeated_and_says_why(submitted: list[TrainingConfig]) -> None:
    page = open_page(overfitted(dataset="gone.csv"))
    assert "Its faces, “gone.csv”, are not there any more" in words(page)
    assert all(button.disabled for button in tries(page).values())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("right", "verdict", "figures"),
    [
        (490, "It helped.", "60.0\u00a0% before, 70.0\u00a0% with the change: +10.0 points on the same 700"),
        (421, "It could be chance.", "+0.1 points"),
        (420, "It did not help.", "+0.0 points"),
        (350, "It made it worse.", "−10.0 points"),
    ],
)
def test_afterwards_the_page_states_what_the_change_brought(
    right: int, verdict: str, figures: str, submitted: list[TrainingConfig]
) -> None:
    base = overfitted()
    experiment = a_run(
        curves([0.72] * 6, [right / 700] * 6),
        right=right,
        experiment=Experiment(base.id, "overfitting", "Dropout 0.3 instead of 0"),
        dropout=0.3,
    )
    page = open_page(experiment)
    assert not page.exception
    said = words(page)
    assert verdict in said and figures in said and "McNemar" in said
    assert "The distance between training and validation fell from 30" in said
    assert "chosen on these same validation faces" in said
    assert verdict.removeprefix("It ").removesuffix(".") in words(open_page(base))
    page.button(key="outcome.base").click().run()
    assert page.session_state["workshop.run"] == base.id


def test_both_runs_are_repeated_with_another_seed_from_the_page(submitted: list[TrainingConfig]) -> None:
    base = overfitted()
    advice = Experiment(base.id, "overfitting", "Dropout 0.3 instead of 0")
    experiment = a_run(curves([0.72] * 6, [0.7] * 6), right=490, experiment=advice, dropout=0.3)
    page = open_page(experiment)
    page.button(key="outcome.again").click().run()
    assert not page.exception
    assert [(config.seed, config.dropout) for config in submitted] == [(1, 0.0), (1, 0.3)]
    again = open_page(experiment)
    assert again.button(key="outcome.again").disabled
    assert "under way with another seed" in words(again)


def test_a_deleted_base_and_a_training_one_are_told_in_a_sentence(submitted: list[TrainingConfig]) -> None:
    base = overfitted()
    advice = Experiment(base.id, "overfitting", "Dropout 0.3 instead of 0")
    experiment = a_run(curves([0.72] * 6, [0.7] * 6), right=490, experiment=advice, dropout=0.3)
    runs.delete_run(base.id)
    assert "The run it repeats was deleted" in words(open_page(experiment))
    busy = overfitted(status=RunStatus.RUNNING, epochs=20)
    waiting = runs.create_run(
        TrainingConfig(epochs=20, dropout=0.3), Experiment(busy.id, "overfitting", "…"), RunStatus.QUEUED
    )
    assert "The run it repeats is still training" in words(open_page(waiting))


def test_a_run_without_complaint_is_told_what_to_try_next(submitted: list[TrainingConfig]) -> None:
    accuracies = [0.4, 0.5, 0.56, 0.59, 0.6, 0.6, 0.6]
    page = open_page(a_run(curves(accuracies, accuracies)))
    assert "Nothing to complain about" in words(page) and tries(page)


def test_a_change_that_two_findings_offer_is_shown_with_both_once_it_was_tried(
    submitted: list[TrainingConfig],
) -> None:
    dead = (0.5, 0.0, 0.5, 0.6, 0.5, 0.6, 0.5)
    rising = [0.4, 0.44, 0.48, 0.52, 0.56, 0.6]
    base = a_run(curves(rising, rising, classes=[dead] * 6))
    findings = diagnosis.diagnose(base, base.metrics())
    offers = [remedy for finding in findings for remedy in finding.remedies if "epochs" in remedy.change]
    assert len(offers) == 2 and offers[0].change == offers[1].change
    experiment = diagnosis.start_experiment(base, findings[0].kind, offers[0])
    page = open_page(base)
    assert not page.exception
    shown = [button for button in page.button if str(button.key).startswith("diagnosis.show.")]
    assert len(shown) == 2 and offers[0].label not in tries(page)
    assert "Other changes tried" not in words(page)
    shown[1].click().run()
    assert page.session_state["workshop.run"] == experiment.id


@pytest.mark.parametrize("status", [RunStatus.LOST, RunStatus.STOPPED])
def test_a_change_whose_run_ended_before_its_first_epoch_can_be_tried_again(
    status: RunStatus, submitted: list[TrainingConfig]
) -> None:
    base = overfitted()
    advice = Experiment(base.id, "overfitting", "Dropout 0.3 instead of 0")
    a_run([], status=status, experiment=advice, epochs=6, dropout=0.3)
    page = open_page(base)
    assert "Tried: Dropout 0.3 instead of 0" in words(page).replace("**", "")
    tries(page)["Dropout 0.3 instead of 0"].click().run()  # type: ignore[attr-defined]
    assert not page.exception and len(submitted) == 1


def test_the_curves_are_diagnosed_once_each_time_the_page_is_drawn(
    submitted: list[TrainingConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    base, asked, diagnose = overfitted(), [], diagnosis.diagnose

    def counted(run: Run, *curves_of_it: list[object]) -> tuple[diagnosis.Finding, ...]:
        asked.append(run.id)
        return diagnose(run, *curves_of_it)  # type: ignore[arg-type]

    monkeypatch.setattr(diagnosis, "diagnose", counted)
    assert "Overfitting" in words(open_page(base))
    assert asked == [base.id]
