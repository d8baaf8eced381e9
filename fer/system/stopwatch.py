"""Timing: contestants take turns, so that a busy moment of the machine hits all of them."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Measurement:
    """How long one thing took.

    Attributes:
        median_ms: the middle of all runs.
        p95_ms: what 95 of 100 runs stay under.
        runs: how often it was done, after one that did not count.
    """

    median_ms: float
    p95_ms: float
    runs: int


@dataclass(frozen=True, slots=True)
class Report:
    """One subject's measurements.

    Attributes:
        measurements: name to times.
        ratios: "a_over_b" to how many times longer a took than b, by their medians.
        setting: what it was measured on, in a few words.
        megabytes: memory by what needed it, where that was measured.
        rows: what else was measured, plain JSON values; every row has the same names.
        remarks: sentences about it.
    """

    measurements: Mapping[str, Measurement]
    ratios: Mapping[str, float]
    setting: str
    megabytes: Mapping[str, float] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()
    remarks: Sequence[str] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values: each measurement under its name, "ratios", and what else there is."""
        values: dict[str, Any] = {
            name: {"median_ms": round(m.median_ms, 3), "p95_ms": round(m.p95_ms, 3), "runs": m.runs}
            for name, m in self.measurements.items()
        }
        if self.megabytes:
            values["megabytes"] = {name: round(value, 1) for name, value in self.megabytes.items()}
        if self.rows:
            values["rows"] = [dict(row) for row in self.rows]
        return {**values, "ratios": {name: round(ratio, 2) for name, ratio in self.ratios.items()}}


def take_turns(
    contestants: Mapping[str, Callable[[], object]],
    runs: int,
    tell: Callable[[float], object] = lambda fraction: None,
) -> dict[str, Measurement]:
    """Time each contestant `runs` times, in turns, after one round that does not count.

    Args:
        contestants: name to what is timed.
        runs: rounds that count, at least 1.
        tell: told the share of rounds done, 0 to 1.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(runs + 1):
        for name, contestant in contestants.items():
            started = time.perf_counter()
            contestant()
            if number:
                seconds[name].append(time.perf_counter() - started)
        tell((number + 1) / (runs + 1))
    return {name: measured(times) for name, times in seconds.items()}


def measured(seconds: list[float]) -> Measurement:
    """The measurement that these times make."""
    milliseconds = np.array(seconds) * 1e3
    return Measurement(float(np.median(milliseconds)), float(np.percentile(milliseconds, 95)), len(seconds))


def ratio(measurements: Mapping[str, Measurement], slower: str, faster: str) -> dict[str, float]:
    """How many times longer `slower` took, under the name "<slower>_over_<faster>"."""
    return {f"{slower}_over_{faster}": measurements[slower].median_ms / measurements[faster].median_ms}
