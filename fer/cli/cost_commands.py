"""The command about costs: what each network costs and how good it is, as values, text, and in a README."""

import argparse
from pathlib import Path
from typing import Any

from fer.cli import terminal
from fer.cli.run_commands import Add, Answer
from fer.models.costs import table as cost_table
from fer.models.costs.measured import FACE_COUNTS, load_costs


def costs(options: argparse.Namespace) -> Answer:
    """What each network costs, as it was measured last, and the accuracy on its card."""
    measured = load_costs()
    rows = cost_table.cost_rows(measured)
    if options.write is not None:
        cost_table.write_into(options.write, measured)
    result: dict[str, Any] = {
        "measured_on": measured.measured_on,
        "processor": measured.processor,
        "versions": dict(measured.versions),
        "networks": [
            {
                "name": row.entry.name,
                "parameters": row.parameters,
                "model": row.model,
                "accuracy": None if row.accuracy is None else row.accuracy.share,
                "interval_95": None if row.accuracy is None else list(row.accuracy.interval_95),
                "image_size": None if row.cost is None else row.cost.image_size,
                "multiply_adds": None if row.cost is None else row.cost.multiply_adds,
                "file_bytes": None if row.cost is None else row.cost.file_bytes,
                "milliseconds": None if row.cost is None else dict(row.cost.milliseconds),
            }
            for row in rows
        ],
    }
    table = [
        [
            "",
            "parameters",
            "input",
            "multiply-adds",
            "file kB",
            *(f"ms {count}" for count in FACE_COUNTS),
            "accuracy",
        ]
    ]
    table += [
        [
            row.entry.name,
            f"{row.parameters:,}",
            *cost_table.cost_cells(row.cost),
            cost_table.NO_WEIGHTS if row.accuracy is None else row.accuracy.in_words,
        ]
        for row in rows
    ]
    written = [f"Written into {options.write}"] if options.write is not None else []
    return result, "\n".join(
        [terminal.table(table), f"{measured.processor}, {measured.measured_on}, one LiteRT thread", *written]
    )


def add_to(add: Add) -> None:
    """Add the command with its options."""
    sub = add(costs, "Say what each network costs and how good it is, as measured last.")
    sub.add_argument(
        "--write",
        metavar="FILE",
        type=Path,
        help=f"put the table into a Markdown file, between {cost_table.BEGIN} and {cost_table.END}",
    )
