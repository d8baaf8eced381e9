"""Configuration: what a learner chooses, as plain values, to and from JSON."""

from fer.config.augmentation import DEFAULT_AUGMENTATION as DEFAULT_AUGMENTATION
from fer.config.augmentation import HIGHEST as HIGHEST
from fer.config.augmentation import AugmentationConfig as AugmentationConfig
from fer.config.augmentation import Fill as Fill
from fer.config.choices import Loss as Loss
from fer.config.choices import Optimizer as Optimizer
from fer.config.choices import Precision as Precision
from fer.config.choices import Schedule as Schedule
from fer.config.differences import Setting as Setting
from fer.config.differences import compare_settings as compare_settings
from fer.config.import_settings import AS_GUESSED as AS_GUESSED
from fer.config.import_settings import CUT_SIDE as CUT_SIDE
from fer.config.import_settings import CUT_SIDES as CUT_SIDES
from fer.config.import_settings import LEFT_OUT as LEFT_OUT
from fer.config.import_settings import LONGEST_NAME as LONGEST_NAME
from fer.config.import_settings import ImportSettings as ImportSettings
from fer.config.import_settings import Numbering as Numbering
from fer.config.setting_spec import SettingSpec as SettingSpec
from fer.config.setting_spec import specs_of as specs_of
from fer.config.training import MOST_TEACHERS as MOST_TEACHERS
from fer.config.training import TrainingConfig as TrainingConfig
from fer.config.views import AS_IT_CAME as AS_IT_CAME
from fer.config.views import DatasetView as DatasetView
from fer.config.views import LabelSource as LabelSource
from fer.config.views import SplitPlan as SplitPlan
