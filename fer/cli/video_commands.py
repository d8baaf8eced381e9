"""Video command: a film read frame by frame into an annotated film and a table."""

import argparse
from dataclasses import asdict, replace
from pathlib import Path

from fer.cli import reading_options, terminal
from fer.cli.commands import Add, Answer
from fer.errors import FerError
from fer.live import LiveSettings, Smoothing
from fer.live.drawing import DrawingStyle
from fer.live.video import annotate_film
from fer.statistics import percent


def video(options: argparse.Namespace) -> Answer:
    """A film's faces, frame by frame: an annotated film and a table."""
    if options.output is None and options.table is None:
        raise FerError(
            "Nothing would be kept: name the annotated film with --output, the table with --table, or both."
        )
    for path in (options.output, options.table):
        if path is not None and path.exists() and path.samefile(options.file):
            raise FerError(f"“{path.name}” is the film itself. Give another name.")
    settings = replace(
        reading_options.settings(options, LiveSettings()),
        smoothing=Smoothing(options.smoothing),
        with_maps=options.maps,
    )
    try:
        recognizer, other = reading_options.models(options)
        report = annotate_film(
            options.file,
            recognizer,
            other=other,
            output=options.output,
            table=options.table,
            settings=settings,
            style=DrawingStyle(bars=options.bars, ids=True, emotion_maps=options.maps),
            name=options.name,
            progress=terminal.show_progress,
        )
    finally:
        if options.discard:
            options.file.unlink(missing_ok=True)
    result = asdict(report) | {
        "output": None if options.output is None else str(options.output),
        "table": None if options.table is None else str(options.table),
        "times_real_time": round(report.times_real_time, 2),
    }
    told = ", ".join(f"{label} {percent(share, 0)}" for label, share in report.shares.items())
    return result, (
        f"{options.file.name}: {report.frames:,} frames in {terminal.duration(report.took_seconds)} "
        f"({report.times_real_time:.1f} times as fast as it plays), {report.faces:,} faces of "
        f"{report.people} {'person' if report.people == 1 else 'people'}: {told or 'no face found'}"
    )


def add_to(add: Add) -> None:
    """Register the command."""
    usual = LiveSettings()
    sub = add("video", video)
    sub.add_argument("file", metavar="FILE", type=Path, help="the film")
    sub.add_argument("--output", metavar="FILM", type=Path, help="the annotated film, .mp4")
    sub.add_argument("--table", metavar="TABLE", type=Path, help="a row per face per frame, .csv or .parquet")
    reading_options.add_to(sub)
    sub.add_argument("--smoothing", choices=[kind.value for kind in Smoothing], default=usual.smoothing.value)
    sub.add_argument("--maps", action="store_true", help="show where the model sees the emotion it names")
    sub.add_argument("--bars", choices=["none", "largest", "each"], default="largest")
    sub.add_argument("--name", metavar="TEXT", default="", help="what errors call the film")
    sub.add_argument("--discard", action="store_true", help="delete the film once it is read: it was a copy")
