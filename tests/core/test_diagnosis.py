"""What curves tell: each rule on hand-made curves that set it off and on others that nearly do."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, TrainingConfig
from fer.runs import BatchMetrics, EpochMetrics, Run, RunStatus, read_config
from fer.runs.diagnosis import FindingKind, apply_remedy, diagnose, rates, remedies
from fer.runs.diagnosis.losses import softmax_floor
from fer.runs.folder import METRICS_FILE, read_rows
from tests.conftest import PROJECT_ROOT
from tests.core.diagnosed import a_run, curves, found, kinds

SHIPPED = PROJECT_ROOT / "models" / "pretrained" / "mini_xception"


def rising(first: float, step: float, count: int) -> list[float]:
    return [first + step * index for index in range(count)]


# ── overfitting ──────────────────────────────────────────────────────────────────────────────────


def test_training_far_ahead_of_validation_is_overfitting_with_its_span(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=10)
    metrics = curves(rising(0.5, 0.05, 10), [0.45, 0.5, 0.55, 0.58, 0.59, 0.6, 0.6, 0.6, 0.6, 0.6])
    finding = found(run, metrics, "overfitting")
    assert "95\u00a0% of its training faces" in finding.sentence and "60\u00a0%" in finding.sentence
    assert (finding.evidence[0].measure, finding.evidence[0].first_epoch, finding.evidence[0].last_epoch) == (
        "accuracy",
        5,
        10,
    )


def test_a_few_points_ahead_are_not_overfitting(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=10)
    assert "overfitting" not in kinds(run, curves(rising(0.5, 0.03, 10), rising(0.45, 0.028, 10)))


def test_with_few_validation_faces_ten_points_are_not_yet_overfitting(tmp_path: Path) -> None:
    metrics = curves([0.6, 0.65, 0.7, 0.72], [0.5, 0.52, 0.55, 0.58])
    assert "overfitting" in kinds(a_run(tmp_path / "many", epochs=4), metrics)
    few = a_run(tmp_path / "few", epochs=4, validation=(10,) * 7)
    assert "overfitting" not in kinds(few, metrics)


def test_validation_loss_that_rises_while_training_loss_falls_is_overfitting(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=8)
    accuracies = [0.5, 0.55, 0.58, 0.6, 0.62, 0.63, 0.64, 0.65]
    metrics = curves(
        accuracies,
        [0.5, 0.55, 0.59, 0.6, 0.59, 0.59, 0.59, 0.59],
        [1.5, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8, 0.7],
        [1.4, 1.3, 1.2, 1.15, 1.2, 1.35, 1.4, 1.5],
    )
    finding = found(run, metrics, "overfitting")
    assert [(seen.measure, seen.first_epoch, seen.last_epoch) for seen in finding.evidence] == [
        ("loss", 4, 8)
    ]
    assert "epoch 4" in finding.sentence
    calm = [replace(row, validation_loss=min(row.validation_loss, 1.2)) for row in metrics]
    assert "overfitting" not in kinds(run, calm)


def test_a_validation_loss_that_rises_with_the_best_accuracy_is_left_alone(tmp_path: Path) -> None:
    metrics = curves(
        rising(0.5, 0.02, 8),
        rising(0.5, 0.02, 8),
        rising(1.5, -0.1, 8),
        [1.4, 1.3, 1.2, 1.15, 1.2, 1.35, 1.4, 1.5],
    )
    assert "overfitting" not in kinds(a_run(tmp_path / "r", epochs=8), metrics)


def test_accuracy_on_mixed_faces_is_not_held_against_validation(tmp_path: Path) -> None:
    metrics = curves([0.9] * 6, [0.6] * 6)
    assert "overfitting" in kinds(a_run(tmp_path / "plain", epochs=6), metrics)
    mixed = a_run(tmp_path / "mixed", epochs=6, augmentation=AugmentationConfig(mixup_alpha=0.2))
    assert "overfitting" not in kinds(mixed, metrics)


def test_what_makes_training_harder_is_said_beside_the_gap(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=6, augmentation=DEFAULT_AUGMENTATION, dropout=0.3)
    sentence = found(run, curves([0.9] * 6, [0.6] * 6), "overfitting").sentence
    assert "Augmentation and dropout make training harder than validation" in sentence


def test_validation_before_its_statistics_caught_up_is_no_evidence(tmp_path: Path) -> None:
    # 200 faces in batches of 64 are 4 steps an epoch; batch normalisation needs some fifty of them.
    metrics = curves(rising(0.2, 0.08, 10), [0.14] * 10)
    few = a_run(tmp_path / "few", epochs=40, status=RunStatus.LOST, train=(28, 28, 28, 29, 29, 29, 29))
    assert "overfitting" not in kinds(few, metrics)
    assert "overfitting" in kinds(a_run(tmp_path / "many", epochs=10), metrics)
    # The moving average of the weights lags longer: 3 / (1 - 0.998) steps of 88 an epoch are 18 epochs.
    assert "overfitting" not in kinds(a_run(tmp_path / "averaged", weight_averaging=0.998), metrics)


# ── underfitting, too few epochs, plateau ────────────────────────────────────────────────────────


def test_both_low_close_and_flat_is_underfitting(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=10)
    metrics = curves([0.3, 0.33, 0.35, *[0.36] * 7], [0.3, 0.32, 0.34, *[0.35] * 7], [1.7] * 10, [1.7] * 10)
    finding = found(run, metrics, "underfitting")
    assert "14\u00a0%" in finding.sentence  # always answering the commonest emotion
    assert "overfitting" not in kinds(run, metrics) and "plateau" not in kinds(run, metrics)
    assert "underfitting" not in kinds(run, curves([0.6] * 10, [0.58] * 10, [1.1] * 10, [1.1] * 10))


def test_low_but_climbing_to_the_last_epoch_means_too_few_epochs(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=8)
    metrics = curves(rising(0.2, 0.03, 8), rising(0.2, 0.028, 8))
    assert kinds(run, metrics) == ["too_few_epochs"]
    first = found(run, metrics, "too_few_epochs").remedies[0]
    assert first.change == {"epochs": 16}
    stopped = a_run(tmp_path / "stopped", epochs=50, status=RunStatus.STOPPED)
    assert "too_few_epochs" not in kinds(stopped, metrics)


def test_a_rise_that_chance_explains_is_no_reason_for_more_epochs(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=6)
    assert "too_few_epochs" not in kinds(run, curves(rising(0.6, 0.012, 6), rising(0.6, 0.005, 6)))


def test_eight_epochs_without_anything_better_at_a_constant_rate_are_a_plateau(tmp_path: Path) -> None:
    up = [0.4, 0.5, 0.55, 0.58, 0.6]
    metrics = curves([*up, *[0.62] * 9], [*up, *[0.59] * 9])
    assert kinds(a_run(tmp_path / "r", epochs=14), metrics) == ["plateau"]
    assert "plateau" not in kinds(a_run(tmp_path / "r", epochs=14), metrics[:12])
    falling = a_run(tmp_path / "falling", epochs=14, schedule="cosine")
    assert "plateau" not in kinds(falling, metrics)


def test_a_lucky_early_peak_does_not_make_a_plateau_of_a_climb(tmp_path: Path) -> None:
    metrics = curves(rising(0.4, 0.015, 14), [0.4, 0.7, *rising(0.42, 0.02, 12)])
    assert "plateau" not in kinds(a_run(tmp_path / "r", epochs=14), metrics)


# ── fluctuation, small validation ────────────────────────────────────────────────────────────────


JUMPS = [0.5, 0.6, 0.52, 0.62, 0.53, 0.63, 0.55, 0.64, 0.56]


def test_validation_that_falls_back_again_and_again_fluctuates(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=9)
    finding = found(run, curves(rising(0.5, 0.015, 9), JUMPS), "fluctuation")
    assert "4 of the last 8 epochs" in finding.sentence and "700 validation faces" in finding.sentence
    assert [remedy.change for remedy in finding.remedies[:2]] == [
        {"learning_rate": 3e-4},
        {"batch_size": 128},
    ]


def test_jumps_that_few_validation_faces_explain_are_not_called_fluctuation(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=9, validation=(20,) * 7)
    assert "fluctuation" not in kinds(run, curves(rising(0.5, 0.015, 9), JUMPS))


def test_one_fall_in_eight_epochs_is_every_runs(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=9)
    calm = [0.5, 0.55, 0.58, 0.6, 0.52, 0.62, 0.63, 0.63, 0.64]
    assert "fluctuation" not in kinds(run, curves(rising(0.5, 0.015, 9), calm))


def test_jumps_of_long_ago_are_forgotten(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=20)
    assert "fluctuation" not in kinds(run, curves([0.66] * 18, [*JUMPS, *rising(0.62, 0.001, 9)]))


def test_too_few_validation_faces_to_tell_are_said_and_nothing_is_to_be_bought(tmp_path: Path) -> None:
    few = a_run(tmp_path / "few", epochs=4, validation=(20,) * 7)
    finding = found(few, curves([0.6] * 4, [0.6] * 4), "small_validation")
    assert finding.sentence.startswith("140 faces") and finding.remedies == ()
    many = a_run(tmp_path / "many", epochs=4, validation=(60,) * 7)
    assert "small_validation" not in kinds(many, curves([0.6] * 4, [0.6] * 4))


# ── dead classes ─────────────────────────────────────────────────────────────────────────────────


ALIVE = (0.5, 0.3, 0.5, 0.6, 0.5, 0.6, 0.5)
DEAD = (0.5, 0.0, 0.5, 0.6, 0.5, 0.6, 0.5)


def test_an_emotion_that_is_never_right_while_others_are_is_dead_since_then(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=5, train=(900, 90, 900, 900, 900, 900, 900))
    metrics = curves([0.5] * 5, [0.5] * 5, classes=[ALIVE, DEAD, DEAD, DEAD, DEAD])
    finding = found(run, metrics, "dead_class")
    assert "disgust" in finding.sentence and "90 such faces among 5,490" in finding.sentence
    assert (finding.evidence[0].measure, finding.evidence[0].first_epoch) == ("classes", 2)
    assert finding.remedies[0].change == {"balance_classes": True}
    assert "dead_class" not in kinds(
        run, curves([0.5] * 5, [0.5] * 5, classes=[DEAD, DEAD, DEAD, DEAD, ALIVE])
    )


def test_two_epochs_are_too_few_to_call_an_emotion_dead(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=3)
    assert "dead_class" not in kinds(run, curves([0.5] * 3, [0.5] * 3, classes=[ALIVE, DEAD, DEAD]))


def test_an_emotion_that_hardly_a_validation_face_shows_is_not_judged(tmp_path: Path) -> None:
    metrics = curves([0.5] * 4, [0.5] * 4, classes=[DEAD] * 4)
    assert "dead_class" in kinds(a_run(tmp_path / "many", epochs=4), metrics)
    few = a_run(tmp_path / "few", epochs=4, validation=(100, 4, 100, 100, 100, 100, 100))
    assert "dead_class" not in kinds(few, metrics)


def test_where_nothing_is_learned_no_single_emotion_is_blamed(tmp_path: Path) -> None:
    only_happy = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    metrics = curves([0.15] * 4, [0.15] * 4, classes=[only_happy] * 4)
    assert "dead_class" not in kinds(a_run(tmp_path / "r", epochs=4), metrics)


def test_balancing_is_no_advice_for_an_emotion_that_is_as_common_as_others(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=4)
    changes = [
        item.change
        for item in found(run, curves([0.5] * 4, [0.5] * 4, classes=[DEAD] * 4), "dead_class").remedies
    ]
    assert {"balance_classes": True} not in changes and {"loss": "focal"} in changes


# ── rates and losses ─────────────────────────────────────────────────────────────────────────────


def test_a_loss_that_is_no_number_is_divergence_and_nothing_else(tmp_path: Path) -> None:
    metrics = curves([0.9] * 4, [0.5] * 4, [1.0, 0.9, math.nan, math.nan])
    run = a_run(tmp_path / "r", epochs=4, learning_rate=0.5)
    assert kinds(run, metrics) == ["divergence"]
    finding = found(run, metrics, "divergence")
    assert finding.evidence[0].first_epoch == 3 and "0.5" in finding.sentence
    assert finding.remedies[0].change == {"learning_rate": 0.05}


def test_a_run_that_failed_for_a_loss_that_is_no_number_diverged_before_its_first_epoch(
    tmp_path: Path,
) -> None:
    error = f"The loss is {rates.NOT_A_NUMBER} (epoch 1, batch 3): …"
    assert kinds(a_run(tmp_path / "r", status=RunStatus.FAILED, error=error), []) == ["divergence"]
    assert kinds(a_run(tmp_path / "disk", status=RunStatus.FAILED, error="The disk is full."), []) == []


def test_the_training_process_says_what_the_rule_listens_for() -> None:
    training = PROJECT_ROOT / "fer" / "training"
    assert any(rates.NOT_A_NUMBER in path.read_text(encoding="utf-8") for path in training.rglob("*.py"))


def test_a_loss_that_explodes_or_forgets_is_divergence(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=5)
    exploded = curves([0.5, 0.6, 0.3], [0.5, 0.6, 0.3], [1.0, 0.9, 4.0], [1.0] * 3)
    assert kinds(run, exploded) == ["divergence"]
    forgotten = curves([0.5, 0.6, 0.15], [0.5, 0.6, 0.14], [1.3, 1.1, 2.0], [1.3, 1.1, 2.0])
    assert kinds(run, forgotten) == ["divergence"]
    bumpy = curves([0.5, 0.6, 0.45], [0.5, 0.6, 0.4], [1.0, 0.9, 1.4], [1.0] * 3)
    assert "divergence" not in kinds(run, bumpy)


def test_a_loss_that_explodes_within_an_epoch_is_told_before_its_end(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", status=RunStatus.RUNNING)
    rows = [
        BatchMetrics(1, step, 88, 2.0, 0.2, 500.0, float(step), recent_loss=loss)
        for step, loss in ((10, 2.4), (20, 2.1), (30, 30.0))
    ]
    assert [finding.kind for finding in diagnose(run, [], rows)] == ["divergence"]
    assert diagnose(run, [], rows[:2]) == ()


def test_a_loss_that_stays_where_guessing_is_means_a_rate_too_high(tmp_path: Path) -> None:
    # As seen with SGD at 0.1; with the usual rate the same curve is no proof.
    losses = [3.78, 1.957, 1.939, 1.936, 1.924]
    metrics = curves([0.17, 0.2, 0.21, 0.21, 0.21], [0.136] * 5, losses, [2.0] * 5)
    run = a_run(tmp_path / "r", optimizer="sgd", learning_rate=0.1, epochs=5)
    assert kinds(run, metrics) == ["rate_too_high"]
    assert [item.change for item in found(run, metrics, "rate_too_high").remedies][:1] == [
        {"learning_rate": 0.01}
    ]
    usual = a_run(tmp_path / "usual", optimizer="sgd", learning_rate=0.01, epochs=5)
    assert "rate_too_high" not in kinds(usual, metrics)
    assert "rate_too_high" not in kinds(run, metrics[:1])


def test_a_training_loss_that_jumps_means_a_rate_too_high(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=6)
    jumping = curves([0.5] * 6, [0.5] * 6, [1.4, 1.2, 1.4, 1.2, 1.4, 1.3], [1.4] * 6)
    assert "rate_too_high" in kinds(run, jumping)
    calm = curves([0.5] * 6, [0.5] * 6, [1.4, 1.3, 1.32, 1.25, 1.27, 1.2], [1.4] * 6)
    assert "rate_too_high" not in kinds(run, calm)


def test_a_loss_that_creeps_means_a_rate_too_low(tmp_path: Path) -> None:
    # As seen with Adam at 1e-6.
    losses = [3.225, 3.149, 3.078, 3.004, 2.934, 2.87]
    metrics = curves([0.12] * 6, [0.147] * 6, losses, losses)
    run = a_run(tmp_path / "r", learning_rate=1e-6, epochs=6)
    assert kinds(run, metrics) == ["rate_too_low"]
    changes = [item.change for item in found(run, metrics, "rate_too_low").remedies]
    assert changes == [{"learning_rate": 1e-5}, {"learning_rate": 1e-3}]
    assert "rate_too_low" not in kinds(replace(run, config=TrainingConfig(epochs=6)), metrics)
    brisk = curves([0.3, 0.4, 0.5, 0.6], [0.3, 0.4, 0.5, 0.6], [1.8, 1.5, 1.3, 1.1])
    assert "rate_too_low" not in kinds(run, brisk)


def test_the_small_steps_at_the_end_of_a_schedule_are_not_a_rate_too_low(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", learning_rate=3e-4, schedule="cosine", epochs=6)
    metrics = curves([0.3] * 6, [0.3] * 6, rising(1.7, -0.01, 6), rising(1.7, -0.01, 6), rate=1e-6)
    assert "rate_too_low" not in kinds(run, metrics)


def test_a_doubled_softmax_is_explained_by_its_floor(tmp_path: Path) -> None:
    assert softmax_floor(7) == pytest.approx(1.1654, abs=1e-4)
    run = a_run(tmp_path / "r", loss="double_softmax", epochs=3)
    finding = found(run, curves([0.5] * 3, [0.5] * 3, [1.6] * 3, [1.6] * 3), "double_softmax")
    assert "1.165" in finding.sentence and "31\u00a0%" in finding.sentence
    assert [item.change for item in finding.remedies] == [{"loss": "crossentropy"}]
    assert kinds(run, []) == []


# ── all of it ────────────────────────────────────────────────────────────────────────────────────


def test_a_good_run_is_praised_once_and_told_what_to_try_next(tmp_path: Path) -> None:
    accuracies = [0.4, 0.5, 0.55, 0.58, 0.59, 0.6, 0.6, 0.605]
    metrics = curves(accuracies, accuracies)
    over = a_run(tmp_path / "over", epochs=8)
    assert kinds(over, metrics) == ["healthy"]
    assert 1 <= len(found(over, metrics, "healthy").remedies) <= 3
    under_way = a_run(tmp_path / "way", epochs=20, status=RunStatus.RUNNING)
    assert found(under_way, metrics, "healthy").remedies == ()
    assert kinds(under_way, metrics[:1]) == []
    assert kinds(a_run(tmp_path / "lost", epochs=20, status=RunStatus.LOST), metrics) == []


def test_a_run_that_learned_next_to_nothing_is_not_praised(tmp_path: Path) -> None:
    run = a_run(tmp_path / "r", epochs=4)
    assert "healthy" not in kinds(run, curves([0.2] * 4, [0.2] * 4, [1.9] * 4, [1.9] * 4))


def test_the_shipped_model_gives_no_false_alarm_at_any_of_its_epochs() -> None:
    metrics = read_rows(SHIPPED / METRICS_FILE, EpochMetrics)
    config = read_config(SHIPPED)
    run = replace(a_run_of(config), status=RunStatus.RUNNING)
    assert len(metrics) == config.epochs == 100
    found_kinds = {
        finding.kind for end in range(1, len(metrics) + 1) for finding in diagnose(run, metrics[:end])
    }
    assert found_kinds == {FindingKind.HEALTHY}
    assert kinds(replace(run, status=RunStatus.FINISHED), metrics) == ["healthy"]


def a_run_of(config: TrainingConfig) -> Run:
    """A run whose folder holds nothing: how many faces judged it is not known."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Run("none", SHIPPED / "none", config, RunStatus.FINISHED, "", None, moment, moment, "")


