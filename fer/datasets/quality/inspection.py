"""Dataset inspection: all quality issues of a dataset, found once; 35,887 faces take most of a minute.

    data/cache/inspections/<fingerprint>-v1.npz

The work is done by `python -m fer inspect`, which may load scikit-learn and cleanlab; a page only opens
the file.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset
from fer.datasets.fingerprint import fingerprint
from fer.datasets.quality.duplicates import SAME_PHOTOGRAPH, copy_facts, copy_findings, find_copies
from fer.datasets.quality.finding import FaceMeasures, Findings, Inspection, QualityIssue
from fer.datasets.quality.labels import LabelCheck, check_labels
from fer.datasets.quality.measures import measure_faces
from fer.datasets.quality.picture_quality import (
    BLANK_BELOW,
    BLURRED_BELOW,
    BRIGHT_ABOVE,
    DARK_BELOW,
    NOT_A_FACE_ABOVE,
    not_a_face,
    outlines_of,
    quality_findings,
)
from fer.errors import DatasetError
from fer.models.inference import Recognizer
from fer.system.progress import Progress, part, silent
from fer.system.result_store import ResultStore, load_result

_INSPECTIONS = ResultStore("inspections", ".npz", version=1, most=60)
# Faces per call of the model, between two words about progress.
_CHUNK = 1024
# Of the outlines, whose 900 numbers say little more.
_LEADING_DIRECTIONS = 128
_THRESHOLDS = {
    "threshold_blank": BLANK_BELOW,
    "threshold_dark": DARK_BELOW,
    "threshold_bright": BRIGHT_ABOVE,
    "threshold_blurred": BLURRED_BELOW,
    "threshold_not_a_face": NOT_A_FACE_ABOVE,
    "threshold_near_duplicate": SAME_PHOTOGRAPH,
}

T = TypeVar("T")


def inspect(dataset: Dataset, recognizer: Recognizer | None, progress: Progress = silent) -> Inspection:
    """Return all that can be found wrong with a dataset, and keep it for `load_inspection`.

    A disk that is full does not spoil the work: it is then only not kept.

    Args:
        dataset: as it came, before any view, so that what is found stays in place.
        recognizer: whose features tell the emotions apart; with None, or a model without features, labels
            are judged by the faces' outlines alone, which finds fewer.

    Raises:
        DatasetError: the dataset holds no face.
        ModelMismatchError: the model does not fit.
    """
    if not len(dataset):
        raise DatasetError(f"“{dataset.name}” holds no face, so there is nothing to inspect.")
    facts: dict[str, float] = dict(_THRESHOLDS)

    def timed(name: str, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        value = work()
        facts[f"seconds_{name}"] = time.perf_counter() - started
        return value

    def judge_labels() -> LabelCheck | None:
        features = _features(images, recognizer, part(progress, 0.66, 0.9))
        return check_labels(features, labels, copies.photographs, part(progress, 0.9, 1))

    started = time.perf_counter()
    images, labels, splits = dataset.images, dataset.labels, dataset.splits
    measures = timed("measures", lambda: measure_faces(images, part(progress, 0, 0.04)))
    copies = timed("copies", lambda: find_copies(images, part(progress, 0.04, 0.6)))
    odd = timed("not_a_face", lambda: not_a_face(images, part(progress, 0.6, 0.66)))
    check = timed("labels", judge_labels)

    found: dict[QualityIssue, Findings] = copy_findings(copies, splits) | quality_findings(measures)
    if odd is not None:
        found[QualityIssue.NOT_A_FACE] = odd
    suspicion = np.full(len(dataset), np.nan, np.float32)
    facts |= copy_facts(copies, labels, splits)
    if check is not None:
        found[QualityIssue.WRONG_LABEL] = check.findings
        suspicion = check.suspicion
        facts["label_accuracy"] = check.accuracy
    facts["label_faces"] = int(np.isfinite(suspicion).sum())
    facts["label_by_model"] = float(recognizer is not None and recognizer.has_features)
    facts["seconds"] = time.perf_counter() - started
    findings = {issue: found[issue] for issue in QualityIssue if issue in found}
    inspection = Inspection(measures, suspicion, findings, facts)
    _INSPECTIONS.keep(inspection_path(fingerprint(dataset)), _arrays(inspection))
    progress(1.0, "Inspected")
    return inspection


def load_inspection(dataset_fingerprint: str) -> Inspection | None:
    """Return what the last inspection of these faces found; None before one, or if its file is damaged.

    Args:
        dataset_fingerprint: of the dataset as it came, by `fer.datasets.fingerprint`.
    """
    return load_result(inspection_path(dataset_fingerprint), _inspection)


def _inspection(arrays: Mapping[str, NDArray[Any]]) -> Inspection | None:
    """An inspection from its file; None where the arrays do not fit together."""
    measures = FaceMeasures(*(arrays[name] for name in ("brightness", "contrast", "sharpness")))
    findings = {
        QualityIssue(issue): Findings(
            QualityIssue(issue),
            *(arrays[f"{issue}_{name}"] for name in ("faces", "scores", "partners", "suggestions")),
        )
        for issue in arrays["faults"].tolist()
    }
    facts = dict(zip(arrays["fact_names"].tolist(), arrays["fact_values"].tolist(), strict=True))
    suspicion = arrays["suspicion"]
    n = len(suspicion)
    each = (measures.brightness, measures.contrast, measures.sharpness, suspicion)
    if any(values.shape != (n,) or values.dtype != np.float32 for values in each):
        return None
    for found in findings.values():
        m = len(found.faces)
        indices = (found.faces, found.partners, found.suggestions)
        if found.scores.shape != (m,) or any(v.shape != (m,) or v.dtype != np.intp for v in indices):
            return None
        if m and (found.faces.min() < 0 or max(found.faces.max(), found.partners.max()) >= n):
            return None
    return Inspection(measures, suspicion, findings, facts)


def inspection_path(dataset_fingerprint: str) -> Path:
    """Return where an inspection of these faces is kept."""
    return _INSPECTIONS.path(f"{dataset_fingerprint}-v{_INSPECTIONS.version}")


def _features(
    images: NDArray[np.uint8], recognizer: Recognizer | None, progress: Progress
) -> NDArray[np.float32]:
    """What is known of each face: what the model sees, or the leading directions of the outlines."""
    if recognizer is None or not recognizer.has_features:
        outlines = outlines_of(images, progress)
        outlines -= outlines.mean(axis=0)
        # Many faces have the leading directions of their triangular factor, which is small.
        few = outlines if len(outlines) <= outlines.shape[1] else np.linalg.qr(outlines, mode="r")
        directions = np.linalg.svd(few, full_matrices=False)[2][:_LEADING_DIRECTIONS]
        return np.asarray(outlines @ directions.T, np.float32)
    seen: list[NDArray[np.float32]] = []
    for start in range(0, len(images), _CHUNK):
        progress(start / len(images), "Looking at every face with the model")
        seen.append(recognizer.features(images[start : start + _CHUNK]))
    return np.concatenate(seen)


def _arrays(inspection: Inspection) -> dict[str, NDArray[np.generic]]:
    """An inspection as it is kept; `_inspection` turned round."""
    arrays: dict[str, NDArray[np.generic]] = {
        "brightness": inspection.measures.brightness,
        "contrast": inspection.measures.contrast,
        "sharpness": inspection.measures.sharpness,
        "suspicion": inspection.suspicion,
        "faults": np.array([str(issue) for issue in inspection.findings], np.str_),
        "fact_names": np.array(list(inspection.facts), np.str_),
        "fact_values": np.array(list(inspection.facts.values()), np.float64),
    }
    for issue, findings in inspection.findings.items():
        for name in ("faces", "scores", "partners", "suggestions"):
            arrays[f"{issue}_{name}"] = getattr(findings, name)
    return arrays
