"""Detector benchmark: what each face detector finds, invents and costs on photographs with known faces.

Their faces are marked by dlib's imglab XML, or their number is known. Nothing of the photographs is kept,
only the figures.
"""

import csv
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
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
    Search,
    as_bgr,
    crop_faces,
    lift_contrast,
)
from fer.detection.catalog import DetectorMeasure, MaterialMeasure, measures
from fer.detection.tracking import intersections_over_union
from fer.errors import DatasetError, DatasetNotFoundError
from fer.images import SUFFIXES, load_picture
from fer.models.inference import Recognizer
from fer.statistics import Proportion
from fer.system.machine import processor_name, read_machine
from fer.system.progress import Progress, silent
from fer.system.stopwatch import take_turns

# From this overlap on a box is the marked face: detectors frame faces differently.
FOUND_OVERLAP = 0.4
_FRAME_WIDTH, _FRAME_HEIGHT = 640, 480
# How dark a photograph is made to try the lifting of contrast, as a share of its light.
DIM_SHARE = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """A photograph and the faces that are known to be in it.

    Attributes:
        image_bgr: (h, w, 3) uint8.
        faces: how many.
        boxes: of every face; None where only their number is known.
    """

    image_bgr: NDArray[np.uint8]
    faces: int
    boxes: tuple[Box, ...] | None = None


def load_photographs(folder: Path, counts: Mapping[str, int]) -> list[Photograph]:
    """Return the photographs of a folder: those that its XML files annotate, or all if it has none.

    Args:
        folder: holds them.
        counts: how many faces a photograph shows, by its name; one of which nothing is said shows one.

    Raises:
        DatasetNotFoundError: there is no such folder, or no photograph in it.
        DatasetError: an XML cannot be read.
        PictureError: a photograph cannot be read.
    """
    if any(folder.glob("*.xml")):
        return load_annotated(folder)
    paths = sorted(path for path in folder.glob("*") if path.name.lower().endswith(SUFFIXES))
    if not paths:
        raise DatasetNotFoundError(f"In “{folder}” there is no photograph. Give a folder of photographs.")
    return [Photograph(_bgr(path), counts.get(path.name, 1)) for path in paths]


