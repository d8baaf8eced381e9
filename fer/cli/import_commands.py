"""Import command: how a dataset is read, chosen once and remembered with it."""

import argparse
import json
from dataclasses import replace
from typing import get_args

from fer.cli import dataset_commands, terminal
from fer.cli import options as shared_options
from fer.cli.commands import Add, Answer
from fer.config import AS_GUESSED, CUT_SIDE, ImportSettings, Numbering
from fer.datasets.import_settings import load_import_settings
from fer.datasets.registry import load_dataset_as, place_of_dataset
from fer.errors import ConfigError

_OF_A_LIST = ("list_file", "picture_column", "label_column", "split_column")


def import_dataset(options: argparse.Namespace) -> Answer:
    """A dataset read in another way, which is remembered if it can be read so."""
    path = place_of_dataset(options.dataset)
    former = AS_GUESSED if options.forget else load_import_settings(path)
    chosen, view = _chosen(options, former), shared_options.view_of(options)
    load_dataset_as(options.dataset, chosen, terminal.show_time_left(), view=view)
    return dataset_commands.info(options)


def _chosen(options: argparse.Namespace, former: ImportSettings) -> ImportSettings:
    chosen = former if options.settings is None else _from_json(options.settings)
    if options.numbering is not None:
        chosen = replace(chosen, numbering=options.numbering)
    if options.map is not None:
        pairs = (text.rpartition("=") for text in options.map)
        chosen = replace(chosen, mapping=tuple((label.strip(), to.strip()) for label, _, to in pairs))
        if not all(label for label, _ in chosen.mapping):
            raise ConfigError("A mapping is LABEL=EMOTION, as in 8=neutral; received one without a label.")
    if options.names is not None:
        chosen = chosen.with_names(options.names)
    of_a_list = {name: value for name in _OF_A_LIST if (value := getattr(options, name)) is not None}
    if of_a_list:
        chosen = replace(chosen, name_pattern="", **of_a_list)
    if options.cut_faces is not None:
        chosen = replace(chosen, cut_faces=options.cut_faces)
    return chosen


def _from_json(text: str) -> ImportSettings:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError("The settings must be JSON, as data/import-settings/ has them.") from error
    return ImportSettings.from_dict(values)


def add_to(add: Add) -> None:
    """Register the command."""
    sub = add("import", import_dataset)
    sub.add_argument("dataset", metavar="DATASET", help=shared_options.DATASET_HELP)
    sub.add_argument(
        "--numbering",
        choices=get_args(Numbering),
        help="which emotion a number stands for, where labels are numbers",
    )
    sub.add_argument(
        "--map",
        metavar="LABEL=EMOTION",
        action="append",
        help="what one label stands for; LABEL= leaves its faces out (may be repeated)",
    )
    sub.add_argument(
        "--names",
        metavar="PATTERN",
        help="where the label stands in the pictures' names, as in '*.{emotion:2}*', or jaffe, kdef or word; "
        "“” guesses",
    )
    sub.add_argument(
        "--list",
        metavar="FILE",
        dest="list_file",
        help="the list of pictures and their labels that lies in the folder; “” guesses",
    )
    for column, title in (("picture", "names"), ("label", "labels"), ("split", "splits")):
        sub.add_argument(
            f"--{column}-column",
            metavar="COLUMN",
            help=f"which of its columns has the {title}, by name or number from 1; “” guesses",
        )
    sub.add_argument(
        "--cut-faces",
        metavar="PIXELS",
        type=int,
        nargs="?",
        const=CUT_SIDE,
        help="cut the largest face out of each picture, this large (default: %(const)s); 0 leaves them whole",
    )
    sub.add_argument(
        "--settings",
        metavar="JSON",
        help="all choices at once, as a file in data/import-settings/ has them; the others go before them",
    )
    sub.add_argument("--forget", action="store_true", help="forget what was chosen before, first")
    shared_options.add_view(sub)
