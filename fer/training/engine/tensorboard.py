"""TensorBoard logs: the curves once more, for `tensorboard --logdir`.

Each folder below a run's own holds one line of TensorBoard's charts; a process that goes on with a run writes
a file of its own into each.
"""

import os
import struct
import time
from collections.abc import Mapping
from pathlib import Path

from tensorboardX.proto.event_pb2 import Event, SessionLog
from tensorboardX.proto.summary_pb2 import Summary
from tensorboardX.record_writer import masked_crc32c

from fer.runs import append_bytes


class ScalarLog:
    """Figures over steps, in one of TensorBoard's files.

    tensorboardX's own writer hands everything to a thread, which dies of a full disk and lets the run wait
    for it for ever; so only its formats are used, and what was not written yet is kept until it is.
    """

    def __init__(self, folder: Path, first_step: int) -> None:
        """Begin a file; what an earlier process wrote from `first_step` on does not count."""
        self._path = folder / f"events.out.tfevents.{time.time():.0f}.{os.getpid()}"
        self._pending = bytearray()
        self._add(Event(file_version="brain.Event:2"))
        self._add(Event(step=first_step, session_log=SessionLog(status=SessionLog.START)))

    def add(self, step: int, figures: Mapping[str, float]) -> None:
        """Note figures, to be written with the next `flush`."""
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in figures.items()]
        self._add(Event(step=step, summary=Summary(value=values)))

    def flush(self) -> None:
        """Write what was noted.

        Raises:
            DiskFullError, StorageError: see `append_bytes`; it is still noted.
        """
        if self._pending:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            append_bytes(self._path, bytes(self._pending))
            self._pending.clear()

    def _add(self, event: Event) -> None:
        event.wall_time = time.time()
        content = event.SerializeToString()
        length = struct.pack("<Q", len(content))
        for part in (length, content):
            self._pending += part + struct.pack("<I", masked_crc32c(part))
