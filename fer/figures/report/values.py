"""JSON and CSV export: a report as plain values."""

import csv
import io
import json
import platform
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Split
from fer.datasets.views import describe
from fer.evaluation import TTA, scores_of, threshold_curves
from fer.evaluation.calibration import expected_error_by_luck, reliability
from fer.evaluation.caveats import caveats_of
from fer.evaluation.evaluation_set import EvaluatedModel
from fer.figures.report.plain_text import file_stem, made_plain, one_line
from fer.figures.report.report import EvaluationReport
from fer.system import paths

# Raise this when a program that reads the JSON would have to change.
FORMAT = 1
_LIBRARIES = ("numpy", "ai-edge-litert", "opencv-python-headless", "plotly")


def as_dict(report: EvaluationReport, *, with_faces: bool = False) -> dict[str, Any]:
    """Return everything a report says, as plain JSON values.

    Probabilities are written as short as a float32 can be told by, so that reading them back gives the very
    answers.
    """
    return {
        "format": FORMAT,
        "title": report.title,
        "made_at": report.made_at.isoformat(timespec="seconds"),
        "faces": faces_of(report),
        "looks": str(report.tta),
        "looks_in_words": report.tta.phrase,
        "caveats": [text for _, text in caveats_of(report, one_line)],
        "models": [_model(model) for model in report.models],
        "comparisons": [
            {
                "first": report.models[0].evaluation.model,
                "second": other.name,
                **compared.to_dict(),
                "sentence": compared.sentence,
            }
            for other, compared in report.comparisons()
        ],
        "predictions": _predictions(report),
        "software": software(),
        "command": command(
            [model.name for model in report.models],
            report.faces.name,
            report.split,
            report.view,
            report.tta,
            answerable_only=bool(report.left_out),
            with_faces=with_faces,
        ),
    }


def as_json(report: EvaluationReport) -> str:
    """Return `as_dict` as a file for people who look inside."""
    return json.dumps(as_dict(report), ensure_ascii=False, allow_nan=False) + "\n"


def predictions_csv(report: EvaluationReport) -> str:
    """Return every face's row, split and label, and every model's answer and probabilities, as CSV.

    Every heading begins with a word of ours, so that no table program takes a model's name for a formula.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = ["row", "split", "label"]
    columns: list[list[Any]] = [
        report.faces.rows.tolist(),
        [str(report.split)] * len(report.faces),
        [str(report.faces.emotions[label]) for label in report.faces.labels],
    ]
    for model in report.models:
        of_one = model.evaluation
        name = one_line(model.name)
        heads += [f"{what} ({name})" for what in ("answer", "right", *of_one.emotions)]
        columns.append([str(of_one.emotions[label]) for label in of_one.predicted_labels])
        columns.append(of_one.is_right.astype(int).tolist())
        columns += _shortest(of_one.probabilities).T.tolist()
    writer.writerow(heads)
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue()


def faces_of(report: EvaluationReport) -> dict[str, Any]:
    """Return which faces a report is about."""
    source = report.faces.source
    return {
        "name": shown_place(report.faces.name),
        "title": one_line(source.title),
        "url": one_line(source.url),
        "license": one_line(source.license),
        "citation": one_line(source.citation, 500),
        "state": one_line(describe(report.view)),
        "split": str(report.split),
        "count": len(report.faces),
        "per_emotion": {
            str(emotion): int((report.faces.labels == label).sum())
            for label, emotion in enumerate(report.faces.emotions)
        },
        "left_out": {str(emotion): count for emotion, count in report.left_out.items()},
        "fingerprint": report.faces_fingerprint,
        "notes": [one_line(note, 500) for note in report.faces.notes],
    }


def command(
    names: Sequence[str],
    dataset: str,
    split: Split,
    view: DatasetView = AS_IT_CAME,
    tta: TTA = TTA.NONE,
    *,
    answerable_only: bool = False,
    with_faces: bool = False,
) -> str:
    """Return the line that makes a report of these models again, as it is typed."""
    words = ["python", "-m", "fer", "report", *names, "--data", shown_place(dataset), "--split", str(split)]
    words += ["--tta", str(tta)] if tta is not TTA.NONE else []
    words += view.as_options()
    words += ["--answerable-only"] if answerable_only else []
    words += ["--faces"] if with_faces else []
    return shlex.join(one_line(word) for word in [*words, "--output", f"{file_stem([*names, split])}.html"])


def software() -> dict[str, str]:
    """Return the versions of what computed the figures."""
    project = tomllib.loads((paths.PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    versions = {"FER Lab": str(project["project"]["version"]), "Python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # the same library under another name
            continue
    return versions


def settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a training configuration without the folders of the machine it was trained on."""
    return {**config, **({"dataset": shown_place(str(config["dataset"]))} if "dataset" in config else {})}


def shown_place(name: str) -> str:
    """Return a dataset's name; of a path its end, because a report is for other people too."""
    path = PurePath(name)
    return one_line(path.name if path.is_absolute() else name)


def _model(model: EvaluatedModel) -> dict[str, Any]:
    of_one, card = model.evaluation, model.card
    curves = {curve.emotion: curve for curve in threshold_curves(of_one)}
    trusted = reliability(of_one)
    return {
        "name": one_line(model.name),
        "title": model.title,
        "fingerprint": model.fingerprint,
        "card": made_plain(
            {
                "architecture": card.architecture,
                "parameters": card.parameters,
                "emotions": [str(emotion) for emotion in card.emotions],
                "dataset": dict(card.dataset),
                "trained_at": card.trained_at,
                "license": card.license,
                "intended_use": card.intended_use,
                "weaknesses": list(card.weaknesses),
                "notes": card.notes,
                "config": settings(card.config),
            }
        ),
        "scores": {
            score.key: {
                "title": score.title,
                "value": score.value,
                "interval_95": None if score.interval_95 is None else list(score.interval_95),
            }
            for score in scores_of(of_one)
        },
        "per_emotion": {
            str(r.emotion): {
                "precision": r.precision,
                "recall": r.recall,
                "f1": r.f1,
                "support": r.support,
                "roc_auc": curves[r.emotion].area if r.emotion in curves else None,
                "average_precision": curves[r.emotion].average_precision if r.emotion in curves else None,
            }
            for r in of_one.class_reports
        },
        "calibration": {
            "expected_error": trusted.expected_error,
            "expected_error_by_luck": expected_error_by_luck(of_one),
            "mean_gap": trusted.mean_gap,
            "bins": [
                {
                    **asdict(one),
                    "accuracy": one.accuracy,
                    "interval_95": one.correct and list(one.correct.interval_95),
                }
                for one in trusted.bins
            ],
        },
        "emotions": [str(emotion) for emotion in of_one.emotions],
        "confusion": of_one.confusion.tolist(),
    }


def _predictions(report: EvaluationReport) -> dict[str, Any]:
    return {
        "rows": report.faces.rows.tolist(),
        "labels": [str(report.faces.emotions[label]) for label in report.faces.labels],
        "models": [
            {
                "name": one_line(model.name),
                "emotions": [str(emotion) for emotion in model.evaluation.emotions],
                "answers": [
                    str(model.evaluation.emotions[label]) for label in model.evaluation.predicted_labels
                ],
                "probabilities": _shortest(model.evaluation.probabilities).tolist(),
            }
            for model in report.models
        ],
    }


def _shortest(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """The float64 values whose shortest decimals are the float32 values' shortest."""
    return probabilities.astype(np.float32).astype("U").astype(np.float64)
