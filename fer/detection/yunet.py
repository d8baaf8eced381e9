"""YuNet detector: a small neural network that finds faces at any angle, with five landmarks.

Its weights, 233 kB, are not in the repository: they are fetched when somebody asks for them, or placed by
hand.
"""

import hashlib
import threading
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.detection.crops import shrunk
from fer.detection.face import Face, largest_first
from fer.errors import FaceDetectorError
from fer.system import files, paths
from fer.system.progress import Progress, silent

WEIGHTS_FILE = "face_detection_yunet_2023mar.onnx"
WEIGHTS_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
WEIGHTS_BYTES = 232_589
# The repository keeps its models in Git LFS, which media.githubusercontent.com serves.
WEIGHTS_URL = (
    "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models/face_detection_yunet/"
    f"{WEIGHTS_FILE}"
)
_NOTE = """YuNet face detector, face_detection_yunet_2023mar.onnx

Source:   OpenCV Zoo, https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet
Licence:  MIT, Copyright (c) 2020 Shiqi Yu
Paper:    Wu, Peng and Yu (2023), "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence
Research SHA-256:  8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4
"""

# Of the thresholds and sides tried on twelve annotated photographs, these find every face and nothing else.
_SCORE_THRESHOLD = 0.8
_OVERLAP_THRESHOLD = 0.3
_MOST_CANDIDATES = 5000
_SIDE_PIXELS = 320
# Its boxes are as narrow as the face. FER-2013's faces, and so what models know, are framed as Haar frames
# them: on 105 faces that both find, Haar's square has 1.07 times the side of a square of YuNet's area
# (interquartile range 0.10), and its centre lies 2 % of the side higher.
_SQUARE_SIDE = 1.07
_SQUARE_HIGHER = 0.02
# Smaller inputs have no cell on its coarsest grid.
_SMALLEST_INPUT = 32


class YuNetDetector:
    """Faces at any angle, with five landmarks; follows `FaceDetector`.

    Source:
        Wu, Peng and Yu (2023), "YuNet: A Tiny Millisecond-level Face Detector"; OpenCV's own implementation.
    """

    def __init__(self, side_pixels: int = _SIDE_PIXELS) -> None:
        """Load the weights from `models/detectors/`.

        Args:
            side_pixels: a larger picture is searched in a copy shrunk to this side.

        Raises:
            FaceDetectorError: the weights are not there, or are others than they should be.
        """
        if sentence := missing():
            raise FaceDetectorError(sentence)
        self._side_pixels = side_pixels
        self._lock = threading.Lock()  # the network keeps the size of its input
        self._network = cv2.FaceDetectorYN.create(
            str(weights_path()), "", (320, 320), _SCORE_THRESHOLD, _OVERLAP_THRESHOLD, _MOST_CANDIDATES
        )

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Face]:
        """Return the faces, largest first, with `landmarks`; see `FaceDetector`."""
        height, width = image_bgr.shape[:2]
        searched, shrunk_by = shrunk(image_bgr, self._side_pixels)
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
        return largest_first(faces)


def weights_path() -> Path:
    """Where the weights lie, or should."""
    return paths.detectors_folder() / WEIGHTS_FILE


def missing() -> str:
    """Return why YuNet cannot be used and what to do; empty if it can."""
    path = weights_path()
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size == WEIGHTS_BYTES else b""
    except OSError:
        return (
            f"YuNet's weights are not here yet. Fetch them (233 kB), or place {WEIGHTS_FILE} from the OpenCV "
            "Zoo into models/detectors/ by hand. The Haar detectors need none."
        )
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        return (
            f"The file models/detectors/{WEIGHTS_FILE} is not the one that YuNet's authors published. Delete "
            "it and fetch it again."
        )
    return ""


def fetch(progress: Progress = silent) -> Path:
    """Fetch the weights, check them, and return where they lie.

    Raises:
        FaceDetectorError: they cannot be fetched, or are others than they should be.
        StorageError: they cannot be written.
    """
    # Imported here, because whoever never fetches need not wait for it.
    import pooch  # type: ignore[import-untyped]  # it ships no types

    progress(0.0, "Asking the OpenCV Zoo")
    folder = paths.detectors_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        downloader = pooch.HTTPDownloader(timeout=20)
        fetched = pooch.retrieve(
            WEIGHTS_URL, f"sha256:{WEIGHTS_SHA256}", WEIGHTS_FILE, folder, downloader=downloader
        )
    except ValueError as error:
        raise FaceDetectorError(
            "What was fetched is not the file that YuNet's authors published, and was not kept. Place "
            f"{WEIGHTS_FILE} from the OpenCV Zoo into models/detectors/ by hand; the Haar detectors go on."
        ) from error
    except OSError as error:  # requests' errors are
        raise FaceDetectorError(
            "YuNet's weights cannot be fetched: the OpenCV Zoo on GitHub cannot be reached from here. Try "
            f"again with the internet, or place {WEIGHTS_FILE} into models/detectors/ by hand; the Haar "
            "detectors go on."
        ) from error
    files.save_text(folder / f"{WEIGHTS_FILE}.txt", _NOTE)
    progress(1.0, "Checked and kept")
    return Path(fetched)
