"""Label encoding: which emotion each label of a dataset stands for, above all where labels are numbers.

A word says what it means; a number does not. Which numbering it belongs to is chosen by the learner, told by
a list of classes, proven by the numbers of faces, or guessed from the numbers there are; the dataset's notes
say what it was.

Source:
    0 to 6 of FER-2013: Goodfellow et al. (2013), arXiv:1307.0414. 1 to 7 of RAF-DB's basic emotions and its
    numbers of faces: Li, Deng and Du (2017), CVPR, list_patition_label.txt. 0 to 10 of AffectNet:
    Mollahosseini, Hasani and Mahoor (2017), arXiv:1708.03985. FER+: the columns of fer2013new.csv.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType

import numpy as np

from fer.config import AS_GUESSED, LEFT_OUT, ImportSettings, Numbering
from fer.datasets.dataset import VOTE_NAMES, Dataset, SourceLabel
from fer.datasets.readers.vocabulary import OUTSIDE, label_called, plain_label, printable, quoted
from fer.emotions import EMOTIONS, Emotion
from fer.errors import MalformedDatasetError

_RAF_DB = (
    Emotion.SURPRISE,
    Emotion.FEAR,
    Emotion.DISGUST,
    Emotion.HAPPY,
    Emotion.SAD,
    Emotion.ANGRY,
    Emotion.NEUTRAL,
)
_AFFECTNET = (
    Emotion.NEUTRAL,
    Emotion.HAPPY,
    Emotion.SAD,
    Emotion.SURPRISE,
    Emotion.FEAR,
    Emotion.DISGUST,
    Emotion.ANGRY,
    *(None,) * 4,  # contempt, none, uncertain, no face
)
TITLES: Mapping[Numbering, str] = MappingProxyType(
    {
        "fer-2013": "FER-2013",
        "raf-db": "RAF-DB",
        "affectnet": "AffectNet",
        "fer-plus": "FER+",
        "alphabetical": "Alphabetical order",
    }
)
"""What the numberings are called."""

NUMBERINGS: Mapping[Numbering, Mapping[int, Emotion | None]] = MappingProxyType(
    {
        "fer-2013": dict(enumerate((*EMOTIONS, None))),  # 7 is contempt in the extended CK+ table
        "raf-db": dict(enumerate(_RAF_DB, start=1)),
        "affectnet": dict(enumerate(_AFFECTNET)),
        "fer-plus": {
            number: EMOTIONS[label] if (label := label_called(name)) is not None and label >= 0 else None
            for number, name in enumerate(VOTE_NAMES)
        },
        "alphabetical": dict(enumerate(sorted(EMOTIONS))),
    }
)
"""Which emotion each number of a numbering stands for; None for what is none of ours."""

# How many faces of each emotion, in our order, there are in what is published: all, then each split.
_FACES = {
    "FER-2013": (
        (4953, 547, 5121, 8989, 6077, 4002, 6198),
        (3995, 436, 4097, 7215, 4830, 3171, 4965),
        (467, 56, 496, 895, 653, 415, 607),
        (491, 55, 528, 879, 594, 416, 626),
    ),
    "RAF-DB": (
        (867, 877, 355, 5957, 2460, 1619, 3204),
        (705, 717, 281, 4772, 1982, 1290, 2524),
        (162, 160, 74, 1185, 478, 329, 680),
    ),
}
_FIRST_OF_RAF_DB, _LAST_OF_RAF_DB, _CONTEMPT = 1, 7, 7
# Fewer different numbers do not tell one numbering from another.
_TELLING_NUMBERS = 5
# A number that fewer of the faces have is a slip of the pen and no class.
_LEAST_SHARE = 0.01
_MOST_SHOWN = 8
_READ, _CHOOSE = "Its numbers were read", "choose one."
_MOST_SOURCE_LABELS = 200
_LONGEST_LABEL = 100
_EMPTY = ("", "nan", "none", "null", "na", "n/a")


@dataclass(frozen=True, slots=True)
class LabelReading:
    """What the labels of a dataset mean.

    Attributes:
        meanings: for each label as it stands there, an index into `EMOTIONS`; `OUTSIDE` for one that is left
            out; None for one that means nothing.
        notes: sentences for `Dataset.notes`; none where all labels are words.
        source_labels: for `Dataset.source_labels`.
        advice: how to say what they mean, a sentence for a refusal; empty where all labels have a meaning.
        left_out: the labels whose faces the learner chose to leave out.
    """

    meanings: Mapping[str, int | None]
    notes: tuple[str, ...]
    source_labels: tuple[SourceLabel, ...]
    advice: str
    left_out: frozenset[str]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The labels that mean nothing, as they are printed; at most two hundred."""
        unknown = (label for label, meaning in self.meanings.items() if meaning is None)
        return tuple(map(_shown, islice(unknown, _MOST_SOURCE_LABELS)))

    def outside(self, words: Iterable[str]) -> Counter[str]:
        """Count the labels that are left out because they are none of ours, for `kept_out`.

        Args:
            words: the label of each face.
        """
        counts = Counter(words)
        return Counter(
            {
                word: count
                for word, count in counts.items()
                if self.meanings[word] == OUTSIDE and word not in self.left_out
            }
        )


