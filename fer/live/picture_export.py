"""Prediction export: what was read in pictures as CSV, as JSON, or as a zip of annotated pictures."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.live import RecognizedFace
from fer.live.drawing import DrawingStyle, draw_faces
from fer.live.video.table import COLUMNS, csv_text, face_row

_COLUMNS = ("file", "face", *COLUMNS[COLUMNS.index("left") :])
_SECOND_COLUMNS = ("second_label", "second_confidence")


@dataclass(frozen=True, slots=True, eq=False)
class PicturePrediction:
    """One picture and what was read in it.

    Attributes:
        name: of its file.
        image_bgr: (h, w, 3) uint8; None if it was not kept, or could not be read.
        faces: largest first.
        error: why it could not be read; empty if it was.
    """

    name: str
    image_bgr: NDArray[np.uint8] | None
    faces: tuple[RecognizedFace, ...] = ()
    error: str = ""


def as_rows(answers: Sequence[PicturePrediction]) -> list[dict[str, Any]]:
    """Return a row per face: file, face (from 1), box, label, confidence, seven probabilities.

    A picture without a face has one row, and so has one that could not be read, with the reason as `error`.
    """
    rows: list[dict[str, Any]] = []
    for answer in answers:
        rows += [{"file": answer.name, **face} for face in _face_rows(answer)] or [{"file": answer.name}]
        if answer.error:
            rows[-1]["error"] = answer.error
    return rows


def as_csv(answers: Sequence[PicturePrediction]) -> str:
    """Return the text of a CSV with the rows of `as_rows`, its heading first."""
    return table_text(as_rows(answers))


def table_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of a CSV of such rows; what a row lacks is empty."""
    named = {name for row in rows for name in row}
    # A second model's columns are there only where there was one.
    columns = (*_COLUMNS, *(name for name in _SECOND_COLUMNS if name in named), "error")
    # A name that begins like a formula would be one to a spreadsheet.
    return csv_text(columns, ({**row, "file": _harmless(row["file"])} for row in rows))


def as_json(answers: Sequence[PicturePrediction], model: str) -> str:
    """Return the text of a JSON object: the model, and each picture with its faces, or why there are none."""
    images = [
        {"file": answer.name, "faces": _face_rows(answer)} | ({"error": answer.error} if answer.error else {})
        for answer in answers
    ]
    return json.dumps({"model": model, "images": images}, indent=2, ensure_ascii=False) + "\n"


def as_zip(answers: Sequence[PicturePrediction], style: DrawingStyle) -> bytes:
    """Return a zip of PNGs, each picture with its faces drawn in, numbered in their order."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for number, answer in enumerate(answers, start=1):
            if answer.image_bgr is None:
                continue
            drawn = draw_faces(answer.image_bgr, answer.faces, style)
            encoded = cv2.imencode(".png", drawn)[1].tobytes()
            archive.writestr(f"{number:03d}-{PurePath(answer.name).stem[:60]}.png", encoded)
    return content.getvalue()


def _face_rows(answer: PicturePrediction) -> list[dict[str, Any]]:
    rows = []
    for item in answer.faces:
        row = {"face": item.track_id, **face_row(item)}
        if item.other_scores is not None:
            row["second_label"] = item.other_scores.top.value
            row["second_confidence"] = round(item.other_scores.confidence, 4)
        rows.append(row)
    return rows


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t")) else name
