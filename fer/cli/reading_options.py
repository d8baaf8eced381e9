"""Reading options: how faces are found and read, in pictures as in films."""

import argparse
from dataclasses import replace

from fer.cli import terminal
from fer.detection import DEFAULT_DETECTOR, DETECTORS, SCORE_THRESHOLDS, usual_detector
from fer.live import LiveSettings
from fer.models.inference import DEFAULT_MODEL, Recognizer, load_recognizer


def add_to(sub: argparse.ArgumentParser) -> None:
    """Register the options."""
    sub.add_argument("--model", metavar="MODEL", default=DEFAULT_MODEL, help="default: %(default)s")
    sub.add_argument("--int8", action="store_true", help="ask the model's int8 form, if it has one")
    sub.add_argument("--second", metavar="MODEL", default="", help="a second model that reads the same faces")
    sub.add_argument(
        "--detector",
        choices=[entry.name for entry in DETECTORS],
        help=f"default: {DEFAULT_DETECTOR}; “python -m fer detectors” says what each finds",
    )
    sub.add_argument(
        "--score-threshold",
        type=float,
        metavar="X",
        help="the lowest score of a face, {} to {}; default: the detector's own".format(*SCORE_THRESHOLDS),
    )
    sub.add_argument(
        "--unsure-below",
        type=float,
        metavar="X",
        default=LiveSettings().unsure_below,
        help="0 is never unsure",
    )
    sub.add_argument("--temperature", type=float, metavar="T", default=1.0, help="of the probabilities")
    sub.add_argument("--lift-contrast", action="store_true", help="for dim light")


def models(options: argparse.Namespace) -> tuple[Recognizer, Recognizer | None]:
    """The model and, if one was named, the second.

    Raises:
        ModelNotFoundError: there is none of that name.
    """
    return (
        load_recognizer(options.model, "int8" if options.int8 else "float32"),
        load_recognizer(options.second) if options.second else None,
    )


def settings(options: argparse.Namespace, base: LiveSettings) -> LiveSettings:
    """What was chosen, and the rest as in `base`; says so if another detector stands in for the default."""
    detector = options.detector
    if detector is None:
        detector, sentence = usual_detector()
        terminal.note(sentence)
    return replace(
        base,
        detector=detector,
        score_threshold=options.score_threshold,
        unsure_below=options.unsure_below,
        lift_contrast=options.lift_contrast,
        temperature=options.temperature,
    )
