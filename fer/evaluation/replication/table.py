"""Hyperparameter sweep: S0's Table 1, batch size against epochs, which fills as its runs go on.

The recipe's rate is constant, and whatever is random follows from the seed and the epoch's number alone. So
the state after 50 epochs is the same in a run of 50 as in one of 100, and four runs fill eight cells. Each is
an ordinary run, in the queue like any other; the table is what the run folders tell. What came of it is kept
row by row in `models/replications/s0_table_<batch size>/`.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from fer import runs
from fer.config import TrainingConfig, compare_settings
from fer.datasets import Dataset, Split
from fer.errors import ConfigError, RunError
from fer.evaluation.replication.comparison import Outcome, judge
from fer.evaluation.replication.kept import (
    TRAINING_FACES,
    VALIDATION_FACES,
    Judged,
    KeptReplication,
    kept_metrics,
    load_kept,
)
from fer.evaluation.replication.recipes import BATCH_SIZES, EPOCHS, TABLE_CELLS, TABLE_ROWS, Variant
from fer.runs import EpochMetrics, Run, RunStatus
from fer.statistics import signed
from fer.training import batches

# Of so many latest epochs the mean tells how long the next one will take.
_LATEST_EPOCHS = 5


@dataclass(frozen=True, slots=True)
class TableSize:
    """How large the sweep is: as published, or smaller, to see how it goes.

    Attributes:
        epochs: of the right column; the left one has half of them. An even number from 2 to 100.
        subset: train on at most so many faces; None for all.
    """

    epochs: int = EPOCHS[-1]
    subset: int | None = None

    def __post_init__(self) -> None:
        if not 2 <= self.epochs <= EPOCHS[-1] or self.epochs % 2:
            raise ConfigError(
                f"The table's right column has an even number of epochs from 2 to {EPOCHS[-1]}, for the left "
                f"one has half of them; received {self.epochs}."
            )
        if self.subset is not None and self.subset < BATCH_SIZES[-1]:
            raise ConfigError(
                f"The table needs {BATCH_SIZES[-1]} faces at least, which is its largest batch; received "
                f"{self.subset}."
            )

    @property
    def is_published(self) -> bool:
        """Whether its cells can be compared with the published ones."""
        return self == TableSize()

    @property
    def columns(self) -> tuple[int, int]:
        """The epochs of its two columns."""
        return self.epochs // 2, self.epochs

    @property
    def in_words(self) -> str:
        """Which table it is, with what a smaller one must not be taken for."""
        if self.is_published:
            return "S0's Table 1 at its published size"
        faces = "all faces" if self.subset is None else f"{self.subset:,} faces"
        return (
            f"A small version of S0's Table 1: {self.epochs} epochs on {faces}; not to be compared with the "
            "published figures"
        )

    def config(self, recipe: Variant, dataset: str) -> TrainingConfig:
        """The settings of the run that fills both cells of a row."""
        return replace(recipe.config(dataset), epochs=self.epochs, subset=self.subset)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table.

    Attributes:
        batch_size: its row.
        epochs: its column.
        done: epochs done of it, at most `epochs`.
        latest: on the validation faces after the latest of those; None before the first.
        best: after the best of those; None before the first.
        status: what the run that fills it is doing; None without one.
        published: what S0 gives, in percent; empty in a small version, and once the run has told that it
            learns from other faces than FER-2013's.
    """

    batch_size: int
    epochs: int
    done: int
    latest: Judged | None
    best: Judged | None
    status: RunStatus | None
    published: str

    @classmethod
    def of(
        cls,
        place: tuple[int, int],
        metrics: Sequence[EpochMetrics],
        count: int,
        published: str,
        status: RunStatus | None = None,
    ) -> "Cell":
        """The cell at (batch size, epochs) as a run fills it, whose status is given if it may go on.

        `count` is of the faces that judged the run; 0 before it has read them.
        """
        until = [row for row in metrics if row.epoch <= place[1]] if count else []
        latest, best = (
            None if row is None else Judged.of(row.validation_accuracy, count, row.epoch)
            for row in (until[-1] if until else None, runs.best_epoch(until))
        )
        return cls(*place, len(until), latest, best, status, published)

    @property
    def is_full(self) -> bool:
        """Whether all its epochs are done, so that its value will not change."""
        return self.done == self.epochs

    @property
    def published_in_words(self) -> str:
        """What S0 gives, with its sign: "66.31 %"; empty without a figure."""
        return f"{self.published}\u00a0%" if self.published else ""

    @property
    def outcome(self) -> Outcome | None:
        """How its latest epoch compares with the published figure; None before it is full, or without one."""
        if not self.is_full or self.latest is None or not self.published:
            return None
        return judge(self.latest, self.published)

    @property
    def verdict(self) -> str:
        """The outcome in a few words: "reproduced", "+2.1 points"; empty without one."""
        if self.outcome is None or self.latest is None:
            return ""
        if self.outcome is Outcome.REPRODUCED:
            return str(self.outcome)
        return f"{signed(100 * self.latest.accuracy - float(self.published))} points"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table as the runs fill it.

    Attributes:
        config: the settings of the run that fills it.
        size: of the table.
        runs: those with these settings, the furthest last. Fewer epochs are no other settings: they are the
            beginning of the same.
    """

    config: TrainingConfig
    size: TableSize
    runs: tuple[Run, ...]

    @property
    def furthest(self) -> Run | None:
        """The run that has done most; of one that was begun anew the former, until it is passed."""
        return self.runs[-1] if self.runs else None

    @property
    def going_on(self) -> Run | None:
        """The run that is at work or waits for its turn."""
        return next((run for run in self.runs if run.is_active or run.status is RunStatus.QUEUED), None)

    @property
    def done(self) -> int:
        """How many of the row's epochs are done."""
        return 0 if self.furthest is None else _done(self.furthest, self.size)

    def cells(self) -> list[Cell]:
        """Both cells, the left one first."""
        run, status = self.furthest, None
        faces = None if run is None else runs.read_manifest(run.folder)
        train, count = (sum(faces.counts.get(split, ())) if faces else 0 for split in ("train", "validation"))
        # Other faces than FER-2013's; before they were read nobody knows.
        is_other = count > 0 and (train, count) != (TRAINING_FACES, VALIDATION_FACES)
        metrics = [] if run is None else run.metrics()
        cells = []
        for epochs, column in zip(self.size.columns, EPOCHS, strict=True):
            place = self.config.batch_size, epochs
            published = TABLE_CELLS[place[0], column] if self.size.is_published and not is_other else ""
            if run is not None:
                is_full = count > 0 and len(metrics) >= epochs
                status = (run if is_full else self.going_on or run).status
            cells.append(Cell.of(place, metrics, count, published, status))
        return cells


