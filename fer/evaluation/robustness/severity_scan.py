"""Answer changes along a corruption: what a model says of one face at every severity."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion, EmotionScores
from fer.evaluation.robustness.corruptions import CORRUPTIONS, CorruptionKind
from fer.evaluation.robustness.pixels import corrupt_together
from fer.models.inference import Recognizer


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A place at which the answer changes.

    Attributes:
        severity: half-way between the last severity with one answer and the first with the other.
        before: the answer on the side of the untouched face.
        after: the answer beyond.
        is_first: whether no other lies between it and the untouched face.
    """

    severity: float
    before: Emotion
    after: Emotion
    is_first: bool


@dataclass(frozen=True, slots=True, eq=False)
class SeverityScan:
    """A model's scores of one face at m severities of one kind.

    Attributes:
        kind: of the corruption.
        emotions: the k emotions, in the column order of `probabilities`.
        probabilities: (m, k), one row for each of the kind's `severities`.
    """

    kind: CorruptionKind
    emotions: tuple[Emotion, ...]
    probabilities: NDArray[np.float32]

    @property
    def severities(self) -> NDArray[np.float64]:
        """(m,) ascending."""
        return CORRUPTIONS[self.kind].severities

    def scores(self, severity: float) -> EmotionScores:
        """What the model says at the nearest severity that was asked about."""
        return EmotionScores(self.emotions, self.probabilities[CORRUPTIONS[self.kind].index_of(severity)])

    @property
    def answer_changes(self) -> tuple[AnswerChange, ...]:
        """Where the answer changes, the ones nearest to the untouched face first."""
        answers, severities = self.probabilities.argmax(axis=1), self.severities
        neutral = CORRUPTIONS[self.kind].neutral
        start = CORRUPTIONS[self.kind].index_of(neutral)
        found = []
        for way, end in ((1, len(answers) - 1), (-1, 0)):
            places = [at for at in range(start, end, way) if answers[at] != answers[at + way]]
            found += [
                AnswerChange(
                    float(severities[at] + severities[at + way]) / 2,
                    self.emotions[int(answers[at])],
                    self.emotions[int(answers[at + way])],
                    at == places[0],
                )
                for at in places
            ]
        return tuple(sorted(found, key=lambda change: abs(change.severity - neutral)))


def severity_scan(
    recognizer: Recognizer,
    image: NDArray[np.uint8],
    kind: CorruptionKind,
    others: Mapping[CorruptionKind, float] | None = None,
    seed: int = 0,
) -> SeverityScan:
    """Return what a model says of one face at every severity of a kind: some fifty answers.

    Args:
        image: (h, w, 1 or 3) uint8.
        kind: which is taken from end to end.
        others: kinds that are switched on besides, with their severities; they stay as they are.
        seed: the noise follows from it.

    Raises:
        ConfigError: a severity is out of range.
        ModelMismatchError: the model answers with something that is not a probability.
    """
    besides = {each: severity for each, severity in (others or {}).items() if each != kind}
    images = [
        corrupt_together(image[None], {**besides, kind: float(severity)}, seed)
        for severity in CORRUPTIONS[kind].severities
    ]
    return SeverityScan(kind, recognizer.emotions, recognizer.predict(np.concatenate(images)))
