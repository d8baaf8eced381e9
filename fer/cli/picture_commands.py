"""Picture command: the faces of image files as values, as text, and as a table."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fer.cli import reading_options, terminal
from fer.cli.commands import Add, Answer
from fer.detection import build_detector
from fer.errors import PictureError
from fer.images import SUFFIXES, load_picture
from fer.live import NOBODY_FOUND, STILL, RecognizedFace, picture_export, recognize_faces
from fer.live.drawing import draw_faces
from fer.live.picture_export import PicturePrediction
from fer.statistics import percent
from fer.system import files


def recognize(options: argparse.Namespace) -> Answer:
    """The faces of pictures, and what they show; one that cannot be read does not lose the others."""
    paths, left_out = _pictures(options.files)
    _keep_apart(paths, options.output, options.table)
    recognizer, other = reading_options.models(options)
    settings = reading_options.settings(options, STILL)
    detector = build_detector(settings.detector, score_threshold=settings.score_threshold)
    images: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for number, path in enumerate(paths):
        terminal.show_progress(number / len(paths), path.name)
        image: dict[str, Any] = {"file": str(path), "faces": []}
        images.append(image)
        recognized: tuple[RecognizedFace, ...] = ()
        try:
            picture_bgr = np.asarray(cv2.cvtColor(load_picture(path), cv2.COLOR_RGB2BGR), np.uint8)
        except PictureError as error:
            if len(paths) == 1:
                raise
            image["error"] = " ".join(str(error).split())
        else:
            recognized = recognize_faces(picture_bgr, detector, recognizer, settings, other)
            image["faces"] = [_told(item) for item in recognized]
            if options.output is not None:
                image["output"] = str(_output(options.output, number, path))
                encoded = cv2.imencode(".png", draw_faces(picture_bgr, recognized))[1].tobytes()
                files.save_bytes(Path(image["output"]), encoded)
        rows += picture_export.as_rows(
            [PicturePrediction(str(path), None, recognized, image.get("error", ""))]
        )
    failed = sum("error" in image for image in images)
    result: dict[str, Any] = {
        "model": options.model,
        "images": images,
        "failed": failed,
        "left_out": left_out,
    }
    if options.table is not None:
        files.save_text(options.table, picture_export.table_text(rows))
        result["table"] = str(options.table)
    if failed:
        terminal.note(f"fer: {failed:,} of {len(images):,} pictures could not be read.")
    nobody = any(not image["faces"] and "error" not in image for image in images)
    return result, "\n".join([*map(_line, images), *([NOBODY_FOUND] if nobody else []), *left_out])


def _pictures(given: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """The files to read, those of a folder by name; and a sentence for each folder that holds something else.

    Raises:
        PictureError: a folder cannot be read, or there is no picture in all that was given.
    """
    paths: list[Path] = []
    left_out: list[str] = []
    for path in given:
        if not path.is_dir():
            paths.append(path)
            continue
        try:
            entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
        except OSError as error:
            raise PictureError(f"“{path}” cannot be read: {error.strerror or error}.") from error
        chosen = [entry for entry in entries if _is_picture_of(path, entry)]
        paths += chosen
        if others := sorted(set(entries) - set(chosen)):
            what = (
                f"“{others[0].name}” is no picture"
                if len(others) == 1
                else (f"{len(others):,} are no pictures, for example “{others[0].name}”")
            )
            left_out.append(f"{path}: {len(chosen):,} of {len(entries):,} entries are read; {what}.")
    if not paths:
        raise PictureError(" ".join(["There is no picture to read.", *left_out]))
    return paths, left_out


def _is_picture_of(folder: Path, entry: Path) -> bool:
    """Whether its name is a picture's; no pipe or folder is one, and links lead to nowhere else."""
    return (
        entry.name.lower().endswith(SUFFIXES)
        and entry.is_file()
        and (not entry.is_symlink() or entry.resolve().is_relative_to(folder.resolve()))
    )


def _keep_apart(paths: Sequence[Path], output: Path | None, table: Path | None) -> None:
    """Raises PictureError if a picture that is to be read would be written over."""
    written = set() if output is None else {_output(output, *item).resolve() for item in enumerate(paths)}
    if table is not None:
        written.add(table.resolve())
    if over := written & {path.resolve() for path in paths}:
        raise PictureError(
            f"“{min(over).name}” is one of the pictures, and would be written over. "
            "Give another name or folder."
        )


def _output(folder: Path, number: int, path: Path) -> Path:
    return folder / f"{number + 1:03d}-{path.stem}.png"


def _line(image: dict[str, Any]) -> str:
    """What was read in a picture, or why it was not."""
    if "error" in image:
        return f"{image['file']}: not read. {image['error']}"
    found = ", ".join(
        f"{face['label']} {percent(face['confidence'], 0) if 'confidence' in face else ''}".rstrip()
        + f" at {face['box']}"
        for face in image["faces"]
    )
    return f"{image['file']}: {found or 'no face found'}"


def _told(item: RecognizedFace) -> dict[str, Any]:
    face: dict[str, Any] = {"box": list(item.face.box), "label": item.told}
    if item.too_small:
        return face
    face |= {
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
    sub.add_argument("files", metavar="FILE", nargs="+", type=Path, help="pictures, or a folder of them")
    sub.add_argument(
        "--output", metavar="FOLDER", type=Path, help="save each picture there with its faces drawn in"
    )
    sub.add_argument(
        "--table", metavar="CSV", type=Path, help="save a row per face there, and one per picture without"
    )
    reading_options.add_to(sub)
