"""Categorical settings: the options that a run's settings may take, with their titles and lessons."""

from collections.abc import Mapping
from typing import Literal

Optimizer = Literal["adam", "adamw", "sgd", "rmsprop", "adadelta"]
Schedule = Literal["constant", "cosine", "plateau", "one_cycle"]
Loss = Literal["crossentropy", "focal", "squared_error", "double_softmax"]
"""What a run makes small.

"crossentropy" is the surprise at the right answer. "focal" counts easy faces for less (Lin et al., 2017,
arXiv:1708.02002, gamma 2). "squared_error" is the mean squared distance of the probabilities.
"double_softmax" is a mistake to learn from: probabilities taken for logits, `from_logits=True` on a softmax
output, as in the first reference system.
"""
Precision = Literal["float32", "mixed_bfloat16"]
"""What the layers compute in; weights are kept in float32 either way, so a run's files are the same."""
InitialWeights = Literal["random", "imagenet"]

OPTIMIZERS: Mapping[Optimizer, str] = {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD with Nesterov momentum",
    "rmsprop": "RMSprop",
    "adadelta": "Adadelta",
}
DECAYING: tuple[Optimizer, ...] = ("adamw", "sgd")
"""The optimizers that take a weight decay."""
SCHEDULES: Mapping[Schedule, str] = {
    "constant": "Constant",
    "cosine": "Cosine, down to zero",
    "plateau": "Lower at each plateau",
    "one_cycle": "One cycle, up and down",
}
SCHEDULE_LESSONS: Mapping[Schedule, str] = {
    "constant": "The same from the first step to the last.",
    "cosine": "Falls slowly, then fast, then slowly to nothing: the last epochs only polish.",
    "plateau": "Falls to a share of itself whenever what is watched has not improved for so many epochs; the "
    "dotted line is a run in which it never does.",
    "one_cycle": "Climbs for three tenths of the run and falls to almost nothing: bold in the middle, calm "
    "at both ends.",
}
Monitor = Literal["validation_loss", "validation_accuracy"]
MONITORS: Mapping[Monitor, str] = {
    "validation_loss": "Validation loss",
    "validation_accuracy": "Validation accuracy",
}
LOSSES: Mapping[Loss, str] = {
    "crossentropy": "Cross-entropy",
    "focal": "Focal",
    "squared_error": "Squared error",
    "double_softmax": "Softmax twice, a mistake",
}
LOSS_LESSONS: Mapping[Loss, str] = {
    "crossentropy": "How surprised the network was by the right answer. The usual choice.",
    "focal": "Counts faces that it already reads well for less, so that the hard ones lead.",
    "squared_error": "The distance of the probabilities from the label. It hardly punishes being sure and "
    "wrong, and learns more slowly.",
    "double_softmax": "Probabilities taken for logits, as in the reference system S0: softmax is applied "
    "twice, the loss cannot come near zero, and the network never grows sure. Try it to see it.",
}
PRECISIONS: Mapping[Precision, str] = {
    "float32": "Full, float32",
    "mixed_bfloat16": "Half where it suffices, bfloat16",
}
INITIAL_WEIGHTS: Mapping[InitialWeights, str] = {
    "random": "Random",
    "imagenet": "ImageNet's, learned from photographs",
}
