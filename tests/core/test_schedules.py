"""The learning rate, worked out by hand."""

import pytest

from fer.config import Schedule, TrainingConfig
from fer.runs import EpochMetrics
from fer.runs.schedules import PLATEAU_FACTOR, PLATEAU_PATIENCE, learning_rate


def epochs(*validation_losses: float) -> list[EpochMetrics]:
    return [
        EpochMetrics(epoch, 1.0, 0.5, loss, 0.5, 0.1, 1.0)
        for epoch, loss in enumerate(validation_losses, start=1)
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
    rows = epochs(*almost, 0.9, *[1.0] * (PLATEAU_PATIENCE - 1))
    assert learning_rate(config, len(rows), rows) == 0.1


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