def test_before_an_epoch_is_through_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert diagnose(a_run(tmp_path / "r", status=RunStatus.RUNNING), []) == ()


NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=32)
ROWS = st.builds(
    EpochMetrics,
    epoch=st.integers(1, 200),
    train_loss=NUMBERS,
    train_accuracy=NUMBERS | st.floats(0, 1),
    validation_loss=NUMBERS,
    validation_accuracy=NUMBERS | st.floats(0, 1),
    learning_rate=NUMBERS,
    duration_seconds=NUMBERS,
    class_accuracies=st.lists(st.none() | NUMBERS, max_size=8).map(tuple),
)
SOUND_ROWS = st.builds(
    EpochMetrics,
    epoch=st.integers(1, 200),
    train_loss=st.floats(0, 3),
    train_accuracy=st.floats(0, 1),
    validation_loss=st.floats(0, 3),
    validation_accuracy=st.floats(0, 1),
    learning_rate=st.floats(0, 1),
    duration_seconds=st.floats(0, 1),
    class_accuracies=st.lists(st.floats(0, 1), min_size=7, max_size=7).map(tuple),
)
BATCHES = st.builds(
    BatchMetrics,
    epoch=st.integers(1, 200),
    batch=st.integers(1, 100),
    batches=st.integers(1, 100),
    loss=NUMBERS,
    accuracy=NUMBERS,
    images_per_second=NUMBERS,
    elapsed_seconds=NUMBERS,
    recent_loss=st.none() | NUMBERS,
)
CONFIGS = st.builds(
    TrainingConfig,
    epochs=st.integers(1, 60),
    learning_rate=st.floats(1e-9, 10),
    loss=st.sampled_from(["crossentropy", "focal", "squared_error", "double_softmax"]),
    schedule=st.sampled_from(["constant", "cosine", "plateau", "one_cycle"]),
    optimizer=st.sampled_from(["adam", "sgd", "adadelta"]),
    dropout=st.sampled_from([0.0, 0.3, 0.9]),
    subset=st.sampled_from([None, 1, 100_000_000]),
    weight_averaging=st.sampled_from([0.0, 0.99]),
)
FIXED = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
    "max_examples": 80,
}


