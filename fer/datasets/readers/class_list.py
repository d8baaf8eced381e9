"""Class list: a small file beside numbered classes that names them, as `classes.txt` or `labels.csv`.

```
0 angry        angry          id,name        {"0": "angry", "1": "disgust"}
1 disgust      disgust        1,surprise
```
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from fer.datasets.readers.vocabulary import label_called

_STEMS = ("classes", "class", "labels", "label", "names", "categories", "emotions", "index")
_STEM = re.compile(rf"(?:{'|'.join(_STEMS)})(?:[ _-]?(?:names?|map|list|index|to[ _-]?idx))?", re.IGNORECASE)
SUFFIXES = (".txt", ".csv", ".names", ".json")
# A list of classes is short; what is longer lists pictures.
_MOST_BYTES = 10_000
_MOST_ENTRIES = 10_000
_QUOTES = " \t\r\"'"
_NUMBER_AND_WORD = re.compile(r"(\d{1,3})\W+([^\W\d].*)")
_WORD_AND_NUMBER = re.compile(r"([^\W\d].*?)\W+(\d{1,3})")


def class_names_in(folder: Path, root: Path, labels: Collection[str]) -> Mapping[int, str]:
    """Return the name of each numbered class by the list in `folder` or in one around it; none without one.

    Args:
        folder: holds the class folders, or the splits with these.
        root: the dataset's folder, `folder` or one around it; nothing outside it is looked at.
        labels: the labels that there are: a list without numbers counts from 1 where they do.
    """
    for path in class_lists(folder, root):
        with suppress(OSError, ValueError, RecursionError):
            if names := _names(path, labels):
                return names
    return {}


def class_lists(folder: Path, root: Path) -> Iterator[Path]:
    """The files in `folder`, and in those around it up to `root`, that may be lists of classes, by name."""
    for place in [folder, *(parent for parent in folder.parents if parent.is_relative_to(root))]:
        with suppress(OSError):
            for _, path in zip(range(_MOST_ENTRIES), sorted(place.iterdir()), strict=False):
                if (
                    path.suffix.lower() in SUFFIXES
                    and _STEM.fullmatch(path.stem)
                    and not path.is_symlink()
                    and path.is_file()
                    and path.stat().st_size <= _MOST_BYTES
                ):
                    yield path


def _names(path: Path, labels: Collection[str]) -> Mapping[int, str]:
    text = path.read_text(encoding="utf-8-sig")
    names = _of_json(json.loads(text)) if path.suffix.lower() == ".json" else _of_lines(text)
    if isinstance(names, list):
        first = int("0" not in labels and str(len(names)) in labels)
        names = dict(enumerate(names, start=first))
    known = all(label_called(name) is not None for name in names.values())
    return names if len(names) > 1 and known else {}


def _of_json(content: object) -> dict[int, str] | list[str]:
    if isinstance(content, list):
        return [str(name) for name in content]
    if not isinstance(content, dict):
        raise ValueError("neither a list nor a table of names")
    pairs = [(str(key), str(value)) for key, value in content.items()]
    return {int(key if key.isdecimal() else value): value if key.isdecimal() else key for key, value in pairs}


def _of_lines(text: str) -> dict[int, str] | list[str]:
    lines = [line.strip(_QUOTES) for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    found: dict[int, str] = {}
    words = []
    for place, line in enumerate(lines):
        if match := _NUMBER_AND_WORD.fullmatch(line):
            found[int(match[1])] = match[2].strip(_QUOTES)
        elif match := _WORD_AND_NUMBER.fullmatch(line):
            found[int(match[2])] = match[1].strip(_QUOTES)
        elif label_called(line) is not None:
            words.append(line)
        elif place:  # the first line may name the columns
            return []
    return words if words and not found else found if not words else []
