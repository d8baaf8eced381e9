"""Prediction export: what was read in pictures as CSV, as JSON, or as a zip of annotated pictures."""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.live import RecognizedFace
from fer.live.drawing import DrawingStyle, draw_faces
from fer.live.video.table import csv_text, face_row


@dataclass(frozen=True, slots=True, eq=False)
class PicturePrediction:
    """One picture and what was read in it.

    Attributes:
        name: of its file.
        image_bgr: (h, w, 3) uint8.
        faces: largest first.
    """

    name: str
    image_bgr: NDArray[np.uint8]
    faces: tuple[RecognizedFace, ...]


def as_rows(answers: Sequence[PicturePrediction]) -> list[dict[str, Any]]:
    """Return a row per face: file, face (from 1), box, label, confidence, seven probabilities."""
    rows = []
    for answer in answers:
        for item in answer.faces:
            row = {"file": answer.name, "face": item.track_id, **face_row(item)}
            if item.other_scores is not None:
                row["second_label"] = item.other_scores.top.value
                row["second_confidence"] = round(item.other_scores.confidence, 4)
            rows.append(row)
    return rows


def as_csv(answers: Sequence[PicturePrediction]) -> str:
    """Return the text of a CSV with a row per face, its heading first."""
    rows = as_rows(answers)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    # A name that begins like a formula would be one to a spreadsheet.
    return csv_text(columns, ({**row, "file": _harmless(row["file"])} for row in rows))


def as_json(answers: Sequence[PicturePrediction], model: str) -> str:
    """Return the text of a JSON object: the model, and each picture with its faces."""
    images = [
        {"file": answer.name, "faces": [row for row in as_rows([answer]) if row.pop("file")]}
        for answer in answers
    ]
    return json.dumps({"model": model, "images": images}, indent=2, ensure_ascii=False) + "\n"


def as_zip(answers: Sequence[PicturePrediction], style: DrawingStyle) -> bytes:
    """Return a zip of PNGs, each picture with its faces drawn in, numbered in their order."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for number, answer in enumerate(answers, start=1):
            drawn = draw_faces(answer.image_bgr, answer.faces, style)
            encoded = cv2.imencode(".png", drawn)[1].tobytes()
            archive.writestr(f"{number:03d}-{PurePath(answer.name).stem[:60]}.png", encoded)
    return content.getvalue()


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t")) else name
