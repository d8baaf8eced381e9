"""Tracking by detection: whole frames are searched now and then, known faces are tracked in between.

A search of the whole frame takes longer than a camera has between two frames. It need not be waited for: it
runs beside the video, on a thread of its own, and whoever it finds is followed into the newest frame by their
pixels.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fer.detection.face import SAME_PERSON_SHARE, Box, Face, FaceDetector, largest_first, shared
from fer.detection.patch import LEAST_LIKENESS, Patch
from fer.detection.tracking import SAME_FACE_OVERLAP, overlap
from fer.system import processes

# Whoever comes into view is looked for a sixth of a second later, at 30 frames a second.
FRAMES_PER_WHOLE_SEARCH = 5
# A face grows and shrinks slowly: its size is looked at in every so many frames.
FRAMES_PER_SIZE = 3
# A face that no longer looks like itself stays where it was for so long: a blink shows nobody gone.
FRAMES_HELD = 4
# Whoever so many searches in a row do not see is gone, however much the place still looks like them: a
# detector misses a face now and then, and a wall may look like one.
SEARCHES_MISSED = 3


class DetectionMode(StrEnum):
    """When the whole of a frame is searched."""

    BLOCKING = "blocking"  # before the frame is answered
    ASYNC = "async"  # on a thread, taken whenever it is done: for a camera, which does not wait
    SYNCED = "synced"  # on a thread, taken at the next search: the same film gives the same faces each time


class TrackingDetector:
    """Searches whole frames now and then, and follows known faces always; follows `FaceDetector`.

    It remembers the last frame, so one camera needs one of its own.
    """

    def __init__(self, detector: FaceDetector, mode: DetectionMode = DetectionMode.BLOCKING) -> None:
        """Begin without a face; `detector` searches whole frames."""
        self._detector = detector
        self._mode = mode
        self._known: list[_Track] = []
        self._shape: tuple[int, ...] = ()
        self._frames_until_search = 0
        self._search: _Search | None = None

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        """Return the faces, largest first; for one thread.

        Args:
            image_bgr: (h, w, 3) uint8, the next frame, never written to, also not later.
        """
        if self._shape != image_bgr.shape:  # the first frame, or another camera
            self._known, self._search, self._shape = [], None, image_bgr.shape
            self._take(self._detector.detect(image_bgr), image_bgr, image_bgr)
            self._frames_until_search = FRAMES_PER_WHOLE_SEARCH
        else:
            lost = self._follow(image_bgr)
            match self._mode:
                case DetectionMode.ASYNC:
                    self._search_beside(image_bgr, lost)
                case DetectionMode.SYNCED:
                    self._search_in_step(image_bgr, lost)
                case DetectionMode.BLOCKING if lost or not self._known or self._frames_until_search <= 0:
                    self._take(self._detector.detect(image_bgr), image_bgr, image_bgr)
                    self._frames_until_search = FRAMES_PER_WHOLE_SEARCH
        self._frames_until_search -= 1
        return largest_first(known.face for known in self._known)

    def _follow(self, image_bgr: NDArray[np.uint8]) -> bool:
        """Move the known faces to where they are now; returns whether one is lost, or two have become one."""
        moved, lost = [], False
        may_grow = self._frames_until_search % FRAMES_PER_SIZE == 0
        for known in self._known:
            box, likeness = known.patch.find(image_bgr, known.face.box, may_grow=may_grow)
            if likeness >= LEAST_LIKENESS and _is_inside(box, image_bgr):
                moved.append(replace(known, face=_moved(known.face, box), held=0))
                continue
            lost = True
            if known.held < FRAMES_HELD:
                moved.append(replace(known, held=known.held + 1))
        # The surer of two that have become one stays; a look at everything tells who is where.
        alone: list[_Track] = []
        for known in sorted(moved, key=lambda each: (each.held, each.missed, -each.face.confidence)):
            if not _is_there(known.face, alone):
                alone.append(known)
            else:
                lost = True
        self._known = alone
        return lost

    def _search_beside(self, image_bgr: NDArray[np.uint8], lost: bool) -> None:
        """Take what the search beside the video has found, and begin the next when it is time."""
        if self._search is not None and self._search.faces.done():
            search, self._search = self._search, None
            self._take(search.faces.result(), search.image_bgr, image_bgr)
        if self._search is None and (lost or self._frames_until_search <= 0):
            self._search = _Search(self._detector, image_bgr, yielding=True)
            self._frames_until_search = FRAMES_PER_WHOLE_SEARCH

    def _search_in_step(self, image_bgr: NDArray[np.uint8], lost: bool) -> None:
        """When it is time, wait for what the last search has found, and begin the next.

        Whoever is lost was perhaps cut away: then the new picture is searched at once.
        """
        if lost and any(known.held == 1 for known in self._known):
            self._search = None
            self._take(self._detector.detect(image_bgr), image_bgr, image_bgr)
            self._frames_until_search = FRAMES_PER_WHOLE_SEARCH
            return
        if self._frames_until_search > 0:
            return
        if self._search is not None:
            self._take(self._search.faces.result(), self._search.image_bgr, image_bgr)
        self._search = _Search(self._detector, image_bgr)
        self._frames_until_search = FRAMES_PER_WHOLE_SEARCH

    def _take(
        self, found: Sequence[Face], found_in_bgr: NDArray[np.uint8], image_bgr: NDArray[np.uint8]
    ) -> None:
        """Let `found` correct what is known: add whoever is new, let go whoever is not seen any more.

        A search found them in the frame `found_in_bgr`; in the newest, `image_bgr`, they may have moved on.
        """
        left = list(self._known)
        kept: list[_Track] = []
        for face in found:
            patch = Patch.of(found_in_bgr, face.box)
            if patch is None:
                continue
            known = _same(face, [each.face for each in left])
            before = None if known is None else left.pop(known)
            if found_in_bgr is not image_bgr:
                # From where it is known to be by now, in the size in which it was found.
                start = face.box if before is None else _centred(face.box, before.face.box)
                box, likeness = patch.find(image_bgr, start)
                if likeness < LEAST_LIKENESS:
                    if before is not None:
                        kept.append(replace(before, missed=0))
                    continue
                face = _moved(face, box)
            if not _is_there(face, kept):
                kept.append(_Track(face, patch))
        for known_still in left:
            still_there = known_still.held == 0 and known_still.missed + 1 < SEARCHES_MISSED
            if still_there and not _is_there(known_still.face, kept):
                kept.append(replace(known_still, missed=known_still.missed + 1))
        self._known = kept


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """A known face.

    Attributes:
        face: where it was last.
        patch: what it looked like when a search found it.
        held: frames since it last looked like that.
        missed: searches in a row that did not find it.
    """

    face: Face
    patch: Patch
    held: int = 0
    missed: int = 0


class _Search:
    """A search of one whole frame on a thread of its own, which ends with it.

    `yielding` lets it go last where the cores are short: a camera's frames do not wait for it.
    """

    def __init__(
        self, detector: FaceDetector, image_bgr: NDArray[np.uint8], *, yielding: bool = False
    ) -> None:
        self.image_bgr, self._yielding = image_bgr, yielding
        self.faces: Future[list[Face]] = Future()
        # Not a daemon: a process that ended in the midst of OpenCV's work would be aborted.
        threading.Thread(target=self._run, args=(detector,), name="search-whole-frame").start()

    def _run(self, detector: FaceDetector) -> None:
        if self._yielding:
            processes.yield_to_other_threads()
        try:
            self.faces.set_result(detector.detect(self.image_bgr))
        except Exception as error:  # carried over to the thread that can tell
            self.faces.set_exception(error)


def _same(face: Face, others: Sequence[Face]) -> int | None:
    """Which of the others it is; None if it is none of them."""
    overlaps = [overlap(face.box, other.box) for other in others]
    best = max(range(len(overlaps)), key=overlaps.__getitem__, default=None)
    return best if best is not None and overlaps[best] > SAME_FACE_OVERLAP else None


def _is_there(face: Face, others: Sequence[_Track]) -> bool:
    """Whether one of the others is the same person."""
    return any(
        overlap(face.box, other.face.box) > SAME_FACE_OVERLAP
        or shared(face.box, other.face.box) > SAME_PERSON_SHARE
        for other in others
    )


def _moved(face: Face, box: Box) -> Face:
    """The face in another place, its landmarks with it."""
    landmarks = face.landmarks
    if landmarks is not None:
        corner, other = np.array(face.box[:2]), np.array(box[:2])
        growth = (box[2] - box[0]) / max(face.box[2] - face.box[0], 1)
        landmarks = np.asarray((landmarks - corner) * growth + other, np.float32)
    return Face(box, face.confidence, landmarks)


def _centred(box: Box, on: Box) -> Box:
    """A box of the size of `box` about the centre of `on`."""
    x, y = (on[0] + on[2] - box[0] - box[2]) // 2, (on[1] + on[3] - box[1] - box[3]) // 2
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def _is_inside(box: Box, image_bgr: NDArray[np.uint8]) -> bool:
    """Whether more than half of the box lies in the picture, each way."""
    height, width = image_bgr.shape[:2]
    across = min(box[2], width) - max(box[0], 0)
    down = min(box[3], height) - max(box[1], 0)
    return bool(2 * across > box[2] - box[0] and 2 * down > box[3] - box[1])
