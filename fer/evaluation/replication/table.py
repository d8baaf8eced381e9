"""S0's Table 1, batch size against epochs, as a sweep that fills as its runs go on.

The recipe's rate is constant, and whatever is random follows from the seed and the epoch's number alone. So
the state after 50 epochs is the same in a run of 50 as in one of 100, and four runs fill eight cells. Each is
an ordinary run, in the queue like any other; the table is what the run folders tell. What came of it is kept
by `fer.evaluation.replication.kept_table`.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from fer import runs
from fer.config import TrainingConfig, compare_settings
from fer.datasets import Dataset, Split
from fer.errors import ConfigError, RunError
from fer.evaluation.replication.kept import TRAINING_FACES, VALIDATION_FACES, Judged
from fer.evaluation.replication.variants import variant
from fer.evaluation.replication.verdicts import Outcome, judge
from fer.runs import EpochMetrics, Run, RunStatus
from fer.training import batches

_RECIPE = "s0"
BATCH_SIZES = (32, 64, 128, 256)
EPOCHS = (50, 100)
# Of so many latest epochs the mean tells how long the next one will take.
_PACE_EPOCHS = 5
# Source: S0, Table 1. Those of 100 epochs are given without digits, and all of them called overfitting.
PUBLISHED_CELLS: Mapping[tuple[int, int], str] = {
    (32, 50): "65.22 %",
    (32, 100): "59 %",
    (64, 50): "66.31 %",
    (64, 100): "66 %",
    (128, 50): "67.76 %",
    (128, 100): "66 %",
    (256, 50): "64.12 %",
    (256, 100): "67 %",
}


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
        published: what S0 gives, as it gives it; empty in a small version, and once the run has told that it
            learns from other faces than FER-2013's.
    """

    batch_size: int
    epochs: int
    done: int
    latest: Judged | None
    best: Judged | None
    status: RunStatus | None
    published: str

    @property
    def is_full(self) -> bool:
        """Whether all its epochs are done, so that its value will not change."""
        return self.done == self.epochs

    @property
    def outcome(self) -> Outcome | None:
        """How its latest epoch compares with the published figure; None before it is full, or without one."""
        if not self.is_full or self.latest is None or not self.published:
            return None
        percents = self.published.removesuffix(" %")
        return judge(self.latest, float(percents) / 100, len(percents.partition(".")[2]))

    @property
    def verdict(self) -> str:
        """The outcome in a few words: "reproduced", "+2.1 points"; empty without one."""
        if self.outcome is None or self.latest is None:
            return ""
        if self.outcome is Outcome.REPRODUCED:
            return str(self.outcome)
        points = 100 * self.latest.accuracy - float(self.published.removesuffix(" %"))
        return f"{points:+.1f} points".replace("-", "−")


def config_of(batch_size: int, dataset: str, size: TableSize) -> TrainingConfig:
    """The settings of the run that fills both cells of a row."""
    return replace(
        variant(_RECIPE).config(dataset),
        batch_size=batch_size,
        epochs=size.epochs,
        subset=size.subset,
        name=f"S0's table, batches of {batch_size}",
    )


def table_of(dataset: str, size: TableSize, history: Iterable[Run] | None = None) -> tuple[Cell, ...]:
    """Both cells of each row as the runs fill them now, row by row.

    Args:
        dataset: what the runs learn from, as their settings name it.
        size: which table.
        history: the runs to look among; None reads them.
    """
    listed = runs.list_runs() if history is None else list(history)
    return tuple(cell for batch_size in BATCH_SIZES for cell in _row(batch_size, dataset, size, listed))


def check_table(dataset: Dataset, size: TableSize) -> None:
    """Refuse faces that the table's runs could not learn from.

    Raises:
        DatasetError: a split that is needed is empty.
        ConfigError: the largest batch is larger than the training set.
    """
    dataset.require_training_splits()
    largest = config_of(BATCH_SIZES[-1], dataset.name, size)
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
    for batch_size in BATCH_SIZES:
        same = _runs_of(config_of(batch_size, dataset, size), runs.list_runs())
        if any(_will_go_on(run) or _done(run, size.epochs) == size.epochs for run in same):
            continue
        furthest = max(same, key=lambda run: (_done(run, size.epochs), run.id), default=None)
        if furthest is not None and furthest.can_extend and furthest.config.epochs < size.epochs:
            submitted.append(runs.extend_run(furthest.id, size.epochs - furthest.config.epochs))
        elif furthest is not None and furthest.can_resume:
            submitted.append(runs.resume_run(furthest.id))
        else:
            submitted.append(runs.submit_run(config_of(batch_size, dataset, size)))
    return submitted


