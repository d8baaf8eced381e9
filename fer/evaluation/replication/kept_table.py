"""What came of S0's Table 1, kept row by row in `models/replications/s0_table_<batch size>/`."""

from collections.abc import Sequence
from dataclasses import dataclass

from fer import runs
from fer.config import TrainingConfig
from fer.errors import RunError
from fer.evaluation.replication.kept import KeptReplication, kept_metrics, load_kept
from fer.evaluation.replication.published import PublishedFigure
from fer.evaluation.replication.table import (
    BATCH_SIZES,
    EPOCHS,
    PUBLISHED_CELLS,
    Cell,
    TableSize,
    cell_after,
    config_of,
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One batch size of the table at its published size; a `Recipe`."""

    batch_size: int

    @property
    def key(self) -> str:
        """The name of its folder."""
        return f"s0_table_{self.batch_size}"

    @property
    def command(self) -> str:
        """What starts it, after `python -m fer replicate`."""
        return "s0-table"

    @property
    def title(self) -> str:
        """Its name for a person."""
        return f"S0's Table 1, batches of {self.batch_size}"

    @property
    def figures(self) -> tuple[PublishedFigure, ...]:
        """None: its cells know their own."""
        return ()

    def config(self, dataset: str) -> TrainingConfig:
        """The settings of a run that fills it."""
        return config_of(self.batch_size, dataset, TableSize())


ROWS = tuple(TableRow(size) for size in BATCH_SIZES)


def row_of(run_id: str) -> TableRow:
    """The row that a run would fill.

    Raises:
        RunNotFoundError, CorruptRunError: there is no such run.
        RunError: no row has its batch size.
    """
    run = runs.load_run(run_id)
    for row in ROWS:
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
    found = {row.batch_size: load_kept(row.key) for row in ROWS}
    return {size: kept for size, kept in found.items() if kept is not None}


def kept_table() -> tuple[Cell, ...]:
    """Both cells of each row as what is kept tells, row by row; empty if nothing is kept of any.

    Raises:
        FerError: what is kept cannot be understood.
    """
    kept = kept_rows()
    if not kept:
        return ()
    return tuple(
        cell for row in ROWS for epochs in EPOCHS for cell in [_cell(row, epochs, kept.get(row.batch_size))]
    )


def _cell(row: TableRow, epochs: int, kept: KeptReplication | None) -> Cell:
    until: Sequence[runs.EpochMetrics] = ()
    if kept is not None:
        until = [each for each in kept_metrics(row.key) if each.epoch <= epochs]
    published = PUBLISHED_CELLS[row.batch_size, epochs]
    return cell_after(row.batch_size, epochs, until, kept.best.count if kept else 0, published)
