"""The published figures beside ours, as the table in the README."""

from pathlib import Path

from fer import files
from fer.replication.verdicts import Comparison, Outcome, comparisons

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
    return f"{table}\n\n" + "\n\n".join(notes or ["None was run yet."])


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
    # Nothing is to be accounted for yet.
    why = "" if row.outcome is Outcome.NOT_RUN else row.why
    return f"`{row.variant.key}`", published, ours, row.verdict, why


def _of(faces: str) -> str:
    return "faces not told" if faces == "unsaid" else faces
