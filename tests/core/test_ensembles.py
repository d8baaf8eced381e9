"""The averaged answers of several models."""

import numpy as np
import pytest

from fer.datasets import Split
from fer.emotions import Emotion
from fer.errors import ModelMismatchError
from fer.evaluation import TTA, Evaluation, ensemble_of

SURE = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]
TORN = [[0.4, 0.6], [0.5, 0.5], [0.1, 0.9]]


def judged(
    model: str,
    probabilities: list[list[float]],
    emotions: tuple[Emotion, ...] = (Emotion.HAPPY, Emotion.SAD),
    tta: TTA = TTA.NONE,
    first_row: int = 0,
) -> Evaluation:
    labels = np.array([0, 1, 1], np.intp) if emotions[0] is Emotion.HAPPY else np.array([1, 0, 0], np.intp)
    return Evaluation.from_predictions(
        model,
        Split.TEST,
        emotions,
        labels,
        np.array(probabilities, np.float32),
        rows=np.arange(first_row, first_row + 3),
        tta=tta,
    )


def test_the_answers_are_averaged_face_by_face() -> None:
    together = ensemble_of([judged("a", SURE), judged("b", TORN)])
    assert together.model == "a+b"
    assert together.probabilities.tolist() == pytest.approx(
        np.array([[0.65, 0.35], [0.35, 0.65], [0.35, 0.65]]).astype(np.float32)
    )
    assert (judged("a", SURE).accuracy, together.accuracy) == (pytest.approx(2 / 3), 1.0)


def test_columns_in_another_order_are_put_into_the_first_ones() -> None:
    turned = judged("b", [row[::-1] for row in TORN], (Emotion.SAD, Emotion.HAPPY))
    expected = ensemble_of([judged("a", SURE), judged("b", TORN)])
    assert np.array_equal(ensemble_of([judged("a", SURE), turned]).probabilities, expected.probabilities)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (judged("b", TORN, first_row=5), "the same faces in the same way"),
        (judged("b", TORN, tta=TTA.FLIP), "the same faces in the same way"),
        (judged("b", TORN, (Emotion.HAPPY, Emotion.FEAR)), "“b” with happy, fear"),
    ],
    ids=["other faces", "other looks", "other emotions"],
)
def test_what_was_not_asked_alike_is_not_averaged(other: Evaluation, sentence: str) -> None:
    with pytest.raises(ModelMismatchError, match=sentence):
        ensemble_of([judged("a", SURE), other])


def test_six_are_too_many() -> None:
    with pytest.raises(ModelMismatchError, match="may have 5 models; received 6"):
        ensemble_of([judged("a", SURE)] * 6)
