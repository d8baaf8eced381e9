"""Nearest neighbours: which training faces a model sees as most like a given face.

Nearness is measured in the model's own features, by the cosine of the angle between them: two faces that it
sees alike, it calls alike. On the genuine FER-2013 the commonest label of a validation face's twelve nearest
training faces is mini_xception's answer for 82 % of the faces; with the features' mean taken off first it is
82 %, with their spread evened out too, 81 %.

The features of the training faces are kept in `data/cache/features/`, by what the model and the pixels are.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.errors import ModelMismatchError
from fer.models.inference import Recognizer
from fer.system.progress import Progress, silent
from fer.system.result_store import ResultStore
from fer.training.training_faces import TrainingFaces

NEAREST = 12
# Two pictures are one photograph from this correlation of their fine detail on, mirrored or not. On the
# genuine FER-2013, of 864 pairs of a validation face and one of its twelve nearest training faces that reach
# it, 863 are one photograph for the inspection of the dataset too, which takes a minute and aligns them
# first; with the pixels as they are, 0.90 finds 812 pairs, 5 of them wrong. Copies that were cropped or
# turned stay unseen here: it finds 48 % of those that the inspection finds.
SAME_PHOTOGRAPH = 0.70

# Some 15 MB each for 28,709 faces and 128 features.
_FEATURES = ResultStore("features", ".npy", most=6)
_BATCH = 256
_SIDE = 48
# Detail lies between these two blurs (standard deviations in pixels at 48 x 48).
_FINE_SIGMA, _COARSE_SIGMA = 0.7, 2.0
# A picture with less detail than this (standard deviation in grey levels) has nothing that could correlate.
_FLAT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class KnownFaces:
    """Training faces as one model sees them.

    Attributes:
        faces: which.
        directions: (m, d) float32, their features, each row of length 1 (or 0).
    """

    faces: TrainingFaces
    directions: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The training faces nearest to one face, the nearest first.

    Attributes:
        places: (m,) in the arrays of the dataset as it came.
        labels: (m,) under which they were learned, indices into the dataset's `emotions`.
        similarities: (m,) float32, the cosine between the features, -1 to 1.
        correlations: (m,) float32, that of their fine detail, mirrored if that fits better, -1 to 1.
    """

    places: NDArray[np.intp]
    labels: NDArray[np.intp]
    similarities: NDArray[np.float32]
    correlations: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.places)

    @property
    def are_copies(self) -> NDArray[np.bool_]:
        """(m,) whether each is the same photograph as the face, for all that its detail tells."""
        return np.asarray(self.correlations >= SAME_PHOTOGRAPH)

    def counts(self, emotions: int) -> NDArray[np.intp]:
        """(emotions,) how many of them carry each label."""
        return np.bincount(self.labels, minlength=emotions)


def features_path(recognizer: Recognizer, faces: TrainingFaces) -> Path:
    """Return where the features of exactly these pixels, seen by exactly this model, are kept or will be.

    Reading 28,709 faces for it takes about 0.1 s.
    """
    images, step = faces.dataset.images, 4 * _BATCH
    pieces = (images[faces.places[start : start + step]] for start in range(0, len(faces), step))
    key = _FEATURES.key(recognizer.fingerprint, len(faces), images.shape[1:], arrays=pieces)
    return _FEATURES.path(key)


def known_faces(recognizer: Recognizer, faces: TrainingFaces, progress: Progress = silent) -> KnownFaces:
    """Return training faces as the model sees them, kept from an earlier time or computed now.

    28,709 faces take mini_xception about 6 s on two cores, and 0.1 s once they are kept.

    Raises:
        ModelMismatchError: the model does not answer with its feature map, or with numbers in it.
    """

    def checked(kept: NDArray[np.float32]) -> NDArray[np.float32] | None:
        fits = kept.ndim == 2 and len(kept) == len(faces) and kept.dtype == np.float32
        return kept if fits and np.isfinite(kept).all() else None

    features = _FEATURES.once(
        features_path(recognizer, faces), checked, lambda: _seen(recognizer, faces, progress)
    )
    return KnownFaces(faces, _directions(features))


