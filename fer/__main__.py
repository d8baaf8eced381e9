"""The command line over all of it: `python -m fer <command> …`.

Results go to stdout (with `--json`, one JSON object and nothing else), progress and errors to stderr.
A mistake of the user's ends with exit status 2 and one line.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from fer.cli import (
    calibration_commands,
    cost_commands,
    detector_commands,
    evaluation_commands,
    explaining_commands,
    model_file_commands,
    picture_commands,
    quantizing_commands,
    replication_commands,
    robustness_commands,
    run_commands,
    terminal,
    video_commands,
)
from fer.cli import options as shared_options
from fer.config import DatasetView, TrainingConfig
from fer.datasets import Split, load_dataset
from fer.datasets.fingerprint import fingerprint
from fer.datasets.views import describe
from fer.errors import FerError, PartlyBadDatasetError
from fer.models.catalog import ARCHITECTURES, architecture
from fer.system.jobs import JobRecorder

USER_ERROR = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    job = JobRecorder.of_this_process()
    if job is not None:
        terminal.listeners.append(job.progress)
    try:
        result, text = options.command(options)
        if job is not None:
            job.finish(result)
        terminal.clear_progress()
        print(json.dumps(result, ensure_ascii=False) if options.json else text, flush=True)
    except FerError as error:
        if job is not None:
            job.fail(str(error))
        terminal.clear_progress()
        offer = (
            " The option --skip-bad leaves bad ones out." if isinstance(error, PartlyBadDatasetError) else ""
        )
        print(f"fer: {' '.join(str(error).split())}{offer}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        if job is not None:
            job.fail("")
        terminal.clear_progress()
        print("fer: stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough (`… | head`); nothing is wrong. What is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        # A defect of ours: its trace goes to the terminal or the log, and a page that waits hears of it.
        if job is not None:
            job.fail(f"It ended with {type(error).__name__}: {error}. Please report this.")
        raise
    return 0


# ── the commands: each returns its result as plain JSON values, and as text ──────────────────────


def info(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """What a dataset holds."""
    view = shared_options.view_of(options)
    dataset = load_dataset(options.dataset, terminal.show_progress, view=view)
    counts = {split: dict(of_split) for split, of_split in dataset.counts().items()}
    n, height, width, channels = dataset.images.shape
    result = {
        "name": dataset.name,
        "title": dataset.source.title,
        "license": dataset.source.license,
        "state": describe(view),
        "notes": list(dataset.notes),
        "count": n,
        "image_height": height,
        "image_width": width,
        "channels": channels,
        "emotions": list(dataset.emotions),
        "splits": counts,
        "totals": {split: sum(of_split.values()) for split, of_split in counts.items()},
    }
    rows = [["", *dataset.emotions, "total"]]
    rows += [
        [split, *(f"{of_split[emotion]:,}" for emotion in dataset.emotions), f"{sum(of_split.values()):,}"]
        for split, of_split in counts.items()
    ]
    title = f"{dataset.source.title}: {n:,} faces of {height}×{width} pixels"
    sentences = [f"Licence: {dataset.source.license}", *dataset.notes]
    return result, "\n".join([title, terminal.table(rows), *sentences])


def convert(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """A dataset in another form."""
    from fer.datasets.convert import FORM_TITLES, check_request
    from fer.datasets.convert import convert as write

    check_request(options.target, options.seed)
    reading, writing = 0.1, 0.9
    dataset = load_dataset(
        options.source,
        lambda fraction, message: terminal.show_progress(reading * fraction, message),
        view=shared_options.view_of(options),
    )
    written = write(
        dataset,
        options.target,
        seed=options.seed,
        progress=lambda fraction, message: terminal.show_progress(reading + writing * fraction, message),
    )
    result = {
        "target": str(written.path),
        "form": written.form,
        "count": written.count,
        "lost": list(written.lost),
    }
    sentences = [f"{written.path}: {written.count:,} faces as {FORM_TITLES[written.form]}", *written.lost]
    return result, "\n".join(sentences)


def diagnose(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """What a run's curves tell, and what was tried; or one of the changes, tried."""
    from fer import runs
    from fer.runs import diagnosis
    from fer.runs.diagnosis.report import report_of

    run = runs.load_run(options.run)
    report = report_of(run)
    if options.number is None:
        return report.as_dict(), report.as_text()
    if not 1 <= options.number <= len(report.remedies):
        raise FerError(
            f"There is no change number {options.number}; “python -m fer diagnose {run.id}” lists "
            f"{len(report.remedies)}."
        )
    kind, remedy = report.remedies[options.number - 1]
    if obstacle := diagnosis.obstacle(run):
        raise FerError(obstacle)
    started = diagnosis.start_experiment(run, kind, remedy)
    return (
        {"id": started.id, "base": run.id, "advice": remedy.label, "status": started.status},
        f"{started.id}: {remedy.label} ({started.status})\n"
        f"What it brought is told by “python -m fer diagnose {started.id}”.",
    )


