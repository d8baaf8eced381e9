"""The stopwatch by a clock of our own, and `bench load` on a handful of faces."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest

from fer.bench import Measurement, Report, stopwatch
from fer.bench.subjects import bench_load
from fer.datasets import Dataset
from fer.errors import DatasetNotFoundError
from tests.conftest import write_fer_csv


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perf_counter(self) -> float:
        return self.seconds

    def takes(self, *milliseconds: float) -> Callable[[], None]:
        """Something that takes so long the first time, the second time, and so on."""
        times = iter(milliseconds)

        def work() -> None:
            self.seconds += next(times) / 1e3

        return work


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(stopwatch, "time", SimpleNamespace(perf_counter=clock.perf_counter))
    return clock


@pytest.fixture
def rivals(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """`fer.bench.rivals`, without the Keras that its other rivals need."""
    monkeypatch.setitem(sys.modules, "keras", MagicMock())
    import fer.bench
    from fer.bench import rivals

    yield rivals
    for parent, name in ((fer.bench, "rivals"), (fer, "training")):
        delattr(parent, name)
        del sys.modules[f"{parent.__name__}.{name}"]


def test_contestants_take_turns_and_the_progress_is_told() -> None:
    order: list[str] = []
    told: list[float] = []
    contestants = {name: (lambda name=name: order.append(name)) for name in ("ours", "rival")}
    measurements = stopwatch.take_turns(contestants, 3, told.append)
    assert order == ["ours", "rival"] * 4
    assert told == [0.25, 0.5, 0.75, 1]
    assert list(measurements) == ["ours", "rival"]


def test_the_first_round_does_not_count(clock: Clock) -> None:
    times = stopwatch.take_turns({"a": clock.takes(900, 2, 4, 3), "b": clock.takes(5, 8, 8, 8)}, 3)
    assert times["a"].median_ms == pytest.approx(3)
    assert times["a"].p95_ms == pytest.approx(3.9)
    assert times["a"].runs == 3
    assert times["b"].median_ms == pytest.approx(8)


def test_a_ratio_says_how_many_times_longer_the_slower_took() -> None:
    times = {"rival": Measurement(30.0, 40.0, 5), "ours": Measurement(4.0, 5.0, 5)}
    assert stopwatch.ratio(times, "rival", "ours") == {"rival_over_ours": 7.5}


def test_a_report_is_plain_json_with_each_measurement_under_its_name() -> None:
    report = Report({"ours": Measurement(1.23456, 2.0, 5)}, {"rival_over_ours": 7.4999}, "a quiet machine")
    assert json.loads(json.dumps(report.as_dict())) == {
        "ours": {"median_ms": 1.235, "p95_ms": 2.0, "runs": 5},
        "ratios": {"rival_over_ours": 7.5},
    }


def test_the_tutorials_loop_reads_the_same_pixels(
    rivals: ModuleType, tmp_path: Path, small_dataset: Dataset
) -> None:
    path = write_fer_csv(tmp_path / "faces.csv", small_dataset)
    assert np.array_equal(rivals.read_csv_with_a_loop(path), small_dataset.images[..., 0])


def test_loading_is_measured_the_first_time_the_second_and_by_the_loop(
    rivals: ModuleType, tmp_path: Path, small_dataset: Dataset
) -> None:
    told: list[float] = []
    path = write_fer_csv(tmp_path / "faces.csv", small_dataset)
    report = bench_load(lambda fraction, _: told.append(fraction), data=str(path))
    assert list(report.measurements) == ["first_load", "second_load", "int_loop"]
    assert list(report.ratios) == ["int_loop_over_first_load", "int_loop_over_second_load"]
    assert all(value > 0 for value in report.ratios.values())
    assert report.setting == str(path)
    assert told == sorted(told)


def test_a_csv_that_is_not_there_is_a_sentence(rivals: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(DatasetNotFoundError, match=r"no file “nowhere\.csv”"):
        bench_load(data="nowhere.csv")
    with pytest.raises(DatasetNotFoundError):
        bench_load(data=str(tmp_path))
