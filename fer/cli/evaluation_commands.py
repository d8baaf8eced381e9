"""Model evaluation commands: evaluate, compare and report; each returns plain JSON values, and text."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer.cli import options as shared_options
from fer.cli import terminal
from fer.cli.asking import MODEL_HELP, ask_each, load_models
from fer.cli.commands import Add, Answer
from fer.cli.dataset_commands import numbering_doubt
from fer.config import DatasetView
from fer.datasets import Split, load_dataset
from fer.datasets.views import describe
from fer.errors import ConfigError, FerError, ModelMismatchError
from fer.evaluation import (
    MOST_MEMBERS,
    TTA,
    Evaluation,
    Score,
    ensemble_of,
    evaluate_faces,
    judged_faces,
    scores_of,
    unanswerable,
)
from fer.evaluation.evaluation_set import EvaluatedModel, EvaluationSet, common_emotions
from fer.evaluation.publishing import test_figures
from fer.models.inference import Precision
from fer.statistics import compare_answers, percent
from fer.system import files

if TYPE_CHECKING:  # it brings Plotly, which no other command waits for
    from fer.figures.report import EvaluationReport

MOST_MODELS = 3
# Shares of the whole time: reading the faces, and writing the report.
_READING, _WRITING = 0.1, 0.1


def evaluate(options: argparse.Namespace) -> Answer:
    """A model's scores on a split."""
    names = [name.strip() for name in options.model.split("+")]
    evaluated = _evaluated(options, names, precision="int8" if options.int8 else "float32")
    evaluation = ensemble_of(evaluated.evaluations)
    scores = scores_of(evaluation)
    # All faces tell more than those of a split do, and they are at hand.
    as_it_came = DatasetView(skip_bad=evaluated.view.skip_bad)
    doubt = numbering_doubt(load_dataset(options.data, view=as_it_came), evaluated.view)
    result = {
        "model": options.model,
        "averaged_models": names,
        "precision": "int8" if options.int8 else "float32",
        **_which_faces(evaluated),
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
        "numbering_doubt": doubt,
    }
    lines = [
        f"{options.model}{', their answers averaged,' if len(names) > 1 else ''}"
        f"{' in int8' if options.int8 else ''} on {_faces_in_words(evaluated)}: accuracy "
        f"{percent(evaluation.accuracy)} (95\u00a0% interval {evaluation.correct.range_95}), macro F1 "
        f"{percent(evaluation.macro_f1)}, {len(evaluation):,} faces",
        _class_table(evaluation),
        _score_table(scores),
    ]
    if options.predictions is not None:
        from fer.figures.report import predictions_csv

        files.save_text(options.predictions, predictions_csv(_report_of(evaluated)))
        result["predictions"] = str(options.predictions)
        lines.append(f"{options.predictions}: the answers to {len(evaluation):,} faces")
    return result, "\n".join([*lines, *_left_out_in_words(evaluated), *filter(None, [doubt])])


def _class_table(evaluation: Evaluation) -> str:
    rows = [["", "precision", "recall", "F1", "faces"]]
    for of_class in evaluation.class_reports:
        shares = (of_class.precision, of_class.recall, of_class.f1)
        rows.append(
            [
                of_class.emotion,
                *("–" if share is None else percent(share) for share in shares),
                f"{of_class.support:,}",
            ]
        )
    return terminal.table(rows)


def _score_table(scores: Sequence[Score]) -> str:
    rows = [["", "figure", "95\u00a0% interval"]]
    rows += [[score.title, score.value_in_words, score.interval_in_words or "–"] for score in scores]
    return terminal.table(rows)


