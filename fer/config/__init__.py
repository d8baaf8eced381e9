"""What a learner chooses: plain values, to and from JSON."""

from fer.config.augmentation import DEFAULT_AUGMENTATION, HIGHEST, AugmentationConfig, Fill
from fer.config.differences import Setting, compare_settings
from fer.config.training import (
    MOST_TEACHERS,
    InitialWeights,
    Loss,
    Optimizer,
    Precision,
    Schedule,
    TrainingConfig,
)
from fer.config.views import AS_IT_CAME, DatasetView, LabelSource, SplitPlan

__all__ = [
    "AS_IT_CAME",
    "DEFAULT_AUGMENTATION",
    "HIGHEST",
    "MOST_TEACHERS",
    "AugmentationConfig",
    "DatasetView",
    "Fill",
    "InitialWeights",
    "LabelSource",
    "Loss",
    "Optimizer",
    "Precision",
    "Schedule",
    "Setting",
    "SplitPlan",
    "TrainingConfig",
    "compare_settings",
]
