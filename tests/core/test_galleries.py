"""Copies in groups, who of them goes, where a cut falls, and what the voters say of suspects."""

from dataclasses import replace

import numpy as np
import pytest

from fer import figures
from fer.datasets import Dataset, Split
from fer.datasets.browsing import voted_labels
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.quality import FaceMeasures, Findings, Inspection, QualityIssue, galleries
from tests.conftest import dataset_of

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST


def pairs(*found: tuple[int, int], issue: QualityIssue = QualityIssue.EXACT_DUPLICATE) -> Findings:
    """Findings of copies, from (face, partner)."""
    faces, partners = np.array(found, np.intp).reshape(-1, 2).T
    return Findings(issue, faces, np.ones(len(faces), np.float32), partners, np.full(len(faces), -1, np.intp))


def suspects(*found: tuple[int, float, int]) -> Findings:
    """Findings of wrong labels, from (face, score, suggestion)."""
    return Findings(
        QualityIssue.WRONG_LABEL,
        np.array([face for face, _, _ in found], np.intp),
        np.array([score for _, score, _ in found], np.float32),
        np.full(len(found), -1, np.intp),
        np.array([label for _, _, label in found], np.intp),
    )


def as_lists(groups: list[np.ndarray]) -> list[list[int]]:
    return [group.tolist() for group in groups]


@pytest.fixture
def copied() -> Dataset:
    """Eight faces; 0, 3 and 6 are one picture, 1 and 4 another, 5 and 7 a third under two labels."""
    return dataset_of(
        [0, 1, 2, 0, 1, 5, 0, 3], [TRAIN, TRAIN, TRAIN, VALIDATION, TRAIN, TEST, TEST, VALIDATION]
    )


@pytest.fixture
def groups() -> list[np.ndarray]:
    return galleries.groups_of(pairs((3, 0), (4, 1), (6, 3), (7, 5)))


def test_a_copy_of_a_copy_is_in_the_group_and_the_order_of_finding_stays(groups: list[np.ndarray]) -> None:
    assert as_lists(groups) == [[0, 3, 6], [1, 4], [5, 7]]
    assert galleries.groups_of(pairs()) == []


def test_pairs_told_both_ways_make_one_group() -> None:
    assert as_lists(galleries.groups_of(pairs((2, 9), (9, 2), (4, 9)))) == [[2, 4, 9]]


def test_a_leak_shows_all_copies_of_its_picture_and_no_other_picture(copied: Dataset) -> None:
    found = Inspection(
        FaceMeasures(*(np.zeros(8, np.float32),) * 3),
        np.zeros(8, np.float32),
        {
            QualityIssue.LEAK: pairs((7, 5), (0, 6), issue=QualityIssue.LEAK),
            QualityIssue.EXACT_DUPLICATE: pairs((4, 1)),
            QualityIssue.NEAR_DUPLICATE: pairs((3, 6), issue=QualityIssue.NEAR_DUPLICATE),
        },
        {},
    )
    assert as_lists(galleries.leaks_of(copied, found)) == [[5, 7], [0, 3, 6]]


def test_the_copy_that_judges_comes_first(copied: Dataset, groups: list[np.ndarray]) -> None:
    assert as_lists(galleries.kept_first(copied, groups)) == [[6, 3, 0], [1, 4], [5, 7]]


def test_of_a_leak_the_test_face_stays_or_else_the_validation_face(
    copied: Dataset, groups: list[np.ndarray]
) -> None:
    assert galleries.leaking_copies(copied, groups).tolist() == [0, 3, 7]
    left = copied.take(np.setdiff1d(np.arange(8), [0, 3, 7]))
    assert left.splits.tolist() == [TRAIN, TRAIN, TRAIN, TEST, TEST]


def test_one_of_each_stays_and_it_is_the_one_that_judges(copied: Dataset, groups: list[np.ndarray]) -> None:
    assert galleries.spare_copies(copied, groups).tolist() == [0, 3, 4, 7]
    assert galleries.spare_copies(copied, []).tolist() == []


def test_groups_with_two_labels_contradict_themselves(copied: Dataset, groups: list[np.ndarray]) -> None:
    assert as_lists(galleries.contradicting(copied, groups)) == [[5, 7]]


def test_crossings_count_pictures_for_each_pair_of_splits(copied: Dataset, groups: list[np.ndarray]) -> None:
    assert galleries.crossings(copied, groups) == {
        (TRAIN, TRAIN): 1,
        (TRAIN, VALIDATION): 1,
        (TRAIN, TEST): 1,
        (VALIDATION, VALIDATION): 0,
        (VALIDATION, TEST): 2,
        (TEST, TEST): 0,
    }
    assert galleries.crossings(dataset_of([0, 1]), []) == {(TRAIN, TRAIN): 0}


