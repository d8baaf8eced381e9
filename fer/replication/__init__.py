"""The replication bench: what others published, what came of repeating it here, and the verdict."""

from fer.replication.keeping import keep, other_settings
from fer.replication.kept import Judged, KeptReplication, folder_of, kept_metrics, load_kept
from fer.replication.markdown import BEGIN, END, as_markdown, write_into
from fer.replication.published import PUBLISHED, PublishedFigure
from fer.replication.table import Cell, TableSize, check_table, submit_table, table_of
from fer.replication.variants import VARIANTS, Variant, variant
from fer.replication.verdicts import Comparison, Outcome, compare, comparisons

__all__ = [
    "BEGIN",
    "END",
    "PUBLISHED",
    "VARIANTS",
    "Cell",
    "Comparison",
    "Judged",
    "KeptReplication",
    "Outcome",
    "PublishedFigure",
    "TableSize",
    "Variant",
    "as_markdown",
    "check_table",
    "compare",
    "comparisons",
    "folder_of",
    "keep",
    "kept_metrics",
    "load_kept",
    "other_settings",
    "submit_table",
    "table_of",
    "variant",
    "write_into",
]
