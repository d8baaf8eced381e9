"""File name patterns: labels that stand in the names of the pictures, as in JAFFE's and KDEF's.

```
KA.AN1.39.tiff                                        JAFFE: two letters after the first dot
AF01ANS.JPG                                           KDEF: the fifth and sixth letter; the rest is the view
Rafd090_01_Caucasian_female_angry_frontal.jpg         a word that names an emotion
```

A pattern of the learner's own is the name without its ending, where `{emotion}` stands for the label,
`{emotion:2}` for one of two characters, `*` for anything up to what comes next, and `?` for one character.

Source:
    Lyons et al. (1998), "Coding facial expressions with Gabor wavelets" (JAFFE); Lundqvist et al. (1998),
    "The Karolinska Directed Emotional Faces" (KDEF), where AF is afraid; Langner et al. (2010), "Presentation
    and validation of the Radboud Faces Database".
"""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import Dataset
from fer.datasets.readers.loose_pictures import (
    Labelled,
    is_picture,
    pictures_below,
    read_labelled,
    split_in,
    walk,
)
from fer.datasets.readers.passed_over import PassedOver
from fer.datasets.readers.vocabulary import emotion_called, is_outside, quoted
from fer.emotions import Emotion
from fer.errors import DatasetError, MalformedDatasetError, UnlabelledDatasetError
from fer.system.progress import Progress, silent

HOW_TO_CHOOSE = (
    "Say it under “How its labels and pictures are read”, or with python -m fer import --names or --list."
)
"""What to do where it cannot be guessed."""
# So many of the names must fit a known pattern for it to be guessed.
_LEAST_SHARE = 0.9
# The names looked at to find out whether they fit, and the entries of a folder passed on the way.
_SAMPLE = 400
_MOST_ENTRIES = 50_000
_LONGEST_NAME = 255
_JAFFE = re.compile(r"[A-Z]{2}\.(AN|DI|FE|HA|NE|SA|SU)\d+\.\d+", re.IGNORECASE)
_KDEF = re.compile(r"[AB][FM]\d\d(AN|AF|DI|HA|NE|SA|SU)(?:S|[HF][LR])", re.IGNORECASE)
# Shorter words are codes whose place must be known: “an” is in many names.
_SHORTEST_WORD = 3
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

LabelIn = Callable[[str], str | None]
"""Gives the label in a file's name, without its ending; None where the name does not fit."""


def _in_jaffe(name: str) -> str | None:
    found = _JAFFE.fullmatch(name)
    return found[1].upper() if found else None


def _in_kdef(name: str) -> str | None:
    found = _KDEF.fullmatch(name)
    code = found[1].upper() if found else None
    return "afraid" if code == "AF" else code


def _as_word(name: str) -> str | None:
    """The only word in a name that names an emotion; or else one for contempt and its like."""
    words = [word.lower() for word in _WORD.findall(name) if len(word) >= _SHORTEST_WORD]
    ours: dict[Emotion, str] = {emotion: word for word in words if (emotion := emotion_called(word))}
    if len(ours) == 1:
        return next(iter(ours.values()))
    return None if ours else next(filter(is_outside, words), None)


KNOWN: dict[str, tuple[str, LabelIn]] = {
    "jaffe": ("as in JAFFE's", _in_jaffe),
    "kdef": ("as in KDEF's", _in_kdef),
    "word": ("by the word for an emotion in each", _as_word),
}
"""The patterns that have a name: how a note speaks of them, and what finds the label."""


def label_finder(pattern: str) -> tuple[str, LabelIn]:
    """How a note speaks of a pattern, and what finds the label in a name; a known one by its name.

    Raises:
        DatasetError: it is no pattern.
    """
    known = [KNOWN[name] for name in pattern.lower().split(",") if name in KNOWN]
    if len(known) == pattern.count(",") + 1:
        title = " or ".join(title for title, _ in known)
        return title, lambda name: next(filter(None, (find(name) for _, find in known)), None)
    compiled = _compiled(pattern)

    def found(name: str) -> str | None:
        match = compiled.fullmatch(name[:_LONGEST_NAME])
        return match[1] if match else None

    return f"by the pattern {quoted(pattern)}", found


