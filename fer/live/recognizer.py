"""From a frame to what it shows: find every face, classify all in one call, follow and smooth each.

It knows arrays only: no video library and no web page. The camera page, the command line and the
benchmark all call the two names below.
"""

import statistics
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fer.emotions import EmotionScores
from fer.errors import FerError
from fer.faces import Face, FaceDetector, FaceTracker, as_bgr, crop_faces
from fer.recognition import Recognizer
from fer.tempering import apply_temperature

# Time constant of the smoothing: short enough to follow a smile, long enough to still a flickering label.
SMOOTHING_SECONDS = 0.25
# How far back the figures look.
RECENT_FRAMES = 60
RECENT_SECONDS = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class RecognizedFace:
    """A face and what the model reads in it.

    Attributes:
        face: where it is.
        scores: the model's probabilities, smoothed over time for a camera.
        track_id: the same number as long as the same face is followed; counts from 1.
    """

    face: Face
    scores: EmotionScores
    track_id: int


@dataclass(frozen=True, slots=True, eq=False)
class LiveReading:
    """What one frame showed.

    Attributes:
        faces: largest first.
        frame_number: from 1, since the camera started.
        captured_at: `time.monotonic()` when the frame came in.
        latency_seconds: from then until this reading was ready.
    """

    faces: tuple[RecognizedFace, ...]
    frame_number: int
    captured_at: float
    latency_seconds: float


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """How the camera is doing.

    Attributes:
        frames: handled since the camera started, those that failed included.
        frames_per_second: over the last two seconds.
        latency_seconds: median time one frame took, over the last sixty.
        errors: frames that could not be handled.
        last_error: what went wrong last; empty if nothing did.
    """

    frames: int = 0
    frames_per_second: float = 0.0
    latency_seconds: float = 0.0
    errors: int = 0
    last_error: str = ""


def recognize_faces(
    image_bgr: NDArray[np.uint8], detector: FaceDetector, recognizer: Recognizer, temperature: float = 1.0
) -> tuple[RecognizedFace, ...]:
    """Return every face of a still picture with its scores, largest first and numbered so.

    Args:
        image_bgr: (h, w, 3) uint8, or grey (h, w); never written to.
        detector: finds the faces; `HaarDetector(THOROUGH)` suits pictures.
        recognizer: classifies them, all in one call.
        temperature: at which its probabilities are told; 1 tells them as they are.

    Raises:
        ModelMismatchError: the model answers with something that is not a probability.
    """
    image_bgr = as_bgr(image_bgr)
    faces = detector.detect(image_bgr)
    preprocessing = recognizer.preprocessing
    probabilities = recognizer.predict(
        crop_faces(image_bgr, faces, preprocessing.image_height, preprocessing.image_width)
    )
    told = apply_temperature(probabilities, temperature)
    return tuple(
        RecognizedFace(face, EmotionScores(recognizer.emotions, row), number)
        for number, (face, row) in enumerate(zip(faces, told, strict=True), start=1)
    )


