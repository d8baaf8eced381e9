"""What every view of station 4 looks at: some models' answers to the same faces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.config import DatasetView
from fer.datasets import Dataset, Split
from fer.evaluation import TTA, Evaluation
from fer.models.card import ModelCard
from fer.models.inference import ModelEntry


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One to three models and the faces they were all asked about.

    Attributes:
        models: those that are judged; the first is the one that a view of one model is about.
        cards: theirs, in the same order.
        evaluations: theirs, in the same order; all of the same faces in the same order.
        dataset: as it came, before any view.
        faces: what the models were asked about: a split of the dataset in the state `view`, without the
            faces of emotions that one of the models cannot answer.
        view: in which state the dataset is used.
        split: which faces.
        tta: whether answers to several looks at a face were averaged.
    """

    models: tuple[ModelEntry, ...]
    cards: tuple[ModelCard, ...]
    evaluations: tuple[Evaluation, ...]
    dataset: Dataset
    faces: Dataset
    view: DatasetView
    split: Split
    tta: TTA

    @property
    def evaluation(self) -> Evaluation:
        """The first model's."""
        return self.evaluations[0]

    def index_of(self, row: int) -> int | None:
        """The index, among `faces`, of the face at `row` of the source; None where it is not among them."""
        found = np.flatnonzero(self.faces.rows == row)
        return int(found[0]) if len(found) else None

    def places_of(self, indices: NDArray[np.intp]) -> NDArray[np.intp]:
        """The places, in the arrays of `dataset`, of the faces at `indices` of `faces`."""
        order = np.argsort(self.dataset.rows, kind="stable")
        at = np.searchsorted(self.dataset.rows, self.faces.rows[indices], sorter=order)
        return np.asarray(order[at], np.intp)