def guess_pattern(names: Iterable[str]) -> str:
    """The known pattern, or those, that nearly all of these names fit; empty if there is none.

    One that fits is enough; several, with commas between, are for folders that were put together. The names
    must show two emotions or more.
    """
    stems = [name.rpartition(".")[0] for name in names]
    fitting, left = [], stems
    for pattern, (_, find) in KNOWN.items():
        others = [stem for stem in left if find(stem) is None]
        if len(left) - len(others) > (1 - _LEAST_SHARE) * len(stems):
            fitting.append(pattern)
            left = others
    for pattern in filter(None, (*fitting, ",".join(fitting))):
        find = label_finder(pattern)[1]
        labels = [label for stem in stems if (label := find(stem)) is not None]
        emotions = {emotion_called(label) for label in labels} - {None}
        if len(labels) >= _LEAST_SHARE * len(stems) and len(emotions) > 1:
            return pattern
    return ""


def looks_named(folder: Path) -> bool:
    """Whether the names of the pictures below a folder hold emotions; looks at some of them only."""
    return bool(guess_pattern(some_names(folder)))


def some_names(folder: Path) -> list[str]:
    """The names of some pictures below a folder, at most 400."""
    names = (entry.name for entry in walk(folder, _MOST_ENTRIES) if is_picture(entry.name))
    return list(islice(names, _SAMPLE))


def load_named_pictures(
    folder: Path, progress: Progress = silent, skip_bad: bool = False, how: ImportSettings = AS_GUESSED
) -> Dataset:
    """Read the pictures below a folder by the labels in their names; see `fer.datasets.readers`.

    `how.name_pattern` says where the label stands; without one, it is guessed. Names that do not fit are left
    out, and the notes say so. `rows` count the pictures by their names.

    Raises:
        DatasetError: the pattern is none.
    """
    passed = PassedOver()
    places = pictures_below(folder, passed)
    if not places:
        raise MalformedDatasetError(
            f"“{folder.name}” holds no pictures. Put some in, or choose another folder."
        )
    names = [place.rpartition("/")[2] for place in places]
    pattern = how.name_pattern or guess_pattern(names)
    if not pattern:
        raise UnlabelledDatasetError(
            f"The {len(places):,} pictures of “{folder.name}” have no emotions in their names that are "
            f"known; the first is {quoted(names[0])}. {HOW_TO_CHOOSE}"
        )
    title, find = label_finder(pattern)
    found, others = [], []
    for place, name in zip(places, names, strict=True):
        label = find(name.rpartition(".")[0])
        if label is None:
            others.append(place)
        else:
            found.append(Labelled(place, label, split_in(place)))
    if not found:
        raise MalformedDatasetError(
            f"None of the {len(places):,} names of pictures in “{folder.name}” fits {quoted(pattern)}; the "
            f"first is {quoted(names[0])}. Choose a pattern that fits it."
        )
    passed.add_all(others, "no label in its name")
    example = next((picture for picture in found if emotion_called(picture.label)), found[0])
    name = example.place.rpartition("/")[2]
    told = f"Its labels were read from its file names, {title}: {quoted(name)} has {quoted(example.label)}"
    told += f" ({emotion})." if (emotion := emotion_called(example.label)) else "."
    return read_labelled(folder, found, [told, *passed.notes], progress, skip_bad, how)


def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the learner's own as an expression that no name can keep busy: it never goes back."""
    pieces = re.split(r"(\{emotion(?::[1-9]\d?)?\}|\*|\?)", pattern.strip())
    literals, marks = pieces[::2], pieces[1::2]
    if sum(mark.startswith("{") for mark in marks) != 1 or re.search(r"[{}/\\]", "".join(literals)):
        raise DatasetError(
            f"{quoted(pattern)} is no pattern for file names. Write the name without its ending, with "
            "{emotion} once where the label stands, * for anything and ? for one character: *.{emotion:2}*"
        )
    parts = [re.escape(literals[0])]
    for place, mark in enumerate(marks):
        after = literals[place + 1]
        following = marks[place + 1] if not after and place + 1 < len(marks) else ""
        if mark == "?":
            parts.append(".")
        elif mark != "*":
            length = mark.strip("{}").partition(":")[2]
            parts.append(rf"([^\W_]{{{length}}})" if length else r"([^\W\d_]+|\d+)")
        elif after:  # up to the first time that this comes
            parts.append(f"(?:(?!{re.escape(after)}).)*+")
        elif following == "{emotion}":  # up to the first letter
            parts.append(r"[\W\d_]*+")
        elif following:
            raise DatasetError(
                f"In {quoted(pattern)} nobody can tell where the * ends. Put a character behind it."
            )
        else:
            parts.append(".*+")
        parts.append(re.escape(after))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
