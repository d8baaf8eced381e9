"""The published figures beside ours, as the table of docs/reference/replications.md."""

from pathlib import Path

from fer.evaluation.replication.kept_table import kept_rows, kept_table
from fer.evaluation.replication.table import Cell
from fer.evaluation.replication.verdicts import Comparison, Outcome, comparisons
from fer.system import files

BEGIN, END = "<!-- replications -->", "<!-- /replications -->"
_HEAD = ("recipe", "published", "ours (95 %)", "verdict", "why")


def as_markdown() -> str:
    """The table as Markdown, and below it what each run was trained on."""
    rows = comparisons()
    lines = [_HEAD, ("---",) * len(_HEAD), *map(_cells, rows)]
    kept = {row.variant.key: row.kept for row in rows if row.kept is not None}
    notes = [
        f"`{key}`: {each.epochs} epochs in {each.seconds:,.0f} s on {each.hardware}, {each.date}; "
        f"{each.faces}; {each.parameters:,} parameters."
        for key, each in kept.items()
    ]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    parts = [table, *(notes or ["None was run yet."])]
    return "\n\n".join([*parts, *_s0_table()])


def _s0_table() -> list[str]:
    """S0's Table 1 as far as it is kept, with what its runs were trained on; empty if nothing is."""
    cells = kept_table()
    if not cells:
        return []
    epochs = sorted({cell.epochs for cell in cells})
    head = [
        "batch size",
        *(f"after {each} epochs: S0, ours (95 %), our best epoch until then" for each in epochs),
    ]
    lines = [head, ["---"] * len(head)]
    for size in dict.fromkeys(cell.batch_size for cell in cells):
        of_size = [cell for cell in cells if cell.batch_size == size]
        lines.append([str(size), *(_cell(cell) for cell in of_size)])
    rows = kept_rows()
    notes = "; ".join(f"batches of {size}: {kept.seconds:,.0f} s" for size, kept in rows.items())
    hardware = sorted({kept.hardware for kept in rows.values()})
    return [
        "S0's Table 1, batch size × epochs, on the official validation faces:",
        "\n".join(f"| {' | '.join(line)} |" for line in lines),
        f"Trained on {'; '.join(hardware)}. Time of {notes}.",
    ]


def _cell(cell: Cell) -> str:
    if cell.latest is None or cell.best is None:
        return f"{cell.published}, not run yet"
    best = f"{100 * cell.best.accuracy:.1f} % at {cell.best.epoch}"
    return f"{cell.published}, **{cell.latest.in_words}**: {cell.verdict}; {best}"


def write_into(path: Path) -> None:
    """Put the table between the two marks of a Markdown file, in place of what stands there.

    Raises:
        FerError: the file cannot be read, or has no such marks.
        StorageError: it cannot be written.
    """
    files.replace_between(path, BEGIN, END, as_markdown())


def _cells(row: Comparison) -> tuple[str, ...]:
    figure = row.figure
    published = "–" if figure is None else f"{figure.in_words}, {_of(figure.faces)}, {figure.epoch} epochs"
    ours = "–" if row.ours is None else f"{row.ours.in_words}, {row.faces}"
    # Nothing else is to be accounted for yet.
    why = row.hindrance if row.outcome in (Outcome.NOT_RUN, Outcome.DAMAGED) else row.why
    return f"`{row.variant.key}`", published, ours, row.verdict, why


def _of(faces: str) -> str:
    return "faces not told" if faces == "unsaid" else faces