def nearest(
    known: KnownFaces,
    recognizer: Recognizer,
    image: NDArray[np.uint8],
    *,
    count: int = NEAREST,
    but_place: int | None = None,
) -> Neighbours:
    """Return the training faces that the model sees as most like a face; a few milliseconds.

    Args:
        image: (h, w, 1 or 3) uint8, of any size.
        count: how many; fewer if there are no more.
        but_place: the face's own place in the dataset, if it may be among the training faces itself.

    Raises:
        ModelMismatchError: the model does not answer with its feature map, or with numbers in it.
    """
    (direction,) = _directions(_finite(recognizer, recognizer.features(image[None])))
    similarities = known.directions @ direction
    if but_place is not None:
        similarities = np.where(known.faces.places == but_place, -np.inf, similarities)
    others = int(np.isfinite(similarities).sum())
    count = min(count, others)
    # The ones that are as near as the last one wanted compete by their order, not by chance.
    last = np.partition(similarities, -count)[-count] if count else np.inf
    near = np.flatnonzero(similarities >= last)
    near = near[np.argsort(-similarities[near], kind="stable")[:count]]
    places = known.faces.places[near]
    return Neighbours(
        places,
        known.faces.labels[near],
        np.clip(similarities[near], -1, 1).astype(np.float32),
        detail_correlations(image, known.faces.dataset.images[places]),
    )


def detail_correlations(image: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how alike the fine detail of a picture and of others is, (m,), -1 to 1.

    Mirrored, where that fits better. Detail is what a photograph does not share with any other: portraits are
    all light in the middle and dark around it. Pixels that are all the same are exactly alike, detail or
    not; otherwise nothing correlates with a picture of one grey.

    Args:
        image: (h, w, 1 or 3) uint8.
        others: (m, h, w, 1 or 3) uint8; sizes may differ.
    """
    grey = _grey(image)
    whole, mirrored = _detail(grey), _detail(np.ascontiguousarray(grey[:, ::-1]))
    found = np.empty(len(others), np.float32)
    for index, other in enumerate(others):
        beside = _detail(_grey(other))
        same = image.shape == other.shape and np.array_equal(image, other)
        found[index] = 1.0 if same else max(np.vdot(whole, beside), np.vdot(mirrored, beside))
    return np.clip(found, -1, 1)


def _seen(recognizer: Recognizer, faces: TrainingFaces, progress: Progress) -> NDArray[np.float32]:
    """What the model sees in each face, (m, d); a batch at a time, for the pixels of all are many."""
    features = []
    for start in range(0, len(faces), _BATCH):
        progress(start / len(faces), f"Looking at training face {start + 1:,} of {len(faces):,}")
        places = faces.places[start : start + _BATCH]
        features.append(recognizer.features(faces.dataset.images[places]))
    progress(1.0, "Keeping what was seen")
    return _finite(recognizer, np.concatenate(features))


def _finite(recognizer: Recognizer, features: NDArray[np.float32]) -> NDArray[np.float32]:
    if not np.isfinite(features).all():
        raise ModelMismatchError(
            f"The features of the model “{recognizer.name}” are not numbers; its training probably diverged. "
            "Choose another model, or train with a lower learning rate."
        )
    return features


def _directions(features: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    directions = np.zeros_like(features)
    np.divide(features, lengths, out=directions, where=lengths > 0)
    return directions


def _grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = image[:, :, 0] if image.shape[2] == 1 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if grey.shape != (_SIDE, _SIDE):
        grey = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(grey, np.uint8)


def _detail(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The detail with mean 0 and length 1: the product of two is their correlation; 0 where there is none."""
    pixels = grey.astype(np.float32)
    fine = cv2.GaussianBlur(pixels, (0, 0), _FINE_SIGMA) - cv2.GaussianBlur(pixels, (0, 0), _COARSE_SIGMA)
    fine -= fine.mean()
    if fine.std() < _FLAT:
        return np.zeros_like(fine)
    return np.asarray(fine / np.linalg.norm(fine), np.float32)
