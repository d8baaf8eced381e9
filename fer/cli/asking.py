"""Batch inference: models loaded by name and asked one after the other, with one progress line."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from fer.cli import terminal
from fer.errors import FerError
from fer.models.inference import Precision, Recognizer, model_folder
from fer.system import machine
from fer.system.progress import Progress

Found = TypeVar("Found")

MODEL_HELP = "a pretrained model's name or a run's id"


def load_models(names: Sequence[str], precision: Precision = "float32") -> list[Recognizer]:
    """Return the models of these names, each using every core."""
    cores = machine.read_machine().cores
    return [Recognizer(model_folder(name), threads=cores, precision=precision) for name in names]


def ask_each(
    models: Sequence[Recognizer], ask: Callable[[Recognizer, Progress], Found], start: float, end: float = 1.0
) -> list[Found]:
    """Return what each model is found to answer; an error names its model where there are several."""
    found: list[Found] = []
    step = (end - start) / len(models)
    for number, model in enumerate(models):
        several = len(models) > 1
        at = start + number * step
        try:
            found.append(ask(model, terminal.part_of(at, at + step, f"{model.name} · " if several else "")))
        except FerError as error:
            raise type(error)(f"{model.name}: {error}") if several else error from error
    return found
