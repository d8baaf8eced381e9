"""Command-line options of training: every declared setting of a run, for `python -m fer train`."""

import argparse
import json
from dataclasses import fields, replace
from pathlib import Path

from fer.cli import options as shared_options
from fer.config import (
    AS_IT_CAME,
    DEFAULT_AUGMENTATION,
    AugmentationConfig,
    SettingSpec,
    TrainingConfig,
    specs_of,
)
from fer.config.augmentation_presets import augmentation_named
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
    for spec in specs_of(TrainingConfig).values():
        if spec.option:
            _add_setting(sub, spec)
    sub.add_argument(
        "--augmentation",
        metavar="SETTINGS",
        help="“none” (default), “default”, a preset's name, or settings as JSON: "
        + json.dumps(AugmentationConfig(horizontal_flip=True, rotation_degrees=10).as_dict()),
    )
    shared_options.add_view(sub)


def _add_setting(sub: argparse.ArgumentParser, spec: SettingSpec) -> None:
    """Make the option of a setting from its declaration."""
    flag = f"--{spec.name.replace('_', '-')}"
    if spec.kind is bool:
        sub.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=spec.option)
        return
    usual = spec.written(spec.default) if spec.default in (None, "") else spec.default
    sub.add_argument(
        flag,
        type=spec.kind,
        choices=spec.options or None,
        metavar=None if spec.options else spec.metavar or ("N" if spec.kind is int else "X"),
        help=f"{spec.option} (default: {usual})".replace("%", "%%"),
    )


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
    named = {"none": AugmentationConfig(), "default": DEFAULT_AUGMENTATION}
    if known := named.get(text.casefold()) or augmentation_named(text):
        return known
    try:
        return AugmentationConfig.from_dict(json.loads(text))
    except ValueError:
        raise FerError(
            f"The augmentation “{text[:60]}” is neither “none”, “default”, a preset's name nor JSON like "
            '{"rotation_degrees": 10}.'
        ) from None
