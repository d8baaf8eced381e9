"""A rule about the loss that was chosen.

Seen: with a doubled softmax mini_XCEPTION came to a training loss of 1.43 and 63 % of validation in six
epochs on the built-in faces; with plain cross-entropy, at twice the rate, to 0.15 and 94 %.
"""

import math

from fer.runs.diagnosis import remedies
from fer.runs.diagnosis.course import Course
from fer.runs.diagnosis.finding import Evidence, Finding, FindingKind


def double_softmax(course: Course) -> Finding | None:
    """Probabilities are taken for logits, so the loss has a floor and the gradients fade."""
    if course.config.loss != "double_softmax" or not course.metrics:
        return None
    last, k = course.metrics[-1], len(course.emotions)
    return Finding(
        FindingKind.DOUBLE_SOFTMAX,
        FindingKind.DOUBLE_SOFTMAX.headline,
        f"The training loss is {last.train_loss:.2f} and cannot fall below {softmax_floor(k):.3f}, however "
        "good the model gets: its probabilities, already a softmax's output, go through a second softmax "
        f"(from_logits=True). Of 1 and 0 that makes {math.e / (math.e + k - 1):.0%} and "
        f"{1 / (math.e + k - 1):.0%}, so a perfect answer still looks doubtful and wrong ones are hardly "
        "corrected.",
        (Evidence("loss", 1, max(last.epoch, 1), f"never below {softmax_floor(k):.3f}"),),
        remedies.fitting(course.config, remedies.right_loss(course.config)),
    )


def softmax_floor(class_count: int) -> float:
    """The least cross-entropy that probabilities taken for logits can reach: ln(e + k - 1) - 1."""
    return math.log(math.e + class_count - 1) - 1
