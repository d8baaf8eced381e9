"""The face detectors a learner can choose from."""

from collections.abc import Callable
from dataclasses import dataclass

from fer.errors import FaceDetectorError
from fer.faces.face import FaceDetector
from fer.faces.following import FollowingDetector
from fer.faces.haar import FAST, FULL_RESOLUTION, THOROUGH, HaarDetector


@dataclass(frozen=True, slots=True)
class DetectorEntry:
    """A detector before it is built.

    Attributes:
        name: what settings and the command line call it.
        title: what a person reads.
        summary: what it is good at, one sentence.
        build: makes one; raises FaceDetectorError where it cannot be had.
    """

    name: str
    title: str
    summary: str
    build: Callable[[], HaarDetector]


DETECTORS: tuple[DetectorEntry, ...] = (
    DetectorEntry(
        "haar_fast",
        "Haar, fast",
        "Frontal faces, sought in a copy of the picture shrunk to 320 pixels.",
        lambda: HaarDetector(FAST),
    ),
    DetectorEntry(
        "haar_thorough",
        "Haar, thorough",
        "Frontal faces, sought in up to 1,280 pixels; for pictures.",
        lambda: HaarDetector(THOROUGH),
    ),
    DetectorEntry(
        "haar_s4",
        "Haar as reference system S4 uses it",
        "Frontal faces at the picture's full size.",
        lambda: HaarDetector(FULL_RESOLUTION),
    ),
)


def build_detector(name: str, *, following: bool = False) -> FaceDetector:
    """Return a new detector.

    Args:
        name: of an entry of `DETECTORS`.
        following: for the frames of one video, where most need not be searched whole.

    Raises:
        FaceDetectorError: there is none of that name, or it cannot be had here.
    """
    entry = next((entry for entry in DETECTORS if entry.name == name), None)
    if entry is None:
        known = ", ".join(entry.name for entry in DETECTORS)
        raise FaceDetectorError(f"There is no face detector “{name}”. The detectors are: {known}.")
    detector = entry.build()
    return FollowingDetector(detector) if following else detector
