"""Replication on the command line: repeat a published recipe, and say what came of it."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fer.cli import options as shared_options
from fer.cli import run_commands, terminal
from fer.cli.commands import Add, Answer
from fer.datasets import load_dataset
from fer.errors import FerError
from fer.evaluation.replication.comparison import Comparison, compare, comparisons
from fer.evaluation.replication.kept import keep, load_kept
from fer.evaluation.replication.markdown import BEGIN, END, as_markdown
from fer.evaluation.replication.recipes import TABLE_KEY, TABLE_ROWS, VARIANTS, Variant, variant
from fer.evaluation.replication.table import (
    Cell,
    TableSize,
    check_table,
    kept_table,
    row_of,
    submit_table,
    table_of,
)
from fer.system import files, paths

USUAL_DATA = "fer2013.csv"


def replicate(options: argparse.Namespace) -> Answer:
    """Start a run that repeats a published recipe, keep what came of one, or show all beside the figures."""
    if options.table or options.write is not None:
        return _table(options.write)
    if not options.recipe:
        known = ", ".join(each.key for each in VARIANTS)
        raise FerError(f"Say which recipe to repeat, one of {known}; or --table for what came of them.")
    if options.recipe == TABLE_KEY:
        return _sweep(options) if options.keep is None else _keep(row_of(options.keep), options)
    chosen = variant(options.recipe)
    if options.keep is not None:
        return _keep(chosen, options)
    return run_commands.begin(chosen.config(_data(options)), options.queue)


def _data(options: argparse.Namespace) -> str:
    """The dataset that was named; the training process has another working folder than we have."""
    data = options.dataset or USUAL_DATA
    return str(Path(data).absolute()) if Path(data).exists() else data


def _sweep(options: argparse.Namespace) -> Answer:
    """Let the runs of S0's table that are not done wait for their turns, unless it is only asked how far."""
    size = TableSize(TableSize().epochs if options.epochs is None else options.epochs, options.subset)
    data = _data(options)
    submitted = []
    if not options.show:
        # A dataset that cannot be read is said at once, not by four processes in their logs.
        check_table(load_dataset(data, terminal.show_progress), size)
        submitted = submit_table(data, size)
    cells = table_of(data, size)
    result = {
        "size": asdict(size),
        "comparable": size.is_published,
        "submitted": [run.id for run in submitted],
        "cells": [_cell_values(cell) for cell in cells],
    }
    said = [f"{run.id}: {run.status}" for run in submitted]
    return result, "\n".join([size.in_words, _cells(cells), *said])


def _cells(cells: Sequence[Cell]) -> str:
    rows = [["batch size", "epochs", "ours", "done", "S0", "verdict"]]
    rows += [
        [
            str(cell.batch_size),
            str(cell.epochs),
            "–" if cell.latest is None else cell.latest.in_words,
            f"{cell.done} of {cell.epochs}" + ("" if cell.status is None else f", {cell.status}"),
            cell.published_in_words or "–",
            cell.verdict or "–",
        ]
        for cell in cells
    ]
    return terminal.table(rows)


def _cell_values(cell: Cell) -> dict[str, Any]:
    return asdict(cell) | {"published": cell.published_in_words}


def _keep(chosen: Variant, options: argparse.Namespace) -> Answer:
    kept = keep(options.keep, chosen, options.hardware, options.dataset or "", terminal.show_progress)
    folder = paths.replication(chosen.key)
    lines = [f"{folder}: what came of {chosen.title}"]
    if chosen in TABLE_ROWS:
        lines.append(_cells([cell for cell in kept_table() if cell.batch_size == chosen.batch_size]))
    else:
        for row in (compare(chosen, figure, kept) for figure in chosen.figures or (None,)):
            published = "nothing" if row.figure is None else row.figure.in_words
            ours = "nothing" if row.ours is None else f"{row.ours.in_words} ({row.faces})"
            lines.append(f"published {published}, ours {ours}: {row.verdict}")
    return asdict(kept) | {"folder": str(folder)}, "\n".join(lines)


def _table(path: Path | None) -> Answer:
    for each in (*VARIANTS, *TABLE_ROWS):
        load_kept(each.key)  # a damaged one is told of, not called missing
    rows, cells = comparisons(), kept_table()
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
    parts = [terminal.table(lines)]
    parts += ["S0's Table 1, as it is kept", _cells(cells)] if cells else []
    if path is not None:
        files.replace_between(path, BEGIN, END, as_markdown())
        parts.append(f"Written into {path}")
    result = {"recipes": [_as_dict(row) for row in rows], "s0_table": [_cell_values(cell) for cell in cells]}
    return result, "\n".join(parts)


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
    sub = add("replicate", replicate)
    sub.add_argument(
        "recipe",
        metavar="RECIPE",
        nargs="?",
        help=f"{', '.join(each.key for each in VARIANTS)}; or {TABLE_KEY}, batch size × epochs",
    )
    sub.add_argument(
        "--data",
        dest="dataset",
        metavar="DATASET",
        help=f"{shared_options.DATASET_HELP} (default: {USUAL_DATA}); "
        "with --keep, whose test faces to look at",
    )
    sub.add_argument("--queue", action="store_true", help="wait for its turn, and do not follow it")
    sub.add_argument(
        "--keep",
        metavar="RUN",
        help=f"keep what came of this finished run; of {TABLE_KEY}, as the row of its batch size",
    )
    sub.add_argument(
        "--hardware", metavar="TEXT", default="", help="what it was trained on (default: what its log says)"
    )
    sub.add_argument("--table", action="store_true", help="show what was published beside what came of it")
    sub.add_argument("--show", action="store_true", help=f"of {TABLE_KEY}: only say how far it is")
    sub.add_argument(
        "--epochs", type=int, metavar="N", help=f"of {TABLE_KEY}: a small version, of so many at most"
    )
    sub.add_argument(
        "--subset", type=int, metavar="N", help=f"of {TABLE_KEY}: a small version, on so many faces"
    )
    sub.add_argument(
        "--write",
        metavar="FILE",
        type=Path,
        help=f"put that table into a Markdown file, between {BEGIN} and {END}",
    )
