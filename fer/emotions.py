"""Emotion classes: the only place that spells the seven labels, their order, and their colours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Emotion(StrEnum):
    """A facial expression label, in FER-2013's order: `list(Emotion)[3]` is what the CSV calls 3.

    Source:
        Goodfellow et al. (2013), "Challenges in Representation Learning", the FER-2013 data set.
    """

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"

    @property
    def color(self) -> str:
        """This emotion's "#rrggbb", the same on every chart and every drawn box."""
        return _COLORS[self]


EMOTIONS: tuple[Emotion, ...] = tuple(Emotion)

# Paul Tol's "bright" scheme (SRON/EPS/TN/09-002), which stays distinct under the common colour
# blindnesses and reads on white and on near-black; grey is kept for neutral.
_COLORS = {
    Emotion.ANGRY: "#ee6677",
    Emotion.DISGUST: "#228833",
    Emotion.FEAR: "#aa3377",
    Emotion.HAPPY: "#ccbb44",
    Emotion.SAD: "#4477aa",
    Emotion.SURPRISE: "#66ccee",
    Emotion.NEUTRAL: "#8a8f98",
}


@dataclass(frozen=True, slots=True, eq=False)
class EmotionScores:
    """What a model says of one face.

    Attributes:
        emotions: the k emotions, in the column order of `probabilities`.
        probabilities: (k,) float, summing to 1.
    """

    emotions: Sequence[Emotion]
    probabilities: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.probabilities.shape != (len(self.emotions),):
            raise ValueError(
                f"Expected one probability for each of {len(self.emotions)} emotions; "
                f"received an array of shape {self.probabilities.shape}."
            )

    @property
    def top(self) -> Emotion:
        """The most probable emotion."""
        return self.emotions[int(np.argmax(self.probabilities))]

    @property
    def confidence(self) -> float:
        """The probability of `top`, 0 to 1."""
        return float(np.max(self.probabilities))

    def as_dict(self) -> dict[Emotion, float]:
        """Emotion to probability, in column order."""
        return {emotion: float(p) for emotion, p in zip(self.emotions, self.probabilities, strict=True)}


def indices(emotions: Iterable[Emotion | None], among: Sequence[Emotion]) -> NDArray[np.intp]:
    """Return where each emotion stands among others, to translate labels: (n,), -1 for one that does not."""
    return np.array([among.index(e) if e in among else -1 for e in emotions], np.intp)
