"""The one list of labels, and the scores over it."""

import re

import numpy as np
import pytest

from fer.emotions import EMOTIONS, Emotion, EmotionScores, indices


def test_the_order_is_that_of_fer_2013() -> None:
    assert [str(emotion) for emotion in EMOTIONS] == [
        "angry",
        "disgust",
        "fear",
        "happy",
        "sad",
        "surprise",
        "neutral",
    ]


def test_every_emotion_has_a_colour_of_its_own() -> None:
    colors = {emotion.color for emotion in Emotion}
    assert len(colors) == len(EMOTIONS)
    assert all(re.fullmatch("#[0-9a-f]{6}", color) for color in colors)


def test_scores_name_the_most_probable_emotion_of_their_own_columns() -> None:
    scores = EmotionScores((Emotion.SAD, Emotion.HAPPY), np.array([0.25, 0.75], np.float32))
    assert scores.top is Emotion.HAPPY
    assert scores.confidence == 0.75
    assert scores.as_dict() == {Emotion.SAD: 0.25, Emotion.HAPPY: 0.75}


@pytest.mark.parametrize("shape", [(6,), (8,), (1, 7)])
def test_scores_need_one_probability_an_emotion(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="one probability for each of 7"):
        EmotionScores(EMOTIONS, np.ones(shape, np.float32))


def test_labels_are_translated_from_one_order_to_another() -> None:
    few = (Emotion.SAD, Emotion.HAPPY)
    assert indices(few, EMOTIONS).tolist() == [4, 3]
    assert indices(EMOTIONS, few).tolist() == [-1, -1, -1, 1, 0, -1, -1]
    assert indices([None, Emotion.SAD], few).tolist() == [-1, 0]
    assert indices([], few).dtype == np.intp
