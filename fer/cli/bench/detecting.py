"""Detector benchmark: what each face detector finds, invents and costs on marked photographs.

The annotations are dlib's imglab XML. Nothing of the photographs is kept, only the figures.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset
from fer.detection import (
    DEFAULT_DETECTOR,
    DETECTORS,
    Box,
    Face,
    FaceDetector,
    as_bgr,
    build_detector,
    crop_faces,
    lift_contrast,
)
from fer.detection.catalog import DetectorMeasure
from fer.detection.tracking import intersections_over_union
from fer.errors import DatasetError, DatasetNotFoundError
from fer.images import load_picture
from fer.models.inference import Recognizer
from fer.statistics import Proportion
from fer.system.progress import Progress, silent
from fer.system.stopwatch import take_turns

# From this overlap on a box is the marked face: detectors frame faces differently.
FOUND_OVERLAP = 0.4
_FRAME_WIDTH, _FRAME_HEIGHT = 640, 480
# How dark a photograph is made to try the lifting of contrast, as a share of its light.
DIM_SHARE = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Annotated:
    """A photograph and the faces marked in it.

    Attributes:
        image_bgr: (h, w, 3) uint8.
        boxes: of every face.
    """

    image_bgr: NDArray[np.uint8]
    boxes: tuple[Box, ...]


def load_annotated(folder: Path) -> list[Annotated]:
    """Return the photographs that the XML files of a folder annotate, each once.

    Raises:
        DatasetNotFoundError: there is no such folder, or no XML in it.
        DatasetError: an XML cannot be read, or names no photograph that is there.
        PictureError: a photograph cannot be read.
    """
    found: dict[str, Annotated] = {}
    for path in sorted(folder.glob("*.xml")):
        try:
            root = ElementTree.parse(path).getroot()
            for image in root.iter("image"):
                name = Path(image.attrib["file"]).name  # never out of the folder
                if name not in found and (folder / name).is_file():
                    rgb = load_picture(folder / name)
                    bgr = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8)
                    found[name] = Annotated(bgr, tuple(map(_box_of, image.iter("box"))))
        except (ElementTree.ParseError, KeyError, ValueError) as error:
            raise DatasetError(
                f"“{path.name}” is not an annotation as dlib's imglab writes it ({error}). Give a folder of "
                "photographs with such an XML beside them."
            ) from error
    if not found:
        raise DatasetNotFoundError(
            f"In “{folder}” there is no XML that marks faces in photographs beside it. Give such a folder; "
            "dlib's examples/faces is one."
        )
    return list(found.values())


def count_found(
    photographs: Sequence[Annotated], find: Callable[[NDArray[np.uint8]], Sequence[Face]]
) -> tuple[int, int]:
    """Return how many marked faces `find` finds, and how many other places it takes for a face."""
    found = false_alarms = 0
    for photograph in photographs:
        faces = find(photograph.image_bgr)
        if not faces or not photograph.boxes:
            false_alarms += len(faces)
            continue
        overlaps = intersections_over_union([face.box for face in faces], photograph.boxes)
        seen = {int(row.argmax()) for row in overlaps if row.max() >= FOUND_OVERLAP}
        found += len(seen)
        false_alarms += int((overlaps.max(axis=1) < FOUND_OVERLAP).sum())
    return found, false_alarms


def measure_detectors(
    folder: Path, faces: Dataset, recognizer: Recognizer, progress: Progress = silent, *, runs: int = 15
) -> dict[str, Any]:
    """Measure every detector that can be used here, and what lifting the contrast does in dim light.

    The folder is of annotated photographs; each detector's time is taken `runs` times.

    Returns:
        Plain JSON values, as `detection.catalog` reads them: "detectors", name to `DetectorMeasure`; and
        "dim_light", how many marked faces the default detector finds in daylight, in the dark, and lifted,
        and how many of `faces` the model reads right.

    Raises:
        FerError: there are no annotated photographs, or the faces cannot be read.
    """
    photographs = load_annotated(folder)
    frame = np.asarray(
        cv2.resize(photographs[0].image_bgr, (_FRAME_WIDTH, _FRAME_HEIGHT), interpolation=cv2.INTER_AREA),
        np.uint8,
    )
    detectors = {entry.name: build_detector(entry.name) for entry in DETECTORS if not entry.missing()}
    times = take_turns(
        {name: partial(detector.detect, frame) for name, detector in detectors.items()},
        runs=runs,
        tell=lambda fraction: progress(0.4 * fraction, "Timing the detectors"),
    )
    count = sum(len(photograph.boxes) for photograph in photographs)
    measures = {}
    for number, (name, detector) in enumerate(detectors.items()):
        progress(0.4 + 0.2 * number / len(detectors), f"Counting what {name} finds")
        found, false_alarms = count_found(photographs, detector.detect)
        milliseconds = round(times[name].median_ms, 1)
        measures[name] = DetectorMeasure(
            found, count, false_alarms, milliseconds, len(photographs), folder.name
        )
    progress(0.6, "Dimming the light")
    return {
        "detectors": {name: asdict(row) for name, row in measures.items()},
        "dim_light": {
            "light_share": DIM_SHARE,
            "found": _found_in_dim_light(photographs, detectors[DEFAULT_DETECTOR]),
            "read": _read_in_dim_light(faces, recognizer, progress),
        },
    }


def _found_in_dim_light(photographs: Sequence[Annotated], detector: FaceDetector) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    dark = [Annotated(dimmed(photograph.image_bgr, rng), photograph.boxes) for photograph in photographs]
    lifted = [Annotated(lift_contrast(photograph.image_bgr), photograph.boxes) for photograph in dark]
    return {
        "count": sum(len(photograph.boxes) for photograph in photographs),
        "daylight": count_found(photographs, detector.detect)[0],
        "dim": count_found(dark, detector.detect)[0],
        "lifted": count_found(lifted, detector.detect)[0],
        "false_alarms_lifted": count_found(lifted, detector.detect)[1],
    }


def _read_in_dim_light(faces: Dataset, recognizer: Recognizer, progress: Progress) -> dict[str, Any]:
    """Each face is set into a frame, as a camera would see it: contrast is lifted in whole frames."""
    rng = np.random.default_rng(0)
    side, (height, width) = 160, (240, 320)
    top, left = (height - side) // 2, (width - side) // 2
    box = Face((left, top, left + side, top + side), 1.0)
    conditions: dict[str, list[NDArray[np.uint8]]] = {"daylight": [], "dim": [], "lifted": []}
    for number, image in enumerate(faces.images):
        face = cv2.resize(as_bgr(image), (side, side), interpolation=cv2.INTER_LINEAR)
        around = (top, height - side - top, left, width - side - left)
        frame = np.asarray(cv2.copyMakeBorder(face, *around, cv2.BORDER_REPLICATE), np.uint8)
        dark = dimmed(frame, rng)
        for name, seen in (("daylight", frame), ("dim", dark), ("lifted", lift_contrast(dark))):
            conditions[name].append(crop_faces(seen, [box], *recognizer.preprocessing.input_shape[:2])[0])
        if number % 50 == 0:
            progress(0.6 + 0.4 * number / len(faces), "Reading faces in dim light")
    columns = {emotion: column for column, emotion in enumerate(recognizer.emotions)}
    labels = np.array([columns.get(faces.emotions[label], -1) for label in faces.labels])
    found: dict[str, Any] = {"count": len(faces), "model": recognizer.name, "faces": faces.source.title}
    for name, crops in conditions.items():
        right = Proportion.from_mask(recognizer.predict(np.stack(crops)).argmax(axis=1) == labels)
        found[name] = {"right": right.right, "interval_95": right.interval_95}
    return found


def dimmed(image_bgr: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the picture with an eighth of its light and the noise that a sensor has then, of 2 grey "
    "levels."""
    dark = image_bgr.astype(np.float32) * DIM_SHARE + rng.normal(0, 2, image_bgr.shape)
    return np.asarray(np.rint(np.clip(dark, 0, 255)), np.uint8)


def _box_of(element: ElementTree.Element) -> Box:
    left, top, width, height = (int(element.attrib[name]) for name in ("left", "top", "width", "height"))
    return left, top, left + width, top + height
