"""CSV reader: a table's blocks on every core made one dataset, or refused with the first bad row."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.readers.csv_faces.blocks import Block, line_bounds, read_block
from fer.datasets.readers.csv_faces.layout import Layout
from fer.datasets.readers.vocabulary import counted, filled_splits, kept_out
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError, PartlyBadDatasetError
from fer.system.progress import Progress, silent

# FER-2013 has 0.3 GiB. Text is at most four times its pixels, and those must fit into memory.
_FILE_BYTES = 8 * 2**30
# So many bad rows are no slip; going on would only take long.
_BAD_ROWS = 100_000


def read_faces(
    path: Path,
    layout: Layout,
    progress: Progress = silent,
    *,
    skip_bad: bool = False,
    split: Split | None = None,
) -> Dataset:
    """Read the faces of a table whose layout is known; see `fer.datasets.readers`."""
    size = path.stat().st_size
    if size > _FILE_BYTES:
        raise MalformedDatasetError(
            f"“{path.name}” has {size / 2**30:.1f} GiB; {_FILE_BYTES // 2**30} GiB is the most that is "
            "loaded at once. Choose a smaller table, or convert it to Parquet."
        )
    read = _Reading(path, layout)
    bounds = line_bounds(path, layout, size)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        jobs = [threads.submit(read_block, path, layout, start, stop) for start, stop in pairwise(bounds)]
        try:
            for done, job in enumerate(jobs, start=1):
                read.add(job.result())
                progress(done / len(jobs), f"Reading {path.name}")
        finally:
            threads.shutdown(cancel_futures=True)
    if read.bad and not skip_bad:
        raise read.refusal()
    return read.dataset(split)


@dataclass(slots=True)
class _Reading:
    """The blocks read so far, in the order of the file, and what is to be said about them."""

    path: Path
    layout: Layout
    blocks: list[Block] = field(default_factory=list)
    rows: int = 0
    lines: int = 0
    good: int = 0
    bad: int = 0
    bad_rows: list[tuple[str, str]] = field(default_factory=list)
    outside: Counter[str] = field(default_factory=Counter)

    def add(self, block: Block) -> None:
        """Take the next block in; gives up on a file that is bad throughout."""
        for row, line, reason in block.bad[: PartlyBadDatasetError.SHOWN_BAD_ROWS - len(self.bad_rows)]:
            where = f"row {self.rows + row + 1:,} (line {self.layout.header + self.lines + line + 1:,})"
            self.bad_rows.append((where, reason))
        block.rows += self.rows
        self.blocks.append(block)
        self.rows += block.row_count
        self.lines += block.line_count
        self.good += len(block.labels)
        self.bad += len(block.bad)
        self.outside += block.outside
        if self.bad > _BAD_ROWS:
            where, reason = self.bad_rows[0]
            raise MalformedDatasetError(
                f"“{self.path.name}”, {where}: {reason}. {_BAD_ROWS:,} more rows are bad as well; "
                "choose another file, or fetch it again."
            )

    def refusal(self) -> MalformedDatasetError:
        """Why the file is refused: its first bad row, and how many there are."""
        where, reason = self.bad_rows[0]
        first = f"“{self.path.name}”, {where}: {reason}."
        if not self.good:
            others = f" None of its {self.rows:,} rows can be used." if self.rows > 1 else ""
            return MalformedDatasetError(f"{first}{others} Mend the file, or fetch it again.")
        bad = "It is the only bad row" if self.bad == 1 else f"{self.bad:,} of {self.rows:,} rows are bad"
        good = "the other one" if self.good == 1 else f"the other {self.good:,}"
        return PartlyBadDatasetError(
            f"{first} {bad}; {good} can be used without {'it' if self.bad == 1 else 'them'}. "
            "Mend the file, or leave bad rows out.",
            self.good,
            self.bad_rows,
            self.bad,
        )

    def dataset(self, split: Split | None) -> Dataset:
        """The good rows of all blocks."""
        if not self.good:
            if self.bad:
                raise self.refusal()
            raise MalformedDatasetError(
                f"“{self.path.name}” shows none of the seven emotions: it has "
                f"{counted(self.outside) or 'no face'}. Choose another file."
            )
        images, labels, splits, rows = (
            np.concatenate([getattr(block, name) for block in self.blocks])
            for name in ("images", "labels", "splits", "rows")
        )
        notes = []
        if self.bad:
            where, reason = self.bad_rows[0]
            one = self.bad == 1
            notes.append(
                f"{self.bad:,} of its {self.rows:,} rows {'is' if one else 'are'} bad and left out"
                f"{'' if one else '; the first'}: {where}: {reason}."
            )
        notes += kept_out(self.outside)
        if self.layout.split is None and split is None:
            splits, note = filled_splits(labels, splits)
            notes += [note] if note else []
        elif self.layout.split is None and split is not None:
            splits = np.full(len(labels), split.value, "<U10")
        return Dataset(
            self.path.name, EMOTIONS, images, labels, splits, Source(self.path.name), rows, notes=tuple(notes)
        )
