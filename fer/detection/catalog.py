"""Detector registry: the face detectors one can choose from, what each finds and what it costs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fer.detection import dlib_hog, haar, yunet
from fer.detection.face import FaceDetector, Search
from fer.detection.haar import FAST, FULL_RESOLUTION, THOROUGH, HaarDetector
from fer.detection.profile import ProfileDetector
from fer.detection.tracking_detector import DetectionMode, TrackingDetector
from fer.errors import FaceDetectorError

# What `python -m fer detectors --measure FOLDER` found in the photographs of `FOLDER`.
MEASURED_FILE = Path(__file__).parent / "measured.json"

DEFAULT_DETECTOR = "yunet"
_FALLBACK_DETECTOR = "haar_fast"
# Of 8 and of 12 agreeing windows. With the 5 of the published recipes, the thorough search took 16 things for
# a face in 31 photographs, with these 4; the fast one 2 and none. More of either loses faces.
_SURE_ENOUGH_FAST, _SURE_ENOUGH_THOROUGH = 0.6, 0.7
# Between which the lowest score of a face can be set.
SCORE_THRESHOLDS = (0.3, 0.95)


@dataclass(frozen=True, slots=True)
class MaterialMeasure:
    """What a detector was measured to find in one collection of photographs.

    Attributes:
        source: whose they are.
        photographs: how many there are.
        faces: that are in them.
        found: of these.
        exact: photographs in which all of them were found, and nothing else.
        nobody: photographs with faces in which none of them was found.
        false_alarms: what else was taken for a face.
    """

    source: str
    photographs: int
    faces: int
    found: int
    exact: int
    nobody: int
    false_alarms: int


@dataclass(frozen=True, slots=True)
class DetectorMeasure:
    """What a detector was measured to do.

    Attributes:
        materials: what it found, for each collection of photographs; searched as pictures are.
        frame_ms: median for a camera's frame of 640×480.
        picture_ms: median for one of the photographs at its full size.
        date: of the day.
        machine: processor and cores.
    """

    materials: tuple[MaterialMeasure, ...]
    frame_ms: float
    picture_ms: float
    date: str
    machine: str

    def total(self, of: str) -> int:
        """The sum over all materials of an attribute of `MaterialMeasure`."""
        return sum(getattr(material, of) for material in self.materials)


@dataclass(frozen=True, slots=True)
class DetectorEntry:
    """A detector before it is built.

    Attributes:
        name: what settings and the command line call it.
        title: what a person reads.
        summary: what it is good at, one sentence.
        score_threshold: the usual lowest score of a face, 0 to 1; scores of two detectors do not compare.
        build: makes one for a kind of search with a lowest score; raises FaceDetectorError where it cannot be
            had.
        missing: says why it cannot be had here and what to do; empty if it can.
        version: which weights it has; empty where they come with its library.
    """

    name: str
    title: str
    summary: str
    score_threshold: float
    build: Callable[[Search, float], FaceDetector]
    missing: Callable[[], str] = str
    version: str = ""

    @property
    def measured(self) -> DetectorMeasure | None:
        """What it was measured to do; None if it never was."""
        return measures().get(self.name)


DETECTORS: tuple[DetectorEntry, ...] = (
    DetectorEntry(
        "yunet",
        "YuNet",
        "A small neural network: faces at any angle, small ones too, in less time than Haar.",
        yunet.SCORE_THRESHOLD,
        yunet.YuNetDetector,
        yunet.missing,
        yunet.VERSION,
    ),
    DetectorEntry(
        "haar_fast",
        "Haar, fast",
        "Faces from the front, sought in a copy of the picture shrunk to 480 pixels.",
        _SURE_ENOUGH_FAST,
        lambda search, score: HaarDetector(FAST, score),
    ),
    DetectorEntry(
        "haar_profile",
        "Haar, front and side",
        "Also faces seen from the side, for twice the work and more.",
        _SURE_ENOUGH_FAST,
        lambda search, score: ProfileDetector(FAST, score),
    ),
    DetectorEntry(
        "haar_thorough",
        "Haar, thorough",
        "Faces from the front, small ones too, sought in up to 1,280 pixels: for pictures.",
        _SURE_ENOUGH_THOROUGH,
        lambda search, score: HaarDetector(THOROUGH, score),
    ),
    DetectorEntry(
        "haar_s4",
        "Haar as S4 sets it",
        "The settings of reference system S4: the whole picture at its full size.",
        haar.SCORE_THRESHOLD,
        lambda search, score: HaarDetector(FULL_RESOLUTION, score),
    ),
    DetectorEntry(
        "dlib_hog",
        "dlib",
        "Histograms of gradients, as reference system S1 uses them: steady, for faces of 80 pixels and more.",
        dlib_hog.SCORE_THRESHOLD,
        lambda search, score: dlib_hog.DlibDetector(score),
        dlib_hog.missing,
    ),
)


def detector_entry(name: str) -> DetectorEntry:
    """Return the entry of that name.

    Raises:
        FaceDetectorError: there is none.
    """
    entry = next((entry for entry in DETECTORS if entry.name == name), None)
    if entry is None:
        known = ", ".join(entry.name for entry in DETECTORS)
        raise FaceDetectorError(f"There is no face detector “{name}”. The detectors are: {known}.")
    return entry


def usual_detector() -> tuple[str, str]:
    """Return the default detector's name; or that of what stands in for it, and a sentence that says so."""
    sentence = detector_entry(DEFAULT_DETECTOR).missing()
    if not sentence:
        return DEFAULT_DETECTOR, ""
    return (
        _FALLBACK_DETECTOR,
        f"{sentence} Until then {detector_entry(_FALLBACK_DETECTOR).title} finds the faces.",
    )


def build_detector(
    name: str, mode: DetectionMode | None = None, score_threshold: float | None = None
) -> FaceDetector:
    """Return a new detector.

    Args:
        name: of an entry of `DETECTORS`.
        mode: when a frame of one video is searched whole; None for pictures that have nothing to do with one
            another.
        score_threshold: the lowest score of a face, within `SCORE_THRESHOLDS`; None for the detector's own.

    Raises:
        FaceDetectorError: there is none of that name, or it cannot be had here.
    """
    entry = detector_entry(name)
    search = Search.PICTURE if mode is None else Search.CAMERA
    detector = entry.build(search, entry.score_threshold if score_threshold is None else score_threshold)
    return detector if mode is None else TrackingDetector(detector, mode)


def dim_light() -> Mapping[str, Any] | None:
    """Return what dim light does and what lifting the contrast mends; None if it was never measured.

    "light_share" is how much light was left; "found" counts marked faces that the default detector finds, and
    "read" faces that a model reads right: in "daylight", when it is "dim", and "lifted".
    """
    try:
        found: dict[str, Any] = json.loads(MEASURED_FILE.read_text(encoding="utf-8"))["dim_light"]
    except (OSError, ValueError, KeyError):
        return None
    return found


def measures() -> Mapping[str, DetectorMeasure]:
    """Return what each detector was measured to do, by its name; empty if that cannot be read."""
    try:
        rows: dict[str, dict[str, Any]] = json.loads(MEASURED_FILE.read_text(encoding="utf-8"))["detectors"]
        return {
            name: DetectorMeasure(
                **{**row, "materials": tuple(MaterialMeasure(**material) for material in row["materials"])}
            )
            for name, row in rows.items()
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}
