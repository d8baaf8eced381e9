"""Which face of this frame is which face of the last: an id for each person, as long as they stay."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fer.faces.face import Box, Face

# Two boxes of one face in neighbouring frames overlap far more; two people side by side far less.
SAME_FACE_OVERLAP = 0.3
# A detector loses a face for a few frames (a turn of the head, a hand); half a second at 30 frames a second.
FRAMES_UNTIL_FORGOTTEN = 15


class FaceTracker:
    """Gives faces their ids, best overlap first. For one camera and one thread."""

    def __init__(self) -> None:
        self._boxes: dict[int, Box] = {}
        self._missed: dict[int, int] = {}
        self._last_id = 0

    @property
    def ids(self) -> set[int]:
        """The faces not yet forgotten, also those missed in the last frame."""
        return set(self._boxes)

    def update(self, faces: Sequence[Face]) -> list[int]:
        """Return one id for each face of the next frame, in the order of `faces`; ids start at 1."""
        known = list(self._boxes)
        found: dict[int, int] = {}
        overlaps = intersections_over_union([self._boxes[i] for i in known], [face.box for face in faces])
        # Greedy, from the largest overlap down: what the eye would pair first is paired first.
        for flat in np.argsort(-overlaps, axis=None, kind="stable"):
            row, column = divmod(int(flat), len(faces))
            if overlaps[row, column] < SAME_FACE_OVERLAP:
                break
            if column not in found and known[row] not in found.values():
                found[column] = known[row]
        ids = []
        for column, face in enumerate(faces):
            if column not in found:
                self._last_id += 1
                found[column] = self._last_id
            ids.append(found[column])
            self._boxes[found[column]] = face.box
        self._forget(seen=set(ids))
        return ids

    def _forget(self, seen: set[int]) -> None:
        self._missed = {i: 0 if i in seen else self._missed.get(i, 0) + 1 for i in self._boxes}
        for i, missed in self._missed.items():
            if missed > FRAMES_UNTIL_FORGOTTEN:
                del self._boxes[i]


def intersections_over_union(boxes: Sequence[Box], others: Sequence[Box]) -> NDArray[np.float64]:
    """Return how well each of `boxes` covers each of `others`, 0 to 1, (len(boxes), len(others))."""
    a = np.array(boxes, float).reshape(-1, 1, 4)
    b = np.array(others, float).reshape(1, -1, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.prod(np.clip(sides, 0, None), axis=-1)
    areas = [np.prod(box[..., 2:] - box[..., :2], axis=-1) for box in (a, b)]
    return np.asarray(shared / np.maximum(areas[0] + areas[1] - shared, 1e-9))
