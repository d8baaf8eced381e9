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
from fer.detection import DEFAULT_DETECTOR, DETECTORS, detector_entry
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
    listed: list[dict[str, Any]] = []
    rows = [["", "", "on", "faces found", "exactly right", "nobody", "false alarms"]]
    times = [["", "ms a frame", "ms a picture", "measured"]]
    known = measures()
    for entry in DETECTORS:
        measure, missing = known.get(entry.name), entry.missing()
        listed.append(
            {
                "name": entry.name,
                "title": entry.title,
                "default": entry.name == DEFAULT_DETECTOR,
                "missing": missing,
                "measured": None if measure is None else asdict(measure),
            }
        )
        title = "not here" if missing else entry.title
        if measure is None:
            rows.append([entry.name, title, *[""] * 5])
            continue
        for number, material in enumerate(measure.materials):
            rows.append(
                [
                    *([entry.name, title] if number == 0 else ["", ""]),
                    f"{material.photographs} of {material.source}",
                    f"{material.found} of {material.faces}",
                    str(material.exact),
                    str(material.nobody),
                    str(material.false_alarms),
                ]
            )
        times.append(
            [
                entry.name,
                f"{measure.frame_ms:.1f}",
                f"{measure.picture_ms:.0f}",
                f"{measure.date}, {measure.machine}",
            ]
        )
    return {"detectors": listed}, f"{terminal.table(rows)}\n\n{terminal.table(times)}"


def _measure(options: argparse.Namespace) -> None:
    from fer.cli.bench.detecting import load_counts, measure_detectors

    counts = {} if options.counts is None else load_counts(options.counts)
    faces = load_dataset(options.data, terminal.show_progress).only(Split.VALIDATION)
    faces = faces.subset(min(_FACES, len(faces)), 0)
    found = measure_detectors(
        options.measure, counts, faces, load_recognizer(options.model), terminal.show_progress
    )
    files.save_text(MEASURED_FILE, json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def add_to(add: Add) -> None:
    """Register the command."""
    sub = add("detectors", detectors)
    sub.add_argument("--fetch", default="", help=argparse.SUPPRESS)  # of earlier versions
    sub.add_argument(
        "--measure",
        metavar="FOLDER",
        nargs="+",
        type=Path,
        help="measure all that are here on the photographs of these folders, and keep what was found for the "
        "live page; an XML of dlib's imglab beside them marks their faces, without one each shows one face",
    )
    sub.add_argument(
        "--counts",
        metavar="CSV",
        type=Path,
        help="a table with the columns name and faces: which photographs show another number of faces",
    )
    sub.add_argument("--data", metavar="DATASET", default="synthetic", help=shared_options.DATASET_HELP)
    sub.add_argument("--model", metavar="MODEL", default=DEFAULT_MODEL, help="default: %(default)s")
