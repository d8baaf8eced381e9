"""Duplicate groups and data leakage: findings as galleries show them, and what voters say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset, Split
from fer.datasets.browsing import votes_won
from fer.datasets.character import VOTE_OF
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.quality.finding import Findings, Inspection, QualityIssue

Measure = Literal["brightness", "contrast", "sharpness"]

# What ranks these issues is known of every face, so that a learner may cut elsewhere than we did.
MEASURE_OF: Mapping[QualityIssue, Measure] = {
    QualityIssue.BLANK: "contrast",
    QualityIssue.DARK: "brightness",
    QualityIssue.BRIGHT: "brightness",
    QualityIssue.BLURRED: "sharpness",
}
# Of several copies the one kept is the one that judges: a test set shall stay what others were tested on.
_KEPT_FIRST = (Split.TEST, Split.VALIDATION, Split.TRAIN)


@dataclass(frozen=True, slots=True)
class VoteCheck:
    """What FER+'s voters say of faces that are suspected of a wrong label.

    Attributes:
        suspects: those on which one answer of the voters leads.
        label_refuted: how many of them most voters call something else than their label.
        suggestion_confirmed: how many of them most voters call what was suggested.
        all_faces: every face of the dataset on which one answer leads.
        all_refuted: how many of these most voters call something else than their label.
    """

    suspects: int
    label_refuted: int
    suggestion_confirmed: int
    all_faces: int
    all_refuted: int


def groups_of(*found: Findings) -> list[NDArray[np.intp]]:
    """Return the copies of each picture, worst first, each group in the dataset's order.

    Who is a copy of a copy is in the group too.

    Args:
        found: copies of one kind or of several, ranked one kind after the other.
    """
    parent: dict[int, int] = {}

    def root(face: int) -> int:
        parent.setdefault(face, face)
        while parent[face] != face:
            parent[face] = parent[parent[face]]
            face = parent[face]
        return face

    pairs = [
        (face, partner)
        for findings in found
        for face, partner in zip(findings.faces.tolist(), findings.partners.tolist(), strict=True)
        if partner >= 0
    ]
    for face, partner in pairs:
        first, second = root(face), root(partner)
        if first != second:
            parent[second] = first
    members: dict[int, set[int]] = {}
    for pair in pairs:
        for face in pair:
            members.setdefault(root(face), set()).add(face)
    return [np.array(sorted(group), np.intp) for group in members.values()]


def leaks_of(dataset: Dataset, inspection: Inspection) -> list[NDArray[np.intp]]:
    """Return the copies of each picture that lies in several splits, worst first, with all of its copies."""
    kinds = (QualityIssue.LEAK, QualityIssue.EXACT_DUPLICATE, QualityIssue.NEAR_DUPLICATE)
    groups = groups_of(*(inspection.findings[kind] for kind in kinds if kind in inspection.findings))
    ranks = _ranks(dataset)
    return [group for group in groups if ranks[group].min() < ranks[group].max()]


def kept_first(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> list[NDArray[np.intp]]:
    """Return the groups, in each the copy that judges a model before those that teach it."""
    ranks = _ranks(dataset)
    return [group[np.argsort(ranks[group], kind="stable")] for group in groups]


def contradicting(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> list[NDArray[np.intp]]:
    """Return the groups whose copies do not all carry the same label."""
    return [group for group in groups if len(np.unique(dataset.labels[group])) > 1]


def leaking_copies(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Return the copies that give another split away: once they are gone, no picture is in two splits.

    The test faces stay, then the validation faces: the figures of others were taken on them.
    """
    ranks = _ranks(dataset)
    return _joined([group[ranks[group] > ranks[group].min()] for group in groups])


