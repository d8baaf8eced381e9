"""Dataset browsing: which faces to show in which order, class imbalance, and what votes came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import VOTE_NAMES, Dataset, Split
from fer.datasets.editions import Edition, places_of
from fer.datasets.readers.ferplus import EMOTION_OF_VOTE
from fer.datasets.synthetic.loading import EMOTION_ACTION_UNITS, random_appearance
from fer.datasets.synthetic.portrait import draw_face
from fer.emotions import EMOTIONS, Emotion, indices

# What the votes on a face can come to: one of FER+'s choices, or several that share the lead.
TIE = "tie"
VOTE_OUTCOMES = (*VOTE_NAMES, TIE)


class Quality(StrEnum):
    """What can be measured of every face, to choose and to sort by."""

    BRIGHTNESS = "brightness"  # mean pixel value, 0 to 255
    SHARPNESS = "sharpness"  # how fine the edges are, from 0; see `fer.datasets.quality.FaceMeasures`
    AGREEMENT = "agreement"  # share of the FER+ voters who chose the face's label, 0 to 1
    SUSPICION = "suspicion"  # how little a model that never saw the face believes its label, 0 to 1


Mended = Literal["untouched", "relabelled", "excluded"]


@dataclass(frozen=True, slots=True)
class FaceFilter:
    """Which faces to show, and in which order.

    Attributes:
        split: only this one; None for all.
        emotion: only faces with this label, as it came; None for all.
        vote: only faces whose FER+ votes came to this, one of `VOTE_OUTCOMES`; None for all.
        mended: only faces to which an edition did this; None for all.
        ranges: for a quality the least and the greatest value, both included.
        order_by: sorted by this quality; None keeps the dataset's own order.
        descending: the greatest value first.
        shuffle_seed: shuffles the order of faces that are not sorted by a quality; None does not.
    """

    split: Split | None = None
    emotion: Emotion | None = None
    vote: str | None = None
    mended: Mended | None = None
    ranges: Mapping[Quality, tuple[float, float]] = field(default_factory=dict)
    order_by: Quality | None = None
    descending: bool = False
    shuffle_seed: int | None = None


@dataclass(frozen=True, slots=True)
class Imbalance:
    """How unevenly the emotions of one split are spread.

    Attributes:
        most: the commonest emotion.
        least: the rarest of those that are there.
        ratio: how many faces of `most` there are for each of `least`, at least 1.
        majority_accuracy: what always answering `most` scores, 0 to 1.
        missing: the emotions without a face.
    """

    most: Emotion
    least: Emotion
    ratio: float
    majority_accuracy: float
    missing: tuple[Emotion, ...]


def imbalance(counts: Mapping[Emotion, int]) -> Imbalance:
    """Return how uneven the counts of one split are; at least one must be above 0."""
    there = {emotion: count for emotion, count in counts.items() if count}
    most, least = max(there, key=there.__getitem__), min(there, key=there.__getitem__)
    return Imbalance(
        most,
        least,
        there[most] / there[least],
        there[most] / sum(there.values()),
        tuple(emotion for emotion, count in counts.items() if not count),
    )


def rows_of(
    dataset: Dataset,
    split: Split | None = None,
    emotion: Emotion | None = None,
    *,
    shuffle_seed: int | None = None,
) -> NDArray[np.intp]:
    """Return the rows of a dataset that match, (m,); None stands for all, and for the dataset's own order."""
    return matching(dataset, FaceFilter(split, emotion, shuffle_seed=shuffle_seed))


