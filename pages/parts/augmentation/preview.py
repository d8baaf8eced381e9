"""Augmentation preview: the faces, the seed and the settings that every view of the page looks at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.config import AugmentationConfig, DatasetView
from fer.datasets import Dataset, DatasetEntry, Split
from fer.datasets.browsing import rows_of
from fer.emotions import Emotion
from fer.errors import EditionError
from pages.parts import caches, notices, state


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What is looked at.

    Attributes:
        dataset: which faces there are.
        view: the state it is in.
        rows: (m,) those to look through, m at least 1: the training faces, shuffled.
        place: of the chosen face among them, from 0.
        seed: of what is drawn.
        config: how far faces may be changed.
    """

    dataset: Dataset
    view: DatasetView
    rows: NDArray[np.intp]
    place: int
    seed: int
    config: AugmentationConfig

    @property
    def row(self) -> int:
        """The chosen face, as a place in the dataset's arrays."""
        return int(self.rows[self.place])

    @property
    def image(self) -> NDArray[np.uint8]:
        """The chosen face, (1, h, w, c)."""
        return self.dataset.images[[self.row]]

    @property
    def emotion(self) -> Emotion:
        """What the chosen face is labelled."""
        return self.emotions_of([self.row])[0]

    def following(self, count: int) -> NDArray[np.intp]:
        """The rows of the chosen face and those after it, (count,); after the last comes the first."""
        return np.take(self.rows, range(self.place, self.place + count), mode="wrap")

    def emotions_of(self, rows: Sequence[int] | NDArray[np.intp]) -> list[Emotion]:
        """What these faces are labelled."""
        return [self.dataset.emotions[self.dataset.labels[row]] for row in rows]

    def generator(self) -> np.random.Generator:
        """A generator at the seed."""
        return np.random.default_rng(self.seed)


def load(entry: DatasetEntry) -> Dataset:
    """Return the faces in the state that the session has chosen, and say so where that is gone.

    Raises:
        DatasetError: they cannot be used.
    """
    with notices.working() as progress:
        try:
            return caches.dataset(entry.name, progress, state.view())
        except EditionError as error:  # deleted since, or a damaged file
            st.warning(f"{error} The original faces are taken.", icon=":material/edit_off:")
            state.set_view(replace(state.view(), edition=""))
            return caches.dataset(entry.name, progress, state.view())


def training_rows(dataset: Dataset) -> NDArray[np.intp]:
    """The training faces in a shuffled order; all faces where there is none to train on, and a word on it."""
    rows = rows_of(dataset, Split.TRAIN, shuffle_seed=0)
    if len(rows) == 0 and len(dataset):
        st.info(
            f"“{dataset.name}” has no training faces, so others are shown. Draw its splits anew on the "
            "dataset page before you train.",
            icon=":material/call_split:",
        )
        return rows_of(dataset, shuffle_seed=0)
    return rows
