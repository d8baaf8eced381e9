"""Human agreement (FER+ votes): whom ten voters side with where a model and a label contradict each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.datasets.browsing import voted_labels
from fer.evaluation.evaluation import Evaluation
from fer.evaluation.galleries import Gallery
from fer.statistics import Proportion


@dataclass(frozen=True, slots=True)
class PeopleSide:
    """Whom FER+'s voters side with, where a label and what is said instead stand against one another.

    Attributes:
        asked: faces on which one answer of the voters leads; ties and faces without votes are not counted.
        with_suggestion: how many of these most voters call what was suggested.
        with_label: how many they call what the label says.
    """

    asked: int
    with_suggestion: int
    with_label: int

    @property
    def with_neither(self) -> int:
        """How many they call something else again."""
        return self.asked - self.with_suggestion - self.with_label

    @property
    def siding(self) -> Proportion:
        """How often they side with the suggestion."""
        return Proportion(self.with_suggestion, self.asked)


def people_side(
    evaluation: Evaluation, gallery: Gallery, votes: NDArray[np.uint8] | None
) -> PeopleSide | None:
    """Return whom FER+'s voters side with on the faces of a gallery; None without votes on any of them.

    Only faces count on which what is suggested is not the label.

    Args:
        votes: (n, 10) of all faces of the evaluation, as `Dataset.votes`.
    """
    if votes is None:
        return None
    labels = evaluation.true_labels[gallery.faces]
    voted = voted_labels(votes[gallery.faces], evaluation.emotions)
    asked = (voted >= -1) & (gallery.suggested != labels)
    if not asked.any():
        return None
    return PeopleSide(
        int(asked.sum()),
        int((voted == gallery.suggested)[asked].sum()),
        int((voted == labels)[asked].sum()),
    )
