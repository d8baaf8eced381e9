"""Error examples: a model's mistakes in words and pictures, with the rows of their faces."""

import base64
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset
from fer.emotions import Emotion
from fer.evaluation import Evaluation
from fer.evaluation.galleries import confident_mistakes
from fer.statistics import percent

MOST_KINDS = 6
MOST_FACES = 24
_ROWS_NAMED = 8


@dataclass(frozen=True, slots=True)
class NamedMistake:
    """One kind of mistake.

    Attributes:
        sentence: how many faces of an emotion are called another, in words.
        rows: of the most confident ones, in their source.
        more: how many further ones there are.
    """

    sentence: str
    rows: tuple[int, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ShownFace:
    """One face as a picture within a page.

    Attributes:
        row: in its source.
        label: what it is labelled.
        answer: what the model said.
        confidence: how sure it was, 0 to 1.
        data_url: a PNG.
    """

    row: int
    label: Emotion
    answer: Emotion
    confidence: float
    data_url: str


def named_mistakes(evaluation: Evaluation) -> tuple[NamedMistake, ...]:
    """Return the commonest kinds of mistake, those that take the largest share of an emotion first."""
    supports = dict(zip(evaluation.emotions, evaluation.confusion.sum(axis=1).tolist(), strict=True))
    named = []
    for mistake in evaluation.commonest_mistakes(MOST_KINDS):
        indices = evaluation.faces_of(mistake.true, mistake.predicted)
        rows = evaluation.rows[indices[:_ROWS_NAMED]].tolist()
        faces = "face" if supports[mistake.true] == 1 else "faces"
        called = "is" if mistake.count == 1 else "are"
        named.append(
            NamedMistake(
                f"{mistake.count:,} of {supports[mistake.true]:,} {faces} labelled {mistake.true} "
                f"({percent(mistake.share)}) {called} called {mistake.predicted}",
                tuple(rows),
                mistake.count - len(rows),
            )
        )
    return tuple(named)


def shown_faces(evaluation: Evaluation, faces: Dataset) -> tuple[ShownFace, ...]:
    """Return the most confident mistakes as pictures that need no file beside the page."""
    return tuple(
        ShownFace(
            int(evaluation.rows[index]),
            evaluation.emotions[evaluation.true_labels[index]],
            evaluation.emotions[evaluation.predicted_labels[index]],
            float(evaluation.confidences[index]),
            _data_url(faces.images[index]),
        )
        for index in confident_mistakes(evaluation).first(MOST_FACES).faces.tolist()
    )


def _data_url(image: NDArray[np.uint8]) -> str:
    """A face, (h, w, 1 or 3) grey or RGB, as a PNG within a link."""
    encoded, png = cv2.imencode(".png", image[..., ::-1])
    assert encoded
    return "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()
