"""Haar cascades: the detector that all five reference systems use, and still the fastest on a CPU."""

import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.errors import FaceDetectorError
from fer.faces.face import Box, Face

FRONTAL_CASCADE = "haarcascade_frontalface_default.xml"
# OpenCV's `MIN_NEIGHBORS` of every published webcam recipe: windows that must agree on a face.
AGREEING_WINDOWS = 5
# From one frame to the next a face moves by less than this share of its side, and its side grows by less.
NEAR_REACH = 0.35
NEAR_GROWTH = 1.3


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


# A webcam frame of 640×480 is searched at 320×240, from the cascade's smallest window (24) up. Of 43 faces in
# twelve annotated photographs it finds 32, a smallest window of 30 finds 14, the whole resolution 38.
FAST = HaarSettings(scale_factor=1.2, min_face_pixels=24, max_side_pixels=320)
# A still picture can wait a tenth of a second, and its faces may be small.
THOROUGH = HaarSettings(scale_factor=1.1, min_face_pixels=30, max_side_pixels=1280)
# What the reference systems do to every frame: scaleFactor 1.1, minNeighbors 5, minSize (30, 30).
FULL_RESOLUTION = HaarSettings(scale_factor=1.1, min_face_pixels=30, max_side_pixels=None)


class HaarDetector:
    """Frontal faces by Viola and Jones; follows `FaceDetector`.

    One cascade searches one picture at a time (OpenCV's object keeps state), so a lock guards it:
    give each camera a detector of its own.

    Source:
        Viola and Jones (2001), "Rapid Object Detection using a Boosted Cascade of Simple Features";
        the cascade is OpenCV's, trained by Rainer Lienhart.
    """

    def __init__(self, settings: HaarSettings = FAST) -> None:
        """Load the cascade that comes with OpenCV.

        Raises:
            FaceDetectorError: this OpenCV has no cascades, or no such file.
        """
        self.settings = settings
        self._lock = threading.Lock()
        try:
            path = Path(cv2.data.haarcascades) / FRONTAL_CASCADE  # type: ignore[attr-defined]  # stubs lack it
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
        """Return the faces, largest first; their boxes lie within the picture.

        Args:
            image_bgr: (h, w, 3) uint8, never written to.
        """
        height, width = image_bgr.shape[:2]
        faces = self._search(image_bgr, (0, 0, width, height), self.settings.min_face_pixels, 0)
        return sorted(faces, key=lambda face: face.area, reverse=True)

    def detect_near(self, image_bgr: NDArray[np.uint8], face: Face) -> Face | None:
        """Return the face that `face` of the last frame has become, or None if it is not near there.

        It looks around the old box for a face of about the same size: a small part of the work of `detect`.

        Args:
            image_bgr: (h, w, 3) uint8, of the size `face` was found in; never written to.
            face: as this detector found it.
        """
        height, width = image_bgr.shape[:2]
        left, top, right, bottom = face.box
        reach = round((right - left) * NEAR_REACH)
        region = (
            max(left - reach, 0),
            max(top - reach, 0),
            min(right + reach, width),
            min(bottom + reach, height),
        )
        side = (right - left) / self._shrunk_by(image_bgr)
        smallest = max(self.settings.min_face_pixels, int(side / NEAR_GROWTH))
        found = self._search(image_bgr, region, smallest, round(side * NEAR_GROWTH) + 1)
        return max(found, key=lambda near: near.confidence, default=None)

    def _search(self, image_bgr: NDArray[np.uint8], region: Box, smallest: int, largest: int) -> list[Face]:
        """Faces within `region`, their sides `smallest` to `largest` searched pixels (0: any)."""
        height, width = image_bgr.shape[:2]
        shrunk_by = self._shrunk_by(image_bgr)
        searched = _grey(image_bgr[region[1] : region[3], region[0] : region[2]], shrunk_by)
        with self._lock:
            boxes, agreeing = self._cascade.detectMultiScale2(
                searched,
                self.settings.scale_factor,
                AGREEING_WINDOWS,
                minSize=(smallest, smallest),
                maxSize=(largest, largest),
            )
        faces = []
        for (left, top, w, h), windows in zip(boxes, agreeing, strict=True):
            edges = np.rint(np.array([left, top, left + w, top + h]) * shrunk_by).astype(int)
            edges += np.array(region[:2] * 2)
            box = (int(edges[0]), int(edges[1]), min(int(edges[2]), width), min(int(edges[3]), height))
            # The cascade knows no probability. More agreeing windows make a surer face; this maps the
            # fewest allowed to 0.5 and many to nearly 1.
            faces.append(Face(box, confidence=int(windows) / (int(windows) + AGREEING_WINDOWS)))
        return faces

    def _shrunk_by(self, image_bgr: NDArray[np.uint8]) -> float:
        """How many pixels of the picture one pixel of the searched copy spans, at least 1."""
        limit = self.settings.max_side_pixels
        return max(max(image_bgr.shape[:2]) / limit, 1.0) if limit else 1.0


def _grey(image_bgr: NDArray[np.uint8], shrunk_by: float) -> NDArray[np.uint8]:
    if shrunk_by > 1:
        height, width = image_bgr.shape[:2]
        size = (max(1, round(width / shrunk_by)), max(1, round(height / shrunk_by)))
        # Shrunk first, then made grey: a quarter of the pixels to convert. Averaging over areas, because
        # skipping pixels would turn camera noise into edges.
        image_bgr = np.asarray(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY), np.uint8)