@settings(**FIXED)  # type: ignore[arg-type]
@given(
    CONFIGS,
    st.lists(ROWS, max_size=5) | st.lists(SOUND_ROWS, max_size=20),
    st.lists(BATCHES, max_size=3),
    st.sampled_from(RunStatus),
)
def test_whatever_figures_stand_in_the_files_a_diagnosis_is_made_and_its_advice_fits(
    tmp_path: Path,
    config: TrainingConfig,
    metrics: list[EpochMetrics],
    batches: list[BatchMetrics],
    status: RunStatus,
) -> None:
    run = replace(a_run(tmp_path / "r", status=status), config=config)
    findings = diagnose(run, metrics, batches)
    assert len(findings) <= 4
    for finding in findings:
        assert finding.title and finding.sentence.endswith((".", "!"))
        for remedy in finding.remedies:
            assert len(remedy.change) == 1
            changed = apply_remedy(config, remedy)
            assert changed != config and changed.seed == config.seed


# ── remedies ─────────────────────────────────────────────────────────────────────────────────────


def test_a_remedy_changes_one_setting_and_nothing_else() -> None:
    config = TrainingConfig(seed=7, name="First", augmentation=DEFAULT_AUGMENTATION)
    remedy = remedies.more_dropout(config)
    assert remedy is not None and remedy.label == "Dropout 0.3 instead of 0"
    assert apply_remedy(config, remedy) == replace(config, dropout=0.3)