def rows_of(dataset: str, size: TableSize, history: Iterable[Run] | None = None) -> list[Row]:
    """Every row of the table as the runs fill it now, or as those of `history` do."""
    listed = runs.list_runs() if history is None else list(history)
    rows = []
    for recipe in TABLE_ROWS:
        wanted = size.config(recipe, dataset)
        same = [
            run
            for run in listed
            if run.config.epochs <= wanted.epochs
            and not any(
                setting.differs
                for setting in compare_settings([replace(wanted, epochs=run.config.epochs), run.config])
            )
        ]
        rows.append(Row(wanted, size, tuple(sorted(same, key=lambda run: (_done(run, size), run.id)))))
    return rows


def table_of(dataset: str, size: TableSize, history: Iterable[Run] | None = None) -> tuple[Cell, ...]:
    """Both cells of each row as the runs fill them now, row by row; see `rows_of`."""
    return tuple(cell for row in rows_of(dataset, size, history) for cell in row.cells())


def check_table(dataset: Dataset, size: TableSize) -> None:
    """Refuse faces that the table's runs could not learn from.

    Raises:
        DatasetError: a split that is needed is empty.
        ConfigError: the largest batch is larger than the training set.
    """
    dataset.require_training_splits()
    largest = size.config(TABLE_ROWS[-1], dataset.name)
    batches.require_a_batch(largest, int((dataset.splits == Split.TRAIN).sum()))


