"""Baselines for the benchmark: the ways the tutorials do it. It imports Keras."""

import csv
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from fer.config import TrainingConfig
from fer.detection import FULL_RESOLUTION, HaarDetector, crop_faces
from fer.models.catalog import FEATURES_LAYER
from fer.models.preprocessing import Preprocessing
from fer.training.engine.network import build_network, compiled


def read_csv_with_a_loop(path: Path) -> NDArray[np.uint8]:
    """Return the pixels of a FER-2013 CSV, (n, 48, 48) uint8, number by number as the tutorials read them."""
    faces = []
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            pixels = [int(pixel) for pixel in row["pixels"].split()]
            faces.append(np.asarray(pixels, np.uint8).reshape(48, 48))
    return np.stack(faces)


def read_folders_with_load_img(folder: Path) -> NDArray[np.uint8]:
    """Return the pixels of class folders, (n, 48, 48) uint8, as notebooks read them, with Pillow."""
    faces = [
        np.array(keras.utils.load_img(path, color_mode="grayscale", target_size=(48, 48)), np.uint8)
        for path in sorted(folder.rglob("*.jpg"))
    ]
    return np.stack(faces)


def read_folders_with_imread(folder: Path) -> NDArray[np.uint8]:
    """Return the pixels of class folders, (n, 48, 48) uint8, as scripts read them, with OpenCV."""
    faces = []
    for path in sorted(folder.rglob("*.jpg")):
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        faces.append(np.asarray(cv2.resize(picture, (48, 48)), np.uint8))
    return np.stack(faces)


def same_photographs_by_brute_force(pictures: NDArray[np.uint8], alike: float = 0.95) -> int:
    """Return how many pairs of grey pictures, (n, h, w) uint8, correlate, as they are or one mirrored.

    Every pixel of every face against every pixel of every other: what a notebook does that has a matrix
    library. It knows no shift and no crop, so it finds fewer than ours.
    """
    both = []
    for turned in (pictures, pictures[:, :, ::-1]):
        flat = turned.reshape(len(turned), -1).astype(np.float32)
        flat -= flat.mean(axis=1, keepdims=True)
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
        both.append(flat)
    plain, mirrored = both
    found = 0
    for start in range(0, len(plain), 1024):
        rows = slice(start, start + 1024)
        for views in (plain, mirrored):
            likeness = views[rows] @ plain[start:].T
            found += int((np.triu(likeness, 1) > alike).sum())
    return found


def untrained_network(architecture: str, preprocessing: Preprocessing) -> keras.Model:
    """Return the Keras model of an architecture for such faces: its weights do not matter to its speed."""
    return build_network(TrainingConfig(architecture=architecture, image_size=preprocessing.image_height), 7)


class GradCam:
    """Grad-CAM as the tutorials write it: the last feature map, weighed by the gradient of one emotion.

    Source:
        R. R. Selvaraju et al. (2017), "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
        Localization", arXiv:1610.02391.
    """

    def __init__(self, architecture: str, preprocessing: Preprocessing) -> None:
        network = untrained_network(architecture, preprocessing)
        features = network.get_layer(FEATURES_LAYER).output
        self._network = keras.Model(network.input, [features, network.outputs[0]])
        self._preprocessing = preprocessing

    def __call__(self, images: NDArray[np.uint8], column: int) -> NDArray[np.float32]:
        """Return what speaks for one emotion in each face, (n, h, w) float32, nothing below 0."""
        import tensorflow as tf

        with tf.GradientTape() as tape:
            features, answers = self._network(self._preprocessing.apply(images), training=False)
            score = answers[:, column]
        weights = tf.reduce_mean(tape.gradient(score, features), axis=(1, 2), keepdims=True)
        return np.asarray(tf.nn.relu(tf.reduce_sum(weights * features, axis=-1)), np.float32)


class FullSizePipeline:
    """Haar at full resolution, then `model.predict` on each face: the loop of every webcam tutorial."""

    def __init__(self, architecture: str, preprocessing: Preprocessing) -> None:
        self._detector = HaarDetector(FULL_RESOLUTION)
        self._network = untrained_network(architecture, preprocessing)
        self._preprocessing = preprocessing

    def __call__(self, frame_bgr: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Return the scores of each face of a frame."""
        height, width, _ = self._preprocessing.input_shape
        faces = self._detector.detect(frame_bgr)
        crops = self._preprocessing.apply(crop_faces(frame_bgr, faces, height, width))
        return [self._network.predict(crop[None], verbose=0)[0] for crop in crops]


class RivalTraining:
    """One network, trained by Keras' own `fit`."""

    def __init__(self, config: TrainingConfig, class_count: int) -> None:
        self._trainee = compiled(build_network(config, class_count), config)
        self._one_hot = np.eye(class_count, dtype=np.float32)
        self._config = config

    def fit(self, inputs: NDArray[np.float32], labels: NDArray[np.intp]) -> None:
        """Train one epoch on tensors that lie ready, nothing to prepare."""
        self._trainee.fit(
            inputs, self._one_hot[labels], batch_size=self._config.batch_size, verbose=0, shuffle=False
        )

    def fit_generator(self, inputs: NDArray[np.float32], labels: NDArray[np.intp]) -> None:
        """Train one epoch on `ImageDataGenerator.flow`, as the reference systems do, with our transforms."""
        import tensorflow as tf

        augmentation = self._config.augmentation
        generator = tf.keras.preprocessing.image.ImageDataGenerator(
            rotation_range=augmentation.rotation_degrees,
            width_shift_range=augmentation.shift_x_fraction,
            height_shift_range=augmentation.shift_y_fraction,
            zoom_range=augmentation.zoom_in_fraction,
            horizontal_flip=augmentation.horizontal_flip,
        )
        flow = generator.flow(inputs, self._one_hot[labels], batch_size=self._config.batch_size)
        self._trainee.fit(flow, verbose=0)