def spare_copies(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Return all copies but one of each group; the one that stays judges rather than teaches."""
    ranks = _ranks(dataset)
    return _joined([np.delete(group, int(ranks[group].argmin())) for group in groups])


def crossings(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> dict[tuple[Split, Split], int]:
    """Return how many pictures lie in both of two splits, and with (a, a) more than once in one."""
    counts = {
        (first, second): 0
        for position, first in enumerate(Split)
        for second in tuple(Split)[position:]
        if (dataset.splits == first).any() and (dataset.splits == second).any()
    }
    for group in groups:
        splits = dataset.splits[group].tolist()
        for first, second in counts:
            there = splits.count(first) > 1 if first is second else first in splits and second in splits
            counts[first, second] += there
    return counts


def partner_of(groups: Sequence[NDArray[np.intp]]) -> dict[int, int]:
    """Return for each copy another one of its group: the first, or the second for the first."""
    return {int(face): int(group[0] if face != group[0] else group[1]) for group in groups for face in group}


def taken_below(findings: Findings) -> bool:
    """Whether a low score is the bad one; they are ranked worst first."""
    return len(findings) > 1 and bool(findings.scores[0] < findings.scores[-1])


def beyond(findings: Findings, cut: float, *, below: bool) -> Findings:
    """Return the findings whose score is as bad as `cut` or worse."""
    bad = findings.scores <= cut if below else findings.scores >= cut
    return replace(
        findings,
        faces=findings.faces[bad],
        scores=findings.scores[bad],
        partners=findings.partners[bad],
        suggestions=findings.suggestions[bad],
    )


def all_ranked(findings: Findings, inspection: Inspection) -> Findings:
    """Return every face ranked by the measure behind an issue, worst first; `findings` if there is none.

    A blank picture is only called blank, as in the inspection: it has neither light nor edges to judge.
    """
    issue = findings.issue
    if issue not in MEASURE_OF:
        return findings
    values = np.asarray(getattr(inspection.measures, MEASURE_OF[issue]), np.float32)
    order = np.argsort(-values if issue is QualityIssue.BRIGHT else values, kind="stable")
    if issue is not QualityIssue.BLANK and QualityIssue.BLANK in inspection.findings:
        order = order[~np.isin(order, inspection.findings[QualityIssue.BLANK].faces)]
    nobody = np.full(len(order), -1, np.intp)
    return Findings(issue, order, values[order], nobody, nobody)


def check_by_votes(dataset: Dataset, findings: Findings) -> VoteCheck | None:
    """Return what FER+'s voters say of faces with suspected labels; None without votes.

    The method never saw the votes, so this tells how far to believe it.
    """
    voted = voted_labels(dataset)
    if voted is None:
        return None
    led = voted >= -1  # one answer leads, be it one of ours (its label) or another (-1)
    clear = led[findings.faces]
    suspects = findings.faces[clear]
    return VoteCheck(
        len(suspects),
        int((voted[suspects] != dataset.labels[suspects]).sum()),
        int((voted[suspects] == findings.suggestions[clear]).sum()),
        int(led.sum()),
        int((voted[led] != dataset.labels[led]).sum()),
    )


def voted_labels(dataset: Dataset) -> NDArray[np.intp] | None:
    """Return the label most FER+ voters chose for each face, (n,); None without votes.

    -1 stands for an answer that is no label of the dataset (contempt, unknown, not a face), -2 for a tie
    or no votes.
    """
    if dataset.votes is None:
        return None
    called = {VOTE_OF[emotion]: label for label, emotion in enumerate(dataset.emotions)}
    label_of = np.array([called.get(name, -1) for name in VOTE_NAMES], np.intp)
    won = votes_won(dataset.votes)
    return np.where(won >= 0, label_of[won], -2)


def _ranks(dataset: Dataset) -> NDArray[np.intp]:
    ranks = np.zeros(len(dataset), np.intp)
    for rank, split in enumerate(_KEPT_FIRST):
        ranks[dataset.splits == split] = rank
    return ranks


def _joined(parts: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.sort(np.concatenate([np.empty(0, np.intp), *parts]))
