"""Picture command: the faces of image files as values, as text, and as a table."""

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fer.cli import reading_options, terminal
from fer.cli.commands import Add, Answer
from fer.detection import build_detector
from fer.images import load_picture
from fer.live import STILL, RecognizedFace, picture_export, recognize_faces
from fer.live.drawing import draw_faces
from fer.live.picture_export import PicturePrediction
from fer.statistics import percent
from fer.system import files


def recognize(options: argparse.Namespace) -> Answer:
    """The faces of pictures, and what they show."""
    recognizer, other = reading_options.models(options)
    settings = reading_options.settings(options, STILL)
    detector = build_detector(settings.detector, score_threshold=settings.score_threshold)
    images: list[dict[str, Any]] = []
    answers, lines = [], []
    for number, path in enumerate(options.files):
        terminal.show_progress(number / len(options.files), path.name)
        picture_bgr = np.asarray(cv2.cvtColor(load_picture(path), cv2.COLOR_RGB2BGR), np.uint8)
        recognized = recognize_faces(picture_bgr, detector, recognizer, settings, other)
        # Without its pixels: only a table is made of it, and a thousand pictures would fill the memory.
        answers.append(PicturePrediction(str(path), np.empty((0, 0, 3), np.uint8), recognized))
        image: dict[str, Any] = {"file": str(path), "faces": [_told(item) for item in recognized]}
        if options.output is not None:
            encoded = cv2.imencode(".png", draw_faces(picture_bgr, recognized))[1].tobytes()
            image["output"] = str(options.output / f"{number + 1:03d}-{path.stem}.png")
            files.save_bytes(Path(image["output"]), encoded)
        images.append(image)
        found = ", ".join(
            f"{face['label']} {percent(face['confidence'], 0)} at {face['box']}" for face in image["faces"]
        )
        lines.append(f"{path}: {found or 'no face found'}")
    result: dict[str, Any] = {"model": options.model, "images": images}
    if options.table is not None:
        files.save_text(options.table, picture_export.as_csv(answers))
        result["table"] = str(options.table)
    return result, "\n".join(lines)


def _told(item: RecognizedFace) -> dict[str, Any]:
    face: dict[str, Any] = {
        "box": list(item.face.box),
        "label": "unsure" if item.label is None else item.label,
        "emotion": item.scores.top,
        "confidence": item.scores.confidence,
        "probabilities": item.scores.as_dict(),
    }
    if item.other_scores is not None:
        face["second"] = item.other_scores.as_dict()
    return face


def add_to(add: Add) -> None:
    """Register the command."""
    sub = add("recognize", recognize)
    sub.add_argument("files", metavar="FILE", nargs="+", type=Path, help="pictures")
    sub.add_argument(
        "--output", metavar="FOLDER", type=Path, help="save each picture there with its faces drawn in"
    )
    sub.add_argument("--table", metavar="CSV", type=Path, help="save a row per face there")
    reading_options.add_to(sub)
