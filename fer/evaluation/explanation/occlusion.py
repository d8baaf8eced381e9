"""Occlusion sensitivity: a patch slides over the face, and where an answer falls most, it was looked at.

They ask the model and nothing of its inside, so every model has them, at the price of a hundred answers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.errors import FerError
from fer.models.inference import Recognizer
from fer.system.progress import Progress, silent

# A quarter of the side covers an eye or the mouth; a twelfth between two of them finds the place well enough.
PATCH, STRIDE = 1 / 4, 1 / 12
# Covered faces that are made at once: enough for the interpreter, and little memory for large faces.
_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion:
    """What a model answered with a patch at each of many places.

    Attributes:
        emotions: the k, in the order of the answers.
        before: (k,) float32, the probabilities of the uncovered face.
        after: (rows, columns, k) float32, those with the patch at each place.
        tops: (rows,) pixels, where the patches begin.
        lefts: (columns,) pixels.
        patch: height and width of the patch, pixels.
        size: height and width of the face, pixels.
    """

    emotions: tuple[Emotion, ...]
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    tops: NDArray[np.intp]
    lefts: NDArray[np.intp]
    patch: tuple[int, int]
    size: tuple[int, int]

    def falls(self, emotion: Emotion) -> NDArray[np.float32]:
        """Return how far the emotion's probability falls with the patch at each place, (rows, columns).

        Below 0 where it rises: what was covered spoke against the emotion.
        """
        index = self.emotions.index(emotion)
        return np.asarray(self.before[index] - self.after[:, :, index], np.float32)

    def map(self, emotion: Emotion) -> NDArray[np.float32]:
        """Return `falls` laid over the face, (height, width): each value in the middle of its patch.

        Straight between the middles, and the same from the outermost to the edges.
        """
        height, width = self.size
        across = np.arange(width) + 0.5, self.lefts + self.patch[1] / 2
        down = np.arange(height) + 0.5, self.tops + self.patch[0] / 2
        wide = [np.interp(*across, row) for row in self.falls(emotion)]
        return np.stack([np.interp(*down, column) for column in np.transpose(wide)], axis=1).astype(
            np.float32
        )

    def strongest(self, emotion: Emotion) -> tuple[tuple[int, int, int, int], float]:
        """Return the patch that lowers the emotion most, (left, top, right, bottom) pixels, and what is left.

        What is left is the emotion's probability with that patch on the face.
        """
        falls = self.falls(emotion)
        row, column = np.unravel_index(int(falls.argmax()), falls.shape)
        top, left = int(self.tops[row]), int(self.lefts[column])
        box = (left, top, left + self.patch[1], top + self.patch[0])
        return box, float(self.before[self.emotions.index(emotion)] - falls[row, column])


def occlude(
    recognizer: Recognizer,
    image: NDArray[np.uint8],
    *,
    patch: float = PATCH,
    stride: float = STRIDE,
    progress: Progress = silent,
) -> Occlusion:
    """Return what the model answers while a patch of the face's mean colour slides over the face.

    The mean colour, because black or white would be a strong sight of its own.

    Args:
        image: (h, w, 1 or 3) uint8.
        patch: the side of the patch, as a share of the face's.
        stride: the way between two places, as a share of the face's side; the first and the last touch the
            edges, so the way is shortened where it does not fit.

    Raises:
        FerError: the patch or the stride is not a share.
        ModelMismatchError: the model answers with something that is not a probability.

    Source:
        Zeiler and Fergus (2014), Visualizing and Understanding Convolutional Networks, arXiv:1311.2901, 4.2.
    """
    for name, share in (("patch", patch), ("stride", stride)):
        if not 0 < share <= 1:
            raise FerError(
                f"The {name} is a share of the face's side, above 0 and at most 1; received {share:g}."
            )
    height, width, _ = image.shape
    sides = max(1, round(patch * height)), max(1, round(patch * width))
    tops = _beginnings(height, sides[0], stride)
    lefts = _beginnings(width, sides[1], stride)
    mean = np.rint(image.mean(axis=(0, 1))).astype(np.uint8)
    places = [(top, left) for top in tops for left in lefts]
    before = recognizer.predict(image[np.newaxis])[0]
    after = np.empty((len(places), len(before)), np.float32)
    for start in range(0, len(places), _AT_ONCE):
        chunk = places[start : start + _AT_ONCE]
        after[start : start + _AT_ONCE] = recognizer.predict(_covered(image, chunk, sides, mean))
        done = start + len(chunk)
        progress(done / len(places), f"{done} of {len(places)} places covered")
    return Occlusion(
        recognizer.emotions,
        before,
        after.reshape(len(tops), len(lefts), -1),
        tops,
        lefts,
        sides,
        (height, width),
    )


def _beginnings(side: int, patch: int, stride: float) -> NDArray[np.intp]:
    count = math.ceil((side - patch) / max(1.0, stride * side)) + 1
    return np.rint(np.linspace(0, side - patch, count)).astype(np.intp)


def _covered(
    image: NDArray[np.uint8],
    places: Sequence[tuple[np.intp, np.intp]],
    sides: tuple[int, int],
    color: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    covered = np.repeat(image[np.newaxis], len(places), axis=0)
    for copy, (top, left) in zip(covered, places, strict=True):
        copy[top : top + sides[0], left : left + sides[1]] = color
    return covered
