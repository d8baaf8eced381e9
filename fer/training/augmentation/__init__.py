"""Data augmentation: random values are drawn, then applied to pixels.

The preview page and the training process call the same functions, so what a learner sees is what the model
learns from: the same config and generator give the same pixels.
"""

from fer.training.augmentation.mixing import MixingParams as MixingParams
from fer.training.augmentation.mixing import draw_mixing as draw_mixing
from fer.training.augmentation.mixing import mix as mix
from fer.training.augmentation.pixels import apply as apply
from fer.training.augmentation.pixels import filled_in as filled_in
from fer.training.augmentation.pixels import matrices as matrices
from fer.training.augmentation.sampling import AugmentationParams as AugmentationParams
from fer.training.augmentation.sampling import draw as draw
from fer.training.augmentation.sampling import extremes as extremes
from fer.training.augmentation.sampling import identity_params as identity_params
