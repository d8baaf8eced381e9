"""Finding rows, and saying how uneven a dataset is."""

import numpy as np

from fer.datasets import Split
from fer.datasets.browsing import imbalance, portraits, rows_of
from fer.emotions import Emotion
from tests.conftest import dataset_of


def test_rows_are_those_of_the_split_and_the_emotion() -> None:
    dataset = dataset_of([0, 3, 3, 0], [Split.TRAIN, Split.TRAIN, Split.TEST, Split.TEST])
    assert list(rows_of(dataset, Split.TEST, Emotion.HAPPY)) == [2]
    assert list(rows_of(dataset, Split.TRAIN)) == [0, 1]
    assert list(rows_of(dataset, emotion=Emotion.FEAR)) == []


def test_a_seed_gives_one_order_and_another_seed_another() -> None:
    dataset = dataset_of([0] * 50)
    assert list(rows_of(dataset, shuffle_seed=1)) == list(rows_of(dataset, shuffle_seed=1))
    assert list(rows_of(dataset, shuffle_seed=1)) != list(rows_of(dataset, shuffle_seed=2))
    assert sorted(rows_of(dataset, shuffle_seed=1)) == list(range(50))


def test_imbalance_of_fer_2013_is_sixteen_smiles_for_every_look_of_disgust() -> None:
    balance = imbalance(
        {
            Emotion.ANGRY: 3995,
            Emotion.DISGUST: 436,
            Emotion.FEAR: 4097,
            Emotion.HAPPY: 7215,
            Emotion.SAD: 4830,
            Emotion.SURPRISE: 3171,
            Emotion.NEUTRAL: 4965,
        }
    )
    assert (balance.most, balance.least, balance.missing) == (Emotion.HAPPY, Emotion.DISGUST, ())
    assert round(balance.ratio, 1) == 16.5
    assert round(balance.majority_accuracy, 3) == 0.251


def test_a_missing_emotion_is_named_and_is_not_the_rarest() -> None:
    balance = imbalance({Emotion.ANGRY: 2, Emotion.DISGUST: 0, Emotion.FEAR: 1})
    assert balance.missing == (Emotion.DISGUST,)
    assert balance.least is Emotion.FEAR


def test_there_is_one_portrait_for_each_emotion_and_all_differ() -> None:
    faces = portraits(size=48)
    assert faces.shape == (7, 48, 48, 1)
    assert faces.dtype == np.uint8
    assert len(np.unique(faces.reshape(7, -1), axis=0)) == 7
