"""What a change brought: against figures worked out by hand, and everything that can be missing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from fer import runs
from fer.config import TrainingConfig
from fer.emotions import EMOTIONS
from fer.errors import RunError
from fer.runs import DatasetManifest, EpochMetrics, Experiment, Predictions, Run, RunRecorder, RunStatus
from fer.runs.diagnosis import (
    FindingKind,
    Outcome,
    Remedy,
    Verdict,
    across_seeds,
    compare_runs,
    diagnose,
    is_answer,
    list_experiments,
    obstacle,
    remedies,
    repetitions,
    start_experiment,
    start_repetition,
    tried,
)
from fer.runs.diagnosis.outcome import unpaired_interval
from fer.runs.folder import LAST_FILE
from tests.core.diagnosed import curves

DROPOUT = Remedy("Dropout 0.3 instead of 0", {"dropout": 0.3}, "…")


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[TrainingConfig]]:
    """The configs that were submitted; their runs wait in a folder and get no process."""
    configs: list[TrainingConfig] = []

    def submit(config: TrainingConfig, experiment: Experiment | None = None) -> Run:
        configs.append(config)
        return runs.create_run(config, experiment, RunStatus.QUEUED)

    monkeypatch.setattr(runs, "submit_run", submit)
    yield configs


def ended(
    right: Sequence[bool] | None = None,
    metrics: Sequence[EpochMetrics] | None = None,
    *,
    experiment: Experiment | None = None,
    status: RunStatus = RunStatus.FINISHED,
    error: str = "",
    counts: Sequence[int] | None = (10,) * 7,
    **config: object,
) -> Run:
    """A run that has ended, whose best weights have these of the validation faces right."""
    run = runs.create_run(TrainingConfig(**{"epochs": 3, **config}), experiment)  # type: ignore[arg-type]
    recorder = RunRecorder(run.folder)
    if metrics is None and right is not None:
        best = sum(right) / len(right)
        metrics = curves([best] * 3, [best - 0.02, best, best - 0.01])
    for row in metrics or ():
        recorder.record_epoch(row)
    if right is not None:
        n = len(right)
        labels = np.arange(n) % 7
        probabilities = np.full((n, 7), 0.05, np.float32)
        probabilities[np.arange(n), np.where(right, labels, (labels + 1) % 7)] = 0.7
        runs.save_predictions(run.folder, Predictions(np.arange(n), labels, probabilities))
    if counts is not None:
        faces = {"train": (800,) * 7, "validation": tuple(counts)}
        runs.save_manifest(run.folder, DatasetManifest("Drawn faces", EMOTIONS, faces, "the same"))
    recorder.finish(status, error)
    return runs.load_run(run.id)


def changed(base: Run, kind: str = "overfitting") -> Experiment:
    return Experiment(base.id, kind, DROPOUT.label)


def pair(both: int, only_first: int, only_second: int, neither: int) -> tuple[list[bool], list[bool]]:
    """Who has which faces right: counts of the four kinds of face."""
    first = [True] * (both + only_first) + [False] * (only_second + neither)
    second = [True] * both + [False] * only_first + [True] * only_second + [False] * neither
    return first, second


def outcome_of(
    both: int, only_first: int, only_second: int, neither: int, kind: str = "overfitting"
) -> Outcome:
    first, second = pair(both, only_first, only_second, neither)
    base = ended(first)
    return compare_runs(base, ended(second, experiment=changed(base, kind), dropout=0.3))


def test_a_gain_that_is_no_accident_is_told_with_its_interval_and_test() -> None:
    outcome = outcome_of(40, 2, 14, 14)
    assert outcome.verdict is Verdict.HELPED and outcome.difference is not None
    # McNemar, exact: 2 (C(16,0) + C(16,1) + C(16,2)) / 2^16 = 274 / 65536.
    assert outcome.difference.p_value == pytest.approx(274 / 65536)
    assert outcome.difference.difference == pytest.approx(12 / 70)
    # Bonett and Price: (15 - 3) / 72 ± 1.96 sqrt((18 / 72 - (12 / 72)²) / 72).
    assert outcome.difference.interval_95 == pytest.approx((0.05779, 0.27554), abs=1e-4)
    assert (
        "60.0\u00a0% before, 77.1\u00a0% with the change: +17.1 points on the same 70 validation faces"
        in outcome.sentence
    )
    assert "+5.8 to +27.6" in outcome.sentence and "p = 0.004" in outcome.sentence


@pytest.mark.parametrize(
    ("faces", "verdict"),
    [
        ((40, 6, 9, 15), Verdict.CHANCE),
        ((40, 9, 6, 15), Verdict.NO_HELP),
        ((40, 5, 5, 20), Verdict.NO_HELP),
        ((40, 14, 2, 14), Verdict.WORSE),
    ],
)
def test_a_change_that_did_not_help_is_told_so(faces: tuple[int, int, int, int], verdict: Verdict) -> None:
    assert outcome_of(*faces).verdict is verdict
    assert verdict.sentence != Verdict.HELPED.sentence


def test_without_answers_the_faces_are_counted_as_different_ones_and_that_is_said() -> None:
    base = ended(metrics=curves([0.6] * 3, [0.5, 0.5, 0.5]))
    outcome = compare_runs(base, ended(metrics=curves([0.7] * 3, [0.9, 0.8, 0.9]), experiment=changed(base)))
    assert outcome.difference is not None and outcome.difference.p_value is None
    assert outcome.verdict is Verdict.HELPED
    assert outcome.difference.interval_95 == unpaired_interval(35, 63, 70)
    assert "counts the faces as if they had been different ones" in outcome.caveats[0]


def test_the_unpaired_interval_is_newcombes() -> None:
    # By hand: Wilson's interval of 35 of 70 is 0.3860 to 0.6140, of 63 of 70 it is 0.8077 to 0.9507.
    low, high = unpaired_interval(35, 63, 70)
    assert (low, high) == pytest.approx(
        (0.4 - np.hypot(0.0923, 0.1140), 0.4 + np.hypot(0.0507, 0.1140)), abs=3e-4
    )
    assert unpaired_interval(30, 30, 70)[0] == pytest.approx(-unpaired_interval(30, 30, 70)[1])


def test_answers_of_another_epoch_or_to_other_faces_are_not_compared() -> None:
    first, second = pair(40, 2, 14, 14)
    base = ended(first, metrics=curves([0.9] * 3, [0.5] * 3))  # its answers say 60 %
    outcome = compare_runs(base, ended(second, experiment=changed(base), dropout=0.3))
    assert outcome.difference is not None and outcome.difference.p_value is None
    fewer = ended(second[:-7], experiment=changed(base), counts=(9,) * 7)
    outcome = compare_runs(base, fewer)
    assert outcome.verdict is Verdict.OPEN and outcome.difference is None
    assert "not the same ones" in outcome.sentence


def test_what_is_missing_is_said_in_a_sentence() -> None:
    base = ended([True] * 70)
    waiting = runs.create_run(TrainingConfig(dropout=0.3), changed(base), RunStatus.QUEUED)
    assert "This run waits for its turn" in compare_runs(base, waiting).sentence
    training = replace(waiting, status=RunStatus.RUNNING)
    assert "This run is still training" in compare_runs(base, training).sentence
    assert (
        "The run it repeats is still training"
        in compare_runs(replace(base, status=RunStatus.RUNNING), base).sentence
    )
    assert "was deleted" in compare_runs(None, waiting).sentence


def test_only_a_loss_that_is_no_number_makes_a_run_without_an_epoch_worse() -> None:
    base = ended([True] * 70)
    broke_down = "The loss is no longer a number (epoch 1, batch 3): a learning rate of 1 is too high."
    outcome = compare_runs(base, ended(experiment=changed(base), status=RunStatus.FAILED, error=broke_down))
    assert outcome.verdict is Verdict.WORSE and broke_down in outcome.sentence
    failed = ended(experiment=changed(base), status=RunStatus.FAILED, error="The disk is full.")
    outcome = compare_runs(base, failed)
    assert outcome.verdict is Verdict.OPEN
    assert outcome.sentence.startswith(
        "This run failed before its first epoch was through: The disk is full."
    )
    assert outcome.sentence.endswith("Try the change again.")
    lost = ended(experiment=changed(base), status=RunStatus.LOST)
    assert "Try the change again" in compare_runs(base, lost).sentence


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (RunStatus.STOPPED, "", "was stopped after 3 of 20 epochs"),
        (RunStatus.LOST, "", "lost its process after 3 of 20 epochs"),
        (RunStatus.FAILED, "The disk is full.", "failed after 3 of 20 epochs"),
    ],
)
def test_a_run_that_can_be_resumed_is_no_result_whichever_of_the_two(
    status: RunStatus, error: str, said: str
) -> None:
    whole, other = [True] * 40 + [False] * 30, [True] * 54 + [False] * 16
    base = ended(whole, epochs=20)
    cut = ended(other, experiment=changed(base), status=status, error=error, epochs=20, dropout=0.3)
    (cut.folder / LAST_FILE).touch()
    outcome = compare_runs(base, cut)
    assert outcome.verdict is Verdict.OPEN and outcome.difference is None
    assert f"This run {said}" in outcome.sentence and "Resume it" in outcome.sentence
    base = ended(whole, status=status, error=error, epochs=20)
    (base.folder / LAST_FILE).touch()
    outcome = compare_runs(base, ended(other, experiment=changed(base), epochs=20, dropout=0.3))
    assert outcome.verdict is Verdict.OPEN and f"The run it repeats {said}" in outcome.sentence


def test_a_run_that_ended_early_by_itself_or_broke_down_is_a_result() -> None:
    base = ended([True] * 40 + [False] * 30, epochs=20)  # three epochs: it stopped by its own rule
    (base.folder / LAST_FILE).touch()
    early = ended([True] * 54 + [False] * 16, experiment=changed(base), epochs=20, dropout=0.3)
    (early.folder / LAST_FILE).touch()
    assert compare_runs(base, early).verdict is Verdict.HELPED
    broken = ended(
        [True] * 20 + [False] * 50,
        experiment=changed(base),
        status=RunStatus.FAILED,
        error="The loss is no longer a number (epoch 4, batch 3).",
        epochs=20,
    )
    (broken.folder / LAST_FILE).touch()
    assert compare_runs(base, broken).verdict is Verdict.WORSE


def test_a_run_that_broke_down_and_now_learns_was_helped() -> None:
    base = ended(status=RunStatus.FAILED, error="The loss is no longer a number.")
    outcome = compare_runs(base, ended([True] * 50 + [False] * 20, experiment=changed(base, "divergence")))
    assert outcome.verdict is Verdict.HELPED and "never finished an epoch" in outcome.sentence
    assert "through all 3 epochs" in outcome.symptom and "no longer found" in outcome.symptom
    guessing = ended([True] * 10 + [False] * 60, experiment=changed(base, "divergence"))
    assert compare_runs(base, guessing).verdict is Verdict.NO_HELP


def test_what_became_of_the_finding_itself_is_told_by_its_own_measure() -> None:
    base = ended(metrics=curves([0.9] * 3, [0.5] * 3))
    better = ended(metrics=curves([0.6] * 3, [0.52] * 3), experiment=changed(base), dropout=0.3)
    assert compare_runs(base, better).symptom == (
        "The distance between training and validation fell from 40 to 8 points. “Overfitting” is no longer "
        "found in the new run."
    )
    dead = (0.5, 0.0, 0.5, 0.6, 0.5, 0.6, 0.5)
    alive = (0.5, 0.3, 0.5, 0.6, 0.5, 0.6, 0.5)
    base = ended(metrics=curves([0.5] * 3, [0.5] * 3, classes=[dead] * 3))
    assert any(finding.kind is FindingKind.DEAD_CLASS for finding in diagnose(base, base.metrics()))
    better = ended(
        metrics=curves([0.5] * 3, [0.5] * 3, classes=[alive] * 3), experiment=changed(base, "dead_class")
    )
    assert compare_runs(base, better).symptom.startswith(
        "Disgust went from 0\u00a0% to 30\u00a0% of its 10 validation faces."
    )
    jumpy, calm = [0.5, 0.6, 0.5], [0.5, 0.55, 0.56]
    base = ended(metrics=curves([0.6] * 3, jumpy))
    better = ended(metrics=curves([0.6] * 3, calm), experiment=changed(base, "fluctuation"))
    assert "fall-back in the last epochs fell from 10 to 0 points" in compare_runs(base, better).symptom


def test_what_to_keep_in_mind_names_epochs_seed_and_every_further_difference() -> None:
    base = ended([True] * 40 + [False] * 30)
    longer = ended(metrics=curves([0.6] * 5, [0.6] * 5), experiment=changed(base), epochs=5, dropout=0.3)
    said = " ".join(compare_runs(base, longer).caveats)
    assert "chosen on these same validation faces" in said and "One seed" in said
    assert "The first trained 3 epochs and this one 5" in said
    assert "epochs, dropout" in said


def test_several_seeds_agree_or_do_not() -> None:
    up, down = outcome_of(40, 2, 14, 14), outcome_of(40, 6, 5, 19)
    assert across_seeds([up]) == ""
    assert "+17.1, +17.1 points, +17.1 on average: the seeds agree" in across_seeds([up, up])
    assert "+17.1, −1.4 points, +7.9 on average: the seeds do not agree" in across_seeds([up, down])


# ── experiments ──────────────────────────────────────────────────────────────────────────────────


def test_an_experiment_is_the_same_run_with_one_change_and_is_started_once(
    submitted: list[TrainingConfig],
) -> None:
    base = ended([True] * 70, seed=3, name="First")
    first = start_experiment(base, FindingKind.OVERFITTING, DROPOUT)
    again = start_experiment(base, FindingKind.OVERFITTING, DROPOUT)
    assert submitted == [replace(base.config, dropout=0.3)] and again.id == first.id
    assert first.experiment == Experiment(base.id, "overfitting", DROPOUT.label)
    assert first.name == "First: Dropout 0.3 instead of 0"
    other = start_experiment(base, FindingKind.OVERFITTING, Remedy("…", {"dropout": 0.5}, "…"))
    assert [run.id for run in list_experiments(base.id)] == [other.id, first.id]
    assert list_experiments(first.id) == []
    found = tried(base, DROPOUT, list_experiments())
    assert found is not None and found.id == first.id


def test_an_experiment_that_failed_may_be_tried_again(submitted: list[TrainingConfig]) -> None:
    base = ended([True] * 70)
    failed = ended(experiment=changed(base), status=RunStatus.FAILED, error="The disk is full.", dropout=0.3)
    again = start_experiment(base, FindingKind.OVERFITTING, DROPOUT)
    assert again.id != failed.id and len(submitted) == 1


@pytest.mark.parametrize("status", [RunStatus.LOST, RunStatus.STOPPED])
def test_an_experiment_that_ended_before_its_first_epoch_may_be_tried_again(
    status: RunStatus, submitted: list[TrainingConfig]
) -> None:
    base = ended([True] * 70)
    nothing = ended(experiment=changed(base), status=status, dropout=0.3)
    assert not is_answer(nothing)
    again = start_experiment(base, FindingKind.OVERFITTING, DROPOUT)
    assert again.id != nothing.id and len(submitted) == 1 and is_answer(again)
    (nothing.folder / LAST_FILE).touch()
    assert is_answer(nothing)  # resuming it brings the answer
    assert is_answer(ended([True] * 70, status=status))
    assert is_answer(replace(nothing, status=RunStatus.RUNNING))


def test_both_runs_are_repeated_with_the_next_seed_one_pair_at_a_time(
    submitted: list[TrainingConfig],
) -> None:
    first, second = pair(40, 2, 14, 14)
    base = ended(first, seed=3)
    experiment = ended(second, experiment=changed(base), seed=3, dropout=0.3)
    new_base, new_experiment = start_repetition(base, experiment)
    assert submitted == [replace(base.config, seed=4), replace(experiment.config, seed=4)]
    assert new_experiment.experiment == replace(changed(base), base=new_base.id)
    assert start_repetition(base, experiment)[0].id == new_base.id and len(submitted) == 2
    assert [(a.id, b.id) for a, b in repetitions(base, experiment)] == [(new_base.id, new_experiment.id)]
    with pytest.raises(RunError, match="repeats no other one"):
        start_repetition(experiment, base)


def test_a_run_whose_faces_or_edition_are_gone_cannot_be_repeated(csv_in_data: Callable[[str], str]) -> None:
    name = f"{csv_in_data('small')}.csv"
    there = ended([True] * 70, dataset=name)
    assert obstacle(there) == "" and obstacle(ended([True] * 70)) == ""
    gone = replace(there, config=replace(there.config, dataset="gone.csv"))
    assert "“gone.csv”, are not there any more" in obstacle(gone)
    mended = replace(there, config=replace(there.config, view=replace(there.config.view, edition="mine")))
    assert "edition “mine”" in obstacle(mended)
    strange = replace(there, config=replace(there.config, architecture="of another version"))
    assert "of another version" in obstacle(strange)


def test_a_run_that_was_extended_since_does_not_count_as_the_same_change() -> None:
    base = ended([True] * 70)
    experiment = ended([True] * 70, experiment=changed(base), dropout=0.3, epochs=9)
    assert tried(base, DROPOUT, [experiment]) is None
    assert (
        tried(base, DROPOUT, [replace(experiment, config=replace(experiment.config, epochs=3))]) is not None
    )
    assert remedies.apply_remedy(base.config, DROPOUT).epochs == 3
