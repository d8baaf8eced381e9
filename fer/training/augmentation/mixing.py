"""Mixup and CutMix: faces mixed with one another, and the mixed labels to answer them with.

Source:
    Zhang et al. (2018), "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412; Yun et al. (2019),
    "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features",
    arXiv:1905.04899. Each face draws a share of its own, where the papers draw one per batch.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fer.config import AugmentationConfig


@dataclass(frozen=True, slots=True, eq=False)
class MixingParams:
    """How the b faces of one batch are mixed.

    Attributes:
        kind: blended all over, or a rectangle pasted.
        partners: (b,) the face that each is mixed with; now and then itself.
        shares: (b,) how much of a face stays, 0 to 1.
        centers: (b, 2) x and y of the pasted rectangle's middle, as fractions of the side.
    """

    kind: Literal["mixup", "cutmix"]
    partners: NDArray[np.intp]
    shares: NDArray[np.float64]
    centers: NDArray[np.float64]

    def boxes(self, height: int, width: int) -> NDArray[np.intp]:
        """What is pasted in pictures of this size, (b, 4) left, top, right, bottom in pixels.

        A rectangle that reaches over the border is cut off there.
        """
        half = np.sqrt(1 - self.shares)[:, None] / 2
        corners = np.concatenate([self.centers - half, self.centers + half], axis=1)
        scale = np.array([width, height, width, height])
        return np.asarray(np.rint(corners.clip(0, 1) * scale), np.intp)

    def kept(self, height: int, width: int) -> NDArray[np.float32]:
        """How much of each face really stays in pictures of this size, (b,), 0 to 1.

        Of a pasted rectangle counts the area that is there after rounding, and after the border cut some off.
        """
        if self.kind == "mixup":
            return self.shares.astype(np.float32)
        left, top, right, bottom = self.boxes(height, width).T
        return np.asarray(1 - (right - left) * (bottom - top) / (height * width), np.float32)


def draw_mixing(config: AugmentationConfig, count: int, rng: np.random.Generator) -> MixingParams:
    """Draw how a batch of `count` faces is mixed; with both kinds on, a coin decides.

    Raises:
        ValueError: the config mixes nothing.
    """
    if not config.mixes:
        raise ValueError("A config without mixup and cutmix draws nothing for them.")
    both = config.mixup_alpha > 0 and config.cutmix_alpha > 0
    cut = rng.random() < 0.5 if both else config.cutmix_alpha > 0
    alpha = config.cutmix_alpha if cut else config.mixup_alpha
    return MixingParams(
        kind="cutmix" if cut else "mixup",
        partners=rng.permutation(count),
        centers=rng.random((count, 2)),
        shares=rng.beta(alpha, alpha, count),
    )


def mix(
    inputs: NDArray[np.float32],
    targets: NDArray[np.float32],
    weights: NDArray[np.float32],
    params: MixingParams,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return mixed copies of a batch's inputs, targets and loss weights.

    Args:
        inputs: (b, h, w, c).
        targets: (b, k), shares that sum to 1; they do afterwards too.
        weights: (b,).
        params: of b faces.
    """
    _, height, width, _ = inputs.shape
    shares = params.kept(height, width)
    if params.kind == "mixup":
        mixed = inputs[params.partners]
        mixed -= inputs
        mixed *= (1 - shares)[:, None, None, None]
        mixed += inputs
    else:
        mixed = inputs.copy()
        for face, partner, (left, top, right, bottom) in zip(
            mixed, params.partners, params.boxes(height, width).tolist(), strict=True
        ):
            face[top:bottom, left:right] = inputs[partner, top:bottom, left:right]
    column = shares[:, None]
    return (
        mixed,
        column * targets + (1 - column) * targets[params.partners],
        shares * weights + (1 - shares) * weights[params.partners],
    )