def test_every_copy_has_another_one_to_be_compared_with(groups: list[np.ndarray]) -> None:
    assert galleries.partner_of(groups) == {0: 3, 3: 0, 6: 0, 1: 4, 4: 1, 5: 7, 7: 5}


def test_a_cut_takes_what_is_as_bad_or_worse() -> None:
    found = suspects((4, 0.9, 1), (2, 0.8, 0), (7, 0.5, 3))
    assert not galleries.taken_below(found)
    taken = galleries.beyond(found, 0.8, below=False)
    assert (taken.faces.tolist(), taken.suggestions.tolist()) == ([4, 2], [1, 0])
    low = replace(found, scores=found.scores[::-1])
    assert galleries.taken_below(low)
    assert galleries.beyond(low, 0.6, below=True).faces.tolist() == [4]


def test_every_face_is_ranked_by_the_measure_behind_an_issue_but_blank_ones() -> None:
    values = np.array([30, 10, 20, 0], np.float32)
    none = pairs()
    blank = replace(suspects((3, 0, -1)), issue=QualityIssue.BLANK)
    found = Inspection(
        FaceMeasures(values, values + 1, values + 2),
        values,
        {QualityIssue.BLANK: blank, QualityIssue.DARK: none},
        {},
    )
    dark = galleries.all_ranked(replace(none, issue=QualityIssue.DARK), found)
    assert (dark.faces.tolist(), dark.scores.tolist()) == ([1, 2, 0], [10, 20, 30])
    assert galleries.all_ranked(replace(none, issue=QualityIssue.BRIGHT), found).faces.tolist() == [0, 2, 1]
    assert galleries.all_ranked(blank, found).faces.tolist() == [3, 1, 2, 0]
    assert galleries.all_ranked(replace(none, issue=QualityIssue.BLURRED), found).scores[0] == 12
    assert len(galleries.all_ranked(replace(none, issue=QualityIssue.NOT_A_FACE), found)) == 0


def test_voters_who_agree_with_the_suspicion_are_counted() -> None:
    votes = np.zeros((5, len(VOTE_NAMES)), np.uint8)
    for face, (name, number) in enumerate(
        [("anger", 9), ("sadness", 8), ("happiness", 7), ("contempt", 6), ("fear", 5)]
    ):
        votes[face, VOTE_NAMES.index(name)] = number
    votes[4, VOTE_NAMES.index("neutral")] = 5  # undecided
    dataset = replace(dataset_of([0, 0, 0, 0, 0]), votes=votes)
    assert voted_labels(votes, dataset.emotions).tolist() == [0, 4, 3, -1, -2]
    check = galleries.check_by_votes(dataset, suspects((1, 0.9, 4), (2, 0.8, 5), (4, 0.7, 6)))
    assert check == galleries.VoteCheck(
        suspects=2, label_refuted=2, suggestion_confirmed=1, all_faces=4, all_refuted=3
    )
    assert galleries.check_by_votes(dataset_of([0, 0]), suspects((1, 0.9, 4))) is None


def test_the_figure_of_crossings_is_symmetric_and_names_the_splits() -> None:
    counts = {(TRAIN, TRAIN): 3, (TRAIN, TEST): 12_345, (TEST, TEST): 0}
    figure = figures.crossings_figure(counts)
    heatmap = figure.data[0]
    assert list(heatmap.x) == ["Train", "Test"]
    assert [list(row) for row in heatmap.z] == [[3, 12_345], [12_345, 0]]
    assert [note.text for note in figure.layout.annotations] == ["3", "12,345", "12,345", "0"]


@pytest.mark.parametrize("below", [True, False])
def test_every_face_is_in_one_bar_and_those_beyond_the_cut_are_in_the_accent(below: bool) -> None:
    values = np.array([1.0, 2, 3, 3.5, 10, np.nan], np.float32)
    bars = figures.cut_figure(values, 3.2, below=below, measure="sharpness").data[0]
    assert sum(bars.y) == 5
    taken = [count for count, color in zip(bars.y, bars.marker.color, strict=True) if color == figures.ACCENT]
    assert sum(taken) == (3 if below else 2)


def test_outliers_are_seen_on_the_side_that_the_cut_takes() -> None:
    values = np.append(np.linspace(50, 200, 1000), 250)
    bars = figures.cut_figure(values, 215, below=False, measure="brightness").data[0]
    assert max(bars.x) > 245
    assert max(figures.cut_figure(values, 60, below=True, measure="brightness").data[0].x) < 215


def test_a_measure_that_is_the_same_everywhere_has_a_figure_too() -> None:
    bars = figures.cut_figure(np.full(4, 7.0), 7.0, below=True, measure="contrast").data[0]
    assert sum(bars.y) == 4
    assert sum(figures.cut_figure(np.empty(0), 0.5, below=True, measure="contrast").data[0].y) == 0
