"""Each gallery on an evaluation made by hand, and what voters say of it."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from fer.datasets import Split
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import Emotion
from fer.errors import ModelMismatchError
from fer.evaluation import Evaluation
from fer.evaluation.galleries import (
    Gallery,
    confident_mistakes,
    confused_pairs,
    disagreements,
    label_suspects,
    least_certain,
    wrong_alike,
)
from fer.evaluation.people import people_side

THREE = (Emotion.FEAR, Emotion.HAPPY, Emotion.SAD)


def evaluation_of(
    labels: Sequence[int], probabilities: Sequence[Sequence[float]], emotions: Sequence[Emotion] = THREE
) -> Evaluation:
    return Evaluation.from_predictions(
        "made by hand",
        Split.VALIDATION,
        emotions,
        np.array(labels, np.intp),
        np.array(probabilities, np.float32),
    )


def votes_of(*faces: dict[str, int]) -> NDArray[np.uint8]:
    return np.array([[face.get(name, 0) for name in VOTE_NAMES] for face in faces], np.uint8)


def test_the_surest_mistake_comes_first_and_nothing_right_is_among_them() -> None:
    found = confident_mistakes(
        evaluation_of([0, 0, 0, 2], [[0.9, 0.1, 0], [0.3, 0.6, 0.1], [0.1, 0, 0.9], [0.2, 0.7, 0.1]])
    )
    assert found.faces.tolist() == [2, 3, 1]
    assert found.scores.tolist() == pytest.approx([0.9, 0.7, 0.6])
    assert found.suggested.tolist() == [2, 1, 1]


def test_of_equally_sure_mistakes_the_first_stays_first() -> None:
    found = confident_mistakes(evaluation_of([0] * 40, [[0.2, 0.8, 0]] * 40))
    assert found.faces.tolist() == list(range(40))


def test_a_perfect_model_has_empty_galleries_but_still_a_least_certain_face() -> None:
    perfect = evaluation_of([0, 1], [[0.9, 0.1, 0], [0.4, 0.6, 0]])
    assert len(confident_mistakes(perfect)) == 0
    assert confused_pairs(perfect) == ()
    assert len(label_suspects(perfect)) == 0
    assert len(wrong_alike([perfect, perfect])) == 0
    assert len(disagreements([perfect, perfect])) == 0
    assert least_certain(perfect).faces.tolist() == [1, 0]


def test_least_certain_is_the_smallest_lead_of_the_first_choice() -> None:
    found = least_certain(evaluation_of([0, 0, 0], [[0.5, 0.3, 0.2], [0.4, 0.21, 0.39], [0.34, 0.33, 0.33]]))
    # The second has a greater confidence than the third, and the same lead.
    assert found.faces.tolist() == [2, 1, 0] or found.faces.tolist() == [1, 2, 0]
    assert found.scores.tolist() == pytest.approx([0.01, 0.01, 0.2], abs=1e-6)


def test_a_pair_takes_both_directions_together() -> None:
    found = confused_pairs(
        evaluation_of(
            [2, 2, 0, 1, 0],
            [[0.6, 0.1, 0.3], [0.8, 0, 0.2], [0.2, 0.1, 0.7], [0.5, 0.4, 0.1], [0.9, 0.1, 0]],
        )
    )
    assert [(pair.first, pair.second) for pair in found] == [
        (Emotion.SAD, Emotion.FEAR),
        (Emotion.HAPPY, Emotion.FEAR),
    ]
    sad_fear = found[0]
    assert (sad_fear.first_as_second, sad_fear.second_as_first) == (2, 1)
    assert sad_fear.gallery.faces.tolist() == [1, 2, 0]
    assert sad_fear.faces_of_both == 4
    assert sad_fear.share == pytest.approx(3 / 4)


def test_a_label_is_suspected_where_another_emotion_is_above_what_its_own_faces_get() -> None:
    # Fear gets 0.5 on average from its own faces, happy 0.9: 0.6 is much for the one, little for the other.
    evaluation = evaluation_of(
        [0, 0, 1, 1, 2, 2],
        [
            [0.6, 0.4, 0],
            [0.4, 0.6, 0],  # happy 0.6 is below 0.9: no suspect, though a mistake
            [0.1, 0.9, 0],
            [0.1, 0.9, 0],
            [0.55, 0.05, 0.4],  # fear 0.55 is above 0.5: a suspect
            [0.1, 0.1, 0.8],
        ],
    )
    found = label_suspects(evaluation)
    assert found.faces.tolist() == [4]
    assert found.suggested.tolist() == [0]
    assert found.scores.tolist() == pytest.approx([0.15], abs=1e-6)


def test_suspects_agree_with_cleanlab() -> None:
    from cleanlab.count import compute_confident_joint

    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 400)
    labels[:3] = 0, 1, 2
    raw = rng.gamma(0.6, size=(400, 3)) + 0.3 * np.eye(3)[labels]
    evaluation = evaluation_of(labels.tolist(), (raw / raw.sum(axis=1, keepdims=True)).tolist())
    _, theirs = compute_confident_joint(
        labels, evaluation.probabilities, return_indices_of_off_diagonals=True, calibrate=False
    )
    ours = label_suspects(evaluation)
    assert len(ours) > 20
    assert sorted(ours.faces.tolist()) == sorted(int(face) for face in theirs)
    assert (np.diff(ours.scores) <= 0).all()


def test_what_an_inspection_suspects_too_comes_first_and_is_not_a_reason_by_itself() -> None:
    evaluation = evaluation_of(
        [0, 0, 0, 0, 1, 1],
        [[0.9, 0.1, 0], [0.9, 0.1, 0], [0.05, 0.95, 0], [0.1, 0.9, 0], [0.4, 0.6, 0], [0.3, 0.7, 0]],
    )
    assert label_suspects(evaluation).faces.tolist() == [2, 3]
    too = np.array([True, False, False, True, False, True])
    assert label_suspects(evaluation, too).faces.tolist() == [3, 2]
    nobody = np.zeros(6, bool)
    assert label_suspects(evaluation, nobody).faces.tolist() == [2, 3]


def test_an_emotion_that_the_split_does_not_show_is_never_suggested() -> None:
    found = label_suspects(evaluation_of([0, 0], [[0.1, 0.1, 0.8], [0.9, 0.05, 0.05]]))
    assert len(found) == 0


def test_models_are_wrong_alike_by_name_whatever_the_order_of_their_columns() -> None:
    first = evaluation_of([0, 0, 1], [[0.1, 0.8, 0.1], [0.2, 0.7, 0.1], [0.6, 0.4, 0]])
    swapped = evaluation_of(
        [2, 2, 1],
        [[0.1, 0.6, 0.3], [0.7, 0.2, 0.1], [0, 0.1, 0.9]],
        (Emotion.SAD, Emotion.HAPPY, Emotion.FEAR),
    )
    found = wrong_alike([first, swapped])
    assert found.faces.tolist() == [2, 0]
    assert found.scores.tolist() == pytest.approx([0.75, 0.7])
    assert found.suggested.tolist() == [0, 1]
    apart = disagreements([first, swapped])
    assert apart.faces.tolist() == [1]
    assert apart.scores.tolist() == pytest.approx([0.7])


def test_three_models_disagree_as_surely_as_the_surest_couple_that_does() -> None:
    one = evaluation_of([0, 0], [[0.9, 0.1, 0], [0.6, 0.4, 0]])
    two = evaluation_of([0, 0], [[0.2, 0.8, 0], [0.7, 0.3, 0]])
    three = evaluation_of([0, 0], [[0.5, 0.4, 0.1], [0.3, 0.2, 0.5]])
    found = disagreements([one, two, three])
    assert found.faces.tolist() == [0, 1]
    assert found.scores.tolist() == pytest.approx([0.8, 0.5])


def test_evaluations_of_other_faces_are_not_compared() -> None:
    one = evaluation_of([0, 0], [[0.9, 0.1, 0], [0.6, 0.4, 0]])
    other = evaluation_of([0], [[0.9, 0.1, 0]])
    with pytest.raises(ModelMismatchError, match="2, 1 faces"):
        wrong_alike([one, other])


def test_people_are_asked_whom_they_side_with() -> None:
    evaluation = evaluation_of([0] * 6, [[0.1, 0.8, 0.1]] * 6)
    votes = votes_of(
        {"happiness": 9, "fear": 1},  # with the model
        {"happiness": 2, "fear": 8},  # with the label
        {"contempt": 10},  # with neither
        {"happiness": 5, "fear": 5},  # a tie: not asked
        {},  # no votes: not asked
        {"happiness": 10},
    )
    side = people_side(evaluation, confident_mistakes(evaluation), votes)
    assert side is not None
    assert (side.asked, side.with_suggestion, side.with_label, side.with_neither) == (4, 2, 1, 1)
    assert side.siding.share == 0.5
    assert side.siding.interval_95[0] < 0.5 < side.siding.interval_95[1]


def test_without_votes_or_contradictions_nobody_can_be_asked() -> None:
    right = evaluation_of([1, 1], [[0.1, 0.8, 0.1]] * 2)
    everyone: Gallery = least_certain(right)
    assert people_side(right, everyone, None) is None
    assert people_side(right, everyone, votes_of({"happiness": 10}, {"fear": 10})) is None
    wrong = evaluation_of([0, 0], [[0.1, 0.8, 0.1]] * 2)
    assert people_side(wrong, confident_mistakes(wrong), votes_of({}, {})) is None
