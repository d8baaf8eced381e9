"""Command-line parser (argparse): every command by name; its module is imported only once it is typed."""

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn, Protocol

USER_ERROR = 2
PARTLY_FAILED = 1

Answer = tuple[dict[str, Any], str]
"""What a command returns: its result as plain JSON values, and as text.

A result whose "failed" is over 0 says that so many parts of what was asked for failed: the status is 1.
"""

# By the module of fer.cli that adds them, in the order in which `--help` lists them. A summary of None hides
# a command from that list.
COMMANDS: dict[str, dict[str, str | None]] = {
    "dataset_commands": {
        "info": "Say what a dataset holds: faces per split and emotion.",
        "convert": "Write a dataset in another form; the target's name says which.",
        "download": "Fetch a dataset from Kaggle, the Hugging Face hub or FER+'s repository into data/.",
        "inspect": "Find copies, leaks, wrong labels and pictures that are no face; keep what was found.",
        "map": "Lay a dataset's faces out in a plane, like beside like, as a model sees them.",
    },
    "import_commands": {
        "import": "Choose how a dataset is read: what its labels mean, …; it is remembered.",
    },
    "run_commands": {
        "train": "Train a model in a process of its own, and follow it.",
        "resume": "Go on with a run that was stopped, failed or lost its process.",
        "extend": "Train a run on that has ended.",
        "stop": "Stop a run, keeping its best and last weights; or take it out of the queue.",
        "queue": "Say what trains and what waits, and start the next run if none is at work.",
        "runs": "List every run, newest first.",
        "delete": "Move a run into the trash, where it is kept for a day.",
        "restore": "Take a deleted run back.",
        "diagnose": "Say what a run's curves tell, what to change, and what earlier changes brought.",
        "estimate": "Measure a few steps, and say how long a run would take here.",
    },
    "evaluation_commands": {
        "evaluate": "Score a model on a split of a dataset.",
        "compare": "Say whether one model is better than another, or whether that could be chance.",
        "report": "Write everything about one to three models into a page that opens without a network.",
    },
    "calibration_commands": {
        "calibrate": "Fit the temperature at which a model is as sure as it may be, and keep it.",
    },
    "robustness_commands": {
        "robustness": "Measure where models break: accuracy on faces gone dark, noisy, covered …",
    },
    "explaining_commands": {
        "explain": "Draw which places of one face a model's answer came from.",
    },
    "detector_commands": {"detectors": "List the face detectors, with what each finds and costs."},
    "picture_commands": {"recognize": "Find the faces of pictures and say what they show."},
    "video_commands": {
        "video": "Read the faces of a film: an annotated film and a table of every face in every frame.",
    },
    "model_commands": {
        "publish": "Ship a run's model: look once at the test split and write the card.",
        "export-package": "Write a model as a file of plain arrays, to import it in another workshop.",
        "import-package": "Make a model of such a file; only arrays are read, and nothing in it can run.",
        "reexport": "Export a model again from its Keras weights, with all outputs of today's version.",
    },
    "quantizing_commands": {
        "quantize": "Make a model's int8 form, and keep it if it loses under half a point.",
    },
    "network_commands": {
        "blueprint": "Say what an architecture is made of, layer by layer, and what a face costs it.",
        "costs": "Say what each network costs and how good it is, as measured last.",
    },
    "replication_commands": {"replicate": "Repeat what others published, and say what came of it."},
    "bench_commands": {"bench": "Measure speed beside a rival, in the same run."},
    "course_commands": {
        "course": "Say how far you or your class are in the course, or write its lesson sheet."
    },
    "reference_command": {"reference": None},
}

# What earlier versions called a command, and its options: typed so they still work, and no help names them.
FORMER_COMMANDS = {
    "take": "export-package",
    "bring": "import-package",
    "export": "reexport",
    "pace": "estimate",
    "break": "robustness",
}
FORMER_OPTIONS: dict[str, dict[str, str]] = {
    "evaluate": {"--looks": "--tta"},
    "compare": {"--looks": "--tta"},
    "report": {"--looks": "--tta"},
    "calibrate": {"--fold": "--bake"},
}


class Add(Protocol):
    """Gives a command its function; returns the parser that takes its options."""

    def __call__(self, name: str, command: Callable[[argparse.Namespace], Answer]) -> "OneLineParser": ...


class OneLineParser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong, and imports a command's module when it is first needed.

    Args:
        module: of fer.cli, whose `add_to` adds this command; empty for the parser of all commands.
        parsers: every command's, by name.
        options: as `argparse.ArgumentParser` takes them.
    """

    def __init__(
        self, *, module: str = "", parsers: "dict[str, OneLineParser] | None" = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self._module, self._parsers = module, {} if parsers is None else parsers

    def complete(self) -> "OneLineParser":
        """Import the command's module and add its options; returns itself."""
        if self._module and self.get_default("command") is None:
            import_module(f"fer.cli.{self._module}").add_to(self._add)
        return self

    def _add(self, name: str, command: Callable[[argparse.Namespace], Answer]) -> "OneLineParser":
        parser = self._parsers[name]
        parser.set_defaults(command=command)
        parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        return parser

    # Overloaded in typeshed; what comes in is what goes on.
    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self.complete()
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        self.exit(USER_ERROR, f"fer: {message} (see {self.prog} --help)\n")


def build_parsers() -> tuple[OneLineParser, dict[str, OneLineParser]]:
    """Return the parser of all commands, and each command's by its name, still without its options."""
    parser = OneLineParser(prog="python -m fer", description="Facial emotion recognition, from data to face.")
    group = parser.add_subparsers(required=True, metavar="COMMAND")
    parsers: dict[str, OneLineParser] = {}
    for module, summaries in COMMANDS.items():
        for name, summary in summaries.items():
            # Without the word `help` a command is not listed.
            listed: dict[str, Any] = {} if summary is None else {"help": summary, "description": summary}
            parsers[name] = group.add_parser(name, module=module, parsers=parsers, **listed)
    return parser, parsers


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a command line, its function among them as `command`.

    Raises:
        SystemExit: something is wrong, which was said on stderr, or only help was asked for.
    """
    return build_parsers()[0].parse_args(with_present_names(arguments))


def with_present_names(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the names of earlier versions replaced by today's."""
    if not arguments:
        return []
    command = FORMER_COMMANDS.get(arguments[0], arguments[0])
    former = FORMER_OPTIONS.get(command, {})
    renamed = []
    for argument in arguments[1:]:
        option, equals, value = argument.partition("=")
        renamed.append(f"{former.get(option, option)}{equals}{value}")
    return [command, *renamed]
