"""Paired comparisons against figures worked out by hand and by scipy."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from fer.datasets import Split
from fer.emotions import EMOTIONS, Emotion
from fer.evaluation import Evaluation
from fer.evaluation.comparison import compare_confusions, disagreement
from fer.runs import Predictions
from fer.runs.sample_predictions import compare_predictions
from fer.statistics import PairedComparison, compare_answers

TWO = (Emotion.ANGRY, Emotion.HAPPY)


def predictions(rows: list[int], labels: list[int], answers: list[int]) -> Predictions:
    """What a model of three emotions says, sure of each answer."""
    return Predictions(
        np.array(rows, np.intp), np.array(labels, np.intp), np.eye(3, dtype=np.float32)[answers]
    )


def right(*values: int) -> NDArray[np.bool_]:
    return np.array(values, bool)


def test_pairs_are_counted_by_who_is_right() -> None:
    found = compare_answers(right(1, 1, 1, 0, 0, 0), right(1, 0, 0, 1, 0, 0))
    assert found == PairedComparison(count=6, only_first=2, only_second=1, both=1)
    assert found.first.share == pytest.approx(3 / 6)
    assert found.second.share == pytest.approx(2 / 6)
    assert found.difference == pytest.approx(-1 / 6)


@pytest.mark.parametrize(
    ("only_first", "only_second"), [(0, 1), (2, 9), (9, 2), (5, 5), (40, 62), (0, 8), (300, 301)]
)
def test_the_p_value_is_mcnemars_exact_one(only_first: int, only_second: int) -> None:
    found = PairedComparison(4000, only_first, only_second, 2000)
    few, discordant = min(only_first, only_second), only_first + only_second
    assert found.p_value == pytest.approx(min(1.0, 2 * binom.cdf(few, discordant, 0.5)))


def test_the_interval_is_the_published_one() -> None:
    # (31 - 11 of 102) / 102 worked out by hand: 0.196 with a standard error of 0.0605.
    found = PairedComparison(count=100, only_first=10, only_second=30, both=50)
    middle = 20 / 102
    half = 1.959964 * np.sqrt((42 / 102 - middle**2) / 102)
    assert found.interval_95 == pytest.approx((middle - half, middle + half))
    low, high = found.interval_95
    assert low < found.difference < high


def test_of_equally_good_models_about_one_interval_in_twenty_misses() -> None:
    rng = np.random.default_rng(0)
    misses = 0
    for _ in range(400):
        hard = rng.random(300) < 0.3
        first = ~hard & (rng.random(300) < 0.9)
        second = ~hard & (rng.random(300) < 0.9)
        low, high = compare_answers(first, second).interval_95
        misses += not low <= 0 <= high
    assert 5 <= misses <= 35  # 20 expected


@pytest.mark.parametrize(
    ("found", "verdict", "words"),
    [
        (PairedComparison(1000, 40, 90, 500), "better", "+5.0 points on the same 1,000 faces"),
        (PairedComparison(1000, 90, 40, 500), "worse", "−5.0 points"),
        (PairedComparison(1000, 50, 55, 500), "could be chance", "That could be chance"),
        (PairedComparison(1000, 0, 0, 500), "could be chance", "the very same faces right"),
        (PairedComparison(1000, 0, 300, 500), "better", "less than 0.1\u00a0%"),
    ],
)
def test_the_verdict_is_told_in_plain_words(found: PairedComparison, verdict: str, words: str) -> None:
    assert found.verdict == verdict
    assert words in found.sentence


def test_two_runs_are_compared_on_the_faces_they_share_in_whatever_order() -> None:
    first = predictions([1, 2, 3, 4], [0, 1, 2, 0], [0, 1, 0, 0])
    second = predictions([4, 3, 2, 9], [0, 2, 1, 1], [0, 2, 0, 1])
    assert compare_predictions(first, second) == PairedComparison(3, 1, 1, 1)


def test_a_face_that_was_relabelled_in_between_is_left_out() -> None:
    first, second = predictions([1, 2], [0, 1], [0, 1]), predictions([1, 2], [0, 2], [0, 2])
    assert compare_predictions(first, second) == PairedComparison(1, 0, 0, 1)


def test_runs_without_a_common_face_cannot_be_compared() -> None:
    assert compare_predictions(predictions([1], [0], [0]), predictions([2], [0], [0])) is None


def test_answers_to_different_faces_are_refused() -> None:
    with pytest.raises(ValueError, match="no pairs"):
        compare_answers(right(1, 0), right(1))
    with pytest.raises(ValueError, match="no pairs"):
        compare_answers(right(), right())


def test_the_p_value_holds_for_more_faces_than_a_table_would() -> None:
    found = PairedComparison(30_000, 3_000, 3_150, 20_000)
    assert found.p_value == pytest.approx(2 * binom.cdf(3_000, 6_150, 0.5))


def evaluation_of(labels: str, answers: str, emotions: Sequence[Emotion] = EMOTIONS) -> Evaluation:
    """A model's answers, each as sure as it comes early: "ahs" are angry, happy and sad."""
    known = {str(emotion)[0]: emotion for emotion in (Emotion.ANGRY, Emotion.HAPPY, Emotion.SAD)}
    columns = [emotions.index(known[letter]) for letter in answers]
    probabilities = np.full((len(answers), len(emotions)), 0.01, np.float32)
    probabilities[np.arange(len(answers)), columns] = 0.9 - 0.01 * np.arange(len(answers))
    true = np.array([emotions.index(known[letter]) for letter in labels], np.intp)
    return Evaluation.from_predictions("model", Split.TEST, emotions, true, probabilities)


def test_two_matrices_are_laid_on_one_another_by_the_names_of_the_emotions() -> None:
    first = evaluation_of("aaaahs", "aaahhs")
    second = evaluation_of("aaaahs", "ahhhhs", (Emotion.SAD, Emotion.HAPPY, Emotion.ANGRY))
    difference = compare_confusions(first, second)
    assert difference.emotions == EMOTIONS
    angry, happy = EMOTIONS.index(Emotion.ANGRY), EMOTIONS.index(Emotion.HAPPY)
    assert difference.first[angry, happy] == 1
    assert difference.second[angry, happy] == 3
    assert difference.points[angry, happy] == pytest.approx(2 / 4)
    assert difference.points[angry, angry] == pytest.approx(-2 / 4)
    assert difference.points.sum() == pytest.approx(0)


def test_a_cell_of_two_models_holds_who_alone_says_so_the_most_confident_first() -> None:
    first = evaluation_of("aaaaah", "haahhh")
    second = evaluation_of("aaaaah", "hhhaah", EMOTIONS[::-1])
    found = disagreement(first, second, Emotion.ANGRY, Emotion.HAPPY)
    assert found.asked == 5
    assert found.both.tolist() == [0]
    assert found.only_first.tolist() == [3, 4]
    assert found.only_second.tolist() == [1, 2]
    assert found.could_be_chance
    # An emotion that one of them cannot answer.
    only_two = evaluation_of("aaaaah", "haahhh", (Emotion.ANGRY, Emotion.HAPPY))
    assert len(disagreement(only_two, second, Emotion.ANGRY, Emotion.SAD).only_first) == 0


def test_a_one_sided_cell_is_no_chance() -> None:
    found = disagreement(evaluation_of("a" * 9, "a" * 9), evaluation_of("a" * 9, "h" * 8 + "a"), *TWO)
    assert len(found.only_second) == 8
    assert not found.could_be_chance


def test_other_faces_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="not the same faces"):
        compare_confusions(evaluation_of("ah", "ah"), evaluation_of("a", "a"))
