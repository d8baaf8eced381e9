"""The names people really use for emotions and splits, and the dividing of what came undivided."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer.datasets import Split
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.readers.vocabulary import (
    emotion_called,
    filled_splits,
    is_outside,
    kept_out,
    plain_label,
    split_called,
)
from fer.emotions import EMOTIONS, Emotion


@pytest.mark.parametrize(
    ("word", "emotion"),
    [
        ("angry", Emotion.ANGRY),
        ("Anger", Emotion.ANGRY),
        ("ang", Emotion.ANGRY),
        ("0_angry", Emotion.ANGRY),
        ("1-disgust", Emotion.DISGUST),
        ("disgusted", Emotion.DISGUST),
        ("02. Fearful", Emotion.FEAR),
        ("scared", Emotion.FEAR),
        ("afraid", Emotion.FEAR),
        ("happiness", Emotion.HAPPY),
        ("Happy_Faces", Emotion.HAPPY),
        ("sadness ", Emotion.SAD),
        ("SAD", Emotion.SAD),
        ("surprised", Emotion.SURPRISE),
        ("suprise", Emotion.SURPRISE),
        ("neutral images", Emotion.NEUTRAL),
        ("6", Emotion.NEUTRAL),
        ("3.0", Emotion.HAPPY),
        ("3.000000000000000000e+00", Emotion.HAPPY),
    ],
)
def test_the_names_that_datasets_have_for_our_emotions_are_understood(word: str, emotion: Emotion) -> None:
    assert emotion_called(word) is emotion
    assert not is_outside(word)


@pytest.mark.parametrize(
    "word",
    ["contempt", "Contemptuous", "7_contempt", "unknown", "NF", "not a face", "not-face", "no_face", "other"],
)
def test_emotions_beside_our_seven_are_told_from_words_that_say_nothing(word: str) -> None:
    assert emotion_called(word) is None
    assert is_outside(word)


@pytest.mark.parametrize(
    "word", ["", "bored", "7", "-1", "0.5", "00", "not happy", "None", "nan", "angryhappy"]
)
def test_a_word_that_names_nothing_is_neither_ours_nor_outside(word: str) -> None:
    assert emotion_called(word) is None
    assert not is_outside(word)


def test_what_is_kept_out_as_a_number_is_named() -> None:
    [note] = kept_out(Counter({"7": 12, "unknown": 1}))
    assert note.endswith("12 of “7 (contempt)”, 1 of “unknown”.")


@pytest.mark.parametrize("text", ["1e999999", "1" * 400, "inf", "nan", "0x1", "1_0", "²", "-3", "3.5", "00"])
def test_what_is_no_whole_number_stays_as_it_stands(text: str) -> None:
    assert plain_label(f" {text} ") == text


def test_every_option_of_the_ferplus_vote_is_ours_or_outside() -> None:
    ours = [name for name in VOTE_NAMES if emotion_called(name)]

    assert {emotion_called(name) for name in ours} == set(EMOTIONS)
    assert [name for name in VOTE_NAMES if is_outside(name)] == ["contempt", "unknown", "NF"]


@given(st.text(max_size=30))
def test_any_text_gets_an_answer_and_never_two(word: str) -> None:
    assert not (emotion_called(word) is not None and is_outside(word))
    assert split_called(word) in {None, *Split}


@given(st.sampled_from([emotion.value for emotion in EMOTIONS]), st.integers(0, 999), st.sampled_from("_-. "))
def test_a_number_in_front_changes_nothing(word: str, number: int, between: str) -> None:
    assert emotion_called(f"{number}{between}{word.upper()}") == word


@pytest.mark.parametrize(
    ("word", "split"),
    [
        ("Training", Split.TRAIN),
        ("train_set", Split.TRAIN),
        ("PublicTest", Split.VALIDATION),
        ("public-test", Split.VALIDATION),
        ("val", Split.VALIDATION),
        ("Private Test", Split.TEST),
        ("testing", Split.TEST),
        ("holiday", None),
    ],
)
def test_the_names_of_splits_are_understood(word: str, split: Split | None) -> None:
    assert split_called(word) is split


def test_missing_splits_take_a_tenth_of_each_emotion_and_a_sentence_says_so() -> None:
    labels = np.array([0] * 100 + [3] * 50)
    splits = np.full(150, Split.TRAIN.value, "<U10")

    filled, sentence = filled_splits(labels, splits)

    for split in (Split.VALIDATION, Split.TEST):
        assert np.bincount(labels[filled == split]).tolist() == [10, 0, 0, 5]
    assert sentence.startswith("It came without validation and test faces")
    assert sentence.endswith("seed 0.")
    np.testing.assert_array_equal(filled_splits(labels, splits)[0], filled)


def test_splits_that_are_all_there_stay_and_need_no_sentence() -> None:
    splits = np.array(["train", "validation", "test"] * 10)

    filled, sentence = filled_splits(np.zeros(30, np.intp), splits)

    np.testing.assert_array_equal(filled, splits)
    assert sentence == ""
