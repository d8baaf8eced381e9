"""The commands that judge models: each returns its result as plain JSON values, and as text."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer.cli import options as shared_options
from fer.cli import terminal
from fer.cli.commands import Add, Answer
from fer.config import DatasetView
from fer.datasets import Dataset, Split, load_dataset
from fer.datasets.views import describe
from fer.emotions import EMOTIONS, Emotion
from fer.errors import ConfigError, FerError, ModelMismatchError
from fer.evaluation import (
    MOST_MEMBERS,
    TTA,
    Evaluation,
    ensemble_of,
    evaluate_faces,
    judged_faces,
    scores_of,
    unanswerable,
)
from fer.evaluation.publishing import test_figures
from fer.models.inference import Precision, Recognizer, model_folder
from fer.statistics import compare_answers
from fer.system import files, machine

if TYPE_CHECKING:  # it brings Plotly, which no other command waits for
    from fer.figures.report import EvaluationReport

MOST_MODELS = 3
# Shares of the whole time: reading the faces, and writing the report.
_READING, _WRITING = 0.1, 0.1
_LOOKS = {"once": TTA.NONE, "flip": TTA.FLIP, "ten-crop": TTA.TEN_CROP}
_MODEL_HELP = "a pretrained model's name or a run's id"


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Models' answers to the same faces.

    Attributes:
        recognizers: the models.
        evaluations: theirs.
        faces: what they were asked about.
        view: in which state the dataset is used.
        left_out: faces of the split that were not asked about, by emotion.
    """

    recognizers: tuple[Recognizer, ...]
    evaluations: tuple[Evaluation, ...]
    faces: Dataset
    view: DatasetView
    left_out: Mapping[Emotion, int]

    def report(self) -> "EvaluationReport":
        """The report of these models."""
        from fer.figures.report import ReportedModel, report_of

        return report_of(
            [
                ReportedModel(model.card.title, model.card, of_one, model.fingerprint)
                for model, of_one in zip(self.recognizers, self.evaluations, strict=True)
            ],
            self.faces,
            self.view,
            left_out=self.left_out,
        )


def evaluate(options: argparse.Namespace) -> Answer:
    """A model's scores on a split."""
    names = [name.strip() for name in options.model.split("+")]
    judged = _judged(options, names, precision="int8" if options.int8 else "float32")
    evaluation, faces = ensemble_of(judged.evaluations), judged.faces
    scores = scores_of(evaluation)
    result = {
        "model": options.model,
        "averaged_models": names,
        "precision": judged.recognizers[0].precision,
        **_which_faces(judged),
        **test_figures(evaluation),
        "scores": {
            score.key: {
                "value": score.value,
                "interval_95": None if score.interval_95 is None else list(score.interval_95),
            }
            for score in scores
        },
        "emotions": list(evaluation.emotions),
        "confusion": evaluation.confusion.tolist(),
    }
    low, high = evaluation.interval_95
    lines = [
        f"{options.model}{', their answers averaged,' if len(names) > 1 else ''}"
        f"{' in int8' if options.int8 else ''} on {_faces_in_words(judged)}: accuracy "
        f"{evaluation.accuracy:.1%} (95 % interval {low:.1%} to {high:.1%}), macro F1 "
        f"{evaluation.macro_f1:.1%}, {len(evaluation):,} faces",
        terminal.table(
            [
                ["", "precision", "recall", "F1", "faces"],
                *(
                    [
                        of_class.emotion,
                        *(
                            f"{value:.1%}" if value is not None else "–"
                            for value in (of_class.precision, of_class.recall, of_class.f1)
                        ),
                        f"{of_class.support:,}",
                    ]
                    for of_class in evaluation.class_reports
                ),
            ]
        ),
        terminal.table(
            [
                ["", "figure", "95 % interval"],
                *(
                    [
                        score.title,
                        _figure(score.value, score.is_share),
                        " to ".join(_figure(bound, score.is_share) for bound in score.interval_95 or ())
                        or "–",
                    ]
                    for score in scores
                ),
            ]
        ),
    ]
    if options.predictions is not None:
        from fer.figures.report import predictions_csv

        files.save_text(options.predictions, predictions_csv(judged.report()))
        result["predictions"] = str(options.predictions)
        lines.append(f"{options.predictions}: the answers to {len(faces):,} faces")
    return result, "\n".join([*lines, *_left_out_in_words(judged)])