def read_labels(
    counts: Mapping[str, int], how: ImportSettings = AS_GUESSED, class_names: Mapping[int, str] | None = None
) -> LabelReading:
    """Return what each of a dataset's labels means; what a number means, all of them say together.

    Args:
        counts: how many faces have each label, as it stands there.
        how: what the learner chose.
        class_names: the names of the numbered classes, where a list of them came with the faces.

    Raises:
        MalformedDatasetError: by the learner's own mapping, all labels would be one emotion.
    """
    chosen = {_key(label): emotion for label, emotion in how.mapping}
    numbers: Counter[int] = Counter()
    for label, count in counts.items():
        if (number := number_of(label)) is not None:
            numbers[number] += count
    encoding, note = _encoding(numbers, how.numbering, class_names or {}) if numbers else ({}, "")
    meanings: dict[str, int | None] = {}
    for label in counts:
        number = number_of(label)
        if (emotion := chosen.get(_key(label))) is not None:
            meanings[label] = OUTSIDE if emotion == LEFT_OUT else EMOTIONS.index(Emotion(emotion))
        elif number is None:
            meanings[label] = label_called(label) if len(label) <= _LONGEST_LABEL else None
        elif number in encoding:
            named = encoding[number]
            meanings[label] = OUTSIDE if named is None else EMOTIONS.index(named)
        else:
            meanings[label] = None
    if chosen:
        _refuse_one_emotion(meanings, chosen)
    notes = (note, _mapping_note(counts, chosen))
    return LabelReading(
        meanings,
        tuple(sentence for sentence in notes if sentence),
        _source_labels(counts, meanings),
        _advice(counts, meanings),
        frozenset(label for label in counts if chosen.get(_key(label)) == LEFT_OUT),
    )


def alike(parts: Sequence[Dataset]) -> Sequence[Dataset]:
    """Return the parts of a dataset with all their numbers read as in the largest part.

    A part with fewer labels may be guessed otherwise: RAF-DB's 1 to 7 without its 7.
    """
    largest = max(parts, key=len)
    emotion_of = {label.text: label.emotion for label in largest.source_labels}
    note = [note for note in largest.notes if note.startswith(_READ)]
    return [_as_in(part, emotion_of, note) for part in parts]


