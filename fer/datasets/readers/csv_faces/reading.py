"""CSV reader: a table's blocks on every core made one dataset, or refused with the first bad row."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.readers.csv_faces.blocks import Block, line_bounds, read_block
from fer.datasets.readers.csv_faces.layout import Layout
from fer.datasets.readers.numbering import LabelReading, read_labels
from fer.datasets.readers.vocabulary import (
    OUTSIDE,
    counted,
    filled_splits,
    kept_out,
    no_label,
)
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError, PartlyBadDatasetError
from fer.system.progress import Progress, silent

# FER-2013 has 0.3 GiB. Text is at most four times its pixels, and those must fit into memory.
_FILE_BYTES = 8 * 2**30
# So many bad rows are no slip; going on would only take long.
_BAD_ROWS = 100_000
_NOTHING = -2


def read_faces(
    path: Path,
    layout: Layout,
    progress: Progress = silent,
    *,
    skip_bad: bool = False,
    how: ImportSettings = AS_GUESSED,
    split: Split | None = None,
    is_copy: bool = False,
) -> Dataset:
    """Read the faces of a table whose layout is known; see `fer.datasets.readers`.

    Args:
        is_copy: whether `path` is a copy made for reading, with lines other than those of the table.
    """
    size = path.stat().st_size
    if size > _FILE_BYTES:
        raise MalformedDatasetError(
            f"“{path.name}” has {size / 2**30:.1f} GiB; {_FILE_BYTES // 2**30} GiB is the most that is "
            "loaded at once. Choose a smaller table, or convert it to Parquet."
        )
    read = _Reading(path, layout, is_copy)
    bounds = line_bounds(path, layout, size)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        jobs = [threads.submit(read_block, path, layout, start, stop) for start, stop in pairwise(bounds)]
        try:
            for done, job in enumerate(jobs, start=1):
                read.add(job.result())
                progress(done / len(jobs), f"Reading {path.name}")
        finally:
            threads.shutdown(cancel_futures=True)
    return read.dataset(how, split, skip_bad=skip_bad)


@dataclass(slots=True)
class _Reading:
    """The blocks read so far, in the order of the file, and what is to be said about them."""

    path: Path
    layout: Layout
    is_copy: bool
    blocks: list[Block] = field(default_factory=list)
    rows: int = 0
    lines: int = 0
    good: int = 0
    bad: int = 0
    bad_rows: list[tuple[int, int, str]] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Take the next block in; gives up on a file that is bad throughout."""
        block.rows += self.rows
        block.lines += self.lines
        self._add_bad([(row + self.rows, line + self.lines, reason) for row, line, reason in block.bad])
        places = [self.words.setdefault(word, len(self.words)) for word in block.words]
        block.labels = np.array(places, np.intp)[block.labels]
        self.blocks.append(block)
        self.rows += block.row_count
        self.lines += block.line_count
        if self.bad > _BAD_ROWS:
            where, reason = self._where(self.bad_rows[0])
            raise MalformedDatasetError(
                f"“{self.path.name}”, {where}: {reason}. {_BAD_ROWS:,} more rows are bad as well; "
                "choose another file, or fetch it again."
            )

    def _add_bad(self, rows: list[tuple[int, int, str]]) -> None:
        self.bad += len(rows)
        self.bad_rows = sorted(self.bad_rows + rows)[: PartlyBadDatasetError.SHOWN_BAD_ROWS]

    def _where(self, bad: tuple[int, int, str]) -> tuple[str, str]:
        """The place of a bad row as it is named, and what is wrong with it."""
        row, line, reason = bad
        header = 1 if self.layout.header else 0
        return f"row {row + 1:,}" + ("" if self.is_copy else f" (line {header + line + 1:,})"), reason

    def _refusal(self, advice: str) -> MalformedDatasetError:
        """Why the file is refused: its first bad row, how many there are, and what to do."""
        where, reason = self._where(self.bad_rows[0])
        first = f"“{self.path.name}”, {where}: {reason}."
        if not self.good:
            others = f" None of its {self.rows:,} rows can be used." if self.rows > 1 else ""
            return MalformedDatasetError(f"{first}{others} {advice or 'Mend the file, or fetch it again.'}")
        bad = "It is the only bad row" if self.bad == 1 else f"{self.bad:,} of {self.rows:,} rows are bad"
        good = "the other one" if self.good == 1 else f"the other {self.good:,}"
        return PartlyBadDatasetError(
            f"{first} {bad}; {good} can be used without {'it' if self.bad == 1 else 'them'}. "
            f"{advice or 'Mend the file, or leave bad rows out.'}",
            self.good,
            [self._where(bad) for bad in self.bad_rows],
            self.bad,
        )

    def _give_meaning(self, how: ImportSettings) -> tuple[LabelReading, Counter[str]]:
        """Turn the labels of all blocks into emotions and leave out the faces that have none of ours.

        Returns:
            What the labels mean, and how often each of those that were left out occurs. Labels that mean
            nothing make bad rows.
        """
        words = list(self.words)
        counts = np.bincount(np.concatenate([block.labels for block in self.blocks]), minlength=len(words))
        labels = read_labels(dict(zip(words, map(int, counts), strict=True)), how)
        emotion_of = np.array(
            [_NOTHING if (meaning := labels.meanings[word]) is None else meaning for word in words], np.intp
        )
        outside: Counter[str] = Counter()
        for block in self.blocks:
            emotions = emotion_of[block.labels]
            without = np.flatnonzero(emotions == _NOTHING)
            self._add_bad(
                [
                    (int(block.rows[at]), int(block.lines[at]), no_label(words[block.labels[at]]))
                    for at in without
                ]
            )
            outside.update(labels.outside(words[place] for place in block.labels[emotions == OUTSIDE]))
            ours = emotions >= 0
            if not ours.all():
                block.images, block.splits, block.rows = (
                    block.images[ours],
                    block.splits[ours],
                    block.rows[ours],
                )
            block.labels = emotions[ours]
            self.good += int(ours.sum())
        named: Counter[str] = Counter()
        for word, count in outside.items():
            named[word.lower()] += count
        return labels, named

    def dataset(self, how: ImportSettings, split: Split | None, *, skip_bad: bool) -> Dataset:
        """The good rows of all blocks."""
        labels_read, outside = self._give_meaning(how)
        if self.bad and not (skip_bad and self.good):
            refusal = self._refusal(labels_read.advice)
            refusal.unknown_labels = labels_read.unknown
            raise refusal
        if not self.good:
            raise MalformedDatasetError(
                f"“{self.path.name}” shows none of the seven emotions: it has "
                f"{counted(outside) or 'no face'}. Choose another file."
            )
        images, labels, splits, rows = (
            np.concatenate([getattr(block, name) for block in self.blocks])
            for name in ("images", "labels", "splits", "rows")
        )
        notes = self._notes(outside)
        if self.layout.split is None and split is None:
            splits, note = filled_splits(labels, splits)
            notes += [note] if note else []
        elif self.layout.split is None and split is not None:
            splits = np.full(len(labels), split.value, "<U10")
        return Dataset(
            self.path.name,
            EMOTIONS,
            images,
            labels,
            splits,
            Source(self.path.name),
            rows,
            notes=(*notes, *labels_read.notes),
            source_labels=labels_read.source_labels,
        )

    def _notes(self, outside: Counter[str]) -> list[str]:
        """What was left out and what was done to the numbers."""
        notes = []
        if self.bad:
            where, reason = self._where(self.bad_rows[0])
            one = self.bad == 1
            notes.append(
                f"{self.bad:,} of its {self.rows:,} rows {'is' if one else 'are'} bad and left out"
                f"{'' if one else '; the first'}: {where}: {reason}."
            )
        if headers := sum(block.headers for block in self.blocks):
            times = "once" if headers == 1 else f"{headers:,} times"
            notes.append(f"Its header stands among the rows again, {times}; it may be several tables in one.")
        return [*notes, *kept_out(outside), *self.layout.written.notes]
