"""Haar cascades: the detector that all five reference systems use, and still the fastest on a CPU."""

import math
import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.detection.crops import shrunk
from fer.detection.face import Face, one_per_person
from fer.errors import FaceDetectorError

FRONTAL_CASCADE = "haarcascade_frontalface_default.xml"
# OpenCV's `MIN_NEIGHBORS` of every published webcam recipe: windows that must agree on a face. The cascade
# knows no probability. More agreeing windows make a surer face; so many make a score of a half, and many make
# one of nearly 1.
AGREEING_WINDOWS = 5
SCORE_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class HaarSettings:
    """How thoroughly a picture is searched; the price is time.

    Attributes:
        scale_factor: growth of the window from one pass to the next, above 1; smaller finds more.
        min_face_pixels: side of the smallest face sought, in pixels of the picture that is searched.
        max_side_pixels: a larger picture is searched in a copy shrunk to this side; None never shrinks.
    """

    scale_factor: float
    min_face_pixels: int
    max_side_pixels: int | None


# Of the settings tried on twelve annotated photographs (`python -m fer detectors --measure`) the cheapest
# that finds as many faces as the reference systems' at full size, and raises no false alarm either.
FAST = HaarSettings(scale_factor=1.15, min_face_pixels=24, max_side_pixels=480)
# A still picture can wait a tenth of a second, and its faces may be small.
THOROUGH = HaarSettings(scale_factor=1.1, min_face_pixels=30, max_side_pixels=1280)
# What the reference systems do to every frame: scaleFactor 1.1, minNeighbors 5, minSize (30, 30).
FULL_RESOLUTION = HaarSettings(scale_factor=1.1, min_face_pixels=30, max_side_pixels=None)


class HaarDetector:
    """Faces by Viola and Jones, frontal ones unless another cascade is named; follows `FaceDetector`.

    One cascade searches one picture at a time (OpenCV's object keeps state), so a lock guards it:
    give each camera a detector of its own.

    Source:
        Viola and Jones (2001), "Rapid Object Detection using a Boosted Cascade of Simple Features";
        the cascade is OpenCV's, trained by Rainer Lienhart.
    """

    def __init__(
        self,
        settings: HaarSettings = FAST,
        score_threshold: float = SCORE_THRESHOLD,
        cascade: str = FRONTAL_CASCADE,
    ) -> None:
        """Load a cascade that comes with OpenCV.

        Args:
            settings: how thoroughly a picture is searched.
            score_threshold: the lowest score of a face, above 0 and below 1.
            cascade: the name of its file.

        Raises:
            FaceDetectorError: this OpenCV has no cascades, or no such file.
        """
        self.settings = settings
        self._least_windows = math.ceil(AGREEING_WINDOWS * score_threshold / (1 - score_threshold))
        self._lock = threading.Lock()
        try:
            path = Path(cv2.data.haarcascades) / cascade  # type: ignore[attr-defined]  # stubs lack it
            self._cascade = cv2.CascadeClassifier(str(path))
        except AttributeError as error:
            raise FaceDetectorError(
                f"OpenCV {cv2.__version__} has no Haar cascades; they left with version 5. "
                "Install opencv-python-headless below 5, as requirements.txt asks."
            ) from error
        if self._cascade.empty():
            raise FaceDetectorError(
                f"The face detector {path} could not be read. Reinstall "
                "opencv-python-headless from requirements.txt."
            )

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        """Return the faces, largest first, their boxes within the picture; see `FaceDetector`."""
        height, width = image_bgr.shape[:2]
        # Shrunk first, then made grey: a quarter of the pixels to convert.
        searched, shrunk_by = shrunk(image_bgr, self.settings.max_side_pixels)
        with self._lock:
            boxes, agreeing = self._cascade.detectMultiScale2(
                cv2.cvtColor(searched, cv2.COLOR_BGR2GRAY),
                self.settings.scale_factor,
                self._least_windows,
                minSize=(self.settings.min_face_pixels,) * 2,
            )
        faces = []
        for (left, top, w, h), windows in zip(boxes, agreeing, strict=True):
            edges = np.rint(np.array([left, top, left + w, top + h]) * shrunk_by).astype(int)
            box = (int(edges[0]), int(edges[1]), min(int(edges[2]), width), min(int(edges[3]), height))
            faces.append(Face(box, confidence=int(windows) / (int(windows) + AGREEING_WINDOWS)))
        return one_per_person(faces)
