"""Sliding window: the last minute of every person before the camera, and how long each label lasted."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.live.reading import LiveReading, RecognizedFace

KEPT_SECONDS = 60.0
# More samples a second than this no chart of a minute can show.
SAMPLES_PER_SECOND = 10
# In a crowd that comes and goes, whoever left longest ago is forgotten first.
MOST_PEOPLE = 32


@dataclass(frozen=True, slots=True, eq=False)
class PersonHistory:
    """What one person's face was read as.

    Attributes:
        track_id: whose, as in `RecognizedFace`.
        emotions: the k columns of `probabilities`.
        seconds: (n,) when, 0 for the newest frame of all, before it negative; growing.
        probabilities: (n, k) float32.
        labels: n of them; None where the model was unsure.
    """

    track_id: int
    emotions: tuple[Emotion, ...]
    seconds: NDArray[np.float64]
    probabilities: NDArray[np.float32]
    labels: tuple[Emotion | None, ...]

    def share(self) -> dict[Emotion | None, float]:
        """Each label's part of the time the person was seen, the largest first; None is unsure."""
        return _shares(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class LiveHistory:
    """The last minute, a person at a time.

    Attributes:
        people: whoever was seen most comes first.
    """

    people: tuple[PersonHistory, ...] = ()

    def share(self) -> dict[Emotion | None, float]:
        """Each label's part of the time in which faces were seen, everybody's together."""
        return _shares([label for person in self.people for label in person.labels])


class HistoryLog:
    """Keeps the samples; of bounded size however long the camera runs. For one thread at a time."""

    def __init__(self) -> None:
        self._people: dict[int, _Samples] = {}
        self._newest = 0.0

    def add(self, reading: LiveReading) -> None:
        """Take what a frame showed, unless it follows the last sample too soon."""
        self._newest = reading.captured_at
        for item in reading.faces:
            if item.too_small:
                continue
            emotions = tuple(item.scores.emotions)
            samples = self._people.get(item.track_id)
            if samples is None or samples.emotions != emotions:  # another model with other answers
                samples = self._people[item.track_id] = _Samples(emotions)
            samples.add(item, self._newest)
        self._forget()

    def snapshot(self) -> LiveHistory:
        """What is known now, in arrays of its own."""
        people = [samples.history(track_id, self._newest) for track_id, samples in self._people.items()]
        return LiveHistory(tuple(sorted(people, key=lambda person: -len(person.labels))))

    def _forget(self) -> None:
        for track_id, samples in list(self._people.items()):
            while samples.kept and samples.kept[0][0] < self._newest - KEPT_SECONDS:
                samples.kept.popleft()
            if not samples.kept:
                del self._people[track_id]
        while len(self._people) > MOST_PEOPLE:
            del self._people[min(self._people, key=lambda track_id: self._people[track_id].newest)]


class _Samples:
    """One person's: when, with which probabilities, under which label."""

    def __init__(self, emotions: tuple[Emotion, ...]) -> None:
        self.emotions = emotions
        self.kept: deque[tuple[float, NDArray[np.float32], Emotion | None]] = deque()

    @property
    def newest(self) -> float:
        return self.kept[-1][0]

    def add(self, item: RecognizedFace, moment: float) -> None:
        # A little less than the step, or a camera of 30 frames a second would be sampled 7.5 times.
        if not self.kept or moment - self.newest >= 0.9 / SAMPLES_PER_SECOND:
            self.kept.append((moment, item.scores.probabilities, item.label))

    def history(self, track_id: int, newest: float) -> PersonHistory:
        moments, probabilities, labels = zip(*self.kept, strict=True)
        return PersonHistory(
            track_id,
            self.emotions,
            np.array(moments) - newest,
            np.array(probabilities, np.float32),
            labels,
        )


def _shares(labels: Sequence[Emotion | None]) -> dict[Emotion | None, float]:
    return {label: count / len(labels) for label, count in Counter(labels).most_common()}
