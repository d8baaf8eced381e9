"""Paired comparison of runs: both judged on the validation faces that both were asked about."""

import numpy as np

from fer.runs.sample_predictions import Predictions
from fer.statistics import PairedComparison, compare_answers


def compare_predictions(first: Predictions, second: Predictions) -> PairedComparison | None:
    """Compare two runs on the validation faces, of one dataset, that both were asked about.

    A face that one of them knows by another label is left out. None where no face remains.
    """
    _, at_first, at_second = np.intersect1d(first.rows, second.rows, return_indices=True)
    same = first.labels[at_first] == second.labels[at_second]
    at_first, at_second = at_first[same], at_second[same]
    if not len(at_first):
        return None
    return compare_answers(first.is_right[at_first], second.is_right[at_second])