def load_counts(path: Path) -> dict[str, int]:
    """Return how many faces photographs show, by their names, from a CSV with the columns name and faces.

    Raises:
        DatasetError: it is no such table.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row["name"]: int(row["faces"]) for row in csv.DictReader(file)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"“{path.name}” is not a table of how many faces photographs show ({error}). Give a CSV with the "
            "columns name and faces."
        ) from error


def load_annotated(folder: Path) -> list[Photograph]:
    """Return the photographs that the XML files of a folder annotate, each once.

    Raises:
        DatasetNotFoundError: they name no photograph that is there.
        DatasetError: an XML cannot be read.
        PictureError: a photograph cannot be read.
    """
    found: dict[str, Photograph] = {}
    for path in sorted(folder.glob("*.xml")):
        try:
            root = ElementTree.parse(path).getroot()
            for image in root.iter("image"):
                name = Path(image.attrib["file"]).name  # never out of the folder
                if name not in found and (folder / name).is_file():
                    boxes = tuple(map(_box_of, image.iter("box")))
                    found[name] = Photograph(_bgr(folder / name), len(boxes), boxes)
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
    source: str, photographs: Sequence[Photograph], find: Callable[[NDArray[np.uint8]], Sequence[Face]]
) -> MaterialMeasure:
    """Return what `find` finds: a marked face where a box lies well over it, else as many as there are."""
    found = exact = nobody = false_alarms = 0
    for photograph in photographs:
        faces = find(photograph.image_bgr)
        if photograph.boxes is None:
            right, wrong = min(len(faces), photograph.faces), max(len(faces) - photograph.faces, 0)
        elif faces and photograph.boxes:
            overlaps = intersections_over_union([face.box for face in faces], photograph.boxes)
            right = len({int(row.argmax()) for row in overlaps if row.max() >= FOUND_OVERLAP})
            wrong = int((overlaps.max(axis=1) < FOUND_OVERLAP).sum())
        else:
            right, wrong = 0, len(faces)
        found, false_alarms = found + right, false_alarms + wrong
        exact += right == photograph.faces and not wrong
        nobody += photograph.faces > 0 and not right
    return MaterialMeasure(
        source,
        len(photographs),
        sum(photograph.faces for photograph in photographs),
        found,
        exact,
        nobody,
        false_alarms,
    )


def measure_detectors(
    folders: Sequence[Path],
    counts: Mapping[str, int],
    faces: Dataset,
    recognizer: Recognizer,
    progress: Progress = silent,
    *,
    runs: int = 15,
) -> dict[str, Any]:
    """Measure every detector that can be used here, and what lifting the contrast does in dim light.

    Args:
        folders: of photographs, as `load_photographs` takes them.
        counts: how many faces a photograph shows, by its name.
        faces: that are read in dim light.
        recognizer: reads them.
        progress: told how far it is.
        runs: how often the time for a frame is taken.

    Returns:
        Plain JSON values, as `detection.catalog` reads them: "detectors", name to `DetectorMeasure`, those
        that are not here as they were measured before; and "dim_light", how many faces the default detector
        finds in daylight, in the dark, and lifted, and how many of `faces` the model reads right.

    Raises:
        FerError: there are no photographs, or the faces cannot be read.
    """
    materials = {folder.resolve().name: load_photographs(folder, counts) for folder in folders}
    every = [photograph for photographs in materials.values() for photograph in photographs]
    frame = np.asarray(
        cv2.resize(every[0].image_bgr, (_FRAME_WIDTH, _FRAME_HEIGHT), interpolation=cv2.INTER_AREA),
        np.uint8,
    )
    here = [entry for entry in DETECTORS if not entry.missing()]
    cameras = {entry.name: entry.build(Search.CAMERA, entry.score_threshold) for entry in here}
    times = take_turns(
        {name: partial(camera.detect, frame) for name, camera in cameras.items()},
        runs=runs,
        tell=lambda fraction: progress(0.2 * fraction, "Timing the detectors"),
    )
    machine = f"{processor_name()}, {read_machine().cores} cores"
    found = {}
    for number, entry in enumerate(here):
        progress(0.2 + 0.4 * number / len(here), f"Counting what {entry.name} finds")
        timed = _Timed(entry.build(Search.PICTURE, entry.score_threshold))
        found[entry.name] = DetectorMeasure(
            tuple(count_found(name, photographs, timed) for name, photographs in materials.items()),
            round(times[entry.name].median_ms, 1),
            round(1e3 * float(np.median(timed.seconds)), 1),
            date.today().isoformat(),
            machine,
        )
    progress(0.6, "Dimming the light")
    return {
        "detectors": _measured_before() | {name: asdict(row) for name, row in found.items()},
        "dim_light": {
            "light_share": DIM_SHARE,
            "found": _found_in_dim_light(every, cameras[DEFAULT_DETECTOR]),
            "read": _read_in_dim_light(faces, recognizer, progress),
        },
    }


class _Timed:
    """A detector that notes how long each search took."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self.seconds: list[float] = []

    def __call__(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        started = time.perf_counter()
        faces = self._detector.detect(image_bgr)
        self.seconds.append(time.perf_counter() - started)
        return faces


def _measured_before() -> dict[str, Any]:
    """What is kept of detectors that are still there, as JSON values."""
    names = {entry.name for entry in DETECTORS}
    return {name: asdict(measure) for name, measure in measures().items() if name in names}


def _found_in_dim_light(photographs: Sequence[Photograph], camera: FaceDetector) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    dark = [replace(photograph, image_bgr=dimmed(photograph.image_bgr, rng)) for photograph in photographs]
    lifted = [replace(photograph, image_bgr=lift_contrast(photograph.image_bgr)) for photograph in dark]
    in_daylight, in_the_dark, when_lifted = (
        count_found("", seen, camera.detect) for seen in (photographs, dark, lifted)
    )
    return {
        "count": in_daylight.faces,
        "daylight": in_daylight.found,
        "dim": in_the_dark.found,
        "lifted": when_lifted.found,
        "false_alarms_lifted": when_lifted.false_alarms,
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


def _bgr(path: Path) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(load_picture(path), cv2.COLOR_RGB2BGR), np.uint8)


def _box_of(element: ElementTree.Element) -> Box:
    left, top, width, height = (int(element.attrib[name]) for name in ("left", "top", "width", "height"))
    return left, top, left + width, top + height
