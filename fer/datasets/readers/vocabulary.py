"""Label vocabulary: what datasets call the emotions and the splits, and how missing splits are drawn."""

import re
from collections import Counter
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Split
from fer.emotions import EMOTIONS, Emotion

_EMOTION_WORDS: dict[Emotion, tuple[str, ...]] = {
    Emotion.ANGRY: ("anger", "angriness", "ang", "an", "mad", "rage"),
    Emotion.DISGUST: ("disgusted", "disgusting", "dis", "di"),
    Emotion.FEAR: ("fearful", "fearfulness", "afraid", "scared", "scare", "frightened", "fea", "fe"),
    Emotion.HAPPY: ("happiness", "joy", "joyful", "smile", "smiling", "hap", "ha"),
    Emotion.SAD: ("sadness", "saddened", "unhappy", "sorrow", "sa"),
    Emotion.SURPRISE: ("surprised", "surprising", "suprise", "suprised", "surprize", "sur", "su"),
    Emotion.NEUTRAL: ("neutrality", "calm", "normal", "neu", "ne"),
}
_EMOTION_OF = {word: emotion for emotion, words in _EMOTION_WORDS.items() for word in (emotion.value, *words)}

# What other collections have beside our seven: FER+'s last three columns, AffectNet's classes after its
# seventh, the sixth folder of a much-copied Kaggle set.
_OUTSIDE_WORDS = """contempt contemptuous contempted contemptful con scorn scornful disdain unknown uncertain
    unsure unlabeled unlabelled other others nf notface notaface noface nonface ahegao"""
_OUTSIDE = frozenset(_OUTSIDE_WORDS.split())

_SPLIT_WORDS: dict[Split, tuple[str, ...]] = {
    Split.TRAIN: ("training", "trainset"),
    Split.VALIDATION: ("val", "valid", "validate", "dev", "eval", "public", "publictest", "validationset"),
    Split.TEST: ("testing", "private", "privatetest", "testset"),
}
_SPLIT_OF = {word: split for split, words in _SPLIT_WORDS.items() for word in (split.value, *words)}

# What tables call the columns of labels, of splits and of pictures.
EMOTION_COLUMNS = (
    *("emotion", "emotions", "label", "labels", "expression", "expressions", "class", "classes", "target"),
    *("emotion_label", "emotion_id", "emotion_name", "label_name", "class_name", "facial_expression"),
)
SPLIT_COLUMNS = ("usage", "split", "subset", "partition")
PIXEL_COLUMNS = ("pixels", "pixel", "image", "images", "img", "face", "faces", "image_pixels", "data")

# "0_angry", "1-disgust", "03. happy": a number in front keeps folders in an order.
_NUMBER_IN_FRONT = re.compile(r"\d{1,3}[\s_.:-]+(?=[a-z])")
_BEHIND = re.compile(r"(?<=[a-z])[\s_-]*(faces?|images?|imgs?|expressions?)$")
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_FER_2013_NUMBER = re.compile(r"[0-6]")
# A table that once had gaps writes its whole numbers as 3.0, and NumPy as 3.000e+00.
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,5})([.,][0-9]{0,30})?([eE][+-]?0?[0-3])?")
_CONTEMPT = "7"
OUTSIDE = -1
"""What a label means that is known and none of our emotions."""


@lru_cache(maxsize=4096)
def emotion_called(word: str) -> Emotion | None:
    """The emotion that a folder, column or label names: an English word, or FER-2013's number 0 to 6."""
    if _FER_2013_NUMBER.fullmatch(number := plain_label(word)):
        return EMOTIONS[int(number)]
    return next((_EMOTION_OF[name] for name in _spellings(word) if name in _EMOTION_OF), None)


@lru_cache(maxsize=4096)
def is_outside(word: str) -> bool:
    """Whether it names what other collections have beside our seven: contempt, unknown, not a face, ….

    Such faces are kept out, and the dataset's notes say how many; they are no error.
    """
    return emotion_called(word) is None and any(name in _OUTSIDE for name in _spellings(word))


def split_called(word: str) -> Split | None:
    """The split that a folder or a `Usage` value names, FER-2013's own names included."""
    return _SPLIT_OF.get(_BETWEEN_WORDS.sub("", word.strip().lower()))


def label_called(word: str) -> int | None:
    """The index of the emotion that a label names; `OUTSIDE` for none of ours; None for no emotion."""
    if emotion := emotion_called(word):
        return EMOTIONS.index(emotion)
    return OUTSIDE if is_outside(word) else None


def plain_label(text: str) -> str:
    """A label as it stands in a table, with a whole number written as one: 3 for 3.0, 3,0 and 3.000e+00."""
    text = text.strip()
    if _NUMBER.fullmatch(text) and (number := float(text.replace(",", "."))).is_integer():
        return str(int(number))
    return text


def no_label(label: str) -> str:
    """What is wrong with a label that means nothing, in a few words."""
    return f"the label {quoted(label)} names no emotion"


def true_or_false(text: str) -> bool | None:
    """What a column that is 1 for one class and 0 for the others says; None if it says neither."""
    return {"0": False, "false": False, "1": True, "true": True}.get(plain_label(text).lower())


def printable(text: str) -> str:
    """A stranger's text, such as a file's name, as it is safe to print."""
    return "".join(character if character.isprintable() else "?" for character in text)


def quoted(text: str) -> str:
    """A stranger's text as a short quotation that is safe to print."""
    return f"“{printable(text if len(text) <= 60 else text[:60] + '…')}”"


def counted(words: Counter[str]) -> str:
    """How often each of these words stands there, the commonest first."""
    return ", ".join(f"{count:,} of {quoted(word)}" for word, count in words.most_common())


def kept_out(words: Counter[str]) -> list[str]:
    """The note on faces that show none of our emotions, by their labels; none if there are none."""
    if not words:
        return []
    named = Counter({f"{word} (contempt)" if word == _CONTEMPT else word: n for word, n in words.items()})
    return [f"Left out, because they show none of the seven emotions: {counted(named)}."]


def filled_splits(
    labels: NDArray[np.intp], splits: NDArray[np.str_], seed: int = 0
) -> tuple[NDArray[np.str_], str]:
    """Give a missing validation or test split a tenth of the training faces, each emotion alike.

    Args:
        labels: (n,), the emotion of each face.
        splits: (n,), what is known; all of them `Split.TRAIN` if nothing is.
        seed: decides who goes where; the same seed always chooses the same faces.

    Returns:
        The splits, (n,), and what was done as a sentence for `Dataset.notes`; empty if nothing was.
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
    taken = "a tenth" if len(missing) == 1 else "a tenth each"
    return filled, (
        f"It came without {' and '.join(missing)} faces: {taken} of its train faces was drawn for "
        f"{'it' if len(missing) == 1 else 'them'}, each emotion alike, at random with seed {seed}."
    )


def _spellings(word: str) -> tuple[str, ...]:
    """The word without what people put around it, longest first."""
    plain = _NUMBER_IN_FRONT.sub("", word.strip().lower(), count=1)
    return tuple(_BETWEEN_WORDS.sub("", spelling) for spelling in (plain, _BEHIND.sub("", plain)))
