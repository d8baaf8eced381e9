"""Image transforms: one fused warp per face, then blur, light, noise and what is erased."""

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.config import Fill
from fer.training.augmentation.sampling import AugmentationParams

# cv2's REFLECT repeats the edge pixel (dcba|abcd), as Keras' "reflect" does.
_BORDERS: dict[Fill, int] = {
    "nearest": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT,
    "black": cv2.BORDER_CONSTANT,
}


def apply(images: NDArray[np.uint8], params: AugmentationParams) -> NDArray[np.uint8]:
    """Return changed copies of `images`, (n, h, w, c) uint8.

    As in a camera: the face moves, the lens blurs it, the light falls, the sensor adds its noise. The mean of
    the face fills what is erased at last.
    """
    n, height, width, _ = images.shape
    if len(params) != n:
        raise ValueError(f"{n} images need {n} draws; received {len(params)}.")
    changed = np.empty_like(images)
    border = _BORDERS[params.fill]
    for image, target, matrix in zip(images, changed, matrices(params, height, width), strict=True):
        target[...] = cv2.warpAffine(
            image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=border
        ).reshape(target.shape)
    _blur(changed, params)
    _light(changed, params)
    _add_noise(changed, params)
    scale = np.array([width, height, width, height])
    for index in np.flatnonzero(params.erased_box[:, 2] > params.erased_box[:, 0]):
        left, top, right, bottom = np.rint(params.erased_box[index] * scale).astype(int)
        changed[index, top:bottom, left:right] = np.rint(changed[index].mean(axis=(0, 1))).astype(np.uint8)
    return changed


def filled_in(params: AugmentationParams, height: int, width: int) -> NDArray[np.bool_]:
    """Which pixels were outside the face before it moved, (n, h, w): the fill had to make them up."""
    inside = np.ones((height, width), np.uint8)
    return np.stack(
        [
            cv2.warpAffine(inside, matrix, (width, height), flags=cv2.INTER_NEAREST) == 0
            for matrix in matrices(params, height, width)
        ]
    )


def _blur(changed: NDArray[np.uint8], params: AugmentationParams) -> None:
    blurred = np.flatnonzero(params.blur_pixels > 0)
    if len(blurred) == 0:
        return
    # In floats OpenCV is four times as fast as in bytes.
    values = changed[blurred].astype(np.float32)
    for face, sigma in zip(values, params.blur_pixels[blurred].tolist(), strict=True):
        face[...] = cv2.GaussianBlur(face, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE).reshape(face.shape)
    changed[blurred] = np.rint(values, out=values).astype(np.uint8)


def _light(changed: NDArray[np.uint8], params: AugmentationParams) -> None:
    lit = np.flatnonzero((params.brightness_fraction != 0) | (params.contrast != 1))
    if len(lit) == 0:
        return
    # What becomes of each of the 256 grey levels is worked out once a face.
    levels = np.arange(256, dtype=np.float32)
    contrast = params.contrast[lit].astype(np.float32)[:, None]
    brightness = params.brightness_fraction[lit].astype(np.float32)[:, None]
    values = (levels - 127.5) * contrast + 127.5 + 255 * brightness
    tables = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    for index, table in zip(lit.tolist(), tables, strict=True):
        changed[index] = cv2.LUT(changed[index], table).reshape(changed[index].shape)


def _add_noise(changed: NDArray[np.uint8], params: AugmentationParams) -> None:
    noisy = np.flatnonzero(params.noise_fraction > 0)
    if len(noisy) == 0:
        return
    noise = np.empty((len(noisy), *changed.shape[1:]), np.float32)
    for target, seed in zip(noise, params.noise_seed[noisy].tolist(), strict=True):
        np.random.Generator(np.random.PCG64(seed)).standard_normal(dtype=np.float32, out=target)
    noise *= (255 * params.noise_fraction[noisy]).astype(np.float32)[:, None, None, None]
    noise += changed[noisy]
    changed[noisy] = np.rint(np.clip(noise, 0, 255, out=noise), out=noise).astype(np.uint8)


def matrices(params: AugmentationParams, height: int, width: int) -> NDArray[np.float64]:
    """Return (n, 2, 3) for cv2.warpAffine: flip, then turn and zoom about the centre, then shift."""
    angle = np.deg2rad(params.rotation_degrees)
    cosine, sine = params.zoom * np.cos(angle), params.zoom * np.sin(angle)
    across, down = np.where(params.flipped, -1.0, 1.0), np.where(params.upside_down, -1.0, 1.0)
    center_x, center_y = (width - 1) / 2, (height - 1) / 2
    matrices = np.empty((len(params), 2, 3))
    # Rows follow cv2.getRotationMatrix2D (y points down, so a positive angle turns counter-clockwise).
    matrices[:, 0, 0], matrices[:, 0, 1] = cosine * across, sine * down
    matrices[:, 1, 0], matrices[:, 1, 1] = -sine * across, cosine * down
    matrices[:, 0, 2] = center_x - matrices[:, 0, 0] * center_x - matrices[:, 0, 1] * center_y
    matrices[:, 1, 2] = center_y - matrices[:, 1, 0] * center_x - matrices[:, 1, 1] * center_y
    matrices[:, 0, 2] += params.shift_x_fraction * width
    matrices[:, 1, 2] += params.shift_y_fraction * height
    return matrices
