"""Find every face of a frame, classify all in one call, follow and smooth each."""

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
from fer.faces import FaceDetector, FaceTracker, as_bgr, build_detector, crop_faces
from fer.live.meter import LiveFigures
from fer.live.reading import LiveReading, RecognizedFace
from fer.live.settings import STILL, LiveSettings, Smoothing
from fer.recognition import Recognizer
from fer.tempering import apply_temperature

# How far back the figures look.
RECENT_FRAMES = 60
RECENT_SECONDS = 2.0


def recognize_faces(
    image_bgr: NDArray[np.uint8],
    detector: FaceDetector,
    recognizer: Recognizer,
    settings: LiveSettings = STILL,
    other: Recognizer | None = None,
) -> tuple[RecognizedFace, ...]:
    """Return every face of a still picture with its scores, largest first and numbered so.

    Args:
        image_bgr: (h, w, 3) uint8, or grey (h, w); never written to.
        detector: finds the faces.
        recognizer: classifies them, all in one call.
        settings: what of them concerns a single picture; `STILL` suits one.
        other: a second model that reads the same faces.

    Raises:
        ModelMismatchError: a model answers with something that is not a probability.
    """
    image_bgr = as_bgr(image_bgr)
    faces = detector.detect(image_bgr)
    preprocessing = recognizer.preprocessing
    crops = crop_faces(image_bgr, faces, preprocessing.image_height, preprocessing.image_width)
    told = apply_temperature(recognizer.predict(crops), settings.temperature)
    recognized = []
    for number, (face, row, crop) in enumerate(zip(faces, told, crops, strict=True), start=1):
        scores = EmotionScores(recognizer.emotions, row)
        label = scores.top if scores.confidence >= settings.unsure_below else None
        recognized.append(RecognizedFace(face, scores, number, label, crop))
    return tuple(recognized)


class LiveRecognizer:
    """One camera's recognition: frame in, `LiveReading` out.

    The video thread calls `read`; any other thread may call everything else meanwhile.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        settings: LiveSettings | None = None,
        *,
        detector: FaceDetector | None = None,
    ) -> None:
        """Build for one camera; two cameras need two, or their faces would mix.

        Args:
            recognizer: classifies the faces.
            settings: how; None for the usual.
            detector: finds the faces, instead of the one that the settings name.

        Raises:
            FaceDetectorError: the detector cannot be used.
        """
        self._settings = settings or LiveSettings()
        self._recognizer = recognizer
        self._other: Recognizer | None = None
        self._given_detector = detector
        self._detector = detector or build_detector(self._settings.detector, following=True)
        self._reading_lock = threading.Lock()  # one frame at a time: held for the whole of `read`
        self._lock = threading.Lock()  # the fields that others look at: held for microseconds
        self._memory = _Memory()

    @property
    def settings(self) -> LiveSettings:
        """How frames are read now."""
        return self._settings

    @property
    def recognizer(self) -> Recognizer:
        """The model that reads the faces now."""
        return self._recognizer

    def configure(self, settings: LiveSettings) -> None:
        """Read the next frames so.

        Raises:
            FaceDetectorError: the detector cannot be used; everything stays as it was.
        """
        if settings == self._settings:
            return
        if settings.detector != self._settings.detector and self._given_detector is None:
            self._detector = build_detector(settings.detector, following=True)
        self._settings = settings

    def use(self, recognizer: Recognizer, other: Recognizer | None = None) -> None:
        """Let this model read the next frames, and `other` the same faces beside it; ids stay."""
        self._recognizer, self._other = recognizer, other

    def read(self, frame_bgr: NDArray[np.uint8], captured_at: float | None = None) -> LiveReading:
        """Return what the frame shows, each face's scores smoothed with its own past and no one else's.

        Args:
            frame_bgr: (h, w, 3) uint8, or grey (h, w); never written to.
            captured_at: seconds on the frames' own clock, growing; None for now.

        Raises:
            ModelMismatchError: the model answers with something that is not a probability.
        """
        with self._reading_lock:
            started_at = time.monotonic()
            captured_at = started_at if captured_at is None else captured_at
            recognized = self._followed(
                recognize_faces(frame_bgr, self._detector, self._recognizer, self._settings, self._other),
                captured_at,
            )
            finished_at = time.monotonic()
            latency_seconds = finished_at - started_at
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
        memory, settings = self._memory, self._settings
        ids = memory.tracker.update([item.face for item in recognized])
        followed = []
        for item, track_id in zip(recognized, ids, strict=True):
            probabilities = item.scores.probabilities
            if track_id in memory.smoothed and settings.smoothing is Smoothing.EXPONENTIAL:
                past, seen_at = memory.smoothed[track_id]
                # By elapsed time, not by frame: the label follows as fast at 10 frames a second as at 30.
                kept = np.float32(np.exp(-(now - seen_at) / max(settings.smoothing_seconds, 1e-6)))
                probabilities = kept * past + (1 - kept) * probabilities
            memory.smoothed[track_id] = probabilities, now
            scores = EmotionScores(item.scores.emotions, probabilities)
            label = scores.top if scores.confidence >= settings.unsure_below else None
            followed.append(replace(item, scores=scores, track_id=track_id, label=label))
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
