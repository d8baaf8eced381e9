"""Data augmentation on the device: what `augmentation` does to pixels, once more for JAX to compile.

What is drawn is the same; what comes of it may differ by a grey level here and there, because OpenCV warps in
steps of 1/32 of a pixel. A test holds the two against each other.
"""

from typing import Any

import cv2
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from fer.config import AugmentationConfig, Fill
from fer.models.preprocessing import Preprocessing
from fer.training import augmentation
from fer.training.batches import EpochPlan

_MODES: dict[Fill, str] = {"nearest": "nearest", "reflect": "reflect", "black": "constant"}
# ITU-R BT.601 luma, as OpenCV has it.
_LUMA = (0.299, 0.587, 0.114)

Params = dict[str, Any]
"""What was drawn for some faces, an array with a row for each under its name."""


def supports(images: NDArray[np.uint8], preprocessing: Preprocessing) -> bool:
    """Whether faces of this size can be prepared here: enlarged or left as they are, not made smaller."""
    _, height, width, _ = images.shape
    return bool(height <= preprocessing.image_height and width <= preprocessing.image_width)


def params_of(plan: EpochPlan, config: AugmentationConfig, height: int, width: int) -> Params:
    """Return what an epoch needs, in its order: only what the config that it was drawn by lets happen.

    What is pasted by mixing is measured in the height and width of the model's input.
    """
    params = plan.params
    found: Params = {"row": plan.order.astype(np.int32)}
    if config.changes_anything:
        names = ["brightness_fraction", "contrast", "erased_box", "noise_fraction", "blur_pixels"]
        found |= {name: np.asarray(getattr(params, name), np.float32) for name in names}
        found["noise_seed"] = params.noise_seed
    if plan.mixing:
        found |= {
            "partner": np.concatenate([each.partners for each in plan.mixing]).astype(np.int32),
            "kept": np.concatenate([each.kept(height, width) for each in plan.mixing]),
            "blended": np.concatenate(
                [np.full(len(each.shares), each.kind == "mixup") for each in plan.mixing]
            ),
            "pasted": np.concatenate([each.boxes(height, width) for each in plan.mixing]).astype(np.int32),
        }
    return found


def sources_of(plan: EpochPlan, height: int, width: int) -> NDArray[np.float32]:
    """Return (n, 2, 3): where each pixel of a moved face comes from, x and y, in pixels."""
    there = augmentation.matrices(plan.params, height, width)
    back = np.stack([cv2.invertAffineTransform(matrix) for matrix in there])
    return back.astype(np.float32)


def changed(images: Any, params: Params, config: AugmentationConfig) -> Any:
    """Return (b, h, w, c) float32 grey levels 0 to 255, as `augmentation.apply` changes the faces.

    Args:
        images: (b, h, w, c) uint8.
        params: of these b faces, "source" among them.
        config: what they were drawn by; what it forbids is not even compiled.
    """
    levels = images.astype(jnp.float32)
    if not config.changes_anything:
        return levels
    levels = jnp.rint(jax.vmap(_warp, (0, 0, None))(levels, params["source"], config.fill))
    if config.blur_pixels:
        reach = _reach(np.float32(config.blur_pixels))
        levels = jnp.rint(jax.vmap(_blur, (0, 0, None))(levels, params["blur_pixels"], int(reach)))

    def of_face(name: str) -> Any:
        return params[name][:, None, None, None]

    if config.contrast_fraction or config.brightness_fraction:
        lit = (levels - 127.5) * of_face("contrast") + 127.5 + 255 * of_face("brightness_fraction")
        levels = jnp.rint(jnp.clip(lit, 0, 255))
    if config.noise_fraction:
        keys = jax.vmap(jax.random.key)(params["noise_seed"])
        noise = jax.vmap(lambda key: jax.random.normal(key, levels.shape[1:]))(keys)
        levels = jnp.rint(jnp.clip(levels + 255 * of_face("noise_fraction") * noise, 0, 255))
    if config.erase_fraction:
        _, height, width, _ = levels.shape
        box = jnp.rint(params["erased_box"] * jnp.array([width, height, width, height], jnp.float32))
        mean = jnp.rint(levels.mean(axis=(1, 2), keepdims=True))
        levels = jnp.where(_inside(box, height, width), mean, levels)
    return levels


