"""Inference pipeline: detect every face of a frame, classify all in one call, track and smooth each."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fer.detection import (
    DetectionMode,
    Face,
    FaceDetector,
    FaceTracker,
    as_bgr,
    build_detector,
    crop_faces,
    lift_contrast,
)
from fer.emotions import EmotionScores
from fer.errors import FerError
from fer.live.baseline import SECONDS as BASELINE_SECONDS
from fer.live.baseline import Baseline
from fer.live.history import HistoryLog, LiveHistory
from fer.live.meter import LiveFigures, Meter
from fer.live.reading import SMALLEST_FACE_PIXELS, FrozenFrame, LiveReading, RecognizedFace
from fer.live.settings import STILL, LiveSettings
from fer.live.temporal_smoothing import TemporalSmoother
from fer.models.inference import Recognizer
from fer.models.temperature import apply_temperature

# A camera's frame must not wait for a crowd. Of five people each is read twelve times a second, which the
# smoothing over a quarter of a second does not show.
FACES_READ_PER_FRAME = 2


def recognize_faces(
    image_bgr: NDArray[np.uint8],
    detector: FaceDetector,
    recognizer: Recognizer,
    settings: LiveSettings = STILL,
    other: Recognizer | None = None,
) -> tuple[RecognizedFace, ...]:
    """Return every face that is found in a still picture, with its scores, largest first and numbered so.

    One of less than `SMALLEST_FACE_PIXELS` is not read.

    Args:
        image_bgr: (h, w, 3) uint8, or grey (h, w); never written to.
        detector: finds the faces.
        recognizer: classifies them, all in one call.
        settings: what of them concerns a single picture; `STILL` suits one.
        other: a second model that reads the same faces.

    Raises:
        ModelMismatchError: a model answers with something that is not a probability.
    """
    image_bgr = _prepared(image_bgr, settings)
    faces = dict(enumerate(detector.detect(image_bgr), start=1))
    return tuple(_read(image_bgr, faces, recognizer, settings, other).values())


def _prepared(image_bgr: NDArray[np.uint8], settings: LiveSettings) -> NDArray[np.uint8]:
    image_bgr = as_bgr(image_bgr)
    return lift_contrast(image_bgr) if settings.lift_contrast else image_bgr


def _is_large_enough(face: Face) -> bool:
    left, top, right, bottom = face.box
    return min(right - left, bottom - top) >= SMALLEST_FACE_PIXELS


def _read(
    image_bgr: NDArray[np.uint8],
    faces: Mapping[int, Face],
    recognizer: Recognizer,
    settings: LiveSettings,
    other: Recognizer | None,
) -> dict[int, RecognizedFace]:
    """Each of the faces with its scores, by its number; all read in one call, but for those too small."""
    numbers = [number for number, face in faces.items() if _is_large_enough(face)]
    read = [faces[number] for number in numbers]
    crops = _crops(image_bgr, read, recognizer)
    maps: list[NDArray[np.float32]] | None = None
    if settings.with_maps and recognizer.has_emotion_maps and read:
        emotion_maps, answers = recognizer.predict_with_maps(crops)
        maps = list(emotion_maps)
    else:
        answers = recognizer.predict(crops)
    told = apply_temperature(answers, settings.temperature)
    others = None if other is None else other.predict(_crops(image_bgr, read, other))
    recognized = {number: RecognizedFace(face, None, number, None) for number, face in faces.items()}
    for row, (number, probabilities) in enumerate(zip(numbers, told, strict=True)):
        scores = EmotionScores(recognizer.emotions, probabilities)
        recognized[number] = RecognizedFace(
            faces[number],
            scores,
            track_id=number,
            label=scores.top if scores.confidence >= settings.unsure_below else None,
            crop=crops[row],
            other_scores=None
            if other is None or others is None
            else EmotionScores(other.emotions, others[row]),
            emotion_maps=None if maps is None else maps[row],
        )
    return recognized


class LiveRecognizer:
    """One camera's recognition: frame in, `LiveReading` out.

    The video thread calls `read`, `note_frame_time` and `count_error`; any other thread may call everything
    else meanwhile.
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
        settings = settings or LiveSettings()
        self._given_detector = detector
        detector = detector or _built(settings)
        self._setup = _Setup(settings, detector, recognizer)
        self._reading_lock = threading.Lock()  # one frame at a time: held for the whole of `read`
        self._lock = threading.Lock()  # the fields that others look at: held for microseconds
        self._memory = _Memory()

    @property
    def settings(self) -> LiveSettings:
        """How frames are read now."""
        return self._setup.settings

    @property
    def recognizer(self) -> Recognizer:
        """The model that reads the faces now."""
        return self._setup.recognizer

    @property
    def other(self) -> Recognizer | None:
        """The second model, if there is one."""
        return self._setup.other

    def configure(self, settings: LiveSettings) -> None:
        """Read the next frames so.

        Raises:
            FaceDetectorError: the detector cannot be used; everything stays as it was.
        """
        setup = self._setup
        detector = setup.detector
        before = setup.settings
        changed = (settings.detector, settings.score_threshold) != (before.detector, before.score_threshold)
        if changed and self._given_detector is None:
            detector = _built(settings)
        # A frame takes the whole of it once, so that it never sees half of a change.
        with self._lock:
            self._setup = replace(self._setup, settings=settings, detector=detector)

    def use(self, recognizer: Recognizer, other: Recognizer | None = None) -> None:
        """Let this model read the next frames, and `other` the same faces beside it; ids stay."""
        with self._lock:
            self._setup = replace(self._setup, recognizer=recognizer, other=other)

    def read(self, frame_bgr: NDArray[np.uint8], captured_at: float | None = None) -> LiveReading:
        """Return what the frame shows, each face's scores steadied with its own past and no one else's.

        Args:
            frame_bgr: (h, w, 3) uint8, or grey (h, w); never written to, and kept until the next one.
            captured_at: seconds on the frames' own clock, growing; None for now.

        Raises:
            ModelMismatchError: a model answers with something that is not a probability.
        """
        with self._reading_lock:
            started_at = time.monotonic()
            captured_at = started_at if captured_at is None else captured_at
            setup, memory = self._setup, self._memory
            image_bgr = _prepared(frame_bgr, setup.settings)
            found = setup.detector.detect(image_bgr)
            faces = dict(zip(memory.tracker.update(found), found, strict=True))
            due = {number: faces[number] for number in self._due(faces)}
            read = _read(image_bgr, due, setup.recognizer, setup.settings, setup.other)
            followed = self._followed(faces, read, captured_at, setup)
            latency_seconds = time.monotonic() - started_at
            with self._lock:
                memory.meter.note_reading(latency_seconds)
                reading = LiveReading(followed, memory.meter.frames, captured_at, latency_seconds)
                memory.latest, memory.frame_bgr = reading, frame_bgr
                memory.history.add(reading)
                return reading

    def note_frame_time(self, seconds: float) -> None:
        """Take the moment at which the camera took the frame about to be read, by the camera's own clock."""
        with self._lock:
            self._memory.meter.note_frame_time(seconds)

    def count_error(self, error: BaseException) -> None:
        """Note that a frame could not be handled; the caller goes on with the next."""
        # Our own errors are sentences; of any other, the class tells the most.
        sentence = str(error) if isinstance(error, FerError) else f"{type(error).__name__}: {error}"
        with self._lock:
            self._memory.meter.note_error(sentence)

    def latest(self) -> LiveReading | None:
        """The newest reading, or None before the first frame."""
        with self._lock:
            return self._memory.latest

    def freeze(self) -> FrozenFrame | None:
        """The newest frame and what was read in it, to be looked at; None before the first."""
        with self._lock:
            memory = self._memory
            if memory.latest is None or memory.frame_bgr is None:
                return None
            return FrozenFrame(as_bgr(memory.frame_bgr).copy(), memory.latest)

    def figures(self) -> LiveFigures:
        """How many frames, how fast, how many failed."""
        with self._lock:
            return self._memory.meter.figures()

    def history(self) -> LiveHistory:
        """What was read in everybody's face during the last minute."""
        with self._lock:
            return self._memory.history.snapshot()

    def start_baseline(self, seconds: float = BASELINE_SECONDS) -> None:
        """Take everybody's face of the next seconds for their resting one, and correct what follows by it.

        Whoever comes into view later has no baseline, and is read as ever.
        """
        with self._lock:
            memory = self._memory
            memory.baseline_seconds = seconds
            memory.baselines = {track_id: None for track_id in memory.tracker.ids}

    def clear_baseline(self) -> None:
        """Read everybody as ever again."""
        with self._lock:
            self._memory.baselines = {}

    def baselines(self) -> dict[int, float]:
        """Whose resting face is being learned, or known: track id to progress, 0 to 1."""
        with self._lock:
            return {
                track_id: 0.0 if baseline is None else baseline.progress
                for track_id, baseline in self._memory.baselines.items()
            }

    def reset(self) -> None:
        """Forget every face and count from zero: the camera has stopped, the next person is someone else."""
        with self._reading_lock, self._lock:
            self._memory = _Memory()

    def _due(self, faces: Mapping[int, Face]) -> list[int]:
        """Whose faces are read in this frame: in a film everyone's, before a camera new ones and in turns."""
        told = self._memory.told
        new = [number for number in faces if number not in told]
        in_turns = [number for number in told if number in faces]
        return new + (in_turns if self._given_detector is not None else in_turns[:FACES_READ_PER_FRAME])

    def _followed(
        self, faces: Mapping[int, Face], read: Mapping[int, RecognizedFace], now: float, setup: "_Setup"
    ) -> tuple[RecognizedFace, ...]:
        """What is told of the faces, steadied; only `read` touches this part of the memory."""
        memory = self._memory
        source = setup.recognizer.fingerprint
        emotions = tuple(setup.recognizer.emotions)
        for track_id, item in read.items():
            memory.told.pop(track_id, None)  # whoever was read last stands last
            memory.told[track_id] = item
            if item.too_small:
                continue
            smoother = memory.people.get(track_id)
            if smoother is None or smoother.source != source:
                smoother = memory.people[track_id] = TemporalSmoother(source, emotions)
            probabilities = self._relative_to_rest(track_id, item.scores.probabilities, now, setup)
            scores, label = smoother.update(probabilities, now, setup.settings)
            memory.told[track_id] = replace(item, answer=scores, label=label)
        followed = [replace(memory.told[track_id], face=face) for track_id, face in faces.items()]
        known = memory.tracker.ids
        memory.told = {track_id: item for track_id, item in memory.told.items() if track_id in known}
        memory.people = {track_id: memory.people[track_id] for track_id in known if track_id in memory.people}
        with self._lock:
            memory.baselines = {i: value for i, value in memory.baselines.items() if i in known}
        return tuple(followed)

    def _relative_to_rest(
        self, track_id: int, probabilities: NDArray[np.float32], now: float, setup: "_Setup"
    ) -> NDArray[np.float32]:
        memory = self._memory
        with self._lock:
            if track_id not in memory.baselines:
                return probabilities
            baseline = memory.baselines[track_id]
            source = setup.recognizer.fingerprint
            if baseline is None or memory.baseline_source != source:
                # Another model has another idea of this face at rest: it is learned again.
                baseline = Baseline(tuple(setup.recognizer.emotions), memory.baseline_seconds)
                if memory.baseline_source != source:
                    memory.baselines = {i: None for i in memory.baselines}
                memory.baseline_source = source
                memory.baselines[track_id] = baseline
        return baseline.correct(probabilities, now)


