"""FER+ votes: what ten people said of each face of FER-2013, joined to the faces row by row.

`fer2013new.csv` has a line for each line of `fer2013.csv`, in the same order, and no pixels:

```
Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF
Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0
```

"NF" is "not a face"; where all say so, the name is empty.

Source:
    Barsoum et al. (2016), "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label
    Distribution", ICMI, arXiv:1608.01041; github.com/microsoft/FERPlus, where what counts as a majority and
    as an outlier is written in `src/ferplus.py`.
"""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer.datasets import cache
from fer.datasets.dataset import VOTE_NAMES, Dataset, Split
from fer.datasets.readers.csv_faces import read_first_line, shown
from fer.datasets.readers.vocabulary import emotion_called, plain_label, split_called
from fer.emotions import Emotion, indices
from fer.errors import DatasetError, MalformedDatasetError
from fer.statistics import percent
from fer.system.result_store import ResultStore

# The emotion that each option of the vote is among our seven; None for contempt, unknown and NF.
EMOTION_OF_VOTE: tuple[Emotion | None, ...] = tuple(emotion_called(name) for name in VOTE_NAMES)
VOTERS = 10
_FILE_NAME = "fer2013new.csv"
# The genuine file has 1.9 MB; what is larger than this holds no votes.
_FILE_BYTES = 2**26
_VOTES = ResultStore("", ".npy", version=1)
_SPLITS = tuple(Split)
# So many faces must be left of those that were voted on for the two files to belong together.
_LEAST_SHARE = 0.9
# FER-2013's labels are the majority's on two faces of three; in another order, on one of five. Fewer faces
# than the first number cannot tell, and more than the second need not be asked each time a dataset opens.
_LEAST_AGREEMENT = 0.4
_AGREEMENT_FACES = (500, 5000)


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """A table of votes.

    Attributes:
        counts: (n, 10) uint8, how many chose each of `VOTE_NAMES`.
        splits: (n,) of `Split` values, what each face is for.
    """

    counts: NDArray[np.uint8]
    splits: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.counts)


def looks_like_votes(path: Path) -> bool:
    """Whether the file begins as FER+'s table of votes does; reads its first line only."""
    with suppress(MalformedDatasetError, OSError):
        names = read_first_line(path).names
        return "pixels" not in names and {"usage", *map(str.lower, VOTE_NAMES)} <= set(names)
    return False


def votes_beside(folder: Path) -> Path | None:
    """The table of votes in a folder: `fer2013new.csv`, or else the first CSV, by name, that is one."""
    if (folder / _FILE_NAME).is_file() and looks_like_votes(folder / _FILE_NAME):
        return folder / _FILE_NAME
    with suppress(OSError):
        tables = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.is_file())
        return next((path for path in tables if looks_like_votes(path)), None)
    return None


def load_votes(path: Path) -> Votes:
    """Read a table of votes, from the cache if it was read before and is still the same.

    Raises:
        MalformedDatasetError: the file is not of that form; the message names the first bad line.
    """
    kept = cache.place_of(path, cache.file_state(path), "votes", _VOTES)

    def checked(table: NDArray[np.uint8]) -> Votes | None:
        fits = table.dtype == np.uint8 and table.ndim == 2 and table.shape[1] == len(VOTE_NAMES) + 1
        return _votes(table) if fits else None

    def read() -> NDArray[np.uint8]:
        cache.forget_earlier(kept)
        return _read_votes(path)

    return _VOTES.once(kept, checked, read)


