"""Configuration: what a learner chooses, as plain values, to and from JSON."""

from fer.config.augmentation import DEFAULT_AUGMENTATION, HIGHEST, AugmentationConfig, Fill
from fer.config.choices import InitialWeights, Loss, Optimizer, Precision, Schedule
from fer.config.differences import Setting, compare_settings
from fer.config.setting_spec import SettingSpec, specs_of
from fer.config.training import MOST_TEACHERS, TrainingConfig
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
    "SettingSpec",
    "SplitPlan",
    "TrainingConfig",
    "compare_settings",
    "specs_of",
]
