"""The ways the tutorials do it, for the bench to be measured against. A heavy room: it imports Keras."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from numpy.typing import NDArray

from fer.batches import Batch
from fer.config import TrainingConfig
from fer.faces import FULL_RESOLUTION, HaarDetector, crop_faces
from fer.preprocessing import Preprocessing
from fer.training import build_network, compiled


def read_csv_with_a_loop(path: Path) -> NDArray[np.uint8]:
    """Return the pixels of a FER-2013 CSV, (n, 48, 48) uint8, number by number as the tutorials read them."""
    faces = []
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            pixels = [int(pixel) for pixel in row["pixels"].split()]
            faces.append(np.asarray(pixels, np.uint8).reshape(48, 48))
    return np.stack(faces)


def untrained_network(architecture: str) -> keras.Model:
    """Return the Keras model of an architecture: its speed does not depend on its weights."""
    return build_network(TrainingConfig(architecture=architecture), 7)


class FullSizePipeline:
    """Haar at full resolution, then `model.predict` on each face: the loop of every webcam tutorial."""

    def __init__(self, architecture: str, preprocessing: Preprocessing) -> None:
        self._detector = HaarDetector(FULL_RESOLUTION)
        self._network = untrained_network(architecture)
        self._preprocessing = preprocessing

    def __call__(self, frame_bgr: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Return the scores of each face of a frame."""
        height, width, _ = self._preprocessing.input_shape
        faces = self._detector.detect(frame_bgr)
        crops = self._preprocessing.apply(crop_faces(frame_bgr, faces, height, width))
        return [self._network.predict(crop[None], verbose=0)[0] for crop in crops]


class TrainingSteps:
    """One network, trained in turns by our loop and by Keras' own on tensors that lie ready."""

    def __init__(self, config: TrainingConfig, class_count: int) -> None:
        self._trainee = compiled(build_network(config, class_count), config)
        self._one_hot = np.eye(class_count, dtype=np.float32)
        self._batch_size = config.batch_size

    def train(self, batches: Iterable[Batch]) -> None:
        """Train once on each batch, as `fer.training` does."""
        for batch in batches:
            self._trainee.train_on_batch(batch.inputs, self._one_hot[batch.labels], batch.weights)

    def fit(self, inputs: NDArray[np.float32], labels: NDArray[np.intp]) -> None:
        """Train one epoch with `model.fit`, nothing to prepare."""
        self._trainee.fit(
            inputs, self._one_hot[labels], batch_size=self._batch_size, verbose=0, shuffle=False
        )
