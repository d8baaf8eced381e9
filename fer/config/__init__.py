"""What a learner chooses: plain values, to and from JSON."""

from fer.config.augmentation import DEFAULT_AUGMENTATION, HIGHEST, AugmentationConfig, Fill
from fer.config.differences import Setting, compare_settings
from fer.config.training import InitialWeights, Loss, Optimizer, Schedule, TrainingConfig
from fer.config.views import AS_IT_CAME, DatasetView, LabelSource, SplitPlan

__all__ = [
    "AS_IT_CAME",
    "DEFAULT_AUGMENTATION",
    "HIGHEST",
    "AugmentationConfig",
    "DatasetView",
    "Fill",
    "InitialWeights",
    "LabelSource",
    "Loss",
    "Optimizer",
    "Schedule",
    "Setting",
    "SplitPlan",
    "TrainingConfig",
    "compare_settings",
]
