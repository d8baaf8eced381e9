"""Data augmentation: random values are drawn, then applied to pixels.

The preview page and the training process call the same functions, so what a learner sees is what the model
learns from: the same config and generator give the same pixels.
"""

from fer.training.augmentation.mixing import MixingParams, draw_mixing, mix
from fer.training.augmentation.pixels import apply, filled_in, matrices
from fer.training.augmentation.sampling import AugmentationParams, draw, extremes, identity_params

__all__ = [
    "AugmentationParams",
    "MixingParams",
    "apply",
    "draw",
    "draw_mixing",
    "extremes",
    "filled_in",
    "identity_params",
    "matrices",
    "mix",
]
