"""Image statistics: how bright, how contrasted and how sharp each face is."""

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets.quality.chunks import in_chunks
from fer.datasets.quality.finding import FaceMeasures
from fer.system.progress import Progress, silent

_CHUNK = 512


def measure_faces(images: NDArray[np.uint8], progress: Progress = silent) -> FaceMeasures:
    """Return brightness, contrast and sharpness of every face.

    Args:
        images: (n, h, w, c) uint8, c 1 (grey) or 3 (RGB), of any size; n may be 0.

    Source:
        The Laplacian's energy as a measure of focus: Pech-Pacheco et al. (2000), "Diatom autofocusing in
        brightfield microscopy: a comparative study", ICPR. Alone it also calls every dim picture blurred;
        divided by the gradient's energy it depends on how fine the edges are, not on how strong.
    """
    measured = np.empty((3, len(images)), np.float32)

    def measure(rows: slice) -> None:
        for row in range(rows.start, rows.stop):
            grey = grey_of(images[row])
            mean, deviation = cv2.meanStdDev(grey)
            laplacian = cv2.Laplacian(grey, cv2.CV_16S)
            # Scharr's kernel weighs a step of one grey level with 32.
            gradient = cv2.norm(cv2.Scharr(grey, cv2.CV_16S, 1, 0)) ** 2
            gradient += cv2.norm(cv2.Scharr(grey, cv2.CV_16S, 0, 1)) ** 2
            finest = cv2.norm(laplacian) ** 2 * 32**2
            measured[:, row] = mean[0, 0], deviation[0, 0], 100 * finest / max(gradient, 1.0)

    in_chunks(len(images), _CHUNK, measure, progress, "Measuring every face")
    return FaceMeasures(*measured)


def grey_of(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (h, w) uint8 of a picture (h, w, c), c 1 (grey) or 3 (RGB)."""
    if image.shape[2] == 1:
        return image[:, :, 0]
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def small_greys(images: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return every face grey and `side` pixels wide and high, (n, side, side) uint8."""
    if images.shape[1:] == (side, side, 1):
        return images[..., 0]
    greys = np.empty((len(images), side, side), np.uint8)

    def shrink(rows: slice) -> None:
        for row in range(rows.start, rows.stop):
            cv2.resize(grey_of(images[row]), (side, side), dst=greys[row], interpolation=cv2.INTER_AREA)

    in_chunks(len(images), _CHUNK, shrink, silent, "")
    return greys
