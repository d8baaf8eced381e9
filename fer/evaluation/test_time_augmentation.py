"""Test-time augmentation (TTA): a model's answers averaged over several views of one face.

It buys a point or two of accuracy at two or ten times the cost: a figure with it is no rival of one without.
"""

from collections.abc import Iterator
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.models.inference import Recognizer
from fer.system.progress import Progress, silent

# The side of a crop as a share of the face's: 44 of 48 pixels.
CROP_SHARE = 11 / 12

# Faces asked about between two words to whoever waits.
_BATCH = 256


class TTA(StrEnum):
    """What a model is shown of each face before its answers are averaged."""

    NONE = "none"
    FLIP = "flip"
    TEN_CROP = "ten-crop"

    @property
    def phrase(self) -> str:
        """What a figure is called that was measured so."""
        return _PHRASES[self]


_PHRASES = {
    TTA.NONE: "without test-time augmentation",
    TTA.FLIP: "averaged over each face and its mirror image",
    TTA.TEN_CROP: "averaged over ten crops of each face: corners and centre, mirrored too",
}


def looks_at(images: NDArray[np.uint8], tta: TTA) -> Iterator[NDArray[np.uint8]]:
    """Yield every look at the faces, (n, h, w, c) uint8 each: one, two or ten."""
    if tta is TTA.NONE:
        yield images
    elif tta is TTA.FLIP:
        yield images
        yield images[:, :, ::-1]
    else:
        for crop in _crops(images):
            yield crop
            yield crop[:, :, ::-1]


def predict(
    recognizer: Recognizer,
    images: NDArray[np.uint8],
    tta: TTA = TTA.NONE,
    progress: Progress = silent,
) -> NDArray[np.float32]:
    """Return a model's probabilities, (n, k) float32, each row the mean over the looks at one face.

    Raises:
        ModelMismatchError: the model answers with something that is not a probability.
    """
    answers = np.empty((len(images), len(recognizer.emotions)), np.float32)
    for start in range(0, len(images), _BATCH):
        progress(start / len(images), f"Looking at face {start + 1:,} of {len(images):,}")
        batch = images[start : start + _BATCH]
        looks = [recognizer.predict(np.ascontiguousarray(look)) for look in looks_at(batch, tta)]
        answers[start : start + _BATCH] = looks[0] if len(looks) == 1 else np.mean(looks, axis=0)
    return answers


def _crops(images: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """The four corners and the centre of the faces, each enlarged to a whole face's size."""
    _, height, width, channels = images.shape
    h, w = max(1, round(height * CROP_SHARE)), max(1, round(width * CROP_SHARE))
    down, right = height - h, width - w
    for top, left in ((0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)):
        crop = np.empty_like(images)
        for source, target in zip(images[:, top : top + h, left : left + w], crop, strict=True):
            target[...] = cv2.resize(source, (width, height), interpolation=cv2.INTER_LINEAR).reshape(
                height, width, channels
            )
        yield crop
