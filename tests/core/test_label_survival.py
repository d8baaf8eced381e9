"""Does a label survive? Asked of a model that knows grey levels, so that every answer is known."""

from pathlib import Path

import numpy as np
import pytest

from fer.emotions import EMOTIONS, Emotion
from fer.errors import ModelMismatchError
from fer.models.inference import Recognizer
from fer.statistics import Proportion, wilson_interval
from fer.training import augmentation
from fer.training.augmentation.survival import LabelSurvival, label_survival
from tests.core import grey_level


@pytest.fixture
def recognizer(fer_home: Path) -> Recognizer:
    return Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / "grey"))


def counted(total: int, wrong_before: int, turned: int) -> LabelSurvival:
    """All are labelled 0; the first `wrong_before` are called 1, the last `turned` copies 2."""
    before, after = np.zeros((total, 7), np.float32), np.zeros((total, 7), np.float32)
    answers = np.where(np.arange(total) < wrong_before, 1, 0)
    before[np.arange(total), answers] = 1
    answers = np.where(np.arange(total) >= total - turned, 2, answers)
    after[np.arange(total), answers] = 1
    return LabelSurvival(EMOTIONS, np.zeros(total, np.intp), before, after)


def test_copies_that_get_another_answer_are_told_from_those_that_keep_it(recognizer: Recognizer) -> None:
    labels = [Emotion.ANGRY, Emotion.HAPPY, Emotion.SAD]
    images = np.stack([grey_level.flat(emotion) for emotion in labels])
    copies = images.copy()
    copies[1] = grey_level.flat(Emotion.NEUTRAL)
    survival = label_survival(recognizer, recognizer.predict(images), copies, labels)
    assert survival.turned.tolist() == [False, True, False]
    after = [Emotion.ANGRY, Emotion.NEUTRAL, Emotion.SAD]
    assert [survival.answers(index) for index in range(3)] == list(zip(labels, after, strict=True))
    assert survival.turned_share == survival.wrong_after == Proportion(1, 3)
    assert survival.wrong_before == Proportion(0, 3)


def test_an_answer_that_was_wrong_may_turn_right(recognizer: Recognizer) -> None:
    images = grey_level.flat(Emotion.FEAR)[None]
    copies = np.stack([grey_level.flat(Emotion.SAD), grey_level.flat(Emotion.FEAR)])
    # One face for all its copies.
    survival = label_survival(recognizer, recognizer.predict(images), copies, [Emotion.SAD] * 2)
    assert survival.wrong_before == Proportion(2, 2)
    assert survival.wrong_after == survival.turned_share == Proportion(1, 2)


def test_light_turns_what_is_known_by_its_grey_and_a_flip_does_not(recognizer: Recognizer) -> None:
    images = np.stack([grey_level.flat(emotion) for emotion in EMOTIONS])
    before = recognizer.predict(images)
    lit = augmentation.apply(images, augmentation.identity_params(7, brightness_fraction=0.2))
    mirrored = augmentation.apply(images, augmentation.identity_params(7, flipped=True))
    assert label_survival(recognizer, before, lit, EMOTIONS).turned.sum() >= 6
    assert label_survival(recognizer, before, mirrored, EMOTIONS).turned.sum() == 0


@pytest.mark.parametrize(
    ("wrong_before", "turned", "strength"),
    [
        (70, 0, "harmless"),
        (70, 20, "harmless"),
        (70, 50, "demanding"),
        (70, 75, "demanding"),  # more, but that could be chance
        (70, 95, "too_strong"),
        (0, 30, "demanding"),  # one that hardly errs does not call everything too strong
        (0, 60, "too_strong"),
        (120, 10, "no_judge"),
    ],
)
def test_the_verdict_compares_with_what_the_model_gets_wrong_anyway(
    wrong_before: int, turned: int, strength: str
) -> None:
    survival = counted(200, wrong_before, turned)
    assert survival.wrong_before == Proportion(wrong_before, 200)
    assert survival.turned_share == Proportion(turned, 200)
    assert survival.turned_share.interval_95 == wilson_interval(turned, 200)
    assert survival.strength == strength


def test_a_model_that_does_not_know_an_emotion_cannot_be_asked_about_it(fer_home: Path) -> None:
    names = (*EMOTIONS[:6], Emotion.HAPPY)  # a model that says happy twice, and never neutral
    folder = grey_level.save_model(fer_home / "models" / "pretrained" / "other", emotions=names)
    recognizer = Recognizer(folder)
    images = grey_level.flat(Emotion.NEUTRAL)[None]
    with pytest.raises(ModelMismatchError, match="show neutral, which this model cannot answer"):
        label_survival(recognizer, recognizer.predict(images), images, [Emotion.NEUTRAL])
