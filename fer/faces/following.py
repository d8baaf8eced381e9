"""Finding faces in a video for a fraction of the work: look around where they were a moment ago."""

import numpy as np
from numpy.typing import NDArray

from fer.faces.face import Face
from fer.faces.haar import HaarDetector
from fer.faces.tracking import SAME_FACE_OVERLAP, intersections_over_union

# Whoever comes into view is seen a sixth of a second later, at 30 frames a second.
FRAMES_PER_WHOLE_SEARCH = 5


class FollowingDetector:
    """Searches every fifth frame whole, the others around the known faces; follows `FaceDetector`.

    A face that is not where it was, no face at all, or a frame of another size: each makes it search the
    whole frame at once. It remembers the last frame, so one camera needs one of its own.
    """

    def __init__(self, detector: HaarDetector) -> None:
        self._detector = detector
        self._known: list[Face] = []
        self._shape: tuple[int, ...] = ()
        self._frames_until_whole = 0

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        """Return the faces, largest first; for one thread.

        Args:
            image_bgr: (h, w, 3) uint8, the next frame, never written to.
        """
        faces = self._followed(image_bgr)
        if faces is None:
            faces = self._detector.detect(image_bgr)
            self._frames_until_whole = FRAMES_PER_WHOLE_SEARCH
        self._frames_until_whole -= 1
        self._known, self._shape = faces, image_bgr.shape
        return faces

    def _followed(self, image_bgr: NDArray[np.uint8]) -> list[Face] | None:
        """The known faces where they are now; None if the whole frame has to be searched."""
        if not self._known or self._shape != image_bgr.shape or self._frames_until_whole <= 0:
            return None
        found = [self._detector.detect_near(image_bgr, face) for face in self._known]
        faces = [face for face in found if face is not None]
        boxes = [face.box for face in faces]
        # Two that have become one were two people: only a look at everything tells who is where.
        merged = np.triu(intersections_over_union(boxes, boxes), k=1) > SAME_FACE_OVERLAP
        if len(faces) < len(found) or merged.any():
            return None
        return sorted(faces, key=lambda face: face.area, reverse=True)
