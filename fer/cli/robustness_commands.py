"""Robustness command: accuracy on corrupted faces, kind by kind and level by level."""

import argparse
from typing import Any

from fer.cli import options as shared_options
from fer.cli import terminal
from fer.cli.asking import MODEL_HELP, ask_each, load_models
from fer.cli.commands import Add, Answer
from fer.datasets import Split, load_dataset
from fer.datasets.views import describe
from fer.errors import ConfigError
from fer.evaluation import judged_faces
from fer.evaluation.evaluation_set import common_emotions
from fer.evaluation.robustness import CORRUPTIONS, CorruptionKind, Sweep, SweepPoint, sweep, sweep_path
from fer.statistics import percent

# Share of the whole time that goes into reading the faces.
_READING = 0.03


def break_models(options: argparse.Namespace) -> Answer:
    """Where models break: their accuracy on faces gone bad in several ways, each at five levels."""
    if options.sample is not None and options.sample < 1:
        raise ConfigError(f"A sample needs at least one face; received {options.sample}.")
    if options.seed < 0:
        raise ConfigError(f"A seed is 0 or more; received {options.seed}.")
    kinds = tuple(CorruptionKind(kind) for kind in dict.fromkeys(options.kinds))
    names = tuple(dict.fromkeys(options.models))
    recognizers = load_models(names)
    view = shared_options.view_of(options)
    dataset = load_dataset(options.data, terminal.part_of(0.0, _READING), view=view)
    # All are asked about the same faces, or their figures could not be compared.
    common = common_emotions(each.emotions for each in recognizers)
    faces = judged_faces(common, dataset, Split(options.split), answerable_only=True)
    sample = faces if options.sample is None else faces.subset(options.sample, options.seed)
    done = ask_each(
        recognizers,
        lambda recognizer, progress: sweep(recognizer, sample, kinds, progress, seed=options.seed),
        _READING,
    )
    result = {
        "dataset": dataset.name,
        "split": options.split,
        "state": describe(view),
        "faces": len(sample),
        "of": len(faces),
        "seed": options.seed,
        "models": {
            name: {
                "untouched": _point(each, each.untouched),
                "kinds": {str(kind): [_point(each, point) for point in each.points[kind]] for kind in kinds},
                "path": str(sweep_path(recognizer.fingerprint, sample, options.seed)),
            }
            for name, recognizer, each in zip(names, recognizers, done, strict=True)
        },
    }
    drawn = "" if len(sample) == len(faces) else f", a sample of {len(faces):,} with seed {options.seed}"
    heading = f"{dataset.source.title} {describe(view)}, {options.split}"
    title = f"{heading}: {len(sample):,} faces{drawn}"
    parts = [f"{name}\n{_table(each, kinds)}" for name, each in zip(names, done, strict=True)]
    return result, "\n\n".join([title, *parts])


def _point(swept: Sweep, point: SweepPoint) -> dict[str, Any]:
    recalls = {str(emotion): swept.recall(point, emotion) for emotion in swept.emotions}
    return {
        "severity": point.severity,
        **swept.correct(point).to_dict(),
        "mean_confidence": point.mean_confidence,
        "flipped": swept.answers_changed(point),
        "recall": {name: recall.share for name, recall in recalls.items() if recall is not None},
    }


def _table(swept: Sweep, kinds: tuple[CorruptionKind, ...]) -> str:
    """Accuracies by level, what breaks the model most first."""
    rows = [["", "untouched", *(f"level {level}" for level in range(1, 6)), "level 5 is", "changed"]]
    for kind in (each for each in swept.weakest_first() if each in kinds):
        worst = swept.points[kind][-1]
        rows.append(
            [
                CORRUPTIONS[kind].title,
                *(percent(swept.accuracy(point)) for point in swept.curve(kind)),
                CORRUPTIONS[kind].number(worst.severity),
                percent(swept.answers_changed(worst) / len(swept)),
            ]
        )
    return terminal.table(rows)


def add_to(add: Add) -> None:
    """Add the command with its options."""
    sub = add("robustness", break_models)
    sub.add_argument("models", metavar="MODEL", nargs="+", help=MODEL_HELP)
    sub.add_argument("--data", metavar="DATASET", required=True, help=shared_options.DATASET_HELP)
    sub.add_argument("--split", choices=[str(split) for split in Split], default=str(Split.VALIDATION))
    sub.add_argument(
        "--sample", type=int, metavar="N", help="at most so many faces, each emotion keeping its share"
    )
    sub.add_argument(
        "--kinds",
        metavar="KIND",
        nargs="+",
        choices=[str(kind) for kind in CorruptionKind],
        default=[str(kind) for kind in CorruptionKind],
        help=f"some of {', '.join(CorruptionKind)}; all, if left out",
    )
    sub.add_argument(
        "--seed",
        type=int,
        metavar="N",
        default=0,
        help="the sample and the noise follow from it (default: %(default)s)",
    )
    shared_options.add_view(sub)
