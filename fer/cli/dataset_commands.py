"""Datasets on the command line: count, convert, download, inspect and map them."""

import argparse
import os
from dataclasses import asdict
from pathlib import Path

from fer.cli import options as shared_options
from fer.cli import terminal
from fer.cli.commands import Add, Answer
from fer.config import DatasetView
from fer.datasets import Dataset, Split, load_dataset
from fer.datasets.fingerprint import fingerprint
from fer.datasets.pictures import PHOTOGRAPHS
from fer.datasets.views import describe
from fer.statistics import percent


def info(options: argparse.Namespace) -> Answer:
    """What a dataset holds."""
    view = shared_options.view_of(options)
    dataset = load_dataset(options.dataset, terminal.show_progress, view=view)
    doubt = numbering_doubt(dataset, view)
    counts = {split: dict(of_split) for split, of_split in dataset.counts().items()}
    n, height, width, channels = dataset.images.shape
    result = {
        "name": dataset.name,
        "title": dataset.source.title,
        "license": dataset.source.license,
        "state": describe(view),
        "notes": list(dataset.notes),
        "pictures": None if dataset.pictures is None else asdict(dataset.pictures),
        "numbering_doubt": doubt,
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
    if dataset.pictures is not None and dataset.pictures.are_photographs:
        sentences.append(f"{PHOTOGRAPHS} Cut the faces out: python -m fer import DATASET --cut-faces")
    sentences += [doubt] if doubt else []
    return result, "\n".join([title, terminal.table(rows), *sentences])


def numbering_doubt(dataset: Dataset, view: DatasetView) -> str | None:
    """What a model's answers say against the numbering that the labels were read by; None for nothing."""
    from fer.evaluation.numbering_check import default_doubt

    doubt = default_doubt(dataset) if view.labels == "given" else None
    if doubt is None:
        return None
    options = [f"--numbering {doubt.numbering}", *(f"--map {label}={to}" for label, to in doubt.mapping)]
    return f"{doubt.sentence} To read them so: python -m fer import DATASET {' '.join(options)}."


def convert(options: argparse.Namespace) -> Answer:
    """A dataset in another form."""
    from fer.datasets.convert import FORM_TITLES, check_request
    from fer.datasets.convert import convert as write

    check_request(options.target, options.seed)
    dataset = load_dataset(options.source, terminal.part_of(0.0, 0.1), view=shared_options.view_of(options))
    written = write(dataset, options.target, seed=options.seed, progress=terminal.part_of(0.1, 1.0))
    result = {
        "target": str(written.path),
        "form": written.form,
        "count": written.count,
        "lost": list(written.lost),
    }
    sentences = [f"{written.path}: {written.count:,} faces as {FORM_TITLES[written.form]}", *written.lost]
    return result, "\n".join(sentences)


def download(options: argparse.Namespace) -> Answer:
    """Fetch a dataset from Kaggle, the Hugging Face hub or FER+'s repository."""
    from fer.datasets import downloads

    address = downloads.parse_address(options.address)
    brought = downloads.download(address, terminal.show_time_left(), name=options.name)
    about = brought.provenance
    lines = [
        f"{brought.name}: {about.title}, {about.bytes / 1e6:,.1f} MB from {about.host}",
        f"Licence: {about.license}",
        *(f"sha256 {file.sha256}  {file.path}" for file in about.files[:20]),
        *about.remarks,
        str(brought.path),
    ]
    return brought.as_dict(), "\n".join(lines)


def inspect(options: argparse.Namespace) -> Answer:
    """What is wrong with a dataset."""
    from fer.datasets import quality
    from fer.models.inference import Recognizer, model_folder

    dataset = load_dataset(
        options.dataset, terminal.part_of(0.0, 0.05), view=DatasetView(skip_bad=options.skip_bad)
    )
    found = quality.inspect(
        dataset,
        Recognizer(model_folder(options.model), threads=os.cpu_count() or 1) if options.model else None,
        terminal.part_of(0.05, 1.0),
    )
    counts = {
        issue: {
            split: int((dataset.splits[findings.faces] == split).sum())
            for split in Split
            if (dataset.splits == split).any()
        }
        for issue, findings in found.findings.items()
    }
    result = {
        "dataset": dataset.name,
        "count": len(dataset),
        "model": options.model,
        "faults": {str(issue): len(findings) for issue, findings in found.findings.items()},
        "splits": {str(issue): dict(of_split) for issue, of_split in counts.items()},
        "facts": dict(found.facts),
        "path": str(quality.inspection_path(fingerprint(dataset))),
    }
    titles = [str(split) for split in Split if (dataset.splits == split).any()]
    rows = [["faces", *titles, "total"]]
    rows += [
        [
            issue.replace("_", " "),
            *(f"{count:,}" for count in of_split.values()),
            f"{sum(of_split.values()):,}",
        ]
        for issue, of_split in counts.items()
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
        lines.append(
            f"Labels judged by a model that is right about {percent(facts['label_accuracy'])} of them"
        )
    else:
        lines.append("Labels not judged: two emotions with ten photographs each are needed for that")
    return result, "\n".join(lines)


def map(options: argparse.Namespace) -> Answer:
    """Where each face lies on the map of what a model sees."""
    from fer.datasets.embedding import make_map, map_path

    dataset = load_dataset(
        options.dataset, terminal.part_of(0.0, 0.04), view=DatasetView(skip_bad=options.skip_bad)
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
        f"{terminal.duration(made.facts['seconds'])}: {percent(made.facts['neighbours_kept'], 0)} of each "
        f"face's nearest are nearest on the map too\n{path}"
    )


def add_to(add: Add) -> None:
    """Add the commands with their options."""
    sub = add("info", info)
    sub.add_argument("dataset", metavar="DATASET", help=shared_options.DATASET_HELP)
    shared_options.add_view(sub)
    sub = add("convert", convert)
    sub.add_argument("source", metavar="SOURCE", help=shared_options.DATASET_HELP)
    sub.add_argument(
        "target",
        metavar="TARGET",
        type=Path,
        help="a new .csv (as FER-2013), .wide.csv, .parquet, or a folder, which gets a folder per emotion",
    )
    sub.add_argument("--seed", type=int, metavar="N", help="shuffle the faces; the order follows from it")
    shared_options.add_view(sub)
    sub = add("download", download)
    sub.add_argument("address", metavar="ADDRESS", help="kaggle:owner/name, hf:owner/name or ferplus")
    sub.add_argument("--name", metavar="NAME", default="", help="what to call it in data/, without a suffix")
    sub = add("inspect", inspect)
    sub.add_argument("dataset", metavar="DATASET", help=shared_options.DATASET_HELP)
    sub.add_argument(
        "--model",
        metavar="MODEL",
        default="mini_xception",
        help="whose features judge the labels; “” does without (default: %(default)s)",
    )
    sub.add_argument("--skip-bad", action="store_true", help="leave out rows that cannot be read")
    sub = add("map", map)
    sub.add_argument("dataset", metavar="DATASET", help=shared_options.DATASET_HELP)
    sub.add_argument("--model", metavar="MODEL", default="mini_xception", help="default: %(default)s")
    sub.add_argument(
        "--sample", type=int, metavar="N", help="at most so many faces, each emotion keeping its share"
    )
    sub.add_argument("--skip-bad", action="store_true", help="leave out rows that cannot be read")