def submit_table(dataset: str, size: TableSize) -> list[Run]:
    """Let every run that the table still lacks wait for its turn; what was begun goes on where it stopped.

    Rows whose run is at work or waits, or that are full, are passed over, so it may be called at any time.

    Returns:
        the runs that were started, resumed or extended.

    Raises:
        StorageError: a run's folder cannot be written.
        RunError: a run cannot go on; it began to do something else in the same moment.
    """
    submitted = []
    for row in rows_of(dataset, size):
        if row.going_on is not None or row.done == size.epochs:
            continue
        run = row.furthest
        if run is not None and run.can_extend and run.config.epochs < size.epochs:
            submitted.append(runs.extend_run(run.id, size.epochs - run.config.epochs))
        elif run is not None and run.can_resume:
            submitted.append(runs.resume_run(run.id))
        else:
            submitted.append(runs.submit_run(row.config))
    return submitted


def stop_table(dataset: str, size: TableSize) -> list[Run]:
    """Let every run of the table that is at work end after its batch, and take out of the queue what waits.

    Returns:
        the runs that were stopped or taken out.

    Raises:
        StorageError: a run's folder cannot be written.
    """
    stopped = []
    for run in (run for row in rows_of(dataset, size) for run in row.runs):
        # It may begin or end between the list and the request; then it is what was asked for, or the next
        # press finds it at work.
        with suppress(RunError):
            if run.status is RunStatus.QUEUED:
                runs.cancel_queued(run.id)
            elif run.is_active:
                runs.request_stop(run.id)
            else:
                continue
            stopped.append(run)
    return stopped


def seconds_left(dataset: str, size: TableSize, history: Iterable[Run] | None = None) -> float | None:
    """How long the rows that are at work or wait will take; None if no epoch of the table was done yet.

    An epoch is taken to last as the latest ones of its row, or as those of the row of the nearest batch size.
    """
    rows = rows_of(dataset, size, history)
    lasts: dict[int, float] = {}
    for row in rows:
        if row.furthest is not None and (latest := row.furthest.metrics()[-_LATEST_EPOCHS:]):
            lasts[row.config.batch_size] = sum(each.duration_seconds for each in latest) / len(latest)
    if not lasts:
        return None
    return sum(
        (size.epochs - row.done) * lasts[min(lasts, key=lambda known: abs(known - row.config.batch_size))]
        for row in rows
        if row.going_on is not None
    )


def row_of(run_id: str) -> Variant:
    """The row that a run would fill.

    Raises:
        RunNotFoundError, CorruptRunError: there is no such run.
        RunError: no row has its batch size.
    """
    run = runs.load_run(run_id)
    for row in TABLE_ROWS:
        if row.batch_size == run.config.batch_size:
            return row
    sizes = ", ".join(map(str, BATCH_SIZES))
    raise RunError(
        f"The run “{run.title}” has batches of {run.config.batch_size}; the rows of S0's table have {sizes}. "
        "Start its runs with “python -m fer replicate s0-table”."
    )


def kept_rows() -> dict[int, KeptReplication]:
    """What is kept, by batch size; empty if nothing is.

    Raises:
        FerError: what is kept cannot be understood.
    """
    found = {size: load_kept(row.key) for size, row in zip(BATCH_SIZES, TABLE_ROWS, strict=True)}
    return {size: kept for size, kept in found.items() if kept is not None}


def kept_table() -> tuple[Cell, ...]:
    """Both cells of each row as what is kept tells, row by row; empty if nothing is kept of any.

    Raises:
        FerError: what is kept cannot be understood.
    """
    kept = kept_rows()
    if not kept:
        return ()
    cells = []
    for size in BATCH_SIZES:
        metrics = kept_metrics(kept[size].key) if size in kept else []
        count = kept[size].best.count if size in kept else 0
        cells += [Cell.of((size, epochs), metrics, count, TABLE_CELLS[size, epochs]) for epochs in EPOCHS]
    return tuple(cells)


def _done(run: Run, size: TableSize) -> int:
    """How many of the table's epochs a run has done."""
    return min(len(run.metrics()), size.epochs)
