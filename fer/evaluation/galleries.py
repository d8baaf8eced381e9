"""Error analysis: which faces to look at first; each gallery ranks the faces by one question.

A figure says how often a model errs; the faces say at what. Half of what looks like the model's mistakes may
be the labels', so every gallery can be held against what FER+'s voters saw: `fer.evaluation.people`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.emotions import EMOTIONS, Emotion
from fer.errors import ModelMismatchError
from fer.evaluation.evaluation import Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Faces in the order in which they are worth looking at, each with its reason.

    Attributes:
        faces: (m,) indices into the evaluation's faces, m may be 0.
        scores: (m,) float32, what ranked them, 0 to 1; which end comes first depends on the question.
        suggested: (m,) what is said of each face, an index into the evaluation's `emotions`: the model's
            answer, or what a suspected label should have been.
    """

    faces: NDArray[np.intp]
    scores: NDArray[np.float32]
    suggested: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.faces)

    def only(self, chosen: NDArray[np.bool_]) -> "Gallery":
        """The faces for which `chosen`, (m,), holds, in the same order."""
        return Gallery(self.faces[chosen], self.scores[chosen], self.suggested[chosen])

    def first(self, most: int) -> "Gallery":
        """At most so many faces from the front."""
        return Gallery(self.faces[:most], self.scores[:most], self.suggested[:most])


@dataclass(frozen=True, slots=True, eq=False)
class ConfusedPair:
    """Two emotions that are taken for one another.

    Attributes:
        first: the one that is taken for the other more often.
        second: the other.
        first_as_second: how many faces of `first` were called `second`.
        second_as_first: how many faces of `second` were called `first`.
        faces_of_both: how many faces are labelled either.
        gallery: the faces of both cells, the most confident mistake first.
    """

    first: Emotion
    second: Emotion
    first_as_second: int
    second_as_first: int
    faces_of_both: int
    gallery: Gallery

    @property
    def share(self) -> float:
        """Of the faces labelled either, the share that is taken for the other, 0 to 1."""
        return len(self.gallery) / max(self.faces_of_both, 1)


def confident_mistakes(evaluation: Evaluation) -> Gallery:
    """Return every face that was named wrongly, the surest mistake first; a score is the confidence."""
    wrong = np.flatnonzero(~evaluation.is_right)
    return _ranked(evaluation, wrong, evaluation.confidences[wrong], descending=True)


def least_certain(evaluation: Evaluation) -> Gallery:
    """Return all faces, the least certain first; a score is how far the first choice is above the second.

    Source:
        The margin of Scheffer, Decomain and Wrobel (2001), "Active hidden Markov models for information
        extraction", by which active learning asks for the labels that would teach most.
    """
    if len(evaluation.emotions) < 2:
        return _ranked(evaluation, np.empty(0, np.intp), np.empty(0, np.float32), descending=False)
    two = np.partition(evaluation.probabilities, -2, axis=1)[:, -2:]
    return _ranked(evaluation, np.arange(len(evaluation)), two[:, 1] - two[:, 0], descending=False)


def confused_pairs(evaluation: Evaluation) -> tuple[ConfusedPair, ...]:
    """Return every two emotions of which a face was taken for the other, those with most such faces first."""
    counts = evaluation.confusion
    support = counts.sum(axis=1)
    pairs = []
    for a in range(len(counts)):
        for b in range(a + 1, len(counts)):
            if not counts[a, b] + counts[b, a]:
                continue
            first, second = (a, b) if counts[a, b] >= counts[b, a] else (b, a)
            both = np.flatnonzero(
                ((evaluation.true_labels == a) & (evaluation.predicted_labels == b))
                | ((evaluation.true_labels == b) & (evaluation.predicted_labels == a))
            )
            pairs.append(
                ConfusedPair(
                    evaluation.emotions[first],
                    evaluation.emotions[second],
                    int(counts[first, second]),
                    int(counts[second, first]),
                    int(support[a] + support[b]),
                    _ranked(evaluation, both, evaluation.confidences[both], descending=True),
                )
            )
    return tuple(sorted(pairs, key=lambda pair: (-len(pair.gallery), -pair.share)))


