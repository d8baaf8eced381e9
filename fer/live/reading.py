"""Frame result: what one frame showed, the value that everything downstream of recognition takes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.detection import Face
from fer.emotions import Emotion, EmotionScores

# A face whose box has a shorter side in the picture is not read: half of FER-2013's 48 pixels show little
# more than where eyes and mouth are.
SMALLEST_FACE_PIXELS = 24
TOO_SMALL = "too small"
NOBODY_FOUND = (
    "What helps: a larger face (come closer, or cut the picture to it), more light, a face turned to the "
    "camera, a lower score threshold."
)


@dataclass(frozen=True, slots=True, eq=False)
class RecognizedFace:
    """A face and what the model reads in it.

    Attributes:
        face: where it is.
        answer: the model's probabilities, smoothed over time for a camera; None for a face that was not read,
            because it is too small.
        track_id: the same number as long as the same face is followed; counts from 1.
        label: the emotion that is told, held steady over time; None means the model is unsure,
            or did not read it.
        crop: (h, w, 3) uint8 RGB, the face at the size of the model's input, as it was cut out for it; a
            model of one channel was given its grey. None if it was not kept.
        other_scores: a second model's, of the same face; None without one.
        emotion_maps: (h, w, k) float32, how much each place raises each emotion; None if not asked for, or
            if the model has none.
    """

    face: Face
    answer: EmotionScores | None
    track_id: int
    label: Emotion | None
    crop: NDArray[np.uint8] | None = None
    other_scores: EmotionScores | None = None
    emotion_maps: NDArray[np.float32] | None = None

    @property
    def too_small(self) -> bool:
        """Whether it was not read; then it has neither scores nor emotion nor confidence."""
        return self.answer is None

    @property
    def scores(self) -> EmotionScores:
        """The answer of a face that was read; ValueError for another."""
        if self.answer is None:
            raise ValueError("A face that is too small was not read and has no scores.")
        return self.answer

    @property
    def told(self) -> str:
        """The label, or why there is none."""
        if self.too_small:
            return TOO_SMALL
        return "unsure" if self.label is None else self.label.value

    @property
    def emotion(self) -> Emotion:
        """The label, or what it would be if the model were sure."""
        return self.label or self.scores.top

    @property
    def confidence(self) -> float:
        """The probability of `emotion`, 0 to 1."""
        return self.scores.as_dict()[self.emotion]


@dataclass(frozen=True, slots=True, eq=False)
class LiveReading:
    """What one frame showed.

    Attributes:
        faces: largest first.
        frame_number: from 1, since the camera started.
        captured_at: seconds on the clock of the frames: `time.monotonic()` when a camera's frame came in, the
            place in the film for a video file.
        latency_seconds: how long the frame took to read.
    """

    faces: tuple[RecognizedFace, ...]
    frame_number: int
    captured_at: float
    latency_seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class FrozenFrame:
    """One frame, held still to be looked at.

    Attributes:
        frame_bgr: (h, w, 3) uint8, as it was read: mirrored if the camera's picture is.
        reading: what it shows.
    """

    frame_bgr: NDArray[np.uint8]
    reading: LiveReading
