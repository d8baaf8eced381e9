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
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, get_args

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, Optimizer, Schedule, TrainingConfig
from fer.datasets import Split, load_dataset
from fer.errors import FerError
from fer.jobs import JobRecorder
from fer.progress import Progress
from fer.zoo.catalog import ARCHITECTURES, architecture

if TYPE_CHECKING:
    from fer.runs import Run

USER_ERROR = 2
INTERRUPTED = 130
_DATASET_HELP = "a name (“synthetic”, or what lies in data/) or the path of a CSV, a Parquet file or a folder"
_FOLLOW_SECONDS = 0.5
# Who else hears of progress: the page that started this process as a job.
_listeners: list[Progress] = []


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    job = JobRecorder.of_this_process()
    if job is not None:
        _listeners.append(job.progress)
    try:
        result, text = options.command(options)
        if job is not None:
            job.finish(result)
        _clear_progress()
        print(json.dumps(result, ensure_ascii=False) if options.json else text, flush=True)
    except FerError as error:
        if job is not None:
            job.fail(str(error))
        _clear_progress()
        print(f"fer: {' '.join(str(error).split())}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        if job is not None:
            job.fail("")
        _clear_progress()
        print("fer: stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough (`… | head`); nothing is wrong. What is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


# ── the commands: each returns its result as plain JSON values, and as text ──────────────────────


def info(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """What a dataset holds."""
    dataset = load_dataset(options.dataset, _show_progress)
    counts = {split: dict(of_split) for split, of_split in dataset.counts().items()}
    n, height, width, channels = dataset.images.shape
    result = {
        "name": dataset.name,
        "title": dataset.source.title,
        "license": dataset.source.license,
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
    return result, f"{title}\n{_table(rows)}\nLicence: {dataset.source.license}"


def train(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Start a run in a process of its own and follow it to its end."""
    from fer import runs

    architecture(options.model)  # a wrong name is said at once, not by the process in its log
    config = _training_config(options)
    load_dataset(config.dataset, _show_progress)  # and so is a dataset that cannot be read
    return _followed(runs.start_run(config))


def resume(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Let a run go on that was stopped, failed or lost its process."""
    from fer import runs

    return _followed(runs.resume_run(options.run))


def _followed(run: "Run") -> tuple[dict[str, Any], str]:
    """Show a run's progress until it ends; Ctrl-C asks it to stop and keeps what it learned."""
    from fer import runs

    try:
        while (run := runs.load_run(run.id)).is_active:
            progress = run.progress()
            remaining = progress.remaining_seconds
            eta = f", {_duration(remaining)} left" if remaining is not None else ""
            _show_progress(progress.fraction, f"{run.stage}{eta}")
            time.sleep(_FOLLOW_SECONDS)
    except KeyboardInterrupt:
        runs.request_stop(run.id)
        _clear_progress()
        print("Stopping after this batch; best and last weights are kept.", file=sys.stderr)
        while (run := runs.load_run(run.id)).is_active:
            time.sleep(_FOLLOW_SECONDS)
    best = run.best()
    if run.error or best is None:
        raise FerError(
            run.error or f"The run {run.id} ended as {run.status}; its log is {run.folder / runs.LOG_FILE}."
        )
    result = {
        "id": run.id,
        "folder": str(run.folder),
        "status": run.status,
        "epochs": run.metrics()[-1].epoch,
        "best_epoch": best.epoch,
        "validation_accuracy": best.validation_accuracy,
    }
    return result, (
        f"{run.id}: {run.status} after {result['epochs']} epochs; validation accuracy "
        f"{best.validation_accuracy:.1%} (epoch {best.epoch})\n{run.folder}"
    )


def evaluate(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """A model's scores on a split."""
    from fer.evaluation import evaluate as evaluate_model
    from fer.publishing import test_figures
    from fer.recognition import load_recognizer

    recognizer = load_recognizer(options.model)
    dataset = load_dataset(options.data, _show_progress)
    evaluation = evaluate_model(recognizer, dataset, Split(options.split), _show_progress)
    result = {
        "model": options.model,
        "dataset": dataset.name,
        "split": options.split,
        **test_figures(evaluation),
        "emotions": list(evaluation.emotions),
        "confusion": evaluation.confusion.tolist(),
    }
    low, high = evaluation.interval_95
    reports = [["", "precision", "recall", "F1", "faces"]]
    reports += [
        [
            report.emotion,
            *(
                f"{value:.1%}" if value is not None else "–"
                for value in (report.precision, report.recall, report.f1)
            ),
            f"{report.support:,}",
        ]
        for report in evaluation.class_reports
    ]
    return result, (
        f"{options.model} on {dataset.source.title}, {options.split}: accuracy {evaluation.accuracy:.1%} "
        f"(95 % interval {low:.1%} to {high:.1%}), macro F1 {evaluation.macro_f1:.1%}, "
        f"{len(evaluation):,} faces\n{_table(reports)}"
    )


def recognize(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """The faces of pictures, and what they show."""
    import cv2
    import numpy as np

    from fer import files
    from fer.drawing import draw_faces
    from fer.faces import THOROUGH, HaarDetector
    from fer.live import recognize_faces
    from fer.pictures import load_picture
    from fer.recognition import load_recognizer

    recognizer, detector = load_recognizer(options.model), HaarDetector(THOROUGH)
    images, lines = [], []
    for number, path in enumerate(options.files):
        _show_progress(number / len(options.files), path.name)
        picture_bgr = np.asarray(cv2.cvtColor(load_picture(path), cv2.COLOR_RGB2BGR), np.uint8)
        recognized = recognize_faces(picture_bgr, detector, recognizer)
        faces = [
            {
                "box": list(item.face.box),
                "emotion": item.scores.top,
                "confidence": item.scores.confidence,
                "probabilities": item.scores.as_dict(),
            }
            for item in recognized
        ]
        image: dict[str, Any] = {"file": str(path), "faces": faces}
        if options.output is not None:
            encoded = cv2.imencode(".png", draw_faces(picture_bgr, recognized))[1].tobytes()
            image["output"] = str(options.output / f"{number + 1:03d}-{path.stem}.png")
            files.save_bytes(Path(image["output"]), encoded)
        images.append(image)
        found = ", ".join(f"{face['emotion']} {face['confidence']:.0%} at {face['box']}" for face in faces)
        lines.append(f"{path}: {found or 'no face found'}")
    return {"model": options.model, "images": images}, "\n".join(lines)


def publish(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Make a run's model a shipped one, with its one look at the test split."""
    from fer.publishing import publish as publish_run

    card = publish_run(options.run, options.name, options.data, _show_progress)
    assert card.test is not None
    low, high = card.test["interval_95"]
    return dict(card.test), (
        f"models/pretrained/{card.name}: test accuracy {card.test['accuracy']:.1%} "
        f"(95 % interval {low:.1%} to {high:.1%})"
    )


def bench(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Times, beside a rival's."""
    from fer.bench import SUBJECTS

    report = SUBJECTS[options.subject](_show_progress, data=options.data, model=options.model)
    rows = [["", "median ms", "p95 ms", "runs"]]
    rows += [
        [name, f"{m.median_ms:,.2f}", f"{m.p95_ms:,.2f}", str(m.runs)]
        for name, m in report.measurements.items()
    ]
    ratios = [f"{name.replace('_', ' ')}: {value:.2f}×" for name, value in report.ratios.items()]
    return report.as_dict(), "\n".join([report.setting, _table(rows), *ratios])


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
        command: Callable[[argparse.Namespace], tuple[dict[str, Any], str]], summary: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(command.__name__, help=summary, description=summary)
        sub.set_defaults(command=command)
        sub.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        return sub

    sub = add(info, "Say what a dataset holds: faces per split and emotion.")
    sub.add_argument("dataset", metavar="DATASET", help=_DATASET_HELP)

    sub = add(train, "Train a model in a process of its own, and follow it.")
    defaults = TrainingConfig()
    sub.add_argument("--data", metavar="DATASET", default=defaults.dataset, help=_DATASET_HELP)
    sub.add_argument("--model", metavar="NAME", default=defaults.architecture, help=", ".join(ARCHITECTURES))
    for field, kind, text in (
        ("epochs", int, "passes over the training faces"),
        ("batch_size", int, "faces per step"),
        ("learning_rate", float, "the highest of the schedule"),
        ("seed", int, "every random draw follows from it"),
        ("subset", int, "train on at most so many faces"),
        ("image_size", int, "side of the model's input in pixels; the architecture's own if left out"),
        ("weight_decay", float, "for adamw"),
        ("warmup_epochs", float, "for cosine"),
        ("label_smoothing", float, "share of each label spread over all emotions"),
        ("weight_averaging", float, "momentum of a moving average of the weights; 0 is none"),
        ("early_stopping_patience", int, "stop after so many epochs without a better validation accuracy"),
    ):
        sub.add_argument(
            f"--{field.replace('_', '-')}",
            type=kind,
            default=getattr(defaults, field),
            metavar="N" if kind is int else "X",
            help=f"{text} (default: %(default)s)",
        )
    sub.add_argument("--optimizer", choices=get_args(Optimizer), default=defaults.optimizer)
    sub.add_argument("--schedule", choices=get_args(Schedule), default=defaults.schedule)
    sub.add_argument("--balance-classes", action="store_true", help="weigh each emotion by its rarity")
    sub.add_argument(
        "--augmentation",
        metavar="SETTINGS",
        default="none",
        help="“none”, “default”, or settings as JSON: "
        + json.dumps(AugmentationConfig(horizontal_flip=True, rotation_degrees=10).as_dict()),
    )
    sub.add_argument("--name", metavar="TEXT", default="", help="what you call the run")

    sub = add(resume, "Go on with a run that was stopped, failed or lost its process.")
    sub.add_argument("run", metavar="RUN", help="a run's id")

    sub = add(evaluate, "Score a model on a split of a dataset.")
    sub.add_argument("model", metavar="MODEL", help="a pretrained model's name or a run's id")
    sub.add_argument("--data", metavar="DATASET", required=True, help=_DATASET_HELP)
    sub.add_argument("--split", choices=[str(split) for split in Split], default=str(Split.TEST))

    sub = add(recognize, "Find the faces of pictures and say what they show.")
    sub.add_argument("files", metavar="FILE", nargs="+", type=Path, help="pictures")
    sub.add_argument("--model", metavar="MODEL", default="mini_xception", help="default: %(default)s")
    sub.add_argument(
        "--output", metavar="FOLDER", type=Path, help="save each picture there with its faces drawn in"
    )

    sub = add(publish, "Ship a run's model: look once at the test split and write the card.")
    sub.add_argument("run", metavar="RUN", help="a run's id")
    sub.add_argument("name", metavar="NAME", help="the folder in models/pretrained/")
    sub.add_argument("--data", metavar="DATASET", required=True, help=_DATASET_HELP)

    sub = add(bench, "Measure speed beside a rival, in the same run.")
    sub.add_argument("subject", choices=["live", "load", "predict", "train"])
    sub.add_argument(
        "--data", metavar="PATH", help="the picture (live), CSV (load) or dataset (train) to measure on"
    )
    sub.add_argument("--model", metavar="MODEL", default="mini_xception", help="default: %(default)s")
    return parser


def _training_config(options: argparse.Namespace) -> TrainingConfig:
    names = (
        "epochs",
        "batch_size",
        "learning_rate",
        "seed",
        "subset",
        "image_size",
        "weight_decay",
        "warmup_epochs",
        "label_smoothing",
        "weight_averaging",
        "early_stopping_patience",
        "optimizer",
        "schedule",
        "balance_classes",
        "name",
    )
    # The training process has another working folder: a path must not depend on ours.
    data = str(Path(options.data).absolute()) if Path(options.data).exists() else options.data
    return TrainingConfig(
        dataset=data,
        architecture=options.model,
        augmentation=_augmentation(options.augmentation),
        **{name: getattr(options, name) for name in names},
    )


def _augmentation(text: str) -> AugmentationConfig:
    named = {"none": AugmentationConfig(), "default": DEFAULT_AUGMENTATION}
    if text in named:
        return named[text]
    try:
        return AugmentationConfig.from_dict(json.loads(text))
    except ValueError:
        raise FerError(
            f"The augmentation “{text[:60]}” is neither “none”, “default” nor JSON like "
            '{"rotation_degrees": 10}.'
        ) from None


# ── what a person sees ───────────────────────────────────────────────────────────────────────────


def _show_progress(fraction: float, message: str) -> None:
    """Rewrite one line on a terminal; write nothing into a log. A job's page hears of it as well."""
    for listener in _listeners:
        listener(fraction, message)
    if sys.stderr.isatty():
        print(f"\r\033[K{fraction:4.0%}  {message}", end="", file=sys.stderr, flush=True)


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _quiet_native_libraries() -> None:
    """Let only Python write to stderr: LiteRT and TensorFlow greet there, and an error is to be one line."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="replace")
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)


if __name__ == "__main__":
    _quiet_native_libraries()
    sys.exit(main())