def _built(settings: LiveSettings) -> FaceDetector:
    return build_detector(settings.detector, DetectionMode.ASYNC, settings.score_threshold)


def _crops(image_bgr: NDArray[np.uint8], faces: list[Face], recognizer: Recognizer) -> NDArray[np.uint8]:
    preprocessing = recognizer.preprocessing
    return crop_faces(image_bgr, faces, preprocessing.image_height, preprocessing.image_width)


@dataclass(frozen=True, slots=True, eq=False)
class _Setup:
    """With what a frame is read."""

    settings: LiveSettings
    detector: FaceDetector
    recognizer: Recognizer
    other: Recognizer | None = None


@dataclass(slots=True)
class _Memory:
    """What one camera has shown so far; `reset` puts a new one in its place."""

    tracker: FaceTracker = field(default_factory=FaceTracker)
    told: dict[int, RecognizedFace] = field(default_factory=dict)
    people: dict[int, TemporalSmoother] = field(default_factory=dict)
    baselines: dict[int, Baseline | None] = field(default_factory=dict)
    baseline_seconds: float = BASELINE_SECONDS
    baseline_source: str = ""
    latest: LiveReading | None = None
    frame_bgr: NDArray[np.uint8] | None = None
    meter: Meter = field(default_factory=Meter)
    history: HistoryLog = field(default_factory=HistoryLog)
