"""The command that repeats what others published, and says what came of it."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fer import replication
from fer.command_line import options as shared_options
from fer.command_line import run_commands, terminal
from fer.command_line.run_commands import Add, Answer
from fer.errors import FerError
from fer.replication import Comparison, Variant

USUAL_DATA = "fer2013.csv"


def replicate(options: argparse.Namespace) -> Answer:
    """Start a run that repeats a published recipe, keep what came of one, or show all beside the figures."""
    if options.table or options.write is not None:
        return _table(options.write)
    if not options.recipe:
        known = ", ".join(each.key for each in replication.VARIANTS)
        raise FerError(f"Say which recipe to repeat, one of {known}; or --table for what came of them.")
    chosen = replication.variant(options.recipe)
    if options.keep is not None:
        return _keep(chosen, options)
    data = options.dataset or USUAL_DATA
    # The training process has another working folder: a path must not depend on ours.
    data = str(Path(data).absolute()) if Path(data).exists() else data
    return run_commands.begin(chosen.config(data), options.queue)


def _keep(chosen: Variant, options: argparse.Namespace) -> Answer:
    kept = replication.keep(
        options.keep, chosen, options.hardware, options.dataset or "", terminal.show_progress
    )
    folder = replication.folder_of(chosen.key)
    lines = [f"{folder}: what came of {chosen.title}"]
    for figure in chosen.figures or (None,):
        row = replication.compare(chosen, figure, kept)
        ours = "nothing" if row.ours is None else f"{row.ours.in_words} ({row.faces})"
        lines.append(f"published {figure.in_words if figure else 'nothing'}, ours {ours}: {row.verdict}")
    return asdict(kept) | {"folder": str(folder)}, "\n".join(lines)


def _table(path: Path | None) -> Answer:
    for each in replication.VARIANTS:
        replication.load_kept(each.key)  # a damaged one is told of, not called missing
    rows = replication.comparisons()
    if path is not None:
        replication.write_into(path)
    lines = [["recipe", "published", "ours", "", "verdict"]]
    lines += [
        [
            row.variant.key,
            "–" if row.figure is None else row.figure.in_words,
            "–" if row.ours is None else row.ours.in_words,
            row.faces,
            row.verdict,
        ]
        for row in rows
    ]
    written = [f"Written into {path}"] if path is not None else []
    return {"recipes": [_as_dict(row) for row in rows]}, "\n".join([terminal.table(lines), *written])


def _as_dict(row: Comparison) -> dict[str, Any]:
    return {
        "recipe": row.variant.key,
        "published": None if row.figure is None else row.figure.share,
        "published_epoch": None if row.figure is None else row.figure.epoch,
        "faces": None if row.figure is None else row.figure.faces,
        "ours": None if row.ours is None else asdict(row.ours),
        "outcome": str(row.outcome),
        "points": row.points,
        "verdict": row.verdict,
        "why": row.why,
    }


def add_to(add: Add) -> None:
    """Add the command with its options."""
    sub = add(replicate, "Repeat what others published, and say what came of it.")
    sub.add_argument(
        "recipe",
        metavar="RECIPE",
        nargs="?",
        help=", ".join(each.key for each in replication.VARIANTS),
    )
    sub.add_argument(
        "--data",
        dest="dataset",
        metavar="DATASET",
        help=f"{shared_options.DATASET_HELP} (default: {USUAL_DATA}); "
        "with --keep, whose test faces to look at",
    )
    sub.add_argument("--queue", action="store_true", help="wait for its turn, and do not follow it")
    sub.add_argument("--keep", metavar="RUN", help="keep what came of this finished run")
    sub.add_argument(
        "--hardware", metavar="TEXT", default="", help="what it was trained on (default: what its log says)"
    )
    sub.add_argument("--table", action="store_true", help="show what was published beside what came of it")
    sub.add_argument(
        "--write",
        metavar="FILE",
        type=Path,
        help=f"put that table into a Markdown file, between {replication.BEGIN} and {replication.END}",
    )
