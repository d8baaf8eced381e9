"""Finding rows, and saying how uneven a dataset is."""

from dataclasses import replace

import numpy as np

from fer.datasets import Split, editions
from fer.datasets.browsing import (
    TIE,
    VOTE_OUTCOMES,
    FaceFilter,
    Quality,
    imbalance,
    matching,
    portraits,
    rows_of,
    vote_outcomes,
    votes_won,
)
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import Emotion
from tests.conftest import dataset_of
from tests.corrections import exclude, relabel

NAN = float("nan")


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


def test_a_range_holds_both_its_ends_and_no_face_without_a_value() -> None:
    dataset = dataset_of([0] * 5)
    brightness = {Quality.BRIGHTNESS: np.array([10, 20, 30, 40, NAN], np.float32)}
    wanted = FaceFilter(ranges={Quality.BRIGHTNESS: (20, 30)})
    assert list(matching(dataset, wanted, brightness)) == [1, 2]
    # What is not measured narrows nothing.
    assert len(matching(dataset, wanted)) == 5


def test_ranges_split_and_label_hold_together() -> None:
    dataset = dataset_of([0, 0, 3, 3], [Split.TRAIN, Split.TEST, Split.TRAIN, Split.TEST])
    qualities = {
        Quality.BRIGHTNESS: np.array([1, 2, 3, 4], np.float32),
        Quality.SHARPNESS: np.array([9, 8, 7, 6], np.float32),
    }
    ranges = {Quality.BRIGHTNESS: (2.0, 4.0), Quality.SHARPNESS: (6.0, 7.0)}
    assert list(matching(dataset, FaceFilter(ranges=ranges), qualities)) == [2, 3]
    assert list(matching(dataset, FaceFilter(Split.TEST, Emotion.HAPPY, ranges=ranges), qualities)) == [3]


def test_faces_are_sorted_either_way_and_those_without_a_value_come_last() -> None:
    dataset = dataset_of([0] * 5)
    suspicion = {Quality.SUSPICION: np.array([0.5, NAN, 0.9, 0.1, 0.5], np.float32)}
    upward = FaceFilter(order_by=Quality.SUSPICION)
    assert list(matching(dataset, upward, suspicion)) == [3, 0, 4, 2, 1]
    assert list(matching(dataset, replace(upward, descending=True), suspicion)) == [2, 0, 4, 3, 1]


def test_votes_come_to_one_answer_to_a_tie_or_to_nothing() -> None:
    votes = np.zeros((3, len(VOTE_NAMES)), np.uint8)
    votes[0, VOTE_NAMES.index("fear")] = 6
    votes[1, [0, 1]] = 5
    assert votes_won(votes).tolist() == [VOTE_NAMES.index("fear"), -1, -1]
    assert vote_outcomes(votes).tolist() == [VOTE_NAMES.index("fear"), VOTE_OUTCOMES.index(TIE), -1]
    dataset = replace(dataset_of([0, 0, 0]), votes=votes)
    assert list(matching(dataset, FaceFilter(vote="fear"))) == [0]
    assert list(matching(dataset, FaceFilter(vote=TIE))) == [1]
    assert list(matching(dataset_of([0]), FaceFilter(vote="fear"))) == []


def test_an_emotion_that_the_dataset_does_not_have_matches_no_face() -> None:
    dataset = dataset_of([0, 1], emotions=(Emotion.HAPPY, Emotion.SAD))
    assert list(matching(dataset, FaceFilter(emotion=Emotion.FEAR))) == []


def test_what_an_edition_did_narrows_the_faces() -> None:
    dataset = dataset_of([0, 0, 0, 3])
    editions.create_edition(dataset.name, "mine")
    exclude(dataset, "mine", [1])
    edition = relabel(dataset, "mine", [3], Emotion.SAD)
    found = {
        mended: list(matching(dataset, FaceFilter(mended=mended), edition=edition))
        for mended in ("untouched", "relabelled", "excluded")
    }
    assert found == {"untouched": [0, 2], "relabelled": [3], "excluded": [1]}
    assert list(matching(dataset, FaceFilter(mended="untouched"))) == [0, 1, 2, 3]


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
