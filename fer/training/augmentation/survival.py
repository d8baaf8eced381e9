"""Label preservation: a model's answers to faces as they are, beside those to changed copies of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.errors import ModelMismatchError
from fer.models.inference import Recognizer
from fer.statistics import Proportion

Strength = Literal["harmless", "demanding", "too_strong", "no_judge"]
"""What the turned answers say of the settings."""

# A model that errs less than this is held to it: one that hardly errs would call every change too strong.
_LEAST_LIMIT = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class LabelSurvival:
    """A model's answers to n faces and to one changed copy of each.

    Attributes:
        emotions: the k emotions the model knows.
        labels: (n,) indices into `emotions`: what the faces are labelled.
        before: (n, k) probabilities, of the faces as they are.
        after: (n, k) probabilities, of the copies.
    """

    emotions: tuple[Emotion, ...]
    labels: NDArray[np.intp]
    before: NDArray[np.float32]
    after: NDArray[np.float32]

    def answers(self, index: int) -> tuple[Emotion, Emotion]:
        """What a face is called as it is, and what its copy is called."""
        return self.emotions[self.before[index].argmax()], self.emotions[self.after[index].argmax()]

    @property
    def turned(self) -> NDArray[np.bool_]:
        """(n,) whether the copy gets another answer than its face."""
        return np.asarray(self.before.argmax(axis=1) != self.after.argmax(axis=1))

    @property
    def turned_share(self) -> Proportion:
        """Copies that get another answer."""
        return Proportion.from_mask(self.turned)

    @property
    def wrong_before(self) -> Proportion:
        """Faces that are not called what they are labelled."""
        return Proportion.from_mask(self.before.argmax(axis=1) != self.labels)

    @property
    def wrong_after(self) -> Proportion:
        """Copies that are not called what their face is labelled."""
        return Proportion.from_mask(self.after.argmax(axis=1) != self.labels)

    @property
    def strength(self) -> Strength:
        """What the turned answers say of the settings, as far as this many faces can tell.

        "too_strong" turns more answers than the model gets wrong by itself: a copy then tells more about the
        change than about the face. "harmless" turns fewer than half as many. A model that gets most faces
        wrong as they are cannot tell: "no_judge".
        """
        if self.wrong_before.share > 0.5:
            return "no_judge"
        limit = max(self.wrong_before.share, _LEAST_LIMIT)
        low, high = self.turned_share.interval_95
        if low > limit:
            return "too_strong"
        return "harmless" if high < limit / 2 else "demanding"


def label_survival(
    recognizer: Recognizer,
    before: NDArray[np.float32],
    copies: NDArray[np.uint8],
    labels: Sequence[Emotion],
) -> LabelSurvival:
    """Ask a model about changed copies of faces whose answers are known.

    Args:
        recognizer: the model.
        before: its (n, k) answers to the faces as they are, n at least 1; or (1, k), one face for all copies.
        copies: (n, h, w, c) uint8.
        labels: (n,) what the copies' faces are labelled.

    Raises:
        ModelMismatchError: a face is labelled with an emotion that the model cannot answer.
    """
    emotions = tuple(recognizer.emotions)
    unknown = sorted(set(labels) - set(emotions))
    if unknown:
        raise ModelMismatchError(
            f"These faces show {', '.join(unknown)}, which this model cannot answer: it knows "
            f"{', '.join(emotions)}. Choose another model."
        )
    if len(before) == 1:
        before = before.repeat(len(copies), axis=0)
    columns = np.array([emotions.index(label) for label in labels], np.intp)
    return LabelSurvival(emotions, columns, before, recognizer.predict(copies))
