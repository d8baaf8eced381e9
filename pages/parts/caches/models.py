"""Model cache: recognizers, loaded once, and what they answer."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from fer import images
from fer.config import DatasetView
from fer.datasets import Dataset
from fer.detection import Face, FaceDetector, build_detector, crop_faces, usual_detector
from fer.models import inference
from fer.models.inference import Recognizer
from pages.parts.caches.policy import kept


@kept(4)
def recognizer(model: str) -> Recognizer:
    """Return the model of that name, loaded once.

    Raises:
        ModelError: there is none of that name, or its files are incomplete.
    """
    return inference.load_recognizer(model)


@kept(16)
def answers(model: str, dataset: Dataset, view: DatasetView, rows: Sequence[int]) -> NDArray[np.float32]:
    """Return what `model` answers to some faces of a dataset in the state `view`, (n, k), computed once.

    Raises:
        ModelError: the model cannot be used.
    """
    return recognizer(model).predict(dataset.images[list(rows)])


@kept(8, scope="session")
def faces_in_picture(
    content: bytes, name: str, height: int, width: int
) -> tuple[NDArray[np.uint8], tuple[Face, ...]]:
    """Return the faces found in a picture file, (n, height, width, 3) RGB, framed as a camera's would be.

    Raises:
        FerError: the file is no picture, or the face detector cannot be used.
    """
    image_bgr = np.asarray(cv2.cvtColor(images.decode_rgb(content, name), cv2.COLOR_RGB2BGR), np.uint8)
    faces = _picture_detector().detect(image_bgr)
    return crop_faces(image_bgr, faces, height, width), tuple(faces)


@kept(None)
def _picture_detector() -> FaceDetector:
    return build_detector(usual_detector()[0])
