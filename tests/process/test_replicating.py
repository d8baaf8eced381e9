"""S0's table with its real runs: a row is begun through the queue, stopped, taken up again, and filled."""

from pathlib import Path

import pytest

from fer.datasets import load_dataset
from fer.evaluation.replication import table
from fer.evaluation.replication.recipes import TABLE_ROWS
from fer.evaluation.replication.table import TableSize
from fer.runs import RunStatus
from tests.process.conftest import wait_until, write_squares

SMALL = TableSize(2, 256)
NAME = "squares.csv"

pytestmark = pytest.mark.timeout(900)


def test_a_row_that_was_stopped_goes_on_and_fills_both_its_cells(
    fer_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "TABLE_ROWS", TABLE_ROWS[-1:])  # one row of the four: the others are alike
    write_squares(fer_home / "data" / NAME, train=40, validation=3)
    table.check_table(load_dataset(NAME), SMALL)
    (run,) = table.submit_table(NAME, SMALL)
    wait_until(run, lambda run: len(run.metrics()) == 1 or run.status is RunStatus.FINISHED)
    table.stop_table(NAME, SMALL)
    stopped = wait_until(run, lambda run: not run.is_active)
    left, right = table.table_of(NAME, SMALL)
    assert left.is_full and left.latest is not None and left.latest.count == 21
    if stopped.status is RunStatus.STOPPED:
        assert not right.is_full
        assert [again.id for again in table.submit_table(NAME, SMALL)] == [run.id]
        wait_until(run, lambda run: run.status is RunStatus.FINISHED)
    first, second = table.table_of(NAME, SMALL)
    assert first.latest == left.latest
    assert second.is_full
    assert table.submit_table(NAME, SMALL) == []
    assert table.seconds_left(NAME, SMALL) == 0
