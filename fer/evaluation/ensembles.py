"""Ensembles: several models asked about the same faces, their answers averaged; always named as such."""

from collections.abc import Sequence

import numpy as np

from fer.errors import ModelMismatchError
from fer.evaluation.evaluation import Evaluation

MOST_MEMBERS = 5
"""How many models an ensemble has at most: more are slower and hardly ever better."""


def ensemble_of(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Return the evaluation of the mean of several models' probabilities, in the first one's column order.

    Args:
        evaluations: of the same faces, looked at in the same way; of one model it is that one.

    Raises:
        ModelMismatchError: too many models, or of other faces, other emotions or other looks.
    """
    first = evaluations[0]
    if len(evaluations) > MOST_MEMBERS:
        raise ModelMismatchError(
            f"An ensemble may have {MOST_MEMBERS} models; received {len(evaluations)}. Leave some out."
        )
    total = np.zeros(first.probabilities.shape, np.float64)
    for each in evaluations:
        if set(each.emotions) != set(first.emotions):
            raise ModelMismatchError(
                f"“{first.model}” answers with {', '.join(first.emotions)}, “{each.model}” with "
                f"{', '.join(each.emotions)}: their answers cannot be averaged. Choose models of the same "
                "emotions."
            )
        if not np.array_equal(each.rows, first.rows) or each.tta is not first.tta:
            raise ModelMismatchError(
                f"“{first.model}” and “{each.model}” were not asked about the same faces in the same way, so "
                "their answers cannot be averaged. Evaluate them together."
            )
        total += each.probabilities[:, [each.emotions.index(emotion) for emotion in first.emotions]]
    return Evaluation.from_predictions(
        "+".join(each.model for each in evaluations),
        first.split,
        first.emotions,
        first.true_labels,
        np.asarray(total / len(evaluations), np.float32),
        rows=first.rows,
        tta=first.tta,
    )
