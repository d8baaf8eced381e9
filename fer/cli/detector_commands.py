"""Face detector command: which there are, and what each was measured to find."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fer.cli import options as shared_options
from fer.cli import terminal
from fer.cli.commands import Add, Answer
from fer.datasets import Split, load_dataset
from fer.detection import DETECTORS, detector_entry
from fer.detection.catalog import MEASURED_FILE, measures
from fer.models.inference import DEFAULT_MODEL, load_recognizer
from fer.system import files

# Of the validation faces: enough for an interval of three points either way, in half a minute.
_FACES = 1_000


def detectors(options: argparse.Namespace) -> Answer:
    """Every face detector; first measured, if asked for."""
    if options.fetch:
        detector_entry(options.fetch)
        terminal.note("--fetch is not needed any more: YuNet's weights come with requirements.txt.")
    if options.measure is not None:
        _measure(options)
    rows = [["", "", "found", "false alarms", "ms a frame"]]
    listed: list[dict[str, Any]] = []
    known = measures()
    for entry in DETECTORS:
        measure, missing = known.get(entry.name), entry.missing()
        listed.append(
            {
                "name": entry.name,
                "title": entry.title,
                "missing": missing,
                "measured": None if measure is None else asdict(measure),
            }
        )
        found = ["", "", ""]
        if measure is not None:
            found = [
                f"{measure.found} of {measure.count}",
                str(measure.false_alarms),
                f"{measure.milliseconds:.1f}",
            ]
        rows.append([entry.name, "not here" if missing else entry.title, *found])
    return {"detectors": listed}, terminal.table(rows)


def _measure(options: argparse.Namespace) -> None:
    from fer.cli.bench.detecting import measure_detectors

    faces = load_dataset(options.data, terminal.show_progress).only(Split.VALIDATION)
    faces = faces.subset(min(_FACES, len(faces)), 0)
    found = measure_detectors(options.measure, faces, load_recognizer(options.model), terminal.show_progress)
    files.save_text(MEASURED_FILE, json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def add_to(add: Add) -> None:
    """Register the command."""
    sub = add("detectors", detectors)
    sub.add_argument("--fetch", default="", help=argparse.SUPPRESS)  # of earlier versions
    sub.add_argument(
        "--measure",
        metavar="FOLDER",
        type=Path,
        help="measure all of them on its photographs, whose faces an XML of dlib's imglab marks, and keep "
        "what was found for the live page",
    )
    sub.add_argument("--data", metavar="DATASET", default="synthetic", help=shared_options.DATASET_HELP)
    sub.add_argument("--model", metavar="MODEL", default=DEFAULT_MODEL, help="default: %(default)s")
