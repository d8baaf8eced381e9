"""Tracking: one id for each person from frame to frame, by the overlap (IoU) of bounding boxes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fer.detection.face import Box, Face

# Two boxes of one face in neighbouring frames overlap far more; two people side by side far less.
SAME_FACE_OVERLAP = 0.3
# A detector loses a face for a few frames (a turn of the head, a hand); half a second at 30 frames a second.
FRAMES_UNTIL_FORGOTTEN = 15
# A sudden move leaves no overlap. Then whoever is left over on both sides is the same person if the centre
# has moved by less than so many sides, and the side has changed by less than this factor.
_SUDDEN_MOVE_SIDES = 1.5
_SUDDEN_GROWTH = 1.5


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
        before, now = [self._boxes[i] for i in known], [face.box for face in faces]
        found: dict[int, int] = {}
        _pair(found, known, intersections_over_union(before, now), SAME_FACE_OVERLAP)
        if len(found) < min(len(known), len(faces)):
            _pair(found, known, _nearness(before, now), 0.0)
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


def overlap(a: Box, b: Box) -> float:
    """Return how well two boxes cover one another, 0 to 1: their intersection over their union.

    For a few boxes; `intersections_over_union` takes all pairs of many at once.
    """
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def intersections_over_union(boxes: Sequence[Box], others: Sequence[Box]) -> NDArray[np.float64]:
    """Return how well each of `boxes` covers each of `others`, 0 to 1, (len(boxes), len(others))."""
    a = np.array(boxes, float).reshape(-1, 1, 4)
    b = np.array(others, float).reshape(1, -1, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.prod(np.clip(sides, 0, None), axis=-1)
    areas = [np.prod(box[..., 2:] - box[..., :2], axis=-1) for box in (a, b)]
    return np.asarray(shared / np.maximum(areas[0] + areas[1] - shared, 1e-9))


def _nearness(boxes: Sequence[Box], others: Sequence[Box]) -> NDArray[np.float64]:
    """How near each of `boxes` is to each of `others`, 1 for the same place; below 0 is another face."""
    a = np.array(boxes, float).reshape(-1, 1, 4)
    b = np.array(others, float).reshape(1, -1, 4)
    distances = np.linalg.norm((a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2, axis=-1)
    sides, other_sides = a[..., 2] - a[..., 0], b[..., 2] - b[..., 0]
    growth = np.maximum(sides, other_sides) / np.maximum(np.minimum(sides, other_sides), 1e-9)
    reach = _SUDDEN_MOVE_SIDES * np.maximum((sides + other_sides) / 2, 1e-9)
    return np.asarray(np.where(growth < _SUDDEN_GROWTH, 1 - distances / reach, -1.0))


def _pair(found: dict[int, int], known: Sequence[int], likeness: NDArray[np.float64], least: float) -> None:
    """Give columns of `likeness` the ids of its rows, from the most alike down to `least`.

    Greedy: what the eye would pair first is paired first.
    """
    for flat in np.argsort(-likeness, axis=None, kind="stable"):
        row, column = divmod(int(flat), likeness.shape[1])
        if likeness[row, column] <= least:
            break
        if column not in found and known[row] not in found.values():
            found[column] = known[row]
