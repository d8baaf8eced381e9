"""Recommendations: single changes that could help, worked out from the run's own settings.

Each function returns one change, or None where there is nothing left to change that way. Who gives the
advice is said with it; whether it helps, only the experiment tells.

Seen against overfitting, mini_XCEPTION on 700 of the built-in faces for 40 epochs, 46.9 % of 700 validation
faces: mild augmentation 88.1 %, four times the faces 88.1 %, dropout 0.3 44.7 % (could be chance), label
smoothing 0.1 43.0 % (worse, p = 0.03). All four are common advice.
"""

from fer.runs.diagnosis.remedies.faces import more_augmentation as more_augmentation
from fer.runs.diagnosis.remedies.faces import more_faces as more_faces
from fer.runs.diagnosis.remedies.faces import weaker_augmentation as weaker_augmentation
from fer.runs.diagnosis.remedies.network import balance_emotions as balance_emotions
from fer.runs.diagnosis.remedies.network import focal_loss as focal_loss
from fer.runs.diagnosis.remedies.network import larger_model as larger_model
from fer.runs.diagnosis.remedies.network import less_dropout as less_dropout
from fer.runs.diagnosis.remedies.network import more_dropout as more_dropout
from fer.runs.diagnosis.remedies.network import right_loss as right_loss
from fer.runs.diagnosis.remedies.network import smaller_model as smaller_model
from fer.runs.diagnosis.remedies.network import smooth_labels as smooth_labels
from fer.runs.diagnosis.remedies.steps import USUAL_RATES as USUAL_RATES
from fer.runs.diagnosis.remedies.steps import average_weights as average_weights
from fer.runs.diagnosis.remedies.steps import cosine_schedule as cosine_schedule
from fer.runs.diagnosis.remedies.steps import fewer_epochs as fewer_epochs
from fer.runs.diagnosis.remedies.steps import larger_batch as larger_batch
from fer.runs.diagnosis.remedies.steps import longer_steps as longer_steps
from fer.runs.diagnosis.remedies.steps import more_epochs as more_epochs
from fer.runs.diagnosis.remedies.steps import plateau_schedule as plateau_schedule
from fer.runs.diagnosis.remedies.steps import scaled_rate as scaled_rate
from fer.runs.diagnosis.remedies.steps import usual_rate as usual_rate
from fer.runs.diagnosis.remedies.steps import warm_up as warm_up
from fer.runs.diagnosis.remedies.trying import apply_remedy as apply_remedy
from fer.runs.diagnosis.remedies.trying import fitting as fitting