def compare(options: argparse.Namespace) -> Answer:
    """Whether the second of two models is better than the first, or whether that could be chance."""
    evaluated = _evaluated(options, [options.first, options.second])
    first, second = evaluated.evaluations
    compared = compare_answers(first.is_right, second.is_right)
    result = {
        "first": {"model": options.first, **compared.first.to_dict()},
        "second": {"model": options.second, **compared.second.to_dict()},
        **_which_faces(evaluated),
        **compared.to_dict(),
    }
    rows = [["", "accuracy", "95\u00a0% interval", "right alone"]]
    rows += [
        [model, percent(correct.share), correct.range_95, f"{alone:,}"]
        for model, correct, alone in (
            (first.model, compared.first, compared.only_first),
            (second.model, compared.second, compared.only_second),
        )
    ]
    lines = [
        _faces_in_words(evaluated),
        terminal.table(rows),
        f"{options.second} beside {options.first}: {compared.sentence}",
    ]
    return result, "\n".join([*lines, *_left_out_in_words(evaluated)])


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
    made = _report_of(_evaluated(options, names, done=1 - _WRITING))
    if form == ".html":
        text = to_html(made, terminal.part_of(1 - _WRITING, 1.0), with_faces=options.faces)
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
        help=f"{MODEL_HELP}; or up to {MOST_MEMBERS} joined by +, whose answers are averaged",
    )
    _add_faces(sub)
    sub.add_argument(
        "--predictions", metavar="FILE", type=Path, help="write every face's answer there, as CSV"
    )
    sub.add_argument("--int8", action="store_true", help="ask the model's int8 form, if it has one")
    sub = add("compare", compare)
    sub.add_argument("first", metavar="MODEL", help=MODEL_HELP)
    sub.add_argument("second", metavar="MODEL", help="the one that is held against it")
    _add_faces(sub)
    sub = add("report", report)
    sub.add_argument("models", metavar="MODEL", nargs="+", help=MODEL_HELP)
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
    """Let a command choose the faces that models are evaluated on, and the test-time augmentation."""
    sub.add_argument("--data", metavar="DATASET", required=True, help=shared_options.DATASET_HELP)
    sub.add_argument("--split", choices=[str(split) for split in Split], default=str(Split.TEST))
    sub.add_argument(
        "--tta",
        # Earlier versions called it to look once.
        type=lambda value: "none" if value == "once" else value,
        choices=[str(tta) for tta in TTA],
        default=str(TTA.NONE),
        help="test-time augmentation: average the answers to a face and its mirror image, or to ten crops "
        "of it (default: %(default)s)",
    )
    sub.add_argument(
        "--answerable-only",
        action="store_true",
        help="leave out the faces of emotions that a model does not know",
    )
    shared_options.add_view(sub)


def _evaluated(
    options: argparse.Namespace, names: Sequence[str], done: float = 1.0, precision: Precision = "float32"
) -> EvaluationSet:
    """Ask every model about the faces that `_add_faces`'s options choose, which is `done` of all the work."""
    recognizers = load_models(names, precision)
    view, split, tta = shared_options.view_of(options), Split(options.split), TTA(options.tta)
    dataset = load_dataset(options.data, terminal.part_of(0.0, done * _READING), view=view)
    # All are asked about the same faces, or their figures could not be compared.
    common = common_emotions(each.emotions for each in recognizers)
    try:
        faces = judged_faces(common, dataset, split, answerable_only=options.answerable_only)
    except ModelMismatchError as error:
        raise ModelMismatchError(f"{error} The option --answerable-only leaves those faces out.") from error
    evaluations = ask_each(
        recognizers,
        lambda recognizer, progress: evaluate_faces(recognizer, faces, split, progress, tta),
        done * _READING,
        done,
    )
    return EvaluationSet(
        models=tuple(
            EvaluatedModel(model.card.title, model.card, of_one, model.fingerprint)
            for model, of_one in zip(recognizers, evaluations, strict=True)
        ),
        faces=faces,
        view=view,
        left_out=unanswerable(common, dataset.only(split)),
    )


def _report_of(evaluated: EvaluationSet) -> "EvaluationReport":
    from fer.figures.report import report_of

    return report_of(evaluated.models, evaluated.faces, evaluated.view, left_out=evaluated.left_out)


def _which_faces(evaluated: EvaluationSet) -> dict[str, Any]:
    return {
        "dataset": evaluated.faces.name,
        "split": str(evaluated.split),
        "state": describe(evaluated.view),
        "tta": str(evaluated.tta),
        "looks": str(evaluated.tta),  # its former name, which scripts may read
        "left_out": dict(evaluated.left_out),
    }


def _faces_in_words(evaluated: EvaluationSet) -> str:
    augmented = "" if evaluated.tta is TTA.NONE else f", {evaluated.tta.phrase}"
    state = describe(evaluated.view)
    return f"{evaluated.faces.source.title} {state}, {evaluated.split}{augmented}"


def _left_out_in_words(evaluated: EvaluationSet) -> list[str]:
    if not evaluated.left_out:
        return []
    named = ", ".join(f"{count:,} labelled {emotion}" for emotion, count in evaluated.left_out.items())
    return [f"Left out, because not every model here knows them: {named}"]
