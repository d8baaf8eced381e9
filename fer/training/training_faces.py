"""Training set: the faces that a model learned from, as its card tells, or why that is not known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Dataset
from fer.datasets.editions import Edition
from fer.datasets.views import apply_view
from fer.errors import FerError
from fer.models.card import ModelCard
from fer.training import batches


@dataclass(frozen=True, slots=True, eq=False)
class TrainingFaces:
    """The faces that a model learns, or could have learned, from.

    Attributes:
        dataset: as it came, before any view.
        places: (m,) of the faces, in its arrays.
        labels: (m,) under which they were learned, indices into the dataset's `emotions`.
        doubt: why these may not be what the model learned from, as a sentence; empty where they are.
    """

    dataset: Dataset
    places: NDArray[np.intp]
    labels: NDArray[np.intp]
    doubt: str = ""

    def __len__(self) -> int:
        return len(self.places)


def training_faces(card: ModelCard, folder: Path, dataset: Dataset) -> TrainingFaces:
    """Return the faces of a dataset that a model learned from, or else those it might have.

    Which these are, its card says: the dataset, and the config with its edition, labels, splits and subset.
    Where they cannot be had (it learned from another dataset; its edition is gone), they are the training
    faces of this dataset as it came, and `doubt` says so.

    The dataset is taken as it came; in the model's `folder` a run keeps its own copy of its edition.

    Raises:
        DatasetError: the dataset has no training face.
    """
    title = str(card.dataset.get("title", ""))
    if title and title != dataset.source.title:
        doubt = f"This model learned from {title}. These are training faces of {dataset.source.title}."
    elif not card.config:
        doubt = "The card of this model does not say from which faces it learned."
    else:
        try:
            config = TrainingConfig.from_dict(card.config)
            # Without a copy of its own, the saved edition of that name.
            copied = (folder / runs.EDITION_FILE).exists()
            return _chosen(dataset, config, runs.edition_of(folder, config) if copied else None, "")
        except FerError as error:
            doubt = f"The faces it learned from cannot be had any more: {error}"
    return _chosen(dataset, TrainingConfig(), None, doubt)


def _chosen(dataset: Dataset, config: TrainingConfig, edition: Edition | None, doubt: str) -> TrainingFaces:
    """The faces that a run with this config learns from, by their places in the dataset as it came."""
    learned = batches.training_faces(apply_view(dataset, config.view, edition), config)
    order = np.argsort(dataset.rows, kind="stable")
    places = order[np.searchsorted(dataset.rows, learned.rows, sorter=order)]
    return TrainingFaces(dataset, np.asarray(places, np.intp), learned.labels, doubt)
