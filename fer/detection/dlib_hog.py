"""HOG detector (dlib): the one of reference system S1; only where the learner has installed dlib."""

import importlib.util
import math
import threading
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.detection.crops import shrunk
from fer.detection.face import Face, one_per_person
from fer.errors import FaceDetectorError

# It finds faces from 80 pixels on; a larger picture is searched in a copy shrunk to this side.
_SIDE_PIXELS = 640
# dlib gives a distance from the margin, seldom above 3, and takes what lies above 0. The logistic function
# makes it a score as the other detectors have one, and of 0 a half.
SCORE_THRESHOLD = 0.5


def missing() -> str:
    """Return why it cannot be used and what to do; empty if it can."""
    if importlib.util.find_spec("dlib") is not None:
        return ""
    return "dlib is not installed here. “pip install dlib-bin” brings it, then start the workshop again."


class DlibDetector:
    """Frontal faces by histograms of oriented gradients; follows `FaceDetector`.

    Source:
        Dalal and Triggs (2005), "Histograms of Oriented Gradients for Human Detection"; the detector is
        dlib's, by King (2009), "Dlib-ml: A Machine Learning Toolkit".
    """

    def __init__(self, score_threshold: float = SCORE_THRESHOLD) -> None:
        """Load dlib.

        Args:
            score_threshold: the lowest score of a face, above 0 and below 1.

        Raises:
            FaceDetectorError: it is not installed.
        """
        if sentence := missing():
            raise FaceDetectorError(sentence)
        import dlib  # type: ignore[import-not-found]  # the learner's own

        self._lock = threading.Lock()
        self._least_distance = math.log(score_threshold / (1 - score_threshold))
        self._network: Any = dlib.get_frontal_face_detector()

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        """Return the faces, largest first; see `FaceDetector`."""
        height, width = image_bgr.shape[:2]
        searched, shrunk_by = shrunk(image_bgr, _SIDE_PIXELS)
        with self._lock:
            rectangles, scores, _ = self._network.run(
                cv2.cvtColor(searched, cv2.COLOR_BGR2GRAY), 0, self._least_distance
            )
        faces = []
        for rectangle, score in zip(rectangles, scores, strict=True):
            edges = [rectangle.left(), rectangle.top(), rectangle.right() + 1, rectangle.bottom() + 1]
            left, top, right, bottom = (round(edge * shrunk_by) for edge in edges)
            box = (max(left, 0), max(top, 0), min(right, width), min(bottom, height))
            faces.append(Face(box, confidence=1 / (1 + math.exp(-score))))
        return one_per_person(faces)
