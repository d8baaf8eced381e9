"""The training process's side of a run folder."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fer import processes
from fer.runs.folder import (
    ANSWERS_FILE,
    BATCHES_FILE,
    METRICS_FILE,
    STATUS_FILE,
    STOP_FILE,
    append_row,
    read_json,
    save_status,
)
from fer.runs.run import BatchMetrics, EpochMetrics, RunStatus


class RunRecorder:
    """The training process's side of the folder: says what happens, and hears the request to stop.

    Lines are appended and flushed, so a kill -9 loses at most the line being written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._status = read_json(folder / STATUS_FILE)
        self._mend_torn_lines()
        self._write_status(
            status=RunStatus.RUNNING,
            finished_at=None,
            error="",
            **processes.this_process(),
        )

    def stage(self, text: str) -> None:
        """Say what the process is busy with."""
        print(text, flush=True)
        self._write_status(stage=text)

    def record_batch(self, row: BatchMetrics) -> None:
        """Add a line to batches.jsonl."""
        append_row(self.folder / BATCHES_FILE, row)

    def record_epoch(self, row: EpochMetrics) -> None:
        """Add a line to metrics.jsonl, on the disk when this returns."""
        append_row(self.folder / METRICS_FILE, row, durable=True)

    def stop_requested(self) -> bool:
        """Whether somebody asked this run to stop."""
        return (self.folder / STOP_FILE).exists()

    def finish(self, status: RunStatus, error: str = "") -> None:
        """Write down how the run ended."""
        self._write_status(status=status, stage="", error=error, finished_at=datetime.now(UTC).isoformat())

    def _write_status(self, **changes: Any) -> None:
        self._status.update(changes)
        save_status(self.folder, self._status)

    def _mend_torn_lines(self) -> None:
        """Close a line that a killed predecessor left open, lest the next one be glued to it."""
        for name in (BATCHES_FILE, METRICS_FILE, ANSWERS_FILE):
            path = self.folder / name
            if path.exists() and (content := path.read_bytes()) and not content.endswith(b"\n"):
                with path.open("ab") as lines:
                    lines.write(b"\n")