def label_suspects(evaluation: Evaluation, also_suspected: NDArray[np.bool_] | None = None) -> Gallery:
    """Return the faces whose label is probably wrong, the most suspicious first.

    A model believes more in some emotions than in others: 0.6 is much for fear and little for happy. So each
    emotion has a threshold of its own, the mean probability that its own faces get. A face is suspected where
    another emotion is above its threshold, and more probable than the label if that is above its own too. The
    probabilities must come from a model that did not learn these labels.

    How far to believe it, on the 3,589 validation faces of the genuine FER-2013 with the shipped model: most
    FER+ voters, whom the method never asks, side with the suggestion for 47 of the first 50 suspects (of 49
    on whom one answer leads), 89 of the first 100 and 137 of the first 200. Ranked by how far the suggestion
    is above its threshold it would be 33, 63 and 99. Of all 739, those that the inspection of the dataset
    suspects too carry a label that the voters share in 22 % of the cases; the others, in 47 %.

    Args:
        evaluation: of faces that the model did not learn from.
        also_suspected: (n,) whether something else, which never saw the face, suspects its label too; these
            come before all others. None for nothing else.

    Returns:
        The suspects. A score is how much likelier the suggested emotion is than the label.

    Source:
        Northcutt, Jiang and Chuang (2021), "Confident Learning: Estimating Uncertainty in Dataset Labels",
        JAIR 70: the thresholds and the confident joint; the order by the margin of the normalised
        probabilities.
    """
    probabilities, labels = evaluation.probabilities, evaluation.true_labels
    own = probabilities[np.arange(len(evaluation)), labels].astype(np.float64)
    counts = np.bincount(labels, minlength=len(evaluation.emotions))
    sums = np.bincount(labels, own, minlength=len(evaluation.emotions))
    # An emotion without a face has no threshold, and nothing can be suspected of being one.
    thresholds = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    above = probabilities >= thresholds
    likeliest = np.where(above, probabilities, -1.0).argmax(axis=1)
    suspects = np.flatnonzero(above.any(axis=1) & (likeliest != labels))
    suggested = likeliest[suspects]
    scores = probabilities[suspects, suggested] - own[suspects]
    alone = np.zeros(len(suspects), bool) if also_suspected is None else ~also_suspected[suspects]
    order = np.lexsort((-scores, alone))
    return Gallery(suspects[order], scores[order].astype(np.float32), suggested[order].astype(np.intp))


def wrong_alike(evaluations: Sequence[Evaluation]) -> Gallery:
    """Return the faces that all models call the same, and wrongly, those they are surest of first.

    A score is the mean of their confidences. They are two or more, of the same faces in the same order.

    Raises:
        ModelMismatchError: they are of other faces.
    """
    labels, answers = _in_one_order(evaluations)
    alike = np.flatnonzero((answers == answers[0]).all(axis=0) & (answers[0] != labels))
    sure = np.mean([evaluation.confidences[alike] for evaluation in evaluations], axis=0)
    return _ranked(evaluations[0], alike, sure, descending=True)


def disagreements(evaluations: Sequence[Evaluation]) -> Gallery:
    """Return the faces on which the models do not all say the same, where they are surest first.

    A score is how sure the less sure of two models is that contradict one another; of several such couples,
    the one with the greatest. They are two or more, of the same faces in the same order.

    Raises:
        ModelMismatchError: they are of other faces.
    """
    _, answers = _in_one_order(evaluations)
    scores = np.full(len(evaluations[0]), -1, np.float32)
    for a, first in enumerate(evaluations):
        for b, second in enumerate(evaluations[:a]):
            less_sure = np.minimum(first.confidences, second.confidences)
            scores = np.maximum(scores, np.where(answers[a] != answers[b], less_sure, -1))
    faces = np.flatnonzero(scores >= 0)
    return _ranked(evaluations[0], faces, scores[faces], descending=True)


def _ranked(
    evaluation: Evaluation, faces: NDArray[np.intp], scores: NDArray[np.float32], *, descending: bool
) -> Gallery:
    """These faces by their scores, with what the model says of each; of equals the first stays first."""
    order = np.argsort(-scores if descending else scores, kind="stable")
    faces = faces[order]
    return Gallery(faces, scores[order].astype(np.float32), evaluation.predicted_labels[faces])


def _in_one_order(evaluations: Sequence[Evaluation]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The labels, (n,), and each model's answers, (m, n), as indices into `EMOTIONS`: columns may differ."""
    rows = evaluations[0].rows
    if any(not np.array_equal(evaluation.rows, rows) for evaluation in evaluations[1:]):
        sizes = ", ".join(f"{len(evaluation):,}" for evaluation in evaluations)
        raise ModelMismatchError(
            f"Models can be compared on the same faces only; received evaluations of {sizes} faces that are "
            "not the same. Evaluate them on one split of one dataset."
        )
    common = [
        np.array([EMOTIONS.index(emotion) for emotion in evaluation.emotions], np.intp)
        for evaluation in evaluations
    ]
    answers = [
        columns[evaluation.predicted_labels] for columns, evaluation in zip(common, evaluations, strict=True)
    ]
    return common[0][evaluations[0].true_labels], np.stack(answers)
