"""Progress reporting: where within an epoch a run is, told twice a second."""

import time

import psutil

from fer.runs import BatchMetrics, RunRecorder
from fer.training.engine.tensorboard import ScalarLog

# How often the watching page gets a new point; more would be drawn by nobody.
_REPORT_SECONDS = 0.5


class _Sum:
    """Loss and accuracy over some faces."""

    def __init__(self) -> None:
        self.faces, self._loss, self._right = 0, 0.0, 0.0

    def add(self, faces: int, loss: float, accuracy: float) -> None:
        self.faces += faces
        self._loss += loss * faces
        self._right += accuracy * faces

    def means(self) -> tuple[float, float]:
        return self._loss / self.faces, self._right / self.faces


class BatchReporter:
    """Adds up the batches of one epoch after another, and records about twice a second how it goes."""

    def __init__(self, recorder: RunRecorder, batches: int, log: ScalarLog) -> None:
        self._recorder = recorder
        self._batches = batches
        self._log = log
        self._process = psutil.Process()
        self._process.cpu_percent()  # of the time since the last call, so there must be one
        self._cores = psutil.cpu_count() or 1
        self._started = time.perf_counter()
        self.begin(0)

    def begin(self, epoch: int) -> None:
        """Start adding up anew."""
        self._epoch, self._whole, self._recent = epoch, _Sum(), _Sum()
        self._last_report = time.perf_counter()

    def add(self, step: int, faces: int, loss: float, accuracy: float, learning_rate: float) -> bool:
        """Count a batch in, and record how it goes if it is time to; returns whether it was; see `Step`."""
        self._whole.add(faces, loss, accuracy)
        self._recent.add(faces, loss, accuracy)
        total = (self._epoch - 1) * self._batches + step
        self._log.add(total, {"batch/loss": loss, "batch/learning_rate": learning_rate})
        now = time.perf_counter()
        # The very first one is told at once: it says that the run is under way.
        if now - self._last_report < _REPORT_SECONDS and total > 1 and step < self._batches:
            return False
        seconds = max(now - self._last_report, 1e-9)
        self._recorder.record_batch(
            BatchMetrics(
                self._epoch,
                step,
                self._batches,
                *self._whole.means(),
                self._recent.faces / seconds,
                now - self._started - self._recorder.paused_seconds,
                *self._recent.means(),
                learning_rate,
                min(self._process.cpu_percent() / self._cores, 100.0),
                self._process.memory_info().rss / 2**20,
            )
        )
        self._recorder.persist(self._log.flush)
        self._recent = _Sum()
        self._last_report = time.perf_counter()
        return True

    def means(self) -> tuple[float, float]:
        """Loss and accuracy over the epoch so far."""
        return self._whole.means()