def stop_table(dataset: str, size: TableSize) -> list[Run]:
    """Let every run of the table that is at work end after its batch, and take out of the queue what waits.

    Returns:
        the runs that were stopped or taken out.

    Raises:
        StorageError: a run's folder cannot be written.
    """
    stopped = []
    for batch_size in BATCH_SIZES:
        for run in _runs_of(config_of(batch_size, dataset, size), runs.list_runs()):
            # It may begin or end between the list and the request; then it is what was asked for, or the
            # next press finds it at work.
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
    listed = runs.list_runs() if history is None else list(history)
    lasts: dict[int, float] = {}
    to_do: dict[int, int] = {}
    for batch_size in BATCH_SIZES:
        same = _runs_of(config_of(batch_size, dataset, size), listed)
        run = max(same, key=lambda run: _done(run, size.epochs), default=None)
        if run is None:
            continue
        if latest := run.metrics()[-_PACE_EPOCHS:]:
            lasts[batch_size] = sum(row.duration_seconds for row in latest) / len(latest)
        if any(_will_go_on(each) for each in same):
            to_do[batch_size] = size.epochs - _done(run, size.epochs)
    if not lasts:
        return None
    return sum(
        epochs * lasts[min(lasts, key=lambda known: abs(known - batch_size))]
        for batch_size, epochs in to_do.items()
    )


def cell_after(
    batch_size: int,
    epochs: int,
    until: Sequence[EpochMetrics],
    count: int,
    published: str,
    status: RunStatus | None = None,
) -> Cell:
    """A cell as so many epochs of a run fill it.

    Args:
        batch_size: its row.
        epochs: its column.
        until: the epochs that were done, at most so many.
        count: of the faces that judged them.
        published: as in `Cell`.
        status: of the run, if it is one that may go on.
    """
    return Cell(
        batch_size,
        epochs,
        len(until),
        _judged(until[-1] if until else None, count),
        _judged(runs.best_epoch(until), count),
        status,
        published,
    )


def _row(batch_size: int, dataset: str, size: TableSize, listed: Iterable[Run]) -> list[Cell]:
    same = _runs_of(config_of(batch_size, dataset, size), listed)
    return [
        _cell(batch_size, epochs, same, PUBLISHED_CELLS[batch_size, published] if size.is_published else "")
        for epochs, published in zip(size.columns, EPOCHS, strict=True)
    ]


def _cell(batch_size: int, epochs: int, same: Sequence[Run], published: str) -> Cell:
    """A cell as the furthest run fills it; of one that was begun anew the former stays until it is passed."""
    run = max(same, key=lambda run: (_done(run, epochs), run.id), default=None)
    if run is None:
        return Cell(batch_size, epochs, 0, None, None, None, published)
    count = _validation_faces(run)
    if count and not _learned_from_fer_2013(run):
        published = ""
    until = [row for row in run.metrics() if row.epoch <= epochs] if count else []
    going_on = next((each for each in same if _will_go_on(each)), run)
    status = run.status if len(until) == epochs else going_on.status
    return cell_after(batch_size, epochs, until, count, published, status)


def _runs_of(wanted: TrainingConfig, listed: Iterable[Run]) -> list[Run]:
    """The runs that fill a row; fewer epochs are no other settings: they are the beginning of the same."""
    return [
        run
        for run in listed
        if run.config.epochs <= wanted.epochs
        and not any(
            setting.differs
            for setting in compare_settings([replace(wanted, epochs=run.config.epochs), run.config])
        )
    ]


def _will_go_on(run: Run) -> bool:
    return run.is_active or run.status is RunStatus.QUEUED


def _done(run: Run, epochs: int) -> int:
    """How many of the first `epochs` epochs a run has done."""
    return min(len(run.metrics()), epochs)


def _validation_faces(run: Run) -> int:
    """How many faces judge a run; 0 before its process has read them."""
    faces = runs.read_manifest(run.folder)
    return 0 if faces is None else sum(faces.counts.get("validation", ()))


def _learned_from_fer_2013(run: Run) -> bool:
    faces = runs.read_manifest(run.folder)
    return faces is not None and tuple(
        sum(faces.counts.get(split, ())) for split in ("train", "validation")
    ) == (TRAINING_FACES, VALIDATION_FACES)


def _judged(row: EpochMetrics | None, count: int) -> Judged | None:
    return None if row is None else Judged.of(row.validation_accuracy, count, row.epoch)
