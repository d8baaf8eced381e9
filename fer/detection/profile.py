"""Profile faces: the frontal cascade and the one for faces seen from the side, merged."""

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.detection.face import Face, one_per_person
from fer.detection.haar import FAST, SCORE_THRESHOLD, HaarDetector, HaarSettings
from fer.detection.tracking import SAME_FACE_OVERLAP, overlap

PROFILE_CASCADE = "haarcascade_profileface.xml"


class ProfileDetector:
    """The frontal cascade and the profile one, which knows faces that look left; follows `FaceDetector`.

    For those that look right it is shown the mirror image.
    """

    def __init__(self, settings: HaarSettings = FAST, score_threshold: float = SCORE_THRESHOLD) -> None:
        """Load the cascades that come with OpenCV; the arguments are those of `HaarDetector`.

        Raises:
            FaceDetectorError: this OpenCV has none.
        """
        self._frontal = HaarDetector(settings, score_threshold)
        self._profile = HaarDetector(settings, score_threshold, PROFILE_CASCADE)

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        """Return every face once, largest first: where two overlap, the frontal one, else the surer."""
        sideways = self._profile.detect(image_bgr)
        width = image_bgr.shape[1]
        for face in self._profile.detect(np.asarray(cv2.flip(image_bgr, 1), np.uint8)):
            left, top, right, bottom = face.box
            sideways.append(Face((width - right, top, width - left, bottom), face.confidence))
        frontal = self._frontal.detect(image_bgr)
        beside = [
            face
            for face in sideways
            if all(overlap(face.box, other.box) <= SAME_FACE_OVERLAP for other in frontal)
        ]
        return one_per_person([*frontal, *beside])
