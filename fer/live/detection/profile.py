"""Profile faces: the frontal cascade and the one for faces seen from the side, merged."""

import threading

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.live.detection.face import Face
from fer.live.detection.haar import AGREEING_WINDOWS, FAST, HaarDetector, HaarSettings, load_cascade
from fer.live.detection.tracking import SAME_FACE_OVERLAP, intersections_over_union

PROFILE_CASCADE = "haarcascade_profileface.xml"


class ProfileDetector:
    """The frontal cascade and the profile one, which knows faces that look left; follows `FaceDetector`.

    For those that look right it is shown the mirror image.
    """

    def __init__(self, settings: HaarSettings = FAST) -> None:
        """Load the cascades that come with OpenCV.

        Raises:
            FaceDetectorError: this OpenCV has none.
        """
        self._frontal = HaarDetector(settings)
        self._settings = settings
        self._lock = threading.Lock()
        self._profile = load_cascade(PROFILE_CASCADE)

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        """Return the faces, largest first.

        Args:
            image_bgr: (h, w, 3) uint8, never written to.
        """
        with self._lock:
            sideways = self._sideways(image_bgr)
        return _merged(self._frontal.detect(image_bgr), sideways)

    def _sideways(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        height, width = image_bgr.shape[:2]
        limit = self._settings.max_side_pixels
        shrunk_by = max(max(height, width) / limit, 1.0) if limit else 1.0
        grey = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
        if shrunk_by > 1:
            size = (max(1, round(width / shrunk_by)), max(1, round(height / shrunk_by)))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        faces = []
        for mirrored in (False, True):
            boxes, agreeing = self._profile.detectMultiScale2(
                cv2.flip(grey, 1) if mirrored else grey,
                self._settings.scale_factor,
                AGREEING_WINDOWS,
                minSize=(self._settings.min_face_pixels,) * 2,
            )
            for (left, top, w, h), windows in zip(boxes, agreeing, strict=True):
                if mirrored:
                    left = grey.shape[1] - left - w
                edges = np.rint(np.array([left, top, left + w, top + h]) * shrunk_by).astype(int)
                box = (int(edges[0]), int(edges[1]), min(int(edges[2]), width), min(int(edges[3]), height))
                faces.append(Face(box, confidence=int(windows) / (int(windows) + AGREEING_WINDOWS)))
        return faces


def _merged(frontal: list[Face], sideways: list[Face]) -> list[Face]:
    """All of them once: where two are one, the frontal one, else the surer; largest first."""
    kept: list[Face] = []
    for face in [*frontal, *sorted(sideways, key=lambda face: -face.confidence)]:
        overlaps = intersections_over_union([face.box], [other.box for other in kept])
        if not (overlaps > SAME_FACE_OVERLAP).any():
            kept.append(face)
    return sorted(kept, key=lambda face: face.area, reverse=True)
