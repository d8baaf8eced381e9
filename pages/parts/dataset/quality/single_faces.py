"""Label noise and picture quality: suspected faces one by one, worst first, marked and mended."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.datasets import Dataset
from fer.datasets.browsing import votes_won
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.editions import Edition, Mending
from fer.datasets.quality import Findings, Inspection, QualityIssue, galleries
from fer.emotions import Emotion
from fer.statistics import percent
from pages.parts import face_sheet, mending, paging, phrases, state
from pages.parts.dataset.quality import tools
from pages.parts.dataset.quality.cut import cut_slider
from pages.parts.dataset.quality.words import WORDS
from pages.parts.selection import Selection

FACES_PER_PAGE = 60
_LOW_IS_BAD = (QualityIssue.BLANK, QualityIssue.DARK, QualityIssue.BLURRED)


def selection(places: NDArray[np.intp] | None = None) -> Selection:
    """Return which of the faces at `places` are marked."""
    return Selection("dataset.issue", None if places is None else frozenset(places.tolist()))


def gallery(
    dataset: Dataset, inspection: Inspection, issue: QualityIssue, edition: Edition | None
) -> NDArray[np.intp]:
    """Draw faces one by one, worst first; return the places of all of them, in that order."""
    found, words = inspection.findings[issue], WORDS[issue]
    text, chart = st.columns([3, 2], gap="large")
    with chart:
        below = issue in _LOW_IS_BAD or galleries.taken_below(found)
        findings = cut_slider(found, galleries.all_ranked(found, inspection), inspection.facts, below=below)
    with text:
        count = f"**{len(findings):,}** faces, {percent(len(findings) / max(len(dataset), 1))} of the set."
        tools.heading(issue, count if len(findings) else "**None was found.**")
        if issue is QualityIssue.WRONG_LABEL and len(findings):
            _suspicions(dataset, findings, inspection.facts)
    faces = findings.faces
    if not len(findings):
        return faces

    reasons = {
        at: f"{words.reason} {words.score(score)}"
        for at, score in zip(faces.tolist(), findings.scores.tolist(), strict=True)
    }
    suggested = {
        at: dataset.emotions[label]
        for at, label in zip(faces.tolist(), findings.suggestions.tolist(), strict=True)
        if label >= 0
    }
    selected = selection(faces)
    _mend_all(dataset, edition, reasons, suggested, selected)
    tools.mended_so_far(dataset, faces, edition)

    page = f"dataset.issue_page.{issue}"
    shown = paging.open_page(page, len(findings), FACES_PER_PAGE)
    here = faces[shown].tolist()

    def take_suggestions(marked: list[int]) -> None:
        if suggested:
            tools.mend_button(
                dataset,
                "Take the suggestion",
                [Mending(at, suggested[at], reasons[at]) for at in marked if at in suggested],
                "marked",
                done="given the suggested label",
                icon=":material/label:",
                on_done=selected.clear,
            )

    marked = selected.marked
    reason = reasons[marked[0]] if len(marked) == 1 else ""
    selected.bar(dataset, here, reason=reason, more=take_suggestions)
    badges = [words.score(score) for score in findings.scores[shown].tolist()]
    captions = mending.captions(dataset, here, edition, badges=badges, chosen=marked)
    face_sheet.show(
        dataset.images[here],
        [
            replace(caption, notes=notes, description=", ".join([caption.description, *notes]))
            for caption, notes in zip(captions, _notes(dataset, faces[shown], suggested), strict=True)
        ],
        "dataset.issue_sheet",
        side="7.4rem" if suggested else "5.4rem",
        on_open=state.set_face,
        on_select=selected.on_select(here),
    )
    paging.page_buttons(page, shown, len(findings), FACES_PER_PAGE, ", worst first")
    return faces


def _mend_all(
    dataset: Dataset,
    edition: Edition | None,
    reasons: Mapping[int, str],
    suggested: Mapping[int, Emotion],
    selected: Selection,
) -> None:
    """Draw the buttons for every face that was found, but for those that were mended already."""
    changes = mending.changes_of(edition)
    open_ones = [at for at in reasons if int(dataset.rows[at]) not in changes]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if suggested:
            tools.mend_button(
                dataset,
                "Take every suggested label",
                [Mending(at, suggested[at], reasons[at]) for at in open_ones if at in suggested],
                "suggested",
                "The model is wrong about some of them as well: look before you press.",
                done="given the suggested label",
                icon=":material/label:",
            )
        tools.mend_button(
            dataset,
            "Leave out all",
            [Mending(at, None, reasons[at]) for at in open_ones],
            "all",
            "All that the cut takes, on every page, but for those that you mended already.",
        )
        tools.undo_button(dataset, edition)
        selected.button()


def _suspicions(dataset: Dataset, findings: Findings, facts: Mapping[str, float]) -> None:
    """What the suspects are taken for, how good their judge is, and whether people agree with it."""
    pairs = Counter(
        (dataset.emotions[dataset.labels[at]], dataset.emotions[label])
        for at, label in zip(findings.faces, findings.suggestions, strict=True)
        if label >= 0
    )
    if pairs:
        commonest = [f"{label} → {other} ({count:,})" for (label, other), count in pairs.most_common(3)]
        st.markdown(f"Most often: {phrases.listed(commonest)}.")
    if "label_accuracy" in facts:
        accuracy = percent(facts["label_accuracy"], 0)
        judge = f"Of faces that it never saw, the judge names **{accuracy}** as labelled."
        if not facts.get("label_by_model", 1):
            judge += (
                " It knows their outlines only, for want of a model that shows what it sees: doubt it more."
            )
        st.caption(judge)
    check = galleries.check_by_votes(dataset, findings)
    if check is not None and check.suspects and check.all_faces:
        st.info(
            "**Checked against people.** FER+'s ten voters, whom the method never heard of, call "
            f"**{percent(check.label_refuted / check.suspects, 0)}** of these faces something else than "
            f"their label (of all faces {percent(check.all_refuted / check.all_faces, 0)}), and "
            f"**{percent(check.suggestion_confirmed / check.suspects, 0)}** exactly what is suggested.",
            icon=":material/how_to_vote:",
        )


def _notes(
    dataset: Dataset, places: NDArray[np.intp], suggested: Mapping[int, Emotion]
) -> list[tuple[str, ...]]:
    """What stands under each face besides its label: the suggestion, and the voters' answer."""
    won = None if dataset.votes is None else votes_won(dataset.votes[places])
    notes = []
    for index, at in enumerate(places.tolist()):
        lines = [f"→ {suggested[at]}?"] if at in suggested else []
        if suggested and won is not None:
            lines.append(f"FER+: {VOTE_NAMES[won[index]] if won[index] >= 0 else 'undecided'}")
        notes.append(tuple(lines))
    return notes
