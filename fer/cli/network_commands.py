"""Network architectures on the command line: their layers, and what each costs beside how good it is."""

import argparse
from pathlib import Path

from fer.cli import terminal
from fer.cli.commands import Add, Answer
from fer.config import TrainingConfig
from fer.errors import FerError
from fer.models.catalog import ARCHITECTURES, architecture
from fer.models.costs import table as cost_table
from fer.models.costs.measured import load_costs
from fer.system import files

_COSTS = ("image_size", "multiply_adds", "file_bytes", "milliseconds")


def blueprint(options: argparse.Namespace) -> Answer:
    """What an architecture is made of, layer by layer."""
    from fer.models.blueprint import load_blueprint, save_blueprint

    entry = architecture(options.name)
    if options.renew and options.size is not None:
        raise FerError("What is kept is at the architecture's own size. Give --renew or --size, not both.")
    if options.renew or options.size is not None:
        from fer.models.architectures.drafting import draft

        # The settings know which sizes can be.
        size = TrainingConfig(architecture=entry.name, image_size=options.size).image_size
        drawn = draft(entry.name, size)
        if options.renew:
            save_blueprint(drawn)
    else:
        drawn = load_blueprint(entry.name)
    rows = [["layer", "kind", "", "output", "parameters", "multiply-adds"]]
    rows += [
        [
            layer.name,
            layer.kind,
            layer.detail,
            layer.size,
            f"{layer.parameters:,}",
            f"{layer.multiply_adds:,}",
        ]
        for layer in drawn.layers
    ]
    return drawn.as_dict(), (
        f"{entry.title}: {drawn.parameters:,} parameters, {drawn.trainable:,} of them trainable, "
        f"{drawn.multiply_adds:,} multiply-adds a face\n{terminal.table(rows)}"
    )


def costs(options: argparse.Namespace) -> Answer:
    """What each network costs, as it was measured last, and the accuracy on its card."""
    measured = load_costs()
    result = {
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
                **{name: getattr(row.cost, name, None) for name in _COSTS},
            }
            for row in cost_table.cost_rows(measured)
        ],
    }
    rows = cost_table.text_rows(measured)
    lines = [terminal.table(rows), f"{measured.processor}, {measured.measured_on}, one LiteRT thread"]
    if options.write is not None:
        text = cost_table.as_markdown(measured)
        files.replace_between(options.write, cost_table.BEGIN, cost_table.END, text)
        lines.append(f"Written into {options.write}")
    return result, "\n".join(lines)


def add_to(add: Add) -> None:
    """Add the commands with their options."""
    sub = add("blueprint", blueprint)
    sub.add_argument("name", metavar="NAME", help=", ".join(ARCHITECTURES))
    sub.add_argument("--renew", action="store_true", help="build it with Keras, and keep what it is made of")
    sub.add_argument(
        "--size",
        type=int,
        metavar="N",
        help="build it with Keras for inputs of N×N pixels (default: its own)",
    )
    sub = add("costs", costs)
    sub.add_argument(
        "--write",
        metavar="FILE",
        type=Path,
        help=f"put the table into a Markdown file, between {cost_table.BEGIN} and {cost_table.END}",
    )