def compare(options: argparse.Namespace) -> Answer:
    """Whether the second of two models is better than the first, or whether that could be chance."""
    judged = _judged(options, [options.first, options.second])
    first, second = judged.evaluations
    compared = compare_answers(first.is_right, second.is_right)
    result = {
        "first": {"model": options.first, "accuracy": first.accuracy, "interval_95": list(first.interval_95)},
        "second": {
            "model": options.second,
            "accuracy": second.accuracy,
            "interval_95": list(second.interval_95),
        },
        **_which_faces(judged),
        "count": compared.count,
        "both": compared.both,
        "only_first": compared.only_first,
        "only_second": compared.only_second,
        "difference": compared.difference,
        "interval_95": list(compared.interval_95),
        "p_value": compared.p_value,
        "verdict": compared.verdict,
    }
    rows = [["", "accuracy", "95 % interval", "right alone"]]
    rows += [
        [
            of_one.model,
            f"{of_one.accuracy:.1%}",
            " to ".join(f"{bound:.1%}" for bound in of_one.interval_95),
            f"{alone:,}",
        ]
        for of_one, alone in ((first, compared.only_first), (second, compared.only_second))
    ]
    lines = [
        _faces_in_words(judged),
        terminal.table(rows),
        f"{options.second} beside {options.first}: {compared.sentence}",
    ]
    return result, "\n".join([*lines, *_left_out_in_words(judged)])


def report(options: argparse.Namespace) -> Answer:
    """Everything about one to three models as a page that opens without a network, or as JSON or CSV."""
    from fer.figures.report import as_json, file_stem, predictions_csv, to_html

    names = list(dict.fromkeys(options.models))
    if len(names) > MOST_MODELS:
        raise FerError(
            f"A report compares up to {MOST_MODELS} models; received {len(names)}. Leave some out."
        )
    stem = file_stem([*names, options.split])
    output = options.output if options.output is not None else Path(f"{stem}.html")
    form = output.suffix.lower()
    if form not in (".html", ".json", ".csv"):
        raise ConfigError(
            f"A report is written as .html, .json or .csv; received “{output.name}”. Choose one of these "
            "endings."
        )
    if options.faces and form != ".html":
        raise ConfigError("Faces are shown in a page alone. Leave --faces out, or write a .html.")
    made = _judged(options, names, done=1 - _WRITING).report()
    if form == ".html":
        text = to_html(
            made,
            lambda fraction, message: terminal.show_progress(1 - _WRITING + _WRITING * fraction, message),
            with_faces=options.faces,
        )
    else:
        text = as_json(made) if form == ".json" else predictions_csv(made)
    files.save_text(output, text)
    size = len(text.encode())
    result = {
        "output": str(output),
        "bytes": size,
        "title": made.title,
        "count": len(made.faces),
        "faces_fingerprint": made.faces_fingerprint,
        "accuracies": {of_one.model: of_one.accuracy for of_one in made.evaluations},
    }
    return result, f"{output}: {made.title}, {size / 1e6:.1f} MB"


def add_to(add: Add) -> None:
    """Add the commands with their options."""
    sub = add("evaluate", evaluate)
    sub.add_argument(
        "model",
        metavar="MODEL",
        help=f"{_MODEL_HELP}; or up to {MOST_MEMBERS} joined by +, whose answers are averaged",
    )
    _add_faces(sub)
    sub.add_argument(
        "--predictions", metavar="FILE", type=Path, help="write every face's answer there, as CSV"
    )
    sub.add_argument("--int8", action="store_true", help="ask the model's int8 form, if it has one")
    sub = add("compare", compare)
    sub.add_argument("first", metavar="MODEL", help=_MODEL_HELP)
    sub.add_argument("second", metavar="MODEL", help="the one that is held against it")
    _add_faces(sub)
    sub = add("report", report)
    sub.add_argument("models", metavar="MODEL", nargs="+", help=_MODEL_HELP)
    _add_faces(sub)
    sub.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        help="a .html for the page, a .json for all its values, a .csv for the answers; by default a page "
        "named after the models",
    )
    sub.add_argument(
        "--faces",
        action="store_true",
        help="show the most confident mistakes in the page; they are other people's photographs, so only if "
        "you may pass them on",
    )


