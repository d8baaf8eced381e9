"""Every setting of a run as an option of `python -m fer train`."""

import argparse
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

from fer.cli import options as shared_options
from fer.config import (
    AS_IT_CAME,
    DEFAULT_AUGMENTATION,
    AugmentationConfig,
    InitialWeights,
    Loss,
    Optimizer,
    Precision,
    Schedule,
    TrainingConfig,
)
from fer.config.augmentation_presets import REFERENCE_PRESETS, list_presets
from fer.errors import FerError
from fer.models.catalog import ARCHITECTURES


def add_to(sub: argparse.ArgumentParser) -> None:
    """Let a command take every setting of a run."""
    usual = TrainingConfig()
    sub.add_argument(
        "--config",
        metavar="SETTINGS",
        help="start from a run's config.json, or from settings as JSON; what else is given changes it",
    )
    sub.add_argument("--queue", action="store_true", help="wait for its turn, and do not follow it")
    sub.add_argument(
        "--data",
        dest="dataset",
        metavar="DATASET",
        help=f"{shared_options.DATASET_HELP} (default: {usual.dataset})",
    )
    sub.add_argument(
        "--model",
        dest="architecture",
        metavar="NAME",
        help=f"{', '.join(ARCHITECTURES)} (default: {usual.architecture})",
    )
    for field, kind, text in (
        ("epochs", int, "passes over the training faces"),
        ("batch_size", int, "faces per step"),
        ("learning_rate", float, "the highest of the schedule"),
        ("seed", int, "every random draw follows from it"),
        ("subset", int, "train on at most so many faces"),
        ("image_size", int, "side of the model's input in pixels; the architecture's own if left out"),
        ("weight_decay", float, "for adamw and sgd"),
        ("warmup_epochs", float, "epochs in which the rate climbs from zero"),
        ("dropout", float, "share of the features before the last layer that each step leaves out"),
        ("label_smoothing", float, "share of each label spread over all emotions"),
        ("weight_averaging", float, "momentum of a moving average of the weights; 0 is none"),
        ("teacher_share", float, "of each target that is the teachers' answer, the label being the rest"),
        ("teacher_temperature", float, "softens the teachers' answers; 1 leaves them as they are"),
        ("early_stopping_patience", int, "stop after so many epochs without a better validation accuracy"),
        ("head_epochs", int, "epochs at the beginning in which only the head learns"),
        ("fine_tune_rate_fraction", float, "the rate after them, as a share of what it would be"),
    ):
        sub.add_argument(
            f"--{field.replace('_', '-')}",
            type=kind,
            metavar="N" if kind is int else "X",
            help=f"{text} (default: {getattr(usual, field)})",
        )
    sub.add_argument(
        "--fine-tune-from",
        metavar="LAYER",
        help="after them the backbone learns from this layer or block on (default: all of it)",
    )
    for field, choices in (
        ("optimizer", Optimizer),
        ("schedule", Schedule),
        ("loss", Loss),
        ("initial_weights", InitialWeights),
        ("precision", Precision),
    ):
        sub.add_argument(
            f"--{field.replace('_', '-')}",
            choices=get_args(choices),
            help=f"default: {getattr(usual, field)}",
        )
    sub.add_argument(
        "--balance-classes",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="compare_runs each emotion by its rarity",
    )
    sub.add_argument(
        "--augmentation",
        metavar="SETTINGS",
        help="“none” (default), “default”, a preset's name, or settings as JSON: "
        + json.dumps(AugmentationConfig(horizontal_flip=True, rotation_degrees=10).as_dict()),
    )
    sub.add_argument(
        "--teacher",
        metavar="MODEL",
        help="learn from this model's answers too; several joined by + are averaged",
    )
    sub.add_argument("--name", metavar="TEXT", help="what you call the run")
    shared_options.add_view(sub)


def config_of(options: argparse.Namespace) -> TrainingConfig:
    """Return the settings that `add_to`'s options describe.

    Raises:
        FerError: the file or the JSON they start from cannot be read.
        ConfigError: a setting is unknown or out of range.
    """
    config = TrainingConfig() if options.config is None else shared_options.settings_of(options.config)
    given = {
        field.name: value
        for field in fields(TrainingConfig)
        if (value := getattr(options, field.name, None)) is not None
    }
    if "augmentation" in given:
        given["augmentation"] = _augmentation(given["augmentation"])
    # The training process has another working folder: a path must not depend on ours.
    if "dataset" in given and Path(given["dataset"]).exists():
        given["dataset"] = str(Path(given["dataset"]).absolute())
    view = shared_options.view_of(options)
    return replace(config, **given, view=config.view if view == AS_IT_CAME else view)


def _augmentation(text: str) -> AugmentationConfig:
    named = {preset.name.casefold(): preset.config for preset in (*list_presets(), *REFERENCE_PRESETS)}
    named |= {"none": AugmentationConfig(), "default": DEFAULT_AUGMENTATION}
    if text.casefold() in named:
        return named[text.casefold()]
    try:
        return AugmentationConfig.from_dict(json.loads(text))
    except ValueError:
        raise FerError(
            f"The augmentation “{text[:60]}” is neither “none”, “default”, a preset's name nor JSON like "
            '{"rotation_degrees": 10}.'
        ) from None
