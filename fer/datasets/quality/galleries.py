"""Duplicate groups and data leakage: findings as galleries show them, and what voters say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset, Split
from fer.datasets.browsing import voted_labels
from fer.datasets.quality.duplicates import split_ranks
from fer.datasets.quality.finding import Findings, Inspection, QualityIssue
from fer.datasets.quality.picture_quality import ranked

Measure = Literal["brightness", "contrast", "sharpness"]

# What ranks these issues is known of every face, so that a learner may cut elsewhere than we did.
MEASURE_OF: Mapping[QualityIssue, Measure] = {
    QualityIssue.BLANK: "contrast",
    QualityIssue.DARK: "brightness",
    QualityIssue.BRIGHT: "brightness",
    QualityIssue.BLURRED: "sharpness",
}


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
    group_of: dict[int, list[int]] = {}
    for findings in found:
        for pair in zip(findings.faces.tolist(), findings.partners.tolist(), strict=True):
            if pair[1] < 0:
                continue
            small, large = sorted((group_of.setdefault(face, [face]) for face in pair), key=len)
            if small is not large:
                large += small
                group_of.update(dict.fromkeys(small, large))
    # In the order in which their first faces were met.
    groups = {id(group): group for group in group_of.values()}
    return [np.array(sorted(group), np.intp) for group in groups.values()]


def leaks_of(dataset: Dataset, inspection: Inspection) -> list[NDArray[np.intp]]:
    """Return the copies of each picture that lies in several splits, worst first, with all of its copies."""
    kinds = (QualityIssue.LEAK, QualityIssue.EXACT_DUPLICATE, QualityIssue.NEAR_DUPLICATE)
    groups = groups_of(*(inspection.findings[kind] for kind in kinds if kind in inspection.findings))
    ranks = split_ranks(dataset.splits)
    return [group for group in groups if ranks[group].min() < ranks[group].max()]


def kept_first(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> list[NDArray[np.intp]]:
    """Return the groups, in each the copy that judges a model before those that teach it."""
    ranks = split_ranks(dataset.splits)
    return [group[np.argsort(ranks[group], kind="stable")] for group in groups]


def contradicting(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> list[NDArray[np.intp]]:
    """Return the groups whose copies do not all carry the same label."""
    return [group for group in groups if len(np.unique(dataset.labels[group])) > 1]


def leaking_copies(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Return the copies that give another split away: once they are gone, no picture is in two splits.

    The test faces stay, then the validation faces: the figures of others were taken on them.
    """
    ranks = split_ranks(dataset.splits)
    return _joined([group[ranks[group] > ranks[group].min()] for group in groups])


def spare_copies(dataset: Dataset, groups: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Return all copies but one of each group; the one that stays judges rather than teaches."""
    ranks = split_ranks(dataset.splits)
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
    values: NDArray[np.float32] = getattr(inspection.measures, MEASURE_OF[issue])
    faces = np.arange(len(values))
    if issue is not QualityIssue.BLANK and QualityIssue.BLANK in inspection.findings:
        faces = faces[~np.isin(faces, inspection.findings[QualityIssue.BLANK].faces)]
    return ranked(issue, faces, values, highest_first=issue is QualityIssue.BRIGHT)


def check_by_votes(dataset: Dataset, findings: Findings) -> VoteCheck | None:
    """Return what FER+'s voters say of faces with suspected labels; None without votes.

    The method never saw the votes, so this tells how far to believe it.
    """
    if dataset.votes is None:
        return None
    voted = voted_labels(dataset.votes, dataset.emotions)
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


def _joined(parts: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.sort(np.concatenate([np.empty(0, np.intp), *parts]))
