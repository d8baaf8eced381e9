"""Evaluated models: what every view of the page looks at, some models' answers to the same faces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset
from fer.evaluation.evaluation_set import EvaluationSet


@dataclass(frozen=True, eq=False, kw_only=True)
class Judged(EvaluationSet):
    """One to three models, and the dataset that their faces are from.

    Attributes:
        dataset: as it came, before any view.
    """

    dataset: Dataset

    def index_of(self, row: int) -> int | None:
        """The index, among `faces`, of the face at `row` of the source; None where it is not among them."""
        found = np.flatnonzero(self.faces.rows == row)
        return int(found[0]) if len(found) else None

    def places_of(self, indices: NDArray[np.intp]) -> NDArray[np.intp]:
        """The places, in the arrays of `dataset`, of the faces at `indices` of `faces`."""
        order = np.argsort(self.dataset.rows, kind="stable")
        at = np.searchsorted(self.dataset.rows, self.faces.rows[indices], sorter=order)
        return np.asarray(order[at], np.intp)
