"""Duplicates, near-duplicates and data leakage: copies of a picture, group by group, and leaving them out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.datasets import Dataset, Split
from fer.datasets.editions import Edition, Mending
from fer.datasets.quality import Inspection, QualityIssue, galleries
from fer.statistics import percent
from pages.parts import face_sheet, mending, paging, phrases, pickers, state
from pages.parts.dataset.quality import tools
from pages.parts.dataset.quality.cut import cut_slider
from pages.parts.plot import plot

GROUPS_PER_PAGE = 24
# Of a picture that is there dozens of times, so many are shown; the rest is counted.
_COPIES_SHOWN = 10
_WHO_STAYS = "The test face stays, or else the validation face, or else the first in the file."

Groups = Sequence[NDArray[np.intp]]


def gallery(
    dataset: Dataset, inspection: Inspection, issue: QualityIssue, edition: Edition | None
) -> NDArray[np.intp]:
    """Draw copies group by group; return the places of all of them, in that order."""
    findings = inspection.findings[issue]
    words, chart = st.columns([3, 2], gap="large")
    with chart:
        place = st.empty()
        if issue is QualityIssue.NEAR_DUPLICATE and len(findings) > 1:
            below = galleries.taken_below(findings)
            findings = cut_slider(findings, findings, inspection.facts, below=below)
    is_leak = issue is QualityIssue.LEAK
    groups = galleries.leaks_of(dataset, inspection) if is_leak else galleries.groups_of(findings)
    groups = galleries.kept_first(dataset, groups)
    crossings = galleries.crossings(dataset, groups)
    if len(groups) and len(crossings) > 1:
        with place:
            plot(figures.crossings_figure(crossings), "dataset.crossings")
    conflicts = galleries.contradicting(dataset, groups)
    leaking, spare = galleries.leaking_copies(dataset, groups), galleries.spare_copies(dataset, groups)
    with words:
        count = _leaks_in_words(dataset, groups, leaking) if is_leak else _in_words(dataset, groups, spare)
        if conflicts:
            pictures = "1 picture" if len(conflicts) == 1 else f"{len(conflicts):,} pictures"
            count += f" The copies of {pictures} **contradict one another**."
        tools.heading(issue, count if groups else "**None was found.**")
    if not groups:
        return np.empty(0, np.intp)

    changes = mending.changes_of(edition)
    partners = galleries.partner_of(groups)

    def left_out(places: Sequence[int] | NDArray[np.intp]) -> list[Mending]:
        return [
            Mending(int(at), None, _reason(dataset, issue, int(at), partners[int(at)]))
            for at in places
            if int(dataset.rows[at]) not in changes
        ]

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if len(leaking):
            help = "Of a picture in two splits the test face stays, or else the validation face."
            tools.mend_button(dataset, "Leave out every copy that leaks", left_out(leaking), "leaks", help)
        if not is_leak:
            tools.mend_button(dataset, "Keep one of each", left_out(spare), "spare", _WHO_STAYS)
            if conflicts:  # of leaks it would take test faces as well
                tools.mend_button(
                    dataset,
                    "Leave out all that contradict",
                    left_out(np.concatenate(conflicts)),
                    "contradicting",
                    "Nobody knows which of their labels is right.",
                )
        tools.undo_button(dataset, edition)
    tools.mended_so_far(dataset, np.concatenate(groups), edition)

    page = f"dataset.issue_page.{issue}"
    shown = paging.open_page(page, len(groups), GROUPS_PER_PAGE)
    rule = set(map(int, leaking if is_leak else spare))
    going = [left_out([at for at in group if int(at) in rule]) for group in groups[shown]]
    pressed = face_sheet.show_groups(
        dataset.images[np.concatenate([group[:_COPIES_SHOWN] for group in groups[shown]])],
        [
            _group(dataset, group, edition, len(mendings))
            for group, mendings in zip(groups[shown], going, strict=True)
        ],
        "dataset.copies",
        on_open=state.set_face,
    )
    if pressed is not None and pressed < len(going) and going[pressed]:
        mending.mend(dataset, going[pressed], f"{phrases.faces(len(going[pressed]))} left out")
        st.rerun()
    paging.page_buttons(page, shown, len(groups), GROUPS_PER_PAGE, ", worst first", "Pictures")
    return np.concatenate(groups)


def _in_words(dataset: Dataset, groups: Groups, spare: NDArray[np.intp]) -> str:
    members = sum(map(len, groups))
    return (
        f"**{len(groups):,}** {'picture is' if len(groups) == 1 else 'pictures are'} there more than once: "
        f"**{members:,}** faces, {percent(members / len(dataset))} of the set, and **{len(spare):,}** more "
        "than one of each."
    )


def _leaks_in_words(dataset: Dataset, groups: Groups, leaking: NDArray[np.intp]) -> str:
    training, test = dataset.splits == Split.TRAIN, dataset.splits == Split.TEST
    met = sum(int(test[group].sum()) for group in groups if training[group].any())
    text = (
        f"**{len(groups):,}** {'picture lies' if len(groups) == 1 else 'pictures lie'} in two splits or "
        f"more: **{sum(map(len, groups)):,}** faces, of which **{len(leaking):,}** copy a test or validation "
        "face of another split. "
    )
    if met:
        text += f"A model has met **{percent(met / test.sum())}** of the test faces while it learned."
    return text


def _group(
    dataset: Dataset, group: NDArray[np.intp], edition: Edition | None, going: int
) -> face_sheet.Group:
    labels = len(np.unique(dataset.labels[group]))
    said = f"{labels} labels" if labels > 1 else "same label"
    if len(group) > _COPIES_SHOWN:
        said += f", {_COPIES_SHOWN} of {len(group)} copies shown"
    shown = group[:_COPIES_SHOWN]
    splits = [pickers.SPLIT_TITLES[Split(str(split))] for split in dataset.splits[shown]]
    captions = [
        replace(caption, notes=(split,), description=f"{caption.description}, {split.lower()}")
        for caption, split in zip(mending.captions(dataset, shown, edition), splits, strict=True)
    ]
    return face_sheet.Group(captions, said, labels > 1, f"Leave out {going}" if going else "", _WHO_STAYS)


def _reason(dataset: Dataset, issue: QualityIssue, place: int, partner: int) -> str:
    other = f"row {dataset.rows[partner]:,}"
    if issue is QualityIssue.LEAK:
        return f"leak: the same picture as {other}, {dataset.splits[partner]}"
    return f"{'exact' if issue is QualityIssue.EXACT_DUPLICATE else 'near'} duplicate of {other}"
