"""Video annotation: a film read from its first frame to its last; annotated film and table out."""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fer.detection import DetectionMode, build_detector
from fer.errors import VideoError
from fer.live import LiveRecognizer, LiveSettings
from fer.live.drawing import DrawingStyle, draw_faces
from fer.live.reading import TOO_SMALL, LiveReading
from fer.live.video.probing import (
    FilmInfo,
    beginning,
    check_length,
    frames_of,
    opened,
    probe_film,
    sound_of,
    upright,
)
from fer.live.video.table import ReadingTable
from fer.live.video.writing import FilmWriter
from fer.models.inference import Recognizer
from fer.system import files
from fer.system.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class FilmReport:
    """What came of a film.

    Attributes:
        info: what was in the file.
        frames: that were read.
        faces: rows of the table.
        people: how many different ones were followed.
        shares: each label's part of the rows; "unsure" is one, faces too small to be read are not counted.
        seconds: from its first frame to its last.
        took_seconds: how long reading it took.
    """

    info: FilmInfo
    frames: int
    faces: int
    people: int
    shares: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    took_seconds: float = 0.0

    @property
    def times_real_time(self) -> float:
        """How many times faster than it plays it was read."""
        return self.seconds / self.took_seconds if self.took_seconds else 0.0


def annotate_film(
    source: Path,
    recognizer: Recognizer,
    *,
    output: Path | None = None,
    table: Path | None = None,
    other: Recognizer | None = None,
    settings: LiveSettings | None = None,
    style: DrawingStyle | None = None,
    name: str = "",
    progress: Progress = silent,
) -> FilmReport:
    """Read every frame of a film, and save what is asked for.

    Its timing stays as it is, frame by frame, and so does its sound: the times of the table are those that a
    player shows, also where the first frame comes late. Whatever ends it, no half-written file
    is left under a final name.

    Args:
        recognizer: reads its faces.
        output: the annotated film, .mp4; None for none.
        table: a row per face per frame, .csv or .parquet; None for none.
        other: a second model that reads the same faces.
        settings: how faces are found, read and held steady.
        name: what an error calls the film; empty for its file's name.

    Raises:
        VideoError: the film cannot be read, or a name does not end as it should.
        FaceDetectorError: the detector cannot be used.
        StorageError: a file cannot be written.
    """
    if output is not None and output.suffix.lower() != ".mp4":
        raise VideoError(f"The annotated film is saved as .mp4; received “{output.name}”.")
    if table is not None and table.suffix.lower() not in (".csv", ".parquet"):
        raise VideoError(f"A table is saved as .csv or .parquet; received “{table.name}”.")
    progress(0.0, "Looking into the film")
    info, _ = probe_film(source, name)
    settings = settings or LiveSettings()
    # In order, not beside: the same film gives the same table.
    detector = build_detector(settings.detector, DetectionMode.SYNCED, settings.score_threshold)
    live = LiveRecognizer(recognizer, settings, detector=detector)
    live.use(recognizer, other)
    reader = _Reader(source, name or source.name, info, live, style or DrawingStyle(), progress)
    started = time.perf_counter()
    if output is None:
        reader.read(None)
    else:
        files.save(output, reader.read)
    if table is not None:
        reader.table.save(table)
    labels = [row["label"] for row in reader.table.rows if row["label"] != TOO_SMALL]
    return FilmReport(
        info=info,
        frames=reader.frames,
        faces=len(reader.table.rows),
        people=len({row["person"] for row in reader.table.rows}),
        shares={label: count / len(labels) for label, count in Counter(labels).most_common()},
        seconds=reader.seconds,
        took_seconds=time.perf_counter() - started,
    )


class _Beside:
    """Does one thing after another on a thread beside the caller's, a few frames behind at most.

    Drawing and coding a frame takes as long as reading the next one, and neither needs the other.
    """

    _MOST_BEHIND = 4

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "write-film")
        self._behind: deque[Future[None]] = deque()

    def do(self, work: Callable[..., None], *arguments: object) -> None:
        """Have `work` done when its turn comes; raises what earlier work raised."""
        while len(self._behind) >= self._MOST_BEHIND:
            self._behind.popleft().result()
        self._behind.append(self._thread.submit(work, *arguments))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *details: object) -> None:
        try:
            while kind is None and self._behind:
                self._behind.popleft().result()
        finally:
            self._thread.shutdown(cancel_futures=True)  # before the file is closed under it


@dataclass(slots=True)
class _Reader:
    """One reading of one film."""

    source: Path
    name: str
    info: FilmInfo
    live: LiveRecognizer
    style: DrawingStyle
    progress: Progress
    table: ReadingTable = field(default_factory=ReadingTable)
    frames: int = 0
    beginning: Fraction = Fraction(0)
    began: float = 0.0
    seconds: float = 0.0

    def read(self, target: Path | None) -> None:
        """Read the film, and write it annotated to `target` if there is one."""
        with opened(self.source, self.name) as (container, stream):
            self.beginning = beginning(container)
            if target is None:
                for pictures in container.demux(stream):
                    self._read_packet(pictures, stream, None)
                return
            sound = sound_of(container)
            time_base = stream.time_base
            if time_base is None:
                raise VideoError(
                    f"“{self.name}” does not say when its frames are shown. Save it anew as MP4."
                )
            with (
                FilmWriter(
                    target,
                    self.info.read_size,
                    time_base,
                    frames_per_second=self.info.frames_per_second,
                    sound=sound,
                ) as writer,
                _Beside() as beside,
            ):

                def write(pixels: NDArray[np.uint8], reading: LiveReading, pts: int) -> None:
                    writer.write(draw_faces(pixels, reading.faces, self.style), pts)

                for packet in container.demux(*([stream] if sound is None else [stream, sound])):
                    if packet.stream is stream:
                        self._read_packet(packet, stream, partial(beside.do, write))
                    else:
                        beside.do(writer.write_sound, packet, self.beginning)

    def _read_packet(self, packet: Any, stream: Any, write: Callable[..., None] | None) -> None:
        for frame in frames_of(packet, self.name):
            if frame.pts is None:
                continue
            moment = float(frame.pts * stream.time_base - self.beginning)
            pixels = upright(frame, self.info)
            reading = self.live.read(pixels, moment)
            self.frames += 1
            if self.frames == 1:
                self.began = moment
            self.seconds = moment - self.began
            check_length(self.seconds, self.frames, self.name)
            self.table.add(reading, moment)
            if write is not None:
                write(pixels, reading, frame.pts - round(self.beginning / stream.time_base))
            if self.info.seconds > 0:
                # The last percent is for the index and the table.
                self.progress(
                    min(0.99 * max(moment, 0.0) / self.info.seconds, 0.99),
                    f"{moment:,.0f} of {self.info.seconds:,.0f} seconds read",
                )
