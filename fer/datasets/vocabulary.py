"""What datasets in the wild call the emotions and the splits, and how an undivided one is divided."""

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Split
from fer.emotions import EMOTIONS, Emotion

_EMOTION_WORDS: dict[Emotion, tuple[str, ...]] = {
    Emotion.ANGRY: ("anger",),
    Emotion.DISGUST: ("disgusted", "disgusting"),
    Emotion.FEAR: ("fearful", "afraid", "scared"),
    Emotion.HAPPY: ("happiness", "joy", "joyful", "smile"),
    Emotion.SAD: ("sadness", "unhappy"),
    Emotion.SURPRISE: ("surprised", "surprising"),
    Emotion.NEUTRAL: ("neutrality", "calm"),
}
_EMOTION_OF = {word: emotion for emotion, words in _EMOTION_WORDS.items() for word in (emotion.value, *words)}

_SPLIT_WORDS: dict[Split, tuple[str, ...]] = {
    Split.TRAIN: ("training",),
    Split.VALIDATION: ("val", "valid", "validate", "dev", "public", "publictest", "public_test"),
    Split.TEST: ("testing", "private", "privatetest", "private_test"),
}
_SPLIT_OF = {word: split for split, words in _SPLIT_WORDS.items() for word in (split.value, *words)}


def emotion_called(word: str) -> Emotion | None:
    """The emotion that a folder, column or label names: an English word, or FER-2013's number 0 to 6."""
    word = word.strip().lower()
    if word in _EMOTION_OF:
        return _EMOTION_OF[word]
    return EMOTIONS[int(word)] if word in {"0", "1", "2", "3", "4", "5", "6"} else None


def split_called(word: str) -> Split | None:
    """The split that a folder or a `Usage` value names, FER-2013's own names included."""
    return _SPLIT_OF.get(word.strip().lower())


def filled_splits(
    labels: NDArray[np.intp], splits: NDArray[np.str_], seed: int = 0
) -> tuple[NDArray[np.str_], str]:
    """Give a missing validation or test split a tenth of the training faces, each emotion alike.

    Args:
        labels: (n,), the emotion of each face.
        splits: (n,), what is known; all of them `Split.TRAIN` if nothing is.
        seed: decides who goes where; the same seed always chooses the same faces.

    Returns:
        The splits, (n,), and what was done, to be added to a title; empty if nothing was.
    """
    missing = [split for split in (Split.VALIDATION, Split.TEST) if not (splits == split).any()]
    filled = splits.copy()
    rng = np.random.default_rng(seed)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero((labels == label) & (splits == Split.TRAIN)))
        share = round(len(members) / 10)
        for place, split in enumerate(missing):
            filled[members[place * share : (place + 1) * share]] = split.value
    if not missing or not (filled != splits).any():
        return filled, ""
    return filled, f" ({' and '.join(missing)} taken from train: a tenth each, at random, seed {seed})"