class LiveRecognizer:
    """One camera's recognition: frame in, `LiveReading` out.

    The video thread calls `read`; any other thread may call `latest`, `figures` and `reset` meanwhile, and
    set `temperature`.
    """

    def __init__(
        self, detector: FaceDetector, recognizer: Recognizer, smoothing_seconds: float = SMOOTHING_SECONDS
    ) -> None:
        """Build for one camera; two cameras need two, or their faces would mix.

        Args:
            detector: finds the faces.
            recognizer: classifies them.
            smoothing_seconds: time constant of the exponential smoothing of each face's scores; 0 is none.
        """
        self.detector = detector
        self.recognizer = recognizer
        self.temperature = 1.0
        """At which probabilities are told, before they are smoothed; each frame looks at it once."""
        self._smoothing_seconds = smoothing_seconds
        self._reading_lock = threading.Lock()  # one frame at a time: held for the whole of `read`
        self._lock = threading.Lock()  # the fields that others look at: held for microseconds
        self._memory = _Memory()

    def read(self, frame_bgr: NDArray[np.uint8]) -> LiveReading:
        """Return what the frame shows, each face's scores smoothed with its own past and no one else's.

        Args:
            frame_bgr: (h, w, 3) uint8, or grey (h, w); never written to.

        Raises:
            ModelMismatchError: the model answers with something that is not a probability.
        """
        with self._reading_lock:
            captured_at = time.monotonic()
            recognized = self._followed(
                recognize_faces(frame_bgr, self.detector, self.recognizer, self.temperature), captured_at
            )
            finished_at = time.monotonic()
            latency_seconds = finished_at - captured_at
            with self._lock:
                memory = self._memory
                memory.frames += 1
                memory.finished_at.append(finished_at)
                memory.latencies_seconds.append(latency_seconds)
                memory.latest = LiveReading(recognized, memory.frames, captured_at, latency_seconds)
                return memory.latest

    def count_error(self, error: BaseException) -> None:
        """Note that a frame could not be handled; the caller goes on with the next."""
        with self._lock:
            self._memory.frames += 1
            self._memory.errors += 1
            # Our own errors are sentences; of any other, the class tells the most.
            self._memory.last_error = (
                str(error) if isinstance(error, FerError) else f"{type(error).__name__}: {error}"
            )

    def latest(self) -> LiveReading | None:
        """The newest reading, or None before the first frame."""
        with self._lock:
            return self._memory.latest

    def figures(self) -> LiveFigures:
        """How many frames, how fast, how many failed."""
        with self._lock:
            memory = self._memory
            since = time.monotonic() - RECENT_SECONDS
            recent = [moment for moment in memory.finished_at if moment > since]
            span = recent[-1] - recent[0] if len(recent) > 1 else 0.0
            return LiveFigures(
                frames=memory.frames,
                frames_per_second=(len(recent) - 1) / span if span else 0.0,
                latency_seconds=statistics.median(memory.latencies_seconds)
                if memory.latencies_seconds
                else 0.0,
                errors=memory.errors,
                last_error=memory.last_error,
            )

    def reset(self) -> None:
        """Forget every face and count from zero: the camera has stopped, the next person is someone else."""
        with self._reading_lock, self._lock:
            self._memory = _Memory()

    def _followed(self, recognized: Sequence[RecognizedFace], now: float) -> tuple[RecognizedFace, ...]:
        """The same faces with their ids and smoothed scores; only `read` touches this part of the memory."""
        memory = self._memory
        ids = memory.tracker.update([item.face for item in recognized])
        followed = []
        for item, track_id in zip(recognized, ids, strict=True):
            probabilities = item.scores.probabilities
            if track_id in memory.smoothed and self._smoothing_seconds > 0:
                past, seen_at = memory.smoothed[track_id]
                # By elapsed time, not by frame: the label follows as fast at 10 frames a second as at 30.
                kept = np.float32(np.exp(-(now - seen_at) / self._smoothing_seconds))
                probabilities = kept * past + (1 - kept) * probabilities
            memory.smoothed[track_id] = probabilities, now
            followed.append(
                replace(item, scores=EmotionScores(item.scores.emotions, probabilities), track_id=track_id)
            )
        memory.smoothed = {i: memory.smoothed[i] for i in memory.tracker.ids}
        return tuple(followed)


@dataclass(slots=True)
class _Memory:
    """What one camera has shown so far; `reset` puts a new one in its place."""

    tracker: FaceTracker = field(default_factory=FaceTracker)
    smoothed: dict[int, tuple[NDArray[np.float32], float]] = field(default_factory=dict)
    latest: LiveReading | None = None
    frames: int = 0
    errors: int = 0
    last_error: str = ""
    # Two seconds of even the fastest camera.
    finished_at: deque[float] = field(default_factory=lambda: deque(maxlen=int(RECENT_SECONDS * 240)))
    latencies_seconds: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_FRAMES))
