"""The commands about explaining a model's answers: the picture of one face explained, and what it takes."""

import argparse
from typing import Any

from fer.command_line import terminal
from fer.command_line.run_commands import Add

Answer = tuple[dict[str, Any], str]


def export(options: argparse.Namespace) -> Answer:
    """The `model.tflite` of a model, written anew from its Keras weights."""
    terminal.show_progress(0.02, "Loading TensorFlow")
    from fer.training.renewal import export_again

    path = export_again(options.model, terminal.show_progress)
    return {"model": options.model, "path": str(path)}, (
        f"{options.model}: exported again, with the same answers as before\n{path}"
    )


def add_to(add: Add) -> None:
    """Add the commands with their options."""
    sub = add(export, "Export a model again from its Keras weights, with all outputs of today's version.")
    sub.add_argument("model", metavar="MODEL", help="a pretrained model's name or a run's id")
