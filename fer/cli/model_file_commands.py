"""The commands that take models along and bring them: each result as plain JSON values, and as text."""

import argparse
from pathlib import Path

from fer.cli import terminal
from fer.cli.run_commands import Add, Answer
from fer.models.packages import remove_brought, take_along
from fer.models.packages.writing import SUFFIX
from fer.system import files


def take(options: argparse.Namespace) -> Answer:
    """A model as a file for another workshop."""
    path = Path(options.output or f"{options.model}{SUFFIX}")
    content = take_along(options.model)
    files.save_bytes(path, content)
    return {"model": options.model, "path": str(path), "bytes": len(content)}, (
        f"{path}: {len(content) / 1e6:,.1f} MB, arrays and a header; “python -m fer bring” reads it"
    )


def bring(options: argparse.Namespace) -> Answer:
    """A model from a file, made anew from its arrays."""
    if options.remove:
        remove_brought(options.file)
        return {"removed": options.file}, f"{options.file}: removed"
    terminal.show_progress(0.02, "Loading TensorFlow")
    from fer.training.engine.package_import import bring as make

    folder = make(Path(options.file), options.name, terminal.show_progress)
    return {"model": folder.name, "path": str(folder)}, (
        f"{folder.name}: brought; nothing about it is measured yet\n"
        f"python -m fer evaluate {folder.name} --data DATASET tells how good it is."
    )


def add_to(add: Add) -> None:
    """Add the commands with their options."""
    sub = add(take, "Write a model as a file of plain arrays, to take along to another workshop.")
    sub.add_argument(
        "model", metavar="MODEL", help="a pretrained model's name, a run's id, or one brought here"
    )
    sub.add_argument("--output", metavar="FILE", help=f"where to (default: MODEL{SUFFIX})")
    sub = add(bring, "Make a model of such a file; only arrays are read, and nothing in it can run.")
    sub.add_argument(
        "file", metavar="FILE", help="what “take” wrote; with --remove, the name of a model brought"
    )
    sub.add_argument("--name", default="", metavar="NAME", help="what to call it (default: its own title)")
    sub.add_argument("--remove", action="store_true", help="remove a model that was brought")
