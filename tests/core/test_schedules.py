"""The learning rate, worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from fer.config import Schedule, TrainingConfig
from fer.runs import EpochMetrics
from fer.runs.schedules import early_stop, learning_rate

USUAL = TrainingConfig()
PLATEAU_FACTOR, PLATEAU_PATIENCE = USUAL.plateau_factor, USUAL.plateau_patience


def epochs(*validation_losses: float) -> list[EpochMetrics]:
    return rows(validation_losses, [0.5] * len(validation_losses))


def rows(losses: Sequence[float], accuracies: Sequence[float]) -> list[EpochMetrics]:
    return [
        EpochMetrics(epoch, 1.0, 0.5, loss, accuracy, 0.1, 1.0)
        for epoch, (loss, accuracy) in enumerate(zip(losses, accuracies, strict=True), start=1)
    ]


def test_a_constant_rate_stays() -> None:
    config = TrainingConfig(learning_rate=0.1)
    assert {learning_rate(config, done, []) for done in (0, 0.5, 9.99)} == {0.1}


def test_cosine_falls_from_the_highest_rate_to_zero() -> None:
    config = TrainingConfig(epochs=10, learning_rate=0.1, schedule="cosine")
    assert learning_rate(config, 0, []) == pytest.approx(0.1)
    assert learning_rate(config, 5, []) == pytest.approx(0.05)
    assert learning_rate(config, 10, []) == pytest.approx(0)
    rates = [learning_rate(config, step / 10, []) for step in range(101)]
    assert rates == sorted(rates, reverse=True)


def test_warmup_climbs_evenly_and_its_first_step_is_not_zero() -> None:
    config = TrainingConfig(epochs=12, learning_rate=0.1, schedule="cosine", warmup_epochs=2)
    assert 0 < learning_rate(config, 0, []) < 0.001
    assert learning_rate(config, 1, []) == pytest.approx(0.05)
    assert learning_rate(config, 2, []) == pytest.approx(0.1)
    assert learning_rate(config, 7, []) == pytest.approx(0.05)


def test_a_run_that_only_warms_up_never_divides_by_zero() -> None:
    config = TrainingConfig(epochs=2, learning_rate=0.1, schedule="cosine", warmup_epochs=2)
    assert learning_rate(config, 1.5, []) == pytest.approx(0.075)
    assert learning_rate(config, 2, []) == pytest.approx(0.1)


def test_a_plateau_divides_the_rate_once_the_patience_is_over() -> None:
    config = TrainingConfig(epochs=100, learning_rate=0.1, schedule="plateau")
    patient = epochs(1.0, *[1.0] * (PLATEAU_PATIENCE - 1))
    assert learning_rate(config, len(patient), patient) == 0.1
    over = epochs(1.0, *[1.1] * PLATEAU_PATIENCE)
    assert learning_rate(config, len(over), over) == pytest.approx(0.1 * PLATEAU_FACTOR)
    twice = epochs(1.0, *[1.1] * (2 * PLATEAU_PATIENCE))
    assert learning_rate(config, len(twice), twice) == pytest.approx(0.1 * PLATEAU_FACTOR**2)


def test_a_better_loss_starts_the_patience_anew() -> None:
    config = TrainingConfig(epochs=100, learning_rate=0.1, schedule="plateau")
    almost = [1.0, *[1.1] * (PLATEAU_PATIENCE - 1)]
    again = epochs(*almost, 0.9, *[1.0] * (PLATEAU_PATIENCE - 1))
    assert learning_rate(config, len(again), again) == 0.1


def test_a_plateau_falls_by_its_own_factor_after_its_own_patience() -> None:
    config = TrainingConfig(
        epochs=100, learning_rate=0.1, schedule="plateau", plateau_factor=0.5, plateau_patience=2
    )
    assert learning_rate(config, 2, epochs(1.0, 1.0)) == 0.1
    assert learning_rate(config, 3, epochs(1.0, 1.0, 1.0)) == pytest.approx(0.05)
    assert learning_rate(config, 5, epochs(*[1.0] * 5)) == pytest.approx(0.025)


def test_a_plateau_goes_by_what_it_is_told_to_watch() -> None:
    falling, stuck = [1.0, 0.9, 0.8, 0.7], [0.5, 0.5, 0.4, 0.5]
    by_loss = TrainingConfig(learning_rate=0.1, schedule="plateau", plateau_patience=3)
    by_accuracy = replace(by_loss, plateau_monitor="validation_accuracy")
    assert learning_rate(by_loss, 4, rows(falling, stuck)) == 0.1
    assert learning_rate(by_accuracy, 4, rows(falling, stuck)) == pytest.approx(0.01)
    rising, worse = [0.5, 0.6, 0.7, 0.8], [1.0, 1.1, 1.2, 1.3]
    assert learning_rate(by_loss, 4, rows(worse, rising)) == pytest.approx(0.01)
    assert learning_rate(by_accuracy, 4, rows(worse, rising)) == 0.1


def test_early_stopping_goes_by_what_it_is_told_to_watch() -> None:
    by_accuracy = TrainingConfig(early_stopping_patience=3)
    by_loss = replace(by_accuracy, early_stopping_monitor="validation_loss")
    falling, stuck = [1.0, 0.9, 0.8, 0.7], [0.5, 0.4, 0.4, 0.4]
    assert early_stop(by_loss, rows(falling, stuck)) == ""
    assert "no better validation accuracy for 3 epochs" in early_stop(by_accuracy, rows(falling, stuck))
    rising, worse = [0.5, 0.6, 0.7, 0.8], [1.0, 1.1, 1.2, 1.3]
    assert early_stop(by_accuracy, rows(worse, rising)) == ""
    assert "no lower validation loss for 3 epochs" in early_stop(by_loss, rows(worse, rising))
    assert early_stop(by_loss, rows(worse[:3], rising[:3])) == ""
    assert early_stop(by_loss, []) == ""
    assert early_stop(replace(by_loss, head_epochs=2), rows(worse, rising)) == ""


def test_the_loss_breaks_a_tie_of_the_accuracy_when_that_is_watched() -> None:
    config = TrainingConfig(early_stopping_patience=2)
    assert early_stop(config, rows([1.0, 0.9, 0.8], [0.5, 0.5, 0.5])) == ""
    assert early_stop(config, rows([1.0, 1.0, 1.0], [0.5, 0.5, 0.5])) != ""


def test_a_run_of_before_the_plateau_could_be_set_goes_on_as_it_did() -> None:
    values = TrainingConfig(schedule="plateau", early_stopping_patience=5).as_dict()
    for name in ("plateau_factor", "plateau_patience", "plateau_monitor", "early_stopping_monitor"):
        del values[name]
    old = TrainingConfig.from_dict(values)
    assert (old.plateau_factor, old.plateau_patience) == (0.1, 12)
    assert (old.plateau_monitor, old.early_stopping_monitor) == ("validation_loss", "validation_accuracy")


def test_one_cycle_climbs_for_three_tenths_and_falls_to_almost_nothing() -> None:
    config = TrainingConfig(epochs=10, learning_rate=0.1, schedule="one_cycle")
    rates = [learning_rate(config, step / 100, []) for step in range(1001)]
    assert rates[0] == pytest.approx(0.1 / 25)
    assert rates[:301] == sorted(rates[:301])
    assert rates[300] == pytest.approx(0.1)
    assert rates[300:] == sorted(rates[300:], reverse=True)
    assert rates[-1] == pytest.approx(1e-5)


@pytest.mark.parametrize("schedule", ["constant", "plateau", "cosine", "one_cycle"])
def test_any_schedule_can_be_warmed_up_to(schedule: Schedule) -> None:
    config = TrainingConfig(epochs=10, learning_rate=0.1, schedule=schedule, warmup_epochs=2)
    assert [learning_rate(config, done, []) for done in (0.5, 1, 1.5)] == pytest.approx([0.025, 0.05, 0.075])


@pytest.mark.parametrize("schedule", ["constant", "cosine", "one_cycle"])
def test_fine_tuning_goes_on_at_a_share_of_the_same_course(schedule: Schedule) -> None:
    one_phase = TrainingConfig(epochs=10, learning_rate=0.1, schedule=schedule)
    two = TrainingConfig(
        epochs=10, learning_rate=0.1, schedule=schedule, head_epochs=4, fine_tune_rate_fraction=0.2
    )
    for done in (0.5, 3.99, 4, 7, 9.5):
        expected = learning_rate(one_phase, done, []) * (0.2 if done >= 4 else 1)
        assert learning_rate(two, done, []) == pytest.approx(expected)


def test_a_plateau_of_the_head_alone_does_not_lower_the_rate_of_fine_tuning() -> None:
    head_epochs = PLATEAU_PATIENCE + 2
    config = TrainingConfig(epochs=100, learning_rate=0.1, schedule="plateau", head_epochs=head_epochs)
    stuck = epochs(*[1.0] * head_epochs)
    assert learning_rate(config, head_epochs - 0.5, stuck) == pytest.approx(0.1 * PLATEAU_FACTOR)
    assert learning_rate(config, head_epochs, stuck) == pytest.approx(0.1 * 0.1)
    later = epochs(*[1.0] * (head_epochs + PLATEAU_PATIENCE + 1))
    assert learning_rate(config, len(later), later) == pytest.approx(0.1 * 0.1 * PLATEAU_FACTOR)
