"""Calibration command: temperature scaling, fitted, kept or baked into the weights."""

import argparse
from dataclasses import asdict
from typing import Any

from fer.cli import options as shared_options
from fer.cli import terminal
from fer.cli.commands import Add, Answer
from fer.datasets import Split, load_dataset
from fer.datasets.views import describe
from fer.errors import FerError
from fer.evaluation import Evaluation, evaluate
from fer.evaluation.calibration import (
    Temperature,
    fit_temperature,
    held_out_temperature,
    reliability,
    temperature_effect,
)
from fer.evaluation.calibration_store import KeptTemperature, delete_temperature, save_temperature
from fer.models.inference import load_recognizer
from fer.statistics import percent

_SAID = {
    "better": "it helps",
    "worse": "it makes things worse",
    "could be chance": "the difference could be chance",
    "nothing": "it changes nothing",
}


def calibrate(options: argparse.Namespace) -> Answer:
    """The temperature of a model, fitted on the validation faces, and what it does to its confidence."""
    recognizer = load_recognizer(options.model)
    if options.forget:
        gone = delete_temperature(recognizer.fingerprint)
        said = "its temperature is forgotten" if gone else "no temperature was kept"
        return {"model": options.model, "forgotten": gone}, f"{options.model}: {said}"
    if options.data is None:
        raise FerError("A temperature is fitted on the validation faces of a dataset; name it with --data.")
    view = shared_options.view_of(options)
    dataset = load_dataset(options.data, terminal.show_progress, view=view)

    def judged(split: Split) -> Evaluation:
        return evaluate(recognizer, dataset, split, terminal.show_progress, answerable_only=True)

    validation = judged(Split.VALIDATION)
    fitted, held_out = fit_temperature(validation), held_out_temperature(validation)
    if fitted.is_at_limit:
        raise FerError(
            f"{len(validation):,} validation faces, {int(validation.is_right.sum()):,} of them right, do not "
            "say how far to go: a temperature would have no end. Fit it on more faces."
        )
    rows = [["", "log loss", "", "ECE", "", "faces"]]
    rows.append(_row("validation, which it was fitted on", fitted))
    result: dict[str, Any] = {
        "model": options.model,
        "fingerprint": recognizer.fingerprint,
        "dataset": dataset.name,
        "state": describe(view),
        "temperature": fitted.temperature,
        "validation": _values(fitted) | {"maximum_error_before": reliability(validation).maximum_error},
    }
    lines = []
    if held_out is not None:
        result["held_out"] = _values(held_out)
        rows.append(_row(f"one half, fitted on the other (T {held_out.temperature:.3f})", held_out))
        lines.append(f"On faces it was not fitted on, {_SAID[held_out.effect]}.")
    if options.judge is not None:
        effect = temperature_effect(judged(Split(options.judge)), fitted.temperature)
        result["judged"] = _values(effect) | {"split": options.judge}
        rows.append(_row(options.judge, effect))
        lines.append(f"On the {options.judge} faces, {_SAID[effect.effect]}.")
    if options.bake:
        from fer.training.engine.bake_temperature import bake_temperature

        fitted_on = f"{dataset.source.title}, {Split.VALIDATION}"
        folder = bake_temperature(options.model, fitted.temperature, fitted_on, terminal.show_progress)
        result["baked"] = result["folded"] = str(folder)  # its former name, which scripts may read
        lines.append("It is divided into the model's last layer; “fer quantize” makes its int8 form anew.")
    kept = not options.dry_run and not options.bake
    if kept:
        of = KeptTemperature.of(options.model, recognizer.fingerprint, fitted, dataset, view)
        result["file"] = str(save_temperature(of))
        lines.append("The live page offers it for this model.")
    result["kept"] = kept
    return result, (
        f"{options.model} on {dataset.source.title} {describe(view)}: temperature {fitted.temperature:.3f}\n"
        f"{terminal.table(rows)}\n" + "\n".join(lines)
    )


def add_to(add: Add) -> None:
    """Add the command with its options."""
    sub = add("calibrate", calibrate)
    sub.add_argument("model", metavar="MODEL", help="a pretrained model's name, or a run's id")
    sub.add_argument("--data", metavar="DATASET", help=shared_options.DATASET_HELP)
    sub.add_argument(
        "--judge",
        choices=[Split.TRAIN.value, Split.TEST.value],
        help="say what it does to another split as well; it is never fitted on that",
    )
    sub.add_argument("--dry-run", action="store_true", help="only say what it does, and keep nothing")
    sub.add_argument(
        "--bake",
        action="store_true",
        help="divide it into the last layer of a shipped model, rather than keep it beside the model",
    )
    sub.add_argument("--forget", action="store_true", help="remove the one that is kept for this model")
    shared_options.add_view(sub)


def _values(effect: Temperature) -> dict[str, Any]:
    return asdict(effect) | {"effect": effect.effect}


def _row(title: str, effect: Temperature) -> list[str]:
    return [
        title,
        f"{effect.log_loss_before:.4f}",
        f"→ {effect.log_loss_after:.4f}",
        percent(effect.expected_error_before, 2),
        f"→ {percent(effect.expected_error_after, 2)}",
        f"{effect.count:,}",
    ]
