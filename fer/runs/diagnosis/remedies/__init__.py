"""Recommendations: single changes that could help, worked out from the run's own settings.

Each function returns one change, or None where there is nothing left to change that way. Who gives the
advice is said with it; whether it helps, only the experiment tells.

Seen against overfitting, mini_XCEPTION on 700 of the built-in faces for 40 epochs, 46.9 % of 700 validation
faces: mild augmentation 88.1 %, four times the faces 88.1 %, dropout 0.3 44.7 % (could be chance), label
smoothing 0.1 43.0 % (worse, p = 0.03). All four are common advice.
"""

from fer.runs.diagnosis.remedies.faces import more_augmentation, more_faces, weaker_augmentation
from fer.runs.diagnosis.remedies.network import (
    balance_emotions,
    focal_loss,
    larger_model,
    less_dropout,
    more_dropout,
    right_loss,
    smaller_model,
    smooth_labels,
)
from fer.runs.diagnosis.remedies.steps import (
    USUAL_RATES,
    average_weights,
    cosine_schedule,
    fewer_epochs,
    larger_batch,
    more_epochs,
    plateau_schedule,
    scaled_rate,
    usual_rate,
    warm_up,
)
from fer.runs.diagnosis.remedies.trying import apply_remedy, fitting

__all__ = [
    "USUAL_RATES",
    "apply_remedy",
    "average_weights",
    "balance_emotions",
    "cosine_schedule",
    "fewer_epochs",
    "fitting",
    "focal_loss",
    "larger_batch",
    "larger_model",
    "less_dropout",
    "more_augmentation",
    "more_dropout",
    "more_epochs",
    "more_faces",
    "plateau_schedule",
    "right_loss",
    "scaled_rate",
    "smaller_model",
    "smooth_labels",
    "usual_rate",
    "warm_up",
    "weaker_augmentation",
]