def matching(
    dataset: Dataset,
    wanted: FaceFilter,
    qualities: Mapping[Quality, NDArray[np.float32]] | None = None,
    edition: Edition | None = None,
) -> NDArray[np.intp]:
    """Return where the faces that match lie in the dataset's arrays, (m,), in the order asked for.

    Args:
        dataset: which; an emotion or a vote that it does not have matches no face.
        wanted: see `FaceFilter`.
        qualities: (n,) each; a face whose value is NaN matches no range and comes last. A quality that is
            not there narrows and sorts nothing.
        edition: what `mended` asks about; None did nothing to any face.

    Raises:
        EditionError: the edition belongs to other faces.
    """
    qualities = qualities or {}
    chosen = np.ones(len(dataset), bool)
    if wanted.split is not None:
        chosen &= dataset.splits == wanted.split
    if wanted.emotion is not None:
        known = wanted.emotion in dataset.emotions
        chosen &= (dataset.labels == dataset.emotions.index(wanted.emotion)) if known else False
    if wanted.vote is not None:
        outcome = VOTE_OUTCOMES.index(wanted.vote)
        chosen &= False if dataset.votes is None else vote_outcomes(dataset.votes) == outcome
    if wanted.mended is not None:
        chosen &= _mended(dataset, edition, wanted.mended)
    for quality, (least, greatest) in wanted.ranges.items():
        if (values := qualities.get(quality)) is not None:
            chosen &= (values >= least) & (values <= greatest)
    places = np.flatnonzero(chosen)
    if wanted.order_by is not None and (values := qualities.get(wanted.order_by)) is not None:
        # A NaN sorts last, and stays last in the other direction.
        return places[np.argsort(-values[places] if wanted.descending else values[places], kind="stable")]
    if wanted.shuffle_seed is not None:
        return np.random.default_rng(wanted.shuffle_seed).permutation(places)
    return places


def votes_won(votes: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return for each face which of `VOTE_NAMES` has the most votes, (n,); -1 where several share the lead.

    Args:
        votes: (n, 10), in the order of `VOTE_NAMES`; without a vote they all share the lead.
    """
    leading = votes == votes.max(axis=1, keepdims=True, initial=0)
    return np.where(leading.sum(axis=1) == 1, leading.argmax(axis=1), -1)


def voted_labels(votes: NDArray[np.uint8], emotions: Sequence[Emotion]) -> NDArray[np.intp]:
    """Return which of `emotions` most FER+ voters chose for each face, (n,).

    -1 stands for an answer that is none of them (contempt, unknown, not a face), -2 for a tie or no votes.
    """
    won = votes_won(votes)
    return np.where(won >= 0, indices(EMOTION_OF_VOTE, emotions)[won], -2)


def vote_outcomes(votes: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return what the votes on each face came to, (n,) indexes into `VOTE_OUTCOMES`; -1 without votes.

    Args:
        votes: (n, 10), in the order of `VOTE_NAMES`.
    """
    won = votes_won(votes)
    won[(won < 0) & votes.any(axis=1)] = VOTE_OUTCOMES.index(TIE)
    return won


def _mended(dataset: Dataset, edition: Edition | None, mended: Mended) -> NDArray[np.bool_]:
    done = np.full(len(dataset), "untouched", dtype="U10")
    if edition is not None:
        done[places_of(dataset, edition)] = [
            "excluded" if change.action == "exclude" else "relabelled" for change in edition.changes
        ]
    return np.asarray(done == mended)


def portraits(size: int = 144) -> NDArray[np.uint8]:
    """Return seven drawn people, one per emotion in `EMOTIONS`' order, (7, size, size, 1) uint8.

    Each shows the action units that at least half of the people show who pose that emotion, at full strength.
    """
    # Seven people whose faces show their expression well; any other number gives seven others.
    rng = np.random.default_rng(1)
    people = [random_appearance(rng) for _ in EMOTIONS]
    expressions = [
        {unit: 1.0 for unit, share in EMOTION_ACTION_UNITS[emotion].items() if share >= 0.5}
        for emotion in EMOTIONS
    ]
    drawn = [draw_face(person, units, size) for person, units in zip(people, expressions, strict=True)]
    return np.stack(drawn)[..., np.newaxis]
