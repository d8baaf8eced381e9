"""List files: a table of pictures and their labels that lies beside them.

```
legend.csv                     images/face_000.jpg ...       user.id,image,emotion
EmoLabel/list_patition_label.txt   Image/aligned/*.jpg       train_00001.jpg 5
train/_classes.csv             train/*.jpg                   filename, anger, disgust, ...
```

Pictures are found by their place as the list gives it, or by their name alone where that is the only one;
nothing outside the folder is opened.

Source:
    github.com/muxspace/facial_expressions (legend.csv); Li, Deng (2017), "Reliable crowdsourcing and deep
    locality-preserving learning for expression recognition in the wild" (RAF-DB, whose pictures are called
    train_00001_aligned.jpg).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import Dataset, Split
from fer.datasets.readers.list_layout import ListLayout, list_layout, read_rows
from fer.datasets.readers.loose_pictures import (
    LIST_SUFFIXES,
    Labelled,
    is_picture,
    pictures_below,
    place_of,
    read_labelled,
    split_in,
    walk,
)
from fer.datasets.readers.passed_over import PassedOver
from fer.datasets.readers.vocabulary import OUTSIDE, label_called, quoted, split_called
from fer.errors import DatasetError, MalformedDatasetError, UnlabelledDatasetError
from fer.images import SUFFIXES
from fer.system import paths
from fer.system.progress import Progress, silent

_MOST_ROWS = 2_000_000
_MOST_CANDIDATES = 40
_MOST_ENTRIES = 50_000
_HEAD_BYTES = 2**14
_ENDING = b"(?:%b)\\b" % b"|".join(re.escape(suffix).encode() for suffix in SUFFIXES)
# Two lines or more that name a picture; a row of a table of faces has its pixels one after the other.
_NAMES_PICTURES = re.compile(rb"(?is)%(one)b[^\r\n]*[\r\n]+[^\r\n]*?%(one)b" % {b"one": _ENDING})
_PIXELS = re.compile(rb"(?:\d{1,3}[ ,;\t]+){60}")
# What a list says of a picture that is not used.
_MISSING, _OUTSIDE, _AMBIGUOUS = "in the list, but not there", "outside the folder", "several have this name"
_UNLISTED, _CONTRADICTED, _UNDECIDED = "not in the list", "equally many labels", "no emotion has most votes"
_ANOTHER = "another list, which was not read"
_SHORT = "a row of the list without a picture or a label"


def find_lists(folder: Path, how: ImportSettings = AS_GUESSED) -> list[Path]:
    """The lists of pictures below a folder: the one that was chosen, or those that can be guessed.

    Several belong together where they have the same name or name a split each.

    Raises:
        DatasetError: the one that was chosen is not there.
    """
    if how.list_file:
        return _chosen(folder, how.list_file)
    found: list[Path] = []
    for path in candidates(folder):
        with suppress(DatasetError):
            list_layout(path, how)
            found.append(path)
    found.sort(key=lambda path: path.relative_to(folder).as_posix())
    if len(found) < 2:
        return found
    splits = [split_in(path.relative_to(folder).as_posix().rpartition(".")[0]) for path in found]
    if len({path.name for path in found}) == 1 or (None not in splits and len(set(splits)) == len(splits)):
        return found
    return [max(found, key=lambda path: path.stat().st_size)]


def looks_listed(folder: Path) -> bool:
    """Whether pictures lie below a folder and a list of them that can be guessed beside them."""
    return bool(find_lists(folder)) and any(is_picture(entry.name) for entry in walk(folder, _MOST_ENTRIES))


def doubt_about_lists(folder: Path) -> UnlabelledDatasetError | None:
    """Why the list below a folder cannot be used as it is; None where there is none."""
    for path in candidates(folder):
        try:
            list_layout(path)
        except UnlabelledDatasetError as error:
            return error
        except MalformedDatasetError:  # no list
            continue
    return None


def is_list(path: Path) -> bool:
    """Whether a file is a list of pictures, by its beginning: it names some, and holds no pixels itself."""
    try:
        if not path.name.lower().endswith(LIST_SUFFIXES) or not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:  # whoever reads it says what is wrong
        return False
    head = head.replace(b"\0", b"")  # of UTF-16
    return bool(_NAMES_PICTURES.search(head)) and not _PIXELS.search(head)


def load_listed_pictures(
    path: Path, progress: Progress = silent, skip_bad: bool = False, how: ImportSettings = AS_GUESSED
) -> Dataset:
    """Read the pictures below a folder by the list beside them; see `fer.datasets.readers`.

    Args:
        path: the folder, or the list itself, whose pictures lie beside it.
        how: `list_file` says which list, and `picture_column`, `label_column` and `split_column` where it has
            what; they are guessed where nothing was chosen.

    What is not used is counted in the notes by reason. Where rows do not agree on a picture's label, the
    commonest is taken. `rows` count the pictures in the order of the list.

    Raises:
        DatasetError: a list or a column that was chosen is not there.
    """
    folder, lists = (path, find_lists(path, how)) if path.is_dir() else (path.parent, [path])
    if folder == paths.data_folder():
        raise MalformedDatasetError(
            f"“{path.name}” is a list of pictures. Put it and its pictures into one folder in data, "
            "and open that."
        )
    if not lists:
        raise MalformedDatasetError(
            f"“{folder.name}” holds no list of pictures and labels. Choose one when you import it "
            "(--list FILE)."
        )
    passed = PassedOver()
    reading = _Reading(folder, pictures_below(folder, passed))
    if not reading.places:
        raise MalformedDatasetError(reading.refusal(lists[0]))
    for number, listed in enumerate(lists):
        progress(0.1 * number / len(lists), f"Reading {listed.name}")
        reading.add(listed, list_layout(listed, how))
    found = reading.labelled()
    if not found:
        raise MalformedDatasetError(reading.refusal(lists[0]))
    others = (other for other in candidates(folder) if other not in lists)
    passed.add_all((other.relative_to(folder).as_posix() for other in others), _ANOTHER)
    notes = [*reading.notes(found, lists), *passed.notes]
    return read_labelled(folder, found, notes, progress, skip_bad, how)


def _chosen(folder: Path, name: str) -> list[Path]:
    """The list at that place, or all lists of that name."""
    wanted = name.replace("\\", "/").strip("/")
    entries = (entry for entry in walk(folder) if not is_picture(entry.name))
    found = sorted((place_of(entry, folder), entry.path) for entry in entries)
    chosen = [path for place, path in found if place == wanted] or [
        path for place, path in found if place.rpartition("/")[2] == wanted
    ]
    if not chosen:
        known = ", ".join(quoted(place) for place, _ in found[:4]) or "none"
        raise DatasetError(
            f"“{folder.name}” holds no list {quoted(name)}. The files in it that may be lists: {known}."
        )
    return [Path(path) for path in chosen]


def candidates(folder: Path) -> list[Path]:
    """The files below a folder that name pictures, by their places; looks at some files only."""
    entries = (entry for entry in walk(folder, _MOST_ENTRIES) if not is_picture(entry.name))
    files = (Path(entry.path) for entry in islice(entries, _MOST_CANDIDATES))
    return sorted(filter(is_list, files))


@dataclass(slots=True)
class _Reading:
    """What lists say of the pictures below a folder.

    Attributes:
        folder: of the dataset.
        places: of its pictures.
        labels: how often each label stands beside a picture, by the picture's place, in the lists' order.
        splits: what a picture is for, as far as a list says it.
        passed: what was not used, by reason.
    """

    folder: Path
    places: list[str]
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    splits: dict[str, Split] = field(default_factory=dict)
    passed: PassedOver = field(default_factory=PassedOver)
    title: str = ""
    _by_name: dict[str, list[str]] = field(default_factory=dict)
    _by_stem: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for place in self.places:
            self._by_name.setdefault(_folded(place.rpartition("/")[2]), []).append(place)

    def add(self, path: Path, layout: ListLayout) -> None:
        """Take up what a list says."""
        self.title = self.title or layout.title
        near = path.parent.relative_to(self.folder).as_posix().removeprefix(".")
        own = split_in(path.relative_to(self.folder).as_posix().rpartition(".")[0])
        needed = max(layout.picture, layout.label or 0, layout.split or 0, *layout.votes, 0)
        for number, row in enumerate(read_rows(path, layout.separator)):
            if number > _MOST_ROWS:
                raise MalformedDatasetError(
                    f"“{path.name}” has more than {_MOST_ROWS:,} rows. Choose a smaller list, or divide it."
                )
            if number == 0 and layout.header:
                continue
            if len(row) <= needed or not row[layout.picture]:
                self.passed.add(f"row {number + 1}", _SHORT)
                continue
            name, label = row[layout.picture], layout.label_of(row)
            place, reason = self._place(name, near)
            if reason or not label:
                unlabelled = _SHORT if layout.label is not None else _UNDECIDED
                self.passed.add(name, reason or unlabelled)
                continue
            self.labels.setdefault(place, Counter())[label] += 1
            split = own if layout.split is None else split_called(row[layout.split])
            if split:
                self.splits.setdefault(place, split)

    def labelled(self) -> list[Labelled]:
        """The pictures with the label that most rows give them."""
        spoken = [split_in(place) for place in self.labels] if not self.splits else []
        by_place = dict(zip(self.labels, spoken, strict=False)) if None not in spoken else {}
        found = []
        for place, labels in self.labels.items():
            label = _agreed(labels)
            if label is None:
                self.passed.add(place, _CONTRADICTED)
                continue
            found.append(Labelled(place, label, self.splits.get(place, by_place.get(place))))
        return found

    def notes(self, found: Sequence[Labelled], lists: Sequence[Path]) -> list[str]:
        """Where the labels came from, and what was not used."""
        names = ", ".join(quoted(path.relative_to(self.folder).as_posix()) for path in lists[:3])
        several = [place for place, labels in self.labels.items() if len(_by_meaning(labels)) > 1]
        notes = [f"Its labels were read from {names}: {self.title}."]
        if several:
            example = several[0]
            labels = ", ".join(quoted(label) for label in list(self.labels[example])[:3])
            notes.append(
                f"{len(several):,} {'picture has' if len(several) == 1 else 'pictures have'} more than one "
                f"label in the list; the first is {quoted(example)} ({labels}). The commonest "
                "of the seven emotions was taken."
            )
        self.passed.add_all((place for place in self.places if place not in self.labels), _UNLISTED)
        return [*notes, *self.passed.notes]

    def refusal(self, path: Path) -> str:
        """Why not one picture of a list can be used."""
        if not self.places:
            return (
                f"“{path.name}” is a list of pictures, and no picture lies beside it. Put both into one "
                "folder, or into one archive, and open that."
            )
        first = " ".join(self.passed.notes[:1]).replace("Left out: ", "")
        return (
            f"Not one row of “{path.name}” can be used: {first} Put the list beside its pictures, or choose "
            "its columns anew."
        )

    def _place(self, name: str, near: str) -> tuple[str, str]:
        """Where the picture lies that a list names, or why it is not used."""
        wanted = _below(name, self.folder)
        if wanted is None:
            return "", _OUTSIDE
        wanted = _folded(wanted)
        last = wanted.rpartition("/")[2]
        candidates = self._by_name.get(last) or self._of_stem(_stem(last))
        if len(candidates) > 1:
            exact = [place for place in candidates if _folded(place) == wanted]
            below = [
                place for place in candidates if _folded(place) == _folded(f"{near}/{wanted}".strip("/"))
            ]
            ending = [place for place in candidates if f"/{_folded(place)}".endswith(f"/{wanted}")]
            beside = [place for place in candidates if not near or place.startswith(f"{near}/")]
            narrowed = (kind for kind in (below, exact, ending, beside) if len(kind) == 1)
            candidates = next(narrowed, candidates)
        if len(candidates) != 1:
            return "", _AMBIGUOUS if candidates else _MISSING
        return candidates[0], ""

    def _of_stem(self, stem: str) -> list[str]:
        """The pictures of that name with any ending; lists that leave the endings out need them."""
        if not self._by_stem:
            for name, places in self._by_name.items():
                self._by_stem.setdefault(_stem(name), []).extend(places)
        return self._by_stem.get(stem, [])


def _below(name: str, folder: Path) -> str | None:
    """The place of a picture as a list names it, with "/"; None if it leads out of the folder."""
    if "/" not in name and "\\" not in name and name[:2] != ".." and name[1:2] != ":":
        return name  # nearly all names in nearly all lists
    plain = name.replace("\\", "/").removeprefix(f"{folder.as_posix()}/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    return None if plain.startswith("/") or plain[1:2] == ":" or ".." in parts else "/".join(parts)


def _agreed(labels: Counter[str]) -> str | None:
    """The label of a picture that has several: the commonest; None where two are.

    Different words for one emotion are one, and what is none of ours does not outvote what is.
    """
    of_meaning = _by_meaning(labels)
    if len(of_meaning) > 1:
        of_meaning.pop(OUTSIDE, None)
    counts = sorted((words.total() for words in of_meaning.values()), reverse=True)
    if len(counts) > 1 and counts[0] == counts[1]:
        return None
    return max(of_meaning.values(), key=Counter.total).most_common(1)[0][0]


def _by_meaning(labels: Counter[str]) -> dict[int | str, Counter[str]]:
    of_meaning: dict[int | str, Counter[str]] = defaultdict(Counter)
    for label, count in labels.items():
        meaning = label_called(label)
        of_meaning[label if meaning is None else meaning][label] += count
    return of_meaning


def _folded(text: str) -> str:
    """A name as lists and disks agree on it: macOS takes letters apart, Windows does not mind capitals."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFC", text).casefold()


def _stem(name: str) -> str:
    """A name without its ending and without what cropping programs add."""
    stem = name[: name.rfind(".")] if is_picture(name) else name
    return stem.removesuffix("_aligned")
