"""Shared options: a dataset's state, and settings, as several commands take them."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

from fer.config import DatasetView, LabelSource, SplitPlan, TrainingConfig
from fer.errors import FerError

DATASET_HELP = "a name (“synthetic”, or what lies in data/) or the path of a CSV, a Parquet file or a folder"


def add_view(sub: argparse.ArgumentParser) -> None:
    """Let a command take its dataset in another state than it came in."""
    sub.add_argument("--edition", metavar="NAME", default="", help="with the changes of this edition")
    sub.add_argument(
        "--labels",
        choices=get_args(LabelSource),
        default="given",
        help="from FER+'s votes: what the majority chose, or the share of each emotion",
    )
    sub.add_argument("--skip-bad", action="store_true", help="leave out rows that cannot be read")
    plan = SplitPlan()
    sub.add_argument(
        "--split-validation",
        type=float,
        metavar="X",
        help="divide the faces anew: this share of them for validation, 0.01 to 0.5",
    )
    sub.add_argument(
        "--split-test", type=float, metavar="X", help="and this share for the test, 0 to 0.5; needs --pool"
    )
    sub.add_argument(
        "--split-seed", type=int, metavar="N", help=f"who goes where follows from it (default: {plan.seed})"
    )
    sub.add_argument(
        "--pool", action="store_true", help="divide the test faces too; they may come to be trained on"
    )


def view_of(options: argparse.Namespace) -> DatasetView:
    """Return the state that `add_view`'s options describe.

    Raises:
        ConfigError: the splits cannot be drawn so.
    """
    plan = SplitPlan()
    chosen = {
        name: getattr(options, f"split_{name.partition('_')[0]}")
        for name in ("validation_fraction", "test_fraction", "seed")
    }
    given = {name: value for name, value in chosen.items() if value is not None}
    splits = replace(plan, keep_test=not options.pool, **given) if given or options.pool else None
    return DatasetView(options.edition, options.labels, splits, options.skip_bad)


def settings_of(text: str) -> TrainingConfig:
    """Return the settings of a config.json, or of JSON typed outright.

    Raises:
        FerError: there is no such file, or it holds something else.
        ConfigError: a setting is unknown or out of range.
    """
    try:
        path = Path(text)
        read = path.read_text(encoding="utf-8") if not text.lstrip().startswith("{") else text
        return TrainingConfig.from_dict(json.loads(read))
    except (OSError, ValueError):
        raise FerError(
            f'“{text[:60]}” is neither a config.json that can be read nor JSON like {{"epochs": 10}}.'
        ) from None
