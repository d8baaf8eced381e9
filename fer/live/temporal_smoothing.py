"""Temporal smoothing and hysteresis: scores averaged over time, a label that does not flicker."""

from collections import Counter, deque

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion, EmotionScores
from fer.live.settings import LiveSettings, Smoothing


class TemporalSmoother:
    """One person's past. For one thread."""

    def __init__(self, source: str, emotions: tuple[Emotion, ...]) -> None:
        """Begin without a past.

        Args:
            source: the fingerprint of the model that answers; another model's answers begin anew.
            emotions: the k columns of its answers.
        """
        self.source = source
        self._emotions = emotions
        self._smoothed: NDArray[np.float32] | None = None
        self._seen_at = 0.0
        self._answers: deque[NDArray[np.float32]] = deque()
        self._label: Emotion | None = None
        self._unsure = False

    def update(
        self, probabilities: NDArray[np.float32], now: float, settings: LiveSettings
    ) -> tuple[EmotionScores, Emotion | None]:
        """Return the scores and the label to be told; None for unsure.

        Args:
            probabilities: (k,), the answer to this frame.
            now: seconds, growing.
        """
        match settings.smoothing:
            case Smoothing.EXPONENTIAL:
                told = self._exponential(probabilities, now, settings.smoothing_seconds)
            case Smoothing.MODE:
                told = self._mean_of(probabilities, settings.mode_frames)
            case Smoothing.NONE:
                told = probabilities
        # Kept whatever the smoothing is, so that switching it on begins with what was told last.
        self._smoothed, self._seen_at = told, now
        label = self._candidate(told, settings)
        confidence = float(told[self._emotions.index(label)])
        # A label just above the threshold would otherwise come and go.
        needed = settings.unsure_below + (settings.lead / 2 if self._unsure else 0.0)
        self._label, self._unsure = label, settings.unsure_below > 0 and confidence < needed
        return EmotionScores(self._emotions, told), None if self._unsure else label

    def _exponential(
        self, probabilities: NDArray[np.float32], now: float, seconds: float
    ) -> NDArray[np.float32]:
        self._answers.clear()
        if self._smoothed is None or seconds <= 0:
            return probabilities
        # By elapsed time, not by frame: the label follows as fast at 10 frames a second as at 30.
        kept = np.float32(np.exp(-max(now - self._seen_at, 0.0) / seconds))
        return np.asarray(kept * self._smoothed + (1 - kept) * probabilities, np.float32)

    def _mean_of(self, probabilities: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
        self._answers.append(probabilities)
        while len(self._answers) > max(frames, 1):
            self._answers.popleft()
        return np.asarray(np.mean(self._answers, axis=0), np.float32)

    def _candidate(self, told: NDArray[np.float32], settings: LiveSettings) -> Emotion:
        """The label, before it is known whether it is sure enough."""
        if settings.smoothing is Smoothing.MODE:
            votes = Counter(int(answer.argmax()) for answer in self._answers)
            most = max(votes.values())
            # Of several that are as frequent, the one told last stays; else the likelier one.
            tied = [self._emotions[index] for index, count in votes.items() if count == most]
            if self._label in tied:
                return self._label
            return max(tied, key=lambda emotion: float(told[self._emotions.index(emotion)]))
        top = self._emotions[int(told.argmax())]
        if self._label is None or top is self._label:
            return top
        ahead = float(told.max()) - float(told[self._emotions.index(self._label)])
        return top if ahead > settings.lead else self._label
