"""Markdown table: the published figures beside ours, as docs/reference/replications.md has them."""

from fer.evaluation.replication.comparison import Comparison, Outcome, comparisons
from fer.evaluation.replication.table import Cell, kept_rows, kept_table
from fer.statistics import percent
from fer.system.markdown import markdown_table

BEGIN, END = "<!-- replications -->", "<!-- /replications -->"
_HEAD = ("recipe", "published", "ours (95\u00a0%)", "verdict", "why")


def as_markdown() -> str:
    """The table as Markdown, and below it what each run was trained on."""
    rows = comparisons()
    kept = {row.variant.key: row.kept for row in rows if row.kept is not None}
    notes = [
        f"`{key}`: {each.epochs} epochs in {each.seconds:,.0f} s on {each.hardware}, {each.date}; "
        f"{each.faces}; {each.parameters:,} parameters."
        for key, each in kept.items()
    ]
    table = markdown_table([_HEAD, *map(_cells, rows)])
    parts = [table, *(notes or ["None was run yet."])]
    return "\n\n".join([*parts, *_s0_table()])


def _s0_table() -> list[str]:
    """S0's Table 1 as far as it is kept, with what its runs were trained on; empty if nothing is."""
    cells, rows = kept_table(), kept_rows()
    if not cells:
        return []
    left, right = cells[::2], cells[1::2]
    head = [
        "batch size",
        *(
            f"after {each.epochs} epochs: S0, ours (95\u00a0%), our best epoch until then"
            for each in cells[:2]
        ),
    ]
    lines = [[str(a.batch_size), _cell(a), _cell(b)] for a, b in zip(left, right, strict=True)]
    notes = "; ".join(f"batches of {size}: {kept.seconds:,.0f} s" for size, kept in rows.items())
    hardware = sorted({kept.hardware for kept in rows.values()})
    return [
        "S0's Table 1, batch size × epochs, on the official validation faces:",
        markdown_table([head, *lines]),
        f"Trained on {'; '.join(hardware)}. Time of {notes}.",
    ]


def _cell(cell: Cell) -> str:
    if cell.latest is None or cell.best is None:
        return f"{cell.published_in_words}, not run yet"
    best = f"{percent(cell.best.accuracy)} at {cell.best.epoch}"
    return f"{cell.published_in_words}, **{cell.latest.in_words}**: {cell.verdict}; {best}"


def _cells(row: Comparison) -> tuple[str, ...]:
    figure = row.figure
    published = "–"
    if figure is not None:
        faces = "faces not told" if figure.faces == "unsaid" else figure.faces
        published = f"{figure.in_words}, {faces}, {figure.epoch} epochs"
    ours = "–" if row.ours is None else f"{row.ours.in_words}, {row.faces}"
    # Nothing else is to be accounted for yet.
    why = row.hindrance if row.outcome in (Outcome.NOT_RUN, Outcome.DAMAGED) else row.why
    return f"`{row.variant.key}`", published, ours, row.verdict, why
