"""The replication bench: what others published, what came of repeating it here, and the verdict."""

from fer.evaluation.replication.keeping import Recipe, keep, other_settings
from fer.evaluation.replication.kept import Judged, KeptReplication, kept_metrics, load_kept
from fer.evaluation.replication.kept_table import ROWS, TableRow, kept_rows, kept_table, row_of
from fer.evaluation.replication.markdown import BEGIN, END, as_markdown, write_into
from fer.evaluation.replication.published import PUBLISHED, PublishedFigure
from fer.evaluation.replication.table import (
    Cell,
    TableSize,
    check_table,
    seconds_left,
    stop_table,
    submit_table,
    table_of,
)
from fer.evaluation.replication.variants import VARIANTS, Variant, variant
from fer.evaluation.replication.verdicts import Comparison, Outcome, compare, comparisons, judge

__all__ = [
    "BEGIN",
    "END",
    "PUBLISHED",
    "ROWS",
    "VARIANTS",
    "Cell",
    "Comparison",
    "Judged",
    "KeptReplication",
    "Outcome",
    "PublishedFigure",
    "Recipe",
    "TableRow",
    "TableSize",
    "Variant",
    "as_markdown",
    "check_table",
    "compare",
    "comparisons",
    "judge",
    "keep",
    "kept_metrics",
    "kept_rows",
    "kept_table",
    "load_kept",
    "other_settings",
    "row_of",
    "seconds_left",
    "stop_table",
    "submit_table",
    "table_of",
    "variant",
    "write_into",
]