def _as_in(part: Dataset, emotion_of: Mapping[str, Emotion | None], note: list[str]) -> Dataset:
    moved = {
        label.emotion: emotion_of[label.text] or label.emotion
        for label in part.source_labels
        if label.emotion is not None and label.text in emotion_of and number_of(label.text) is not None
    }
    if all(before is after for before, after in moved.items()):
        return part
    label_of = np.array([part.emotions.index(moved.get(emotion, emotion)) for emotion in part.emotions])
    return replace(
        part,
        labels=label_of[part.labels],
        notes=(*(old for old in part.notes if not old.startswith(_READ)), *note),
        source_labels=tuple(
            replace(label, emotion=label.emotion and moved.get(label.emotion, label.emotion))
            for label in part.source_labels
        ),
    )


def joined_source_labels(parts: Iterable[Sequence[SourceLabel]]) -> tuple[SourceLabel, ...]:
    """Return the source labels of several parts of a dataset as those of one."""
    joined: dict[str, SourceLabel] = {}
    for label in (label for part in parts for label in part):
        known = joined.get(label.text)
        joined[label.text] = label if known is None else replace(known, count=known.count + label.count)
    return tuple(sorted(joined.values(), key=_order))


def _order(label: SourceLabel) -> tuple[bool, int, str]:
    number = number_of(label.text)
    return number is None, number or 0, label.text


def numbering_first(notes: Sequence[str]) -> list[str]:
    """Return a dataset's notes with the one on its numbers first: all labels depend on that."""
    return sorted(notes, key=lambda note: not note.startswith(_READ))


def is_asked(notes: Sequence[str]) -> bool:
    """Return whether a dataset's notes ask the learner to choose a numbering, because several fit."""
    return any(note.startswith(_READ) and note.endswith(_CHOOSE) for note in notes)


def number_of(label: str) -> int | None:
    """The number of a class that a label is; None for a word."""
    plain = plain_label(label)
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 7 else None


def _key(label: str) -> str:
    """A label as a mapping finds it: 3.0 is 3, and capitals make no difference."""
    return plain_label(label).casefold()


def _encoding(
    numbers: Counter[int], numbering: Numbering, class_names: Mapping[int, str]
) -> tuple[Mapping[int, Emotion | None], str]:
    """Which emotion each number stands for, and the sentence that says why."""
    if numbering != "guessed":
        return NUMBERINGS[numbering], f"{_read_as(numbering)} That was chosen."
    if class_names:
        named = {number: label_called(name) for number, name in class_names.items()}
        listed: dict[int, Emotion | None] = {
            number: None if label == OUTSIDE else EMOTIONS[label]
            for number, label in named.items()
            if label is not None
        }
        return listed, f"{_READ} by the list of classes that lies with them: {_listed(listed)}."
    if proven := _by_numbers_of_faces(numbers):
        return proven
    least = _LEAST_SHARE * numbers.total()
    there = {number for number, count in numbers.items() if count >= least}
    if 0 not in there and _LAST_OF_RAF_DB in there and len(there) >= _TELLING_NUMBERS:
        return NUMBERINGS["raf-db"], f"{_read_as('raf-db')} They begin with 1 and reach 7, as RAF-DB's do."
    if (
        _CONTEMPT + 1 in there
        and there <= NUMBERINGS["affectnet"].keys()
        and there == {*range(max(there) + 1)}
    ):
        return NUMBERINGS["affectnet"], f"{_read_as('affectnet')} They reach {max(there)}, as AffectNet's do."
    fer_2013 = NUMBERINGS["fer-2013"]
    if 0 not in there:
        fer_2013 = {number: emotion for number, emotion in fer_2013.items() if number != _CONTEMPT}
    if {0, _CONTEMPT} <= there:
        doubt = f"With a 7, they may as well be AffectNet's or FER+'s, which have another order: {_CHOOSE}"
    elif 0 not in there and _FIRST_OF_RAF_DB in there and len(there) >= _TELLING_NUMBERS:
        doubt = f"Without a 0, they may as well be RAF-DB's, which have another order: {_CHOOSE}"
    else:
        doubt = "That is an assumption: nothing in it says so."
    return fer_2013, f"{_read_as('fer-2013')} {doubt}"


