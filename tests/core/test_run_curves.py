"""Curves are read on from where the last look ended, and a long run's are thinned."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from fer.runs import BATCHES_FILE, METRICS_FILE, BatchMetrics, CurvesReader, EpochMetrics
from fer.runs.curves import MOST_BATCH_ROWS


def batch(epoch: int, number: int, of: int = 10, **changes: float) -> BatchMetrics:
    return BatchMetrics(epoch, number, of, 1.0, 0.5, 100.0, 1.0, **changes)  # type: ignore[arg-type]


def epoch(number: int, accuracy: float = 0.5) -> EpochMetrics:
    return EpochMetrics(number, 1.0, 0.5, 1.0, accuracy, 1e-3, 2.0)


def put(folder: Path, *rows: BatchMetrics | EpochMetrics, mode: str = "a") -> None:
    for row in rows:
        name = METRICS_FILE if isinstance(row, EpochMetrics) else BATCHES_FILE
        with (folder / name).open(mode) as file:
            file.write(json.dumps(asdict(row)) + "\n")


def test_nothing_is_read_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    curves = CurvesReader(tmp_path / "gone").read()
    assert (curves.metrics, curves.batches) == ((), ())


def test_what_was_written_since_the_last_look_is_added(tmp_path: Path) -> None:
    reader = CurvesReader(tmp_path)
    put(tmp_path, batch(1, 5), batch(1, 10), epoch(1))
    first = reader.read()
    put(tmp_path, batch(2, 5), epoch(2))
    second = reader.read()
    assert (first.metrics, first.batches) == ((epoch(1),), (batch(1, 5), batch(1, 10)))
    assert second.metrics == (epoch(1), epoch(2))
    assert second.batches == (batch(1, 5), batch(1, 10), batch(2, 5))
    assert reader.read() == second


def test_a_line_under_way_is_read_once_it_is_whole(tmp_path: Path) -> None:
    reader = CurvesReader(tmp_path)
    line = json.dumps(asdict(batch(1, 5)))
    (tmp_path / BATCHES_FILE).write_text(line[:20])
    assert reader.read().batches == ()
    (tmp_path / BATCHES_FILE).write_text(line + "\n")
    assert reader.read().batches == (batch(1, 5),)


def test_an_epoch_trained_again_counts_as_it_was_last(tmp_path: Path) -> None:
    reader = CurvesReader(tmp_path)
    put(tmp_path, epoch(1), epoch(2, 0.6), batch(2, 10), batch(3, 4), batch(3, 8))
    reader.read()
    put(tmp_path, epoch(2, 0.7), batch(3, 2))
    curves = reader.read()
    assert curves.metrics == (epoch(1), epoch(2, 0.7))
    assert curves.batches == (batch(2, 10), batch(3, 2))


def test_a_replaced_or_shortened_file_is_read_anew(tmp_path: Path) -> None:
    reader = CurvesReader(tmp_path)
    put(tmp_path, batch(1, 5), batch(1, 10), epoch(1), epoch(2))
    reader.read()
    (tmp_path / METRICS_FILE).write_text("")
    put(tmp_path, epoch(1, 0.9))
    other = tmp_path / "other"
    other.mkdir()
    put(other, batch(1, 1), batch(1, 2), batch(1, 3))
    (other / BATCHES_FILE).replace(tmp_path / BATCHES_FILE)
    curves = reader.read()
    assert curves.metrics == (epoch(1, 0.9),)
    assert curves.batches == (batch(1, 1), batch(1, 2), batch(1, 3))
    (tmp_path / BATCHES_FILE).unlink()
    assert reader.read().batches == ()


@pytest.mark.parametrize(
    "change",
    [
        {"loss": "1.0"},
        {"accuracy": None},
        {"epoch": "2"},
        {"epoch": 0},
        {"batches": 0},
        {"batch": 1.5},
        {"recent_loss": [1]},
        {"epoch": 10**12},
    ],
)
def test_a_line_edited_into_nonsense_is_passed_over(tmp_path: Path, change: dict[str, object]) -> None:
    put(tmp_path, batch(1, 5))
    with (tmp_path / BATCHES_FILE).open("a") as file:
        file.write(json.dumps({**asdict(batch(1, 6)), **change}) + "\n[]\n7\n\n\xff\n")
    put(tmp_path, batch(1, 7))
    assert CurvesReader(tmp_path).read().batches == (batch(1, 5), batch(1, 7))


def test_a_long_run_is_thinned_and_its_newest_line_stays(tmp_path: Path) -> None:
    reader = CurvesReader(tmp_path)
    count = 3 * MOST_BATCH_ROWS
    rows = [batch(1, number, count, recent_loss=float(number % 2)) for number in range(1, count + 1)]
    for start in range(0, count, 1000):
        put(tmp_path, *rows[start : start + 1000])
        curves = reader.read()
        assert len(curves.batches) <= MOST_BATCH_ROWS + 1
        assert curves.batches[-1].batch == min(start + 1000, count)
    assert [row.batch for row in curves.batches] == sorted({row.batch for row in curves.batches})
    assert len(curves.batches) > MOST_BATCH_ROWS / 3
    # What was measured between two points is their mean, not the luck of one line.
    assert sum(row.recent_loss == 0.5 for row in curves.batches) > 0.95 * len(curves.batches)


def test_lines_of_two_epochs_are_never_made_one(tmp_path: Path) -> None:
    epochs = MOST_BATCH_ROWS + 200
    put(tmp_path, *(batch(number, 10) for number in range(1, epochs + 1)))
    assert [row.epoch for row in CurvesReader(tmp_path).read().batches] == list(range(1, epochs + 1))


def test_of_a_very_long_run_seen_for_the_first_time_some_lines_will_do(tmp_path: Path) -> None:
    put(tmp_path, *(batch(number // 900 + 1, number % 900 + 1, 900) for number in range(20_000)))
    batches = CurvesReader(tmp_path).read().batches
    assert len(batches) <= MOST_BATCH_ROWS + 1
    assert (batches[0].epoch, batches[-1].epoch) == (1, 23)
    assert batches[-1].batch == 19_999 % 900 + 1
