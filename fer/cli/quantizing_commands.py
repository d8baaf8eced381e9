"""Quantization command: a model's int8 form, and what it costs in accuracy."""

import argparse
from typing import Any

from fer.cli import options as shared_options
from fer.cli import terminal
from fer.cli.asking import MODEL_HELP
from fer.cli.commands import Add, Answer
from fer.datasets import load_dataset
from fer.datasets.views import describe
from fer.errors import ConfigError
from fer.statistics import percent


def quantize(options: argparse.Namespace) -> Answer:
    """The int8 form of a model, beside the model if it is as good."""
    if options.calibration < 1:
        raise ConfigError(f"The ranges are taken from 1 face at least; received {options.calibration}.")
    view = shared_options.view_of(options)
    dataset = load_dataset(options.data, terminal.show_progress, view=view)
    terminal.show_progress(0.02, "Loading TensorFlow")
    from fer.evaluation.quantization import MOST_LOSS
    from fer.evaluation.quantization import quantize as make

    made = make(options.model, dataset, terminal.show_progress, calibration_faces=options.calibration)
    comparison = made.comparison
    low, high = comparison.interval_95
    result: dict[str, Any] = {
        "model": options.model,
        "dataset": dataset.name,
        "state": describe(view),
        "count": comparison.count,
        "float_accuracy": comparison.first.share,
        "int8_accuracy": comparison.second.share,
        "difference": comparison.difference,
        "difference_interval_95": [low, high],
        "p_value": comparison.p_value,
        "float_bytes": made.sizes[0],
        "int8_bytes": made.sizes[1],
        "milliseconds": {
            str(count): {"float": exact, "int8": small} for count, (exact, small) in made.milliseconds.items()
        },
        "calibration_faces": made.calibration_faces,
        "kept": made.kept,
        "path": str(made.path) if made.kept else None,
    }
    rows = [
        ["", "float", "int8"],
        ["accuracy", percent(comparison.first.share, 2), percent(comparison.second.share, 2)],
        ["file, kB", *(f"{size / 1e3:,.0f}" for size in made.sizes)],
        *(
            [f"ms, {count} face{'s' if count > 1 else ''}", f"{exact:.2f}", f"{small:.2f}"]
            for count, (exact, small) in made.milliseconds.items()
        ),
    ]
    said = (
        f"Kept: {made.path}. Ask it with the option --int8."
        if made.kept
        else f"Not kept: it loses {-100 * comparison.difference:.2f} points, and {100 * MOST_LOSS:g} are too "
        "many."
    )
    return result, (
        f"{options.model} on {dataset.source.title} {describe(view)}, validation, {comparison.count:,} "
        f"faces; ranges from {made.calibration_faces:,} training faces\n"
        f"{terminal.table(rows)}\nint8 against float: {comparison.sentence}\n{said}"
    )


def add_to(add: Add) -> None:
    """Add the command with its options."""
    sub = add("quantize", quantize)
    sub.add_argument("model", metavar="MODEL", help=MODEL_HELP)
    sub.add_argument("--data", metavar="DATASET", required=True, help=shared_options.DATASET_HELP)
    sub.add_argument(
        "--calibration",
        type=int,
        metavar="N",
        default=400,
        help="training faces from which the ranges of all values are taken (default: %(default)s)",
    )
    shared_options.add_view(sub)
