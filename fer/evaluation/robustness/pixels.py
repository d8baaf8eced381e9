"""Corruption functions: what each corruption does to the pixels of faces."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.evaluation.robustness.corruptions import CORRUPTIONS, CorruptionKind, corruption_of

# Shares of the height between which the eyes and the mouth lie: read off the mean face of FER-2013's
# validation split, and where a smile begins and ends on the drawn faces. Faces that are cropped otherwise
# have them elsewhere.
EYES = (0.22, 0.50)
MOUTH = (0.56, 0.92)
# Faces whose noise is drawn at a time: the numbers are floats, four times as large as the faces.
_CHUNK = 512

Images = NDArray[np.uint8]


def corrupt(images: Images, kind: CorruptionKind | str, severity: float, seed: int = 0) -> Images:
    """Return copies of the faces gone bad in one way, (n, h, w, c) uint8; the same call, the same pixels.

    What is measured in pixels grows with the face, so that a severity means the same at any size; only how
    many pixels are left is counted from those that a face came with.

    Args:
        images: (n, h, w, c) uint8, c 1 or 3; n may be 0.
        kind: in which way.
        severity: how badly, in the unit of `Corruption.measure`; its neutral value changes no pixel.
        seed: what is drawn (the noise) follows from it. A face's noise depends on its place among `images`
            and not on how many there are; at a higher severity it is the same, only stronger.

    Raises:
        ConfigError: there is no such kind, or it has no such severity.
    """
    corruption = corruption_of(kind)
    corruption.check(severity)
    if severity == corruption.neutral or len(images) == 0:
        return images.copy()
    return _WAYS[corruption.kind](images, severity, seed)


def corrupt_together(images: Images, severities: Mapping[CorruptionKind, float], seed: int = 0) -> Images:
    """Return copies of the faces gone bad in several ways at once.

    As in a camera: the head moves, something covers it, the light falls, the lens blurs, there are only so
    many pixels, and the sensor adds its noise.

    Raises:
        ConfigError: a severity is out of range.
    """
    changed = images
    for kind in _ORDER:
        if kind in severities:
            changed = corrupt(changed, kind, severities[kind], seed)
    return images.copy() if changed is images else changed


def _each(images: Images, change: Callable[[Images], NDArray[np.generic]]) -> Images:
    """Change one face after the other; OpenCV drops a single channel, which comes back here."""
    changed = np.empty_like(images)
    for image, target in zip(images, changed, strict=True):
        target[...] = change(image).reshape(target.shape)
    return changed


def _lit(images: Images, levels: NDArray[np.floating]) -> Images:
    """What becomes of each of the 256 grey levels is the same everywhere: one table, one look-up."""
    table: Images = np.rint(np.clip(levels, 0, 255)).astype(np.uint8)
    return table[images]


def _noise(images: Images, severity: float, seed: int) -> Images:
    # Drawn in order, so that a face's noise does not depend on those after it; and one value for all
    # channels, because a model that looks in grey would average three of them away.
    dice = np.random.default_rng(seed)
    changed = np.empty_like(images)
    for start in range(0, len(images), _CHUNK):
        faces = images[start : start + _CHUNK]
        noise = dice.standard_normal((*faces.shape[:3], 1), dtype=np.float32)
        noise *= np.float32(255 * severity)
        noisy = faces + noise
        np.rint(np.clip(noisy, 0, 255, out=noisy), out=noisy)
        changed[start : start + _CHUNK] = noisy
    return changed


def _blur(images: Images, severity: float, seed: int) -> Images:
    sigma = severity * images.shape[2]

    def blurred(image: Images) -> NDArray[np.generic]:
        # In floats OpenCV is four times as fast as in bytes.
        values = cv2.GaussianBlur(image.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        return np.rint(values)

    return _each(images, blurred)


def _low_resolution(images: Images, severity: float, seed: int) -> Images:
    _, height, width, _ = images.shape
    small = (max(1, round(width / severity)), max(1, round(height / severity)))

    def coarsened(image: Images) -> NDArray[np.generic]:
        fewer = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        return cv2.resize(fewer, (width, height), interpolation=cv2.INTER_LINEAR)

    return images.copy() if small == (width, height) else _each(images, coarsened)


def _rotation(images: Images, severity: float, seed: int) -> Images:
    _, height, width, _ = images.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), severity, 1.0)
    return _moved(images, np.asarray(matrix, np.float64))


def _moved(images: Images, matrix: NDArray[np.float64]) -> Images:
    _, height, width, _ = images.shape
    return _each(
        images,
        lambda image: cv2.warpAffine(
            image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
    )


def _covered(images: Images, severity: float, region: tuple[float, float]) -> Images:
    """The face's mean grey over a band that grows from the middle of its region."""
    height = images.shape[1]
    middle, half = sum(region) / 2, (region[1] - region[0]) / 2 * severity
    top, bottom = round((middle - half) * height), round((middle + half) * height)
    changed = images.copy()
    changed[:, top:bottom] = np.rint(images.mean(axis=(1, 2), keepdims=True))
    return changed


_WAYS: dict[CorruptionKind, Callable[[Images, float, int], Images]] = {
    CorruptionKind.ROTATION: _rotation,
    CorruptionKind.SIDE_SHIFT: lambda images, severity, seed: _moved(
        images, np.array([[1, 0, severity * images.shape[2]], [0, 1, 0]], np.float64)
    ),
    CorruptionKind.EYES_COVERED: lambda images, severity, seed: _covered(images, severity, EYES),
    CorruptionKind.MOUTH_COVERED: lambda images, severity, seed: _covered(images, severity, MOUTH),
    CorruptionKind.DARKNESS: lambda images, severity, seed: _lit(images, np.arange(256) * (1 - severity)),
    CorruptionKind.BRIGHTNESS: lambda images, severity, seed: _lit(images, np.arange(256) + 255 * severity),
    CorruptionKind.BLUR: _blur,
    CorruptionKind.LOW_RESOLUTION: _low_resolution,
    CorruptionKind.NOISE: _noise,
}
_ORDER = tuple(_WAYS)
assert set(_WAYS) == set(CORRUPTIONS)