def _add_faces(sub: argparse.ArgumentParser) -> None:
    """Let a command choose the faces that models are judged on, and how they are looked at."""
    sub.add_argument("--data", metavar="DATASET", required=True, help=shared_options.DATASET_HELP)
    sub.add_argument("--split", choices=[str(split) for split in Split], default=str(Split.TEST))
    sub.add_argument(
        "--looks",
        choices=list(_LOOKS),
        default="once",
        help="average the answers to a face and its mirror image, or to ten crops of it (default: "
        "%(default)s)",
    )
    sub.add_argument(
        "--answerable-only",
        action="store_true",
        help="leave out the faces of emotions that a model does not know",
    )
    shared_options.add_view(sub)


def _judged(
    options: argparse.Namespace, names: Sequence[str], done: float = 1.0, precision: Precision = "float32"
) -> _Judged:
    """Ask every model about the faces that the options choose.

    Args:
        options: those of `_add_faces`.
        names: the models.
        done: the share of all work that is done with that, as the progress tells it.
        precision: in which form the models are asked.
    """
    cores = machine.read_machine().cores
    recognizers = [Recognizer(model_folder(name), threads=cores, precision=precision) for name in names]
    view, split = shared_options.view_of(options), Split(options.split)
    dataset = load_dataset(
        options.data,
        lambda fraction, message: terminal.show_progress(done * _READING * fraction, message),
        view=view,
    )
    # All are asked about the same faces, or their figures could not be compared.
    common = [emotion for emotion in EMOTIONS if all(emotion in each.emotions for each in recognizers)]
    try:
        faces = judged_faces(common, dataset, split, answerable_only=options.answerable_only)
    except ModelMismatchError as error:
        raise ModelMismatchError(f"{error} The option --answerable-only leaves those faces out.") from error
    evaluations = []
    for number, recognizer in enumerate(recognizers):

        def progress(fraction: float, message: str, number: int = number) -> None:
            share = _READING + (1 - _READING) * (number + fraction) / len(names)
            terminal.show_progress(done * share, message)

        try:
            evaluations.append(evaluate_faces(recognizer, faces, split, progress, _LOOKS[options.looks]))
        except FerError as error:
            raise type(error)(f"{recognizer.name}: {error}") if len(names) > 1 else error from error
    return _Judged(
        tuple(recognizers), tuple(evaluations), faces, view, unanswerable(common, dataset.only(split))
    )


def _which_faces(judged: _Judged) -> dict[str, Any]:
    return {
        "dataset": judged.faces.name,
        "split": str(judged.evaluations[0].split),
        "state": describe(judged.view),
        "looks": str(judged.evaluations[0].tta),
        "left_out": dict(judged.left_out),
    }


def _faces_in_words(judged: _Judged) -> str:
    tta = judged.evaluations[0].tta
    looks = "" if tta is TTA.NONE else f", {tta.phrase}"
    state = describe(judged.view)
    return f"{judged.faces.source.title} {state}, {judged.evaluations[0].split}{looks}"


def _left_out_in_words(judged: _Judged) -> list[str]:
    if not judged.left_out:
        return []
    named = ", ".join(f"{count:,} labelled {emotion}" for emotion, count in judged.left_out.items())
    return [f"Left out, because not every model here knows them: {named}"]


def _figure(value: float | None, is_share: bool) -> str:
    if value is None:
        return "–"
    return f"{value:.1%}" if is_share else f"{value:.3f}"