def test_advice_that_is_used_up_is_not_given_again() -> None:
    assert remedies.more_dropout(TrainingConfig(dropout=0.5)) is None
    assert remedies.more_faces(TrainingConfig()) is None
    assert remedies.more_faces(TrainingConfig(subset=800), train_count=700) is None  # there are no more
    assert remedies.cosine_schedule(TrainingConfig(schedule="one_cycle")) is None
    assert remedies.balance_emotions(TrainingConfig(balance_classes=True)) is None
    assert remedies.larger_batch(TrainingConfig(batch_size=64), train_count=200) is None
    assert remedies.fewer_epochs(TrainingConfig(epochs=10), 9) is None
    assert remedies.smaller_model(TrainingConfig(architecture="of another version")) is None
    rate = remedies.usual_rate(TrainingConfig(learning_rate=1e-3))
    assert remedies.fitting(TrainingConfig(learning_rate=1e-3), rate, None) == ()


def test_augmentation_grows_step_by_step_and_keeps_what_was_on() -> None:
    config = TrainingConfig(augmentation=AugmentationConfig(noise_fraction=0.1, rotation_degrees=45))
    seen = []
    while (remedy := remedies.more_augmentation(config)) is not None:
        config = apply_remedy(config, remedy)
        seen.append(remedy.label)
        assert config.augmentation.noise_fraction == 0.1 and config.augmentation.rotation_degrees == 45
    assert [label.split(" instead")[0] for label in seen] == [
        "Mild augmentation",
        "Strong augmentation",
        "A fifth of half the faces greyed out",
    ]


def test_smaller_and_larger_models_are_the_catalogues_neighbours() -> None:
    from fer.models.catalog import ARCHITECTURES

    ladder = sorted(ARCHITECTURES.values(), key=lambda entry: entry.parameters)
    smallest, largest = ladder[0], ladder[-1]
    assert remedies.smaller_model(TrainingConfig(architecture=smallest.name)) is None
    assert remedies.larger_model(TrainingConfig(architecture=largest.name)) is None
    up = remedies.larger_model(TrainingConfig(architecture=smallest.name))
    assert up is not None and up.change == {"architecture": ladder[1].name}