def prepared(levels: Any, preprocessing: Preprocessing) -> Any:
    """Return model input, (b, image_height, image_width, channels) float32, as `Preprocessing.apply` does.

    The `levels`, (b, h, w, c) float32, 0 to 255, must not be larger than the input.
    """
    if levels.shape[3] != preprocessing.channels:
        if preprocessing.channels == 3:
            levels = jnp.repeat(levels, 3, axis=3)
        else:
            levels = jnp.rint((levels * jnp.array(_LUMA, jnp.float32)).sum(axis=3, keepdims=True))
    height, width, channels = preprocessing.input_shape
    if levels.shape[1:3] != (height, width):
        shape = (levels.shape[0], height, width, channels)
        levels = jnp.rint(jax.image.resize(levels, shape, "linear", precision=jax.lax.Precision.HIGHEST))
    return levels / 255 if preprocessing.scale == "zero_to_one" else levels / 127.5 - 1


def mixed(inputs: Any, targets: Any, weights: Any, params: Params) -> tuple[Any, Any, Any]:
    """Return a batch's inputs, targets and weights mixed as `fer.training.augmentation.mix` mixes them."""
    _, height, width, _ = inputs.shape
    partner, kept = params["partner"], params["kept"]
    pasted = _inside(params["pasted"].astype(jnp.float32), height, width)
    own = jnp.where(params["blended"][:, None, None, None], kept[:, None, None, None], ~pasted)
    column = kept[:, None]
    return (
        own * inputs + (1 - own) * inputs[partner],
        column * targets + (1 - column) * targets[partner],
        kept * weights + (1 - kept) * weights[partner],
    )


def _warp(levels: Any, source: Any, fill: Fill) -> Any:
    """One face, (h, w, c), each pixel from where `source`, (2, 3), says, between its four neighbours."""
    height, width, _ = levels.shape
    y, x = jnp.meshgrid(jnp.arange(height), jnp.arange(width), indexing="ij")
    # Written out: a matrix product would be rounded to ten bits on an accelerator, a pixel's sixteenth.
    from_x = source[0, 0] * x + source[0, 1] * y + source[0, 2]
    from_y = source[1, 0] * x + source[1, 1] * y + source[1, 2]

    def channel(plane: Any) -> Any:
        return jax.scipy.ndimage.map_coordinates(plane, [from_y, from_x], order=1, mode=_MODES[fill])

    return jax.vmap(channel, 2, 2)(levels)


def _reach(sigma: Any) -> Any:
    """How far OpenCV's kernel for this standard deviation reaches to either side, in pixels."""
    return jnp.floor(jnp.rint(sigma * 8 + 1) / 2)


def _blur(levels: Any, sigma: Any, reach: int) -> Any:
    """One face blurred with its own standard deviation, which may be 0; `reach` is that of the largest."""
    offsets = jnp.arange(-reach, reach + 1)
    kernel = jnp.exp(-0.5 * (offsets / jnp.maximum(sigma, 1e-6)) ** 2)
    kernel = jnp.where(jnp.abs(offsets) <= _reach(sigma), kernel, 0)
    kernel = kernel / kernel.sum()
    for axis in (0, 1):
        around = [(reach, reach) if each == axis else (0, 0) for each in range(3)]
        wide = jnp.pad(levels, around, mode="edge")
        moved = [
            jax.lax.slice_in_dim(wide, shift, shift + levels.shape[axis], axis=axis)
            for shift in range(2 * reach + 1)
        ]
        levels = sum(weight * each for weight, each in zip(kernel, moved, strict=True))
    return levels


def _inside(box: Any, height: int, width: int) -> Any:
    """Which pixels lie in each face's rectangle, (b, h, w, 1) bool; `box` is (b, 4) in pixels."""
    left, top, right, bottom = (box[:, side, None, None, None] for side in range(4))
    y, x = jnp.arange(height)[:, None, None], jnp.arange(width)[None, :, None]
    return (x >= left) & (x < right) & (y >= top) & (y < bottom)