def join_votes(dataset: Dataset, path: Path) -> Dataset:
    """Add to each face what its row in a table of votes says.

    The table knows rows and splits only. Its rows must be the dataset's, so the splits must be the same
    row by row, and, as a check on the order within them, the labels must be more like the votes than
    those of a shuffled table could be. Rows that were left out of the dataset are left out of the votes.

    Raises:
        MalformedDatasetError: the table is not of the form of FER+.
        DatasetError: it belongs to other faces, or to these in another order.
    """
    votes = load_votes(path)
    if len(dataset) > len(votes) or len(dataset) < _LEAST_SHARE * len(votes):
        raise DatasetError(
            f"The votes were not joined: “{path.name}” has {len(votes):,} rows and “{dataset.name}” has "
            f"{len(dataset):,} faces. FER+ voted on the 35,887 faces of FER-2013, in their order."
        )
    inside = dataset.rows < len(votes)
    same = np.zeros(len(dataset), bool)
    same[inside] = votes.splits[dataset.rows[inside]] == dataset.splits[inside]
    if not same.all():
        row = int(dataset.rows[np.argmin(same)])
        raise DatasetError(
            f"The votes were not joined: “{path.name}” and “{dataset.name}” are not in the same order; row "
            f"{row + 1:,} is {votes.splits[row] if row < len(votes) else 'missing'} in one and "
            f"{dataset.splits[np.argmin(same)]} in the other. Take FER-2013 in its original order."
        )
    counts = votes.counts[dataset.rows]
    fewest, most = _AGREEMENT_FACES
    asked = np.arange(0, len(counts), max(1, len(counts) // most))
    asked = asked[usable(counts[asked])]
    if len(asked) >= fewest:
        voted = labels_voted(counts[asked], dataset.emotions)
        share = float(np.mean(voted == dataset.labels[asked]))
        if share < _LEAST_AGREEMENT:
            raise DatasetError(
                f"The votes were not joined: only {percent(share, 0)} of the labels of “{dataset.name}” are "
                f"what “{path.name}” says, as if the faces were in another order. Take FER-2013 in its "
                "original order."
            )
    return replace(dataset, votes=counts)


def majority(votes: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """What most voters chose, whether or not that is a majority; see `usable`.

    Args:
        votes: (n, 10).

    Returns:
        An index into `VOTE_NAMES` for each face, (n,), the first of equals, and the share of all its
        voters that chose it, (n,) float32, 0 to 1.
    """
    labels = votes.argmax(axis=1)
    voters = np.maximum(votes.sum(axis=1, dtype=np.float32), 1)
    return labels, (votes.max(axis=1) / voters).astype(np.float32)


def usable(votes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether a majority of the voters, (n, 10), named one of our seven emotions; (n,).

    As FER+ does it: a choice of a single voter is an outlier and is not counted, and a majority is
    more than half of the votes that are left, so it is never a tie. Unlike there, contempt is none of ours.
    """
    counted = _without_outliers(votes)
    is_emotion = np.array([emotion is not None for emotion in EMOTION_OF_VOTE])
    named: NDArray[np.bool_] = is_emotion[counted.argmax(axis=1)]
    agreed: NDArray[np.bool_] = counted.max(axis=1) > counted.sum(axis=1, dtype=np.float32) / 2
    return np.logical_and(named, agreed)


def labels_voted(votes: NDArray[np.uint8], emotions: Sequence[Emotion]) -> NDArray[np.intp]:
    """What most voters chose, (n,), as an index into `emotions`; -1 for what is none of them."""
    labels: NDArray[np.intp] = indices(EMOTION_OF_VOTE, emotions)[votes.argmax(axis=1)]
    return labels


def soft_labels(votes: NDArray[np.uint8], emotions: Sequence[Emotion]) -> NDArray[np.float32]:
    """The voters' shares for each emotion, (n, k) float32; they sum to 1 for each face.

    Contempt, unknown and NF are left out, and so are, as in FER+, choices of a single voter, unless those
    are all there is. A face that nobody gave an emotion gets the same share of each.

    Args:
        votes: (n, 10).
        emotions: the k emotions, in the order of the columns.
    """
    columns = [EMOTION_OF_VOTE.index(emotion) for emotion in emotions]
    counted = _without_outliers(votes)[:, columns]
    counted = np.where(counted.any(axis=1, keepdims=True), counted, votes[:, columns])
    counted = np.where(counted.any(axis=1, keepdims=True), counted, np.uint8(1))
    shares: NDArray[np.float32] = (counted / counted.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _without_outliers(votes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return votes * (votes > 1).view(np.uint8)


def _votes(table: NDArray[np.uint8]) -> Votes:
    """A table as it is kept: the ten counts, and the place of the split among all."""
    names = np.array([split.value for split in _SPLITS], "<U10")
    return Votes(table[:, :-1], names[np.minimum(table[:, -1], len(_SPLITS) - 1)])


def _read_votes(path: Path) -> NDArray[np.uint8]:
    """Read and check a table of votes, as it is kept; see `_votes`."""
    first = read_first_line(path)
    names = first.names
    wanted = ("usage", *map(str.lower, VOTE_NAMES))
    missing = [name for name in wanted if names.count(name) != 1]
    if missing:
        raise MalformedDatasetError(
            f"“{path.name}” is not the table of FER+ votes: it must have one column “{missing[0]}”, and its "
            f"first line is {first.quoted}. Fetch fer2013new.csv from github.com/microsoft/FERPlus."
        )
    if path.stat().st_size > _FILE_BYTES:
        raise MalformedDatasetError(
            f"“{path.name}” has {path.stat().st_size / 2**20:,.0f} MiB, and no table of votes is larger than "
            f"{_FILE_BYTES // 2**20}. Fetch fer2013new.csv from github.com/microsoft/FERPlus."
        )
    content = path.read_bytes()[first.stop :].decode("utf-8", "replace").replace("\0", "�")
    usage, *places = (names.index(name) for name in wanted)
    split_of = {split: index for index, split in enumerate(_SPLITS)}
    # pandas writes 4.0 where a column once had a gap.
    count_of = {text: count for count in range(VOTERS + 1) for text in (f"{count}", f"{count}.0")}
    table = bytearray()
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=first.separator.decode())

    def refused(reason: str) -> MalformedDatasetError:
        row = len(table) // (len(VOTE_NAMES) + 1) + 1
        return MalformedDatasetError(
            f"“{path.name}”, row {row:,} (line {reader.line_num + 1:,}): {reason}. Fetch fer2013new.csv "
            "again from github.com/microsoft/FERPlus."
        )

    try:
        for fields in reader:
            if not any(fields):
                continue
            if len(fields) != len(names):
                raise refused(f"{len(names)} columns were expected and {len(fields)} are there")
            split = split_called(fields[usage])
            if split is None:
                found = shown(fields[usage].encode())
                raise refused(f"the Usage {found} is none of Training, PublicTest and PrivateTest")
            for place in places:
                text = fields[place].strip()
                count = count_of.get(text, count_of.get(plain_label(text)))
                if count is None:
                    raise refused(
                        f"{shown(fields[place].encode())} in the column “{names[place]}” is no number of "
                        f"voters, 0 to {VOTERS}"
                    )
                table.append(count)
            table.append(split_of[split])
    except csv.Error as error:
        raise refused(f"the line cannot be read ({error})") from error
    if not table:
        raise MalformedDatasetError(
            f"“{path.name}” has not one row below its header. It may be half a download; fetch it again."
        )
    return np.frombuffer(table, np.uint8).reshape(-1, len(VOTE_NAMES) + 1)
