"""Model files on the command line: publish a model, export and import packages, export it again."""

import argparse
from pathlib import Path

from fer.cli import options as shared_options
from fer.cli import terminal
from fer.cli.commands import Add, Answer
from fer.models.packages import model_package, remove_imported
from fer.models.packages.writing import SUFFIX
from fer.statistics import percent, percent_range
from fer.system import files


def export_package(options: argparse.Namespace) -> Answer:
    """A model as a file for another workshop."""
    path = Path(options.output or f"{options.model}{SUFFIX}")
    content = model_package(options.model)
    files.save_bytes(path, content)
    return {"model": options.model, "path": str(path), "bytes": len(content)}, (
        f"{path}: {len(content) / 1e6:,.1f} MB, arrays and a header; “python -m fer import-package” reads it"
    )


def import_package(options: argparse.Namespace) -> Answer:
    """A model from a file, made anew from its arrays."""
    if options.remove:
        remove_imported(options.file)
        return {"removed": options.file}, f"{options.file}: removed"
    terminal.show_progress(0.02, "Loading TensorFlow")
    from fer.training.engine.package_import import import_package as make

    folder = make(Path(options.file), options.name, terminal.show_progress)
    return {"model": folder.name, "path": str(folder)}, (
        f"{folder.name}: imported; nothing about it is measured yet\n"
        f"python -m fer evaluate {folder.name} --data DATASET tells how good it is."
    )


def publish(options: argparse.Namespace) -> Answer:
    """Make a run's model a shipped one, with its one look at the test split."""
    from fer.evaluation.publishing import publish as publish_run

    card = publish_run(options.run, options.name, options.data, terminal.show_progress)
    assert card.test is not None
    return dict(card.test), (
        f"models/pretrained/{card.name}: test accuracy {percent(card.test['accuracy'])} "
        f"(95\u00a0% interval {percent_range(*card.test['interval_95'])})"
    )


def reexport(options: argparse.Namespace) -> Answer:
    """The `model.tflite` of a model, written anew from its Keras weights."""
    terminal.show_progress(0.02, "Loading TensorFlow")
    from fer.training.engine.reexport import export_again

    path = export_again(options.model, terminal.show_progress)
    return {"model": options.model, "path": str(path)}, (
        f"{options.model}: exported again, with the same answers as before\n{path}"
    )


def add_to(add: Add) -> None:
    """Add the commands with their options."""
    sub = add("publish", publish)
    sub.add_argument("run", metavar="RUN", help="a run's id")
    sub.add_argument("name", metavar="NAME", help="the folder in models/pretrained/")
    sub.add_argument("--data", metavar="DATASET", required=True, help=shared_options.DATASET_HELP)
    sub = add("export-package", export_package)
    sub.add_argument(
        "model", metavar="MODEL", help="a pretrained model's name, a run's id, or one imported here"
    )
    sub.add_argument("--output", metavar="FILE", help=f"where to (default: MODEL{SUFFIX})")
    sub = add("import-package", import_package)
    sub.add_argument(
        "file",
        metavar="FILE",
        help="what “export-package” wrote; with --remove, the name of an imported model",
    )
    sub.add_argument("--name", default="", metavar="NAME", help="what to call it (default: its own title)")
    sub.add_argument("--remove", action="store_true", help="remove a model that was imported")
    sub = add("reexport", reexport)
    sub.add_argument("model", metavar="MODEL", help="a pretrained model's name or a run's id")
