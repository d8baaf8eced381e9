"""Learning curves: the curves of a run, read on from where the last look ended.

A long run writes a hundred thousand lines, and the page looks every second. Reading them all each time
would take a second of every second.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fer.runs.folder import BATCHES_FILE, METRICS_FILE, parse_rows
from fer.runs.run import BatchMetrics, EpochMetrics

MOST_BATCH_ROWS = 2_400
"""How many points within epochs are kept, about four for each pixel of a chart."""
# A fifth of a second's work; the page reads two lines at a time.
_MOST_NEW_LINES = 5_000


@dataclass(frozen=True, slots=True)
class RunCurves:
    """The epochs done, in order, and where it was within them: of a long run several lines are one."""

    metrics: tuple[EpochMetrics, ...]
    batches: tuple[BatchMetrics, ...]


class CurvesReader:
    """Reads the curves of one run again and again, and of its files only what is new.

    Of a long run it keeps `MOST_BATCH_ROWS` lines within epochs or fewer: two of one epoch become one, which
    stands where the second did, with the mean of what was measured since the line before. Of more lines than
    can be read in a moment it takes some. The line written last always stays. Threads may share it.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._metrics_file = _GrowingFile(folder / METRICS_FILE)
        self._batches_file = _GrowingFile(folder / BATCHES_FILE)
        self._metrics: dict[int, EpochMetrics] = {}
        self._batches: list[BatchMetrics] = []
        self._stride = 1  # how many lines one kept row stands for
        self._loose: list[BatchMetrics] = []  # fewer than that, at the end
        self._most = MOST_BATCH_ROWS

    def read(self) -> RunCurves:
        """Return the curves as the files show them now."""
        with self._lock:
            lines, anew = self._metrics_file.read_on()
            if anew:
                self._metrics.clear()
            self._metrics |= {row.epoch: row for row in parse_rows(lines, EpochMetrics)}
            lines, anew = self._batches_file.read_on()
            if anew:
                self._batches, self._loose, self._stride, self._most = [], [], 1, MOST_BATCH_ROWS
            # A long run seen for the first time: every so many lines will do, and of them the last.
            step = -(-len(lines) // _MOST_NEW_LINES) or 1
            for row in parse_rows(lines[::-step][::-1], BatchMetrics):
                self._add(row)
            return RunCurves(
                tuple(self._metrics[epoch] for epoch in sorted(self._metrics)),
                (*self._batches, *([_merged(self._loose)] if self._loose else [])),
            )

    def _add(self, row: BatchMetrics) -> None:
        # Of an epoch begun again the latest attempt counts.
        for rows in (self._loose, self._batches):
            while rows and (rows[-1].epoch, rows[-1].batch) >= (row.epoch, row.batch):
                rows.pop()
        if self._loose and self._loose[-1].epoch != row.epoch:
            self._batches.append(_merged(self._loose))
            self._loose = []
        self._loose.append(row)
        if len(self._loose) >= self._stride:
            self._batches.append(_merged(self._loose))
            self._loose = []
        if len(self._batches) > self._most:
            self._halve()

    def _halve(self) -> None:
        kept: list[BatchMetrics] = []
        pair: list[BatchMetrics] = []
        for row in self._batches:
            if pair and (len(pair) == 2 or pair[-1].epoch != row.epoch):
                kept.append(_merged(pair))
                pair = []
            pair.append(row)
        self._batches = [*kept, _merged(pair)]
        self._stride *= 2
        # Thousands of epochs of a line each leave nothing to merge: it is not tried again for each line.
        self._most = max(MOST_BATCH_ROWS, 2 * len(self._batches))


class _GrowingFile:
    """Lines that are only ever added to, unless somebody replaces the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode = 0
        self._read_bytes = 0

    def read_on(self) -> tuple[list[bytes], bool]:
        """Return the whole lines since the last call, and whether they begin anew."""
        try:
            with self._path.open("rb") as file:
                status = self._path.stat()
                anew = status.st_ino != self._inode or status.st_size < self._read_bytes
                if anew:
                    self._inode, self._read_bytes = status.st_ino, 0
                file.seek(self._read_bytes)
                new = file.read()
        except OSError:  # not written yet, or deleted
            anew = self._read_bytes > 0
            self._inode = self._read_bytes = 0
            return [], anew
        whole = new[: new.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        return whole.splitlines(), anew


def _merged(rows: Sequence[BatchMetrics]) -> BatchMetrics:
    """Lines of one epoch as one: where the last stands, with the means of what was measured lately."""
    if len(rows) == 1:
        return rows[0]
    return replace(
        rows[-1],
        images_per_second=sum(row.images_per_second for row in rows) / len(rows),
        recent_loss=_mean([row.recent_loss for row in rows]),
        recent_accuracy=_mean([row.recent_accuracy for row in rows]),
        cpu_percent=_mean([row.cpu_percent for row in rows]),
        memory_megabytes=_mean([row.memory_megabytes for row in rows]),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
