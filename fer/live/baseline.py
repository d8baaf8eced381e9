"""Baseline correction: a person's scores relative to their own resting face.

Some faces look stern or sad at rest, and are read so all day.

For some seconds a person looks neutral; what the model answers then is their baseline b. From then on each of
its answers p becomes

    p'(e) ∝ p(e) · q(e) / b(e)

where q is what a resting face should get: mostly neutral, and a little of each other emotion. So the baseline
itself is told as q, and what is told otherwise is how far an answer is from the person's own rest.

It is one number for each emotion, learned in one light and one pose: turn away or dim the light and it fits
less well. It cannot add what the model does not see. What was hardly given at rest counts as a little, so
that an emotion the model never gave is not blown up by chance.

Source:
    The form is the correction for other prior probabilities: Saerens, Latinne and Decaestecker (2002),
    "Adjusting the Outputs of a Classifier to New a Priori Probabilities", Neural Computation 14(1). Taking a
    resting face for the prior, q and that least share are ours.
"""

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion

SECONDS = 3.0
# What a resting face should get.
_NEUTRAL_SHARE = 0.6
# An emotion that was hardly given at rest counts as if it had been given this much.
_LEAST = 0.02
_TINY = 1e-6


class Baseline:
    """One person's resting face: first collected, then used. For one thread."""

    def __init__(self, emotions: tuple[Emotion, ...], seconds: float = SECONDS) -> None:
        """Begin to collect answers of k columns, `emotions`, for as long as the person rests."""
        self._emotions = emotions
        self._seconds = seconds
        self._started_at: float | None = None
        self._collected: list[NDArray[np.float64]] = []
        self._correction: NDArray[np.float64] | None = None
        self.progress = 0.0
        """From 0 to 1; at 1 answers are corrected."""

    def correct(self, probabilities: NDArray[np.float32], now: float) -> NDArray[np.float32]:
        """Return the answer relative to the resting face; while it is collected, as it came.

        Args:
            probabilities: (k,), summing to 1.
            now: seconds, growing.
        """
        logarithms = np.log(np.maximum(probabilities.astype(np.float64), _TINY))
        if self._correction is None:
            self._collect(logarithms, now)
            return probabilities
        powers = np.exp(logarithms + self._correction)
        return np.asarray(powers / powers.sum(), np.float32)

    def _collect(self, logarithms: NDArray[np.float64], now: float) -> None:
        if self._started_at is None:
            self._started_at = now
        self._collected.append(logarithms)
        self.progress = min((now - self._started_at) / self._seconds, 1.0) if self._seconds > 0 else 1.0
        if self.progress < 1:
            return
        other = (1 - _NEUTRAL_SHARE) / max(len(self._emotions) - 1, 1)
        resting = [_NEUTRAL_SHARE if emotion is Emotion.NEUTRAL else other for emotion in self._emotions]
        baseline = np.maximum(np.exp(np.mean(self._collected, axis=0)), _LEAST)
        self._correction = np.log(resting) - np.log(baseline)
        self._collected.clear()