def publish(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Make a run's model a shipped one, with its one look at the test split."""
    from fer.evaluation.publishing import publish as publish_run

    card = publish_run(options.run, options.name, options.data, terminal.show_progress)
    assert card.test is not None
    low, high = card.test["interval_95"]
    return dict(card.test), (
        f"models/pretrained/{card.name}: test accuracy {card.test['accuracy']:.1%} "
        f"(95 % interval {low:.1%} to {high:.1%})"
    )


def download(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Fetch a dataset from Kaggle, the Hugging Face hub or FER+'s repository."""
    from fer.datasets import downloads

    started = time.monotonic()

    def progress(fraction: float, message: str) -> None:
        seconds = time.monotonic() - started
        # A page that follows a job reckons for itself.
        known = fraction > 0.02 and not terminal.listeners
        left = f", {terminal.duration(seconds * (1 - fraction) / fraction)} left" if known else ""
        terminal.show_progress(fraction, message + left)

    brought = downloads.download(downloads.parse_address(options.address), progress, name=options.name)
    about = brought.provenance
    lines = [
        f"{brought.name}: {about.title}, {about.bytes / 1e6:,.1f} MB from {about.host}",
        f"Licence: {about.license}",
        *(f"sha256 {file.sha256}  {file.path}" for file in about.files[:20]),
        *about.remarks,
        str(brought.path),
    ]
    return brought.as_dict(), "\n".join(lines)


def inspect(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """What is wrong with a dataset."""
    from fer.datasets import quality
    from fer.models.inference import Recognizer, model_folder

    reading = 0.05
    dataset = load_dataset(
        options.dataset,
        lambda fraction, message: terminal.show_progress(reading * fraction, message),
        view=DatasetView(skip_bad=options.skip_bad),
    )
    found = quality.inspect(
        dataset,
        Recognizer(model_folder(options.model), threads=os.cpu_count() or 1) if options.model else None,
        lambda fraction, message: terminal.show_progress(reading + (1 - reading) * fraction, message),
    )
    counts = {
        fault: {
            split: int((dataset.splits[findings.faces] == split).sum())
            for split in Split
            if (dataset.splits == split).any()
        }
        for fault, findings in found.findings.items()
    }
    result = {
        "dataset": dataset.name,
        "count": len(dataset),
        "model": options.model,
        "faults": {str(fault): len(findings) for fault, findings in found.findings.items()},
        "splits": {str(fault): dict(of_split) for fault, of_split in counts.items()},
        "facts": dict(found.facts),
        "path": str(quality.inspection_path(fingerprint(dataset))),
    }
    titles = [str(split) for split in Split if (dataset.splits == split).any()]
    rows = [["faces", *titles, "total"]]
    rows += [
        [
            fault.replace("_", " "),
            *(f"{count:,}" for count in of_split.values()),
            f"{sum(of_split.values()):,}",
        ]
        for fault, of_split in counts.items()
    ]
    leaks = [["photographs in both", "all", "same pixels"]]
    leaks += [
        [f"{a} and {b}", f"{found.facts[f'leak_{a}_{b}']:,.0f}", f"{found.facts[f'leak_{a}_{b}_exact']:,.0f}"]
        for number, a in enumerate(titles)
        for b in titles[number + 1 :]
    ]
    facts = found.facts
    lines = [
        f"{dataset.source.title}: {len(dataset):,} faces inspected in {facts['seconds']:,.1f} s",
        terminal.table(rows),
        f"{facts['exact_groups']:,.0f} pictures are there more than once, "
        f"{facts['exact_conflicting_groups']:,.0f} of them with different labels",
    ]
    if len(leaks) > 1:
        lines.append(terminal.table(leaks))
    if "label_accuracy" in facts:
        lines.append(f"Labels judged by a model that is right about {facts['label_accuracy']:.1%} of them")
    else:
        lines.append("Labels not judged: two emotions with ten photographs each are needed for that")
    return result, "\n".join(lines)


def map(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Where each face lies on the map of what a model sees."""
    from fer.datasets.embedding import make_map, map_path

    reading = 0.04
    dataset = load_dataset(
        options.dataset,
        lambda fraction, message: terminal.show_progress(reading * fraction, message),
        view=DatasetView(skip_bad=options.skip_bad),
    )
    made = make_map(dataset, options.model, terminal.show_progress, sample=options.sample)
    path = map_path(dataset, options.model, options.sample)
    result = {
        "dataset": dataset.name,
        "model": options.model,
        "count": len(made),
        "of": len(dataset),
        "path": str(path),
        **made.facts,
    }
    return result, (
        f"{len(made):,} of {len(dataset):,} faces as {options.model} sees them, in "
        f"{terminal.duration(made.facts['seconds'])}: {made.facts['neighbours_kept']:.0%} of each face's "
        f"nearest are nearest on the map too\n{path}"
    )


def blueprint(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """What an architecture is made of, layer by layer."""
    from fer.models.blueprint import load_blueprint, save_blueprint

    entry = architecture(options.name)
    if options.renew and options.size is not None:
        raise FerError("What is kept is at the architecture's own size. Give --renew or --size, not both.")
    if options.renew or options.size is not None:
        from fer.models.architectures.drafting import draft

        # The settings know which sizes can be.
        size = TrainingConfig(architecture=entry.name, image_size=options.size).image_size
        drawn = draft(entry.name, size)
        if options.renew:
            save_blueprint(drawn)
    else:
        drawn = load_blueprint(entry.name)
    rows = [["layer", "kind", "", "output", "parameters", "multiply-adds"]]
    rows += [
        [
            layer.name,
            layer.kind,
            layer.detail,
            layer.size,
            f"{layer.parameters:,}",
            f"{layer.multiply_adds:,}",
        ]
        for layer in drawn.layers
    ]
    return drawn.as_dict(), (
        f"{entry.title}: {drawn.parameters:,} parameters, {drawn.trainable:,} of them trainable, "
        f"{drawn.multiply_adds:,} multiply-adds a face\n{terminal.table(rows)}"
    )


def pace(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """How long a run would take here, from a few measured steps."""
    from fer.training.estimate import measure

    config = shared_options.settings_of(options.settings)
    dataset = load_dataset(config.dataset, terminal.show_progress, view=config.view)
    measured = measure(config, dataset, terminal.show_progress)
    counts = {split: sum(of_split.values()) for split, of_split in dataset.counts().items()}
    faces = min(counts[Split.TRAIN], config.subset or counts[Split.TRAIN])
    seconds = measured.seconds(config.epochs, faces, counts[Split.VALIDATION])
    result = {**asdict(measured), "seconds": seconds}
    return result, (
        f"About {terminal.duration(seconds)} for {config.epochs} epochs of {faces:,} faces "
        f"({measured.images_per_second:,.0f} images/s; starting takes "
        f"{terminal.duration(measured.start_seconds)})"
    )


def bench(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Times, beside a rival's."""
    from fer.cli.bench import SUBJECTS

    keep = {"keep": True} if options.keep else {}
    if keep and options.subject != "predict":
        raise FerError(f"Only “bench predict” has something to keep; “bench {options.subject}” has not.")
    report = SUBJECTS[options.subject](terminal.show_progress, data=options.data, model=options.model, **keep)
    rows = [["", "median ms", "p95 ms", "runs"]]
    rows += [
        [name, f"{m.median_ms:,.2f}", f"{m.p95_ms:,.2f}", str(m.runs)]
        for name, m in report.measurements.items()
    ]
    ratios = [f"{name.replace('_', ' ')}: {value:.2f}×" for name, value in report.ratios.items()]
    sizes = [f"{name.replace('_', ' ')}: {value:,.0f} MB" for name, value in report.megabytes.items()]
    lines = [report.setting, terminal.table(rows), *ratios, *sizes]
    if report.rows:
        others = [[name.replace("_", " ") for name in report.rows[0]]]
        others += [[str(value) for value in row.values()] for row in report.rows]
        lines.append(terminal.table(others))
    return report.as_dict(), "\n".join([*lines, *report.remarks])


# ── options ──────────────────────────────────────────────────────────────────────────────────────


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage, which is longer, is what `--help` is for."""

    def error(self, message: str) -> NoReturn:
        self.exit(USER_ERROR, f"fer: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(
        prog="python -m fer", description="Facial emotion recognition, from data to face."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        command: Callable[[argparse.Namespace], tuple[dict[str, Any], str]], summary: str, name: str = ""
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name or command.__name__, help=summary, description=summary)
        sub.set_defaults(command=command)
        sub.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        return sub

    sub = add(info, "Say what a dataset holds: faces per split and emotion.")
    sub.add_argument("dataset", metavar="DATASET", help=shared_options.DATASET_HELP)
    shared_options.add_view(sub)

    sub = add(convert, "Write a dataset in another form; the target's name says which.")
    sub.add_argument("source", metavar="SOURCE", help=shared_options.DATASET_HELP)
    sub.add_argument(
        "target",
        metavar="TARGET",
        type=Path,
        help="a new .csv (as FER-2013), .wide.csv, .parquet, or a folder, which gets a folder per emotion",
    )
    sub.add_argument("--seed", type=int, metavar="N", help="shuffle the faces; the order follows from it")
    shared_options.add_view(sub)

    run_commands.add_to(add)
    evaluation_commands.add_to(add)
    calibration_commands.add_to(add)
    detector_commands.add_to(add)
    robustness_commands.add_to(add)
    explaining_commands.add_to(add)
    model_file_commands.add_to(add)
    video_commands.add_to(add)

    sub = add(diagnose, "Say what a run's curves tell, what to change, and what earlier changes brought.")
    sub.add_argument("run", metavar="RUN", help="a run's id")
    sub.add_argument(
        "--try",
        dest="number",
        type=int,
        metavar="NUMBER",
        help="start the same run with this one of the changes it names, or let it wait for its turn",
    )

    picture_commands.add_to(add)

    sub = add(publish, "Ship a run's model: look once at the test split and write the card.")
    sub.add_argument("run", metavar="RUN", help="a run's id")
    sub.add_argument("name", metavar="NAME", help="the folder in models/pretrained/")
    sub.add_argument("--data", metavar="DATASET", required=True, help=shared_options.DATASET_HELP)

    sub = add(download, "Fetch a dataset from Kaggle, the Hugging Face hub or FER+'s repository into data/.")
    sub.add_argument("address", metavar="ADDRESS", help="kaggle:owner/name, hf:owner/name or ferplus")
    sub.add_argument("--name", metavar="NAME", default="", help="what to call it in data/, without a suffix")

    sub = add(inspect, "Find copies, leaks, wrong labels and pictures that are no face; keep what was found.")
    sub.add_argument("dataset", metavar="DATASET", help=shared_options.DATASET_HELP)
    sub.add_argument(
        "--model",
        metavar="MODEL",
        default="mini_xception",
        help="whose features judge the labels; “” does without (default: %(default)s)",
    )
    sub.add_argument("--skip-bad", action="store_true", help="leave out rows that cannot be read")

    sub = add(map, "Lay a dataset's faces out in a plane, like beside like, as a model sees them.")
    sub.add_argument("dataset", metavar="DATASET", help=shared_options.DATASET_HELP)
    sub.add_argument("--model", metavar="MODEL", default="mini_xception", help="default: %(default)s")
    sub.add_argument(
        "--sample", type=int, metavar="N", help="at most so many faces, each emotion keeping its share"
    )
    sub.add_argument("--skip-bad", action="store_true", help="leave out rows that cannot be read")

    sub = add(blueprint, "Say what an architecture is made of, layer by layer, and what a face costs it.")
    sub.add_argument("name", metavar="NAME", help=", ".join(ARCHITECTURES))
    sub.add_argument("--renew", action="store_true", help="build it with Keras, and keep what it is made of")
    sub.add_argument(
        "--size",
        type=int,
        metavar="N",
        help="build it with Keras for inputs of N×N pixels (default: its own)",
    )

    cost_commands.add_to(add)
    quantizing_commands.add_to(add)
    replication_commands.add_to(add)

    sub = add(pace, "Measure a few steps, and say how long a run would take here.")
    sub.add_argument(
        "settings",
        metavar="SETTINGS",
        help="a run's config.json, or settings as JSON: "
        + json.dumps({"architecture": "mini_xception", "epochs": 10}),
    )

    sub = add(bench, "Measure speed beside a rival, in the same run.")
    sub.add_argument(
        "subject",
        choices=[
            *("live", "load", "folders", "page", "runs", "faults", "predict", "evaluate", "train", "start")
        ],
    )
    sub.add_argument(
        "--data",
        metavar="PATH",
        help="the picture (live), CSV (load, page, evaluate) or dataset (folders, faults, train, start) to "
        "measure on",
    )
    sub.add_argument("--model", metavar="MODEL", default="mini_xception", help="default: %(default)s")
    sub.add_argument(
        "--keep",
        action="store_true",
        help="of “predict”: save what each network costs, for the pages to show",
    )
    return parser


def _quiet_native_libraries() -> None:
    """Let only Python write to stderr: LiteRT and TensorFlow greet there, and an error is to be one line."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="replace")
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)


if __name__ == "__main__":
    _quiet_native_libraries()
    sys.exit(main())
