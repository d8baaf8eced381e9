"""Recording: what a camera showed, kept on request as a clip, a table, or single pictures.

    data/recordings/<year month day-hour minute second>/
        clip.mp4      with everything drawn that was drawn
        faces.csv     a row per face per frame
    data/recordings/<year month day-hour minute second>.png      a single picture

Nothing is written before `Recorder` is made, and nothing after it has stopped.
"""

import queue
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.errors import FerError, StorageError
from fer.live import LiveReading
from fer.live.video.table import ReadingTable
from fer.live.video.writing import FilmWriter
from fer.system import files, paths

CLIP_FILE, TABLE_FILE = "clip.mp4", "faces.csv"
MAX_SECONDS = 10 * 60
# A second of video waits for the disk at most; what comes on top of that is left out and counted.
_WAITING_FRAMES = 30
_TIME_BASE = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Recording:
    """What was kept.

    Attributes:
        folder: where it lies.
        frames: in the clip.
        dropped: frames that came too fast to be kept.
        faces: rows of the table.
        seconds: how long the clip is.
        error: why it is not whole; empty if it is.
    """

    folder: Path
    frames: int
    dropped: int
    faces: int
    seconds: float
    error: str = ""

    @property
    def clip(self) -> Path:
        """The annotated film."""
        return self.folder / CLIP_FILE

    @property
    def table(self) -> Path:
        """The rows."""
        return self.folder / TABLE_FILE


class Recorder:
    """Takes frames from a camera's thread without ever making it wait, and writes them on its own.

    `add` is for the camera's thread; `stop` and the properties for any other.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Begin to record into a folder; None for a new one in `data/recordings/`, named by the time."""
        self.folder = folder or new_place()
        self._started = time.monotonic()
        self._waiting: queue.Queue[tuple[NDArray[np.uint8], LiveReading, float] | None] = queue.Queue(
            _WAITING_FRAMES
        )
        self._table = ReadingTable()
        self._frames = self._dropped = 0
        self._seconds = 0.0
        self._error = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="write-recording", daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._started

    @property
    def is_recording(self) -> bool:
        """Whether what is added is still taken."""
        return not self._ended.is_set() and self._thread.is_alive() and self.seconds < MAX_SECONDS

    def add(self, drawn_bgr: NDArray[np.uint8], reading: LiveReading) -> None:
        """Take a frame as it is shown, and what was read in it.

        Args:
            drawn_bgr: (h, w, 3) uint8; not to be written to afterwards.
            reading: of the same frame.
        """
        if not self.is_recording:
            return
        try:
            self._waiting.put_nowait((drawn_bgr, reading, self.seconds))
        except queue.Full:
            self._dropped += 1

    def stop(self) -> Recording:
        """Write what is still waiting, put clip and table in their places, and return what there is.

        It may be called again, and tells the same.
        """
        if not self._ended.is_set():
            self._ended.set()
            self._waiting.put(None)
        self._thread.join()
        return Recording(
            self.folder, self._frames, self._dropped, len(self._table.rows), self._seconds, self._error
        )

    def _run(self) -> None:
        try:
            first = self._waiting.get()
            if first is None:
                return
            files.save(self.folder / CLIP_FILE, lambda temporary: self._write(temporary, first))
            self._table.save(self.folder / TABLE_FILE)
        except FerError as error:
            self._error = str(error)
        except Exception as error:  # an encoder's; the page tells it, and the camera goes on
            self._error = f"The recording ended with {type(error).__name__}: {error}. Start it again."
        finally:
            self._ended.set()
            # Whoever still waits to be written is let go.
            with suppress(queue.Empty):
                while True:
                    self._waiting.get_nowait()

    def _write(self, target: Path, first: tuple[NDArray[np.uint8], LiveReading, float]) -> None:
        height, width = (side // 2 * 2 or 2 for side in first[0].shape[:2])
        item: tuple[NDArray[np.uint8], LiveReading, float] | None = first
        with FilmWriter(target, (width, height), _TIME_BASE, preset="ultrafast") as writer:
            while item is not None:
                drawn_bgr, reading, seconds = item
                drawn_bgr = _fitted(drawn_bgr, width, height)
                seconds -= first[2]
                writer.write(drawn_bgr, round(seconds * 1000))
                self._table.add(reading, seconds)
                self._frames += 1
                self._seconds = seconds
                item = self._waiting.get()


def _fitted(frame_bgr: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The frame at a clip's size: whole and undistorted also where the camera was turned meanwhile."""
    if frame_bgr.shape[:2] == (height, width):
        return frame_bgr
    scale = min(width / frame_bgr.shape[1], height / frame_bgr.shape[0])
    inner = [
        min(round(side * scale), most)
        for side, most in zip(frame_bgr.shape[1::-1], (width, height), strict=True)
    ]
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    fitted = np.zeros((height, width, 3), np.uint8)
    fitted[top : top + inner[1], left : left + inner[0]] = cv2.resize(frame_bgr, inner)
    return fitted


def content_of(path: Path) -> bytes:
    """The bytes of a clip or a table.

    Raises:
        StorageError: somebody moved or deleted it.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{path.name} of {path.parent.name} cannot be read: {error.strerror or error}. It was moved or "
            "deleted."
        ) from error


def save_snapshot(drawn_bgr: NDArray[np.uint8]) -> Path:
    """Save one picture as it is shown, and return where.

    Args:
        drawn_bgr: (h, w, 3) uint8.

    Raises:
        StorageError: it cannot be written.
    """
    path = new_place().with_suffix(".png")
    encoded, content = cv2.imencode(".png", drawn_bgr)
    if not encoded:
        raise StorageError(
            f"A picture of {drawn_bgr.shape[1]}×{drawn_bgr.shape[0]} pixels cannot be saved as PNG."
        )
    files.save_bytes(path, content.tobytes())
    return path


def new_place() -> Path:
    """Return a path in `data/recordings/` that is free, named by the time."""
    folder = paths.recordings_folder()
    name = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    place, number = folder / name, 1
    while place.exists() or place.with_suffix(".png").exists():
        number += 1
        place = folder / f"{name}-{number}"
    return place
