"""The drawn rate is the rate that training will take."""

from typing import get_args

import pytest

from fer.config import Schedule, TrainingConfig
from fer.figures import schedule_figure
from fer.runs import EpochMetrics
from fer.runs.schedules import learning_rate


@pytest.mark.parametrize("schedule", get_args(Schedule))
def test_the_line_is_what_the_schedule_says_at_every_point(schedule: Schedule) -> None:
    config = TrainingConfig(epochs=20, schedule=schedule, warmup_epochs=2, learning_rate=0.004)
    line = schedule_figure(config).data[-1]
    assert (line.x[0], line.x[-1]) == (0, 20)
    assert list(line.y) == [learning_rate(config, done, ()) for done in line.x]


def test_a_plateau_is_drawn_for_a_run_that_stands_still() -> None:
    config = TrainingConfig(epochs=30, schedule="plateau", learning_rate=0.01)
    stuck, _ = schedule_figure(config).data
    standing = [EpochMetrics(epoch, 1, 0, 1, 0, 0.01, 1) for epoch in range(1, 30)]
    assert stuck.y[-2] == learning_rate(config, 29.9, standing) == pytest.approx(1e-4)
