"""Loss function: a rule about the loss that was chosen.

Seen: with a doubled softmax mini_XCEPTION came to a training loss of 1.43 and 63 % of validation in six
epochs on the built-in faces; with plain cross-entropy, at twice the rate, to 0.15 and 94 %.
"""

import math

from fer.runs.diagnosis import remedies
from fer.runs.diagnosis.finding import Evidence, Finding, FindingKind
from fer.runs.diagnosis.history import TrainingHistory
from fer.statistics import percent


def double_softmax(history: TrainingHistory) -> Finding | None:
    """Probabilities are taken for logits, so the loss has a floor and the gradients fade."""
    if history.config.loss != "double_softmax" or not history.metrics:
        return None
    last, k = history.metrics[-1], len(history.emotions)
    return FindingKind.DOUBLE_SOFTMAX.found(
        f"The training loss is {last.train_loss:.2f} and cannot fall below {softmax_floor(k):.3f}, however "
        "good the model gets: its probabilities, already a softmax's output, go through a second softmax "
        f"(from_logits=True). Of 1 and 0 that makes {percent(math.e / (math.e + k - 1), 0)} and "
        f"{percent(1 / (math.e + k - 1), 0)}, so a perfect answer still looks doubtful and wrong ones are "
        "hardly corrected.",
        (Evidence("loss", 1, max(last.epoch, 1), f"never below {softmax_floor(k):.3f}"),),
        remedies.fitting(history.config, remedies.right_loss(history.config)),
    )


def softmax_floor(class_count: int) -> float:
    """The least cross-entropy that probabilities taken for logits can reach: ln(e + k - 1) - 1."""
    return math.log(math.e + class_count - 1) - 1