def _by_numbers_of_faces(numbers: Counter[int]) -> tuple[Mapping[int, Emotion | None], str] | None:
    """The encoding that the numbers of faces prove, since no two emotions of a published set have as many."""
    for title, published in _FACES.items():
        for faces in published:
            if sorted(numbers.values()) != sorted(faces):
                continue
            encoding: dict[int, Emotion | None] = {
                number: EMOTIONS[faces.index(count)] for number, count in sorted(numbers.items())
            }
            if encoding.items() <= NUMBERINGS["fer-2013"].items() and title == "FER-2013":
                return encoding, ""  # there is nothing to be in doubt about
            return encoding, f"{_READ} by {title}'s numbers of faces: {_listed(encoding)}."
    return None


def _read_as(numbering: Numbering) -> str:
    of = "the emotions in alphabetical order" if numbering == "alphabetical" else f"{TITLES[numbering]}'s"
    return f"{_READ} as {of}: {_listed(NUMBERINGS[numbering])}."


def _listed(encoding: Mapping[int, Emotion | None]) -> str:
    return ", ".join(f"{number} {emotion}" for number, emotion in encoding.items() if emotion is not None)


def _refuse_one_emotion(meanings: Mapping[str, int | None], chosen: Mapping[str, str]) -> None:
    """Raise for a mapping after which all faces are of one emotion, though they had several labels."""
    used = [(label, meaning) for label, meaning in meanings.items() if meaning not in (None, OUTSIDE)]
    if len(used) > 1 and len({meaning for _, meaning in used}) == 1 and _key(used[0][0]) in chosen:
        raise MalformedDatasetError(
            f"All {len(used):,} labels that are used would be {EMOTIONS[used[0][1] or 0]}, so there would be "
            "nothing to tell apart. Choose another emotion for some of them."
        )


def _mapping_note(counts: Mapping[str, int], chosen: Mapping[str, str]) -> str:
    """What the learner's own mapping made of which labels, and what of it no face has."""
    there: Counter[str] = Counter()
    for label, count in counts.items():
        there[_key(label)] += count
    used = [
        f"{quoted(label)} is {emotion or f'left out (faces: {there[label]:,})'}"
        for label, emotion in chosen.items()
        if label in there
    ]
    unused = [quoted(label) for label in chosen if label not in there]
    notes = [f"As chosen, {_short(used)}."] if used else []
    notes += [f"A meaning was chosen for {_short(unused)}, which no face has."] if unused else []
    return " ".join(notes)


def _advice(counts: Mapping[str, int], meanings: Mapping[str, int | None]) -> str:
    # A row without a label is to be mended or left out; there is nothing to choose.
    unknown = sorted(label for label in counts if meanings[label] is None and label.lower() not in _EMPTY)
    if not unknown or not any(number_of(label) is not None for label in counts):
        return ""
    return (
        f"{_short([quoted(label[:20]) for label in unknown], 3)} {'means' if len(unknown) == 1 else 'mean'} "
        "nothing in its numbering: choose one under “How its labels and pictures are read”, or with "
        "python -m fer import."
    )


def _short(texts: list[str], most: int = _MOST_SHOWN) -> str:
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {more:,} more" if more > 0 else "")


def _shown(label: str) -> str:
    return printable(plain_label(label)[:_LONGEST_LABEL])


def _source_labels(counts: Mapping[str, int], meanings: Mapping[str, int | None]) -> tuple[SourceLabel, ...]:
    """The commonest labels, numbers first; what is called the same is one."""
    merged: Counter[str] = Counter()
    meaning_of = {}
    for label, count in counts.items():
        text = _shown(label)
        merged[text] += count
        meaning_of[text] = meanings[label]
    found = []
    for text, count in merged.most_common(_MOST_SOURCE_LABELS):
        meaning = meaning_of[text]
        emotion = None if meaning is None or meaning == OUTSIDE else EMOTIONS[meaning]
        found.append(SourceLabel(text, count, emotion))
    return tuple(sorted(found, key=_order))
