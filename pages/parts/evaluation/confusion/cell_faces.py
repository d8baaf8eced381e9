"""Confusion matrix cell: the faces behind it, the most confident first, to be opened and mended."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.datasets.browsing import VOTE_OUTCOMES, vote_outcomes
from fer.datasets.character import VOTE_OF
from fer.emotions import Emotion
from fer.evaluation import Evaluation
from fer.evaluation.comparison import Disagreement, disagreement
from fer.statistics import Proportion, percent, signed
from pages.parts import face_sheet, paging, phrases, state
from pages.parts.evaluation import face_card, names
from pages.parts.evaluation.judged import Judged
from pages.parts.selection import Selection

FACES_PER_PAGE = 30
_WHO = "evaluation.who"

Cell = tuple[Emotion, Emotion]


def show(judged: Judged, index: int, cell: Cell) -> None:
    """Show a cell of the matrix of the model at `index`: what the faces show, and what it called them."""
    evaluation = judged.evaluations[index]
    faces = evaluation.faces_of(*cell)
    _title(cell)
    st.markdown(_told(evaluation, cell, len(faces), names.subject(judged, index)))
    _sheet(judged, index, cell, faces, f"{index}")


def show_disagreement(judged: Judged, pair: Sequence[int], cell: Cell) -> None:
    """Show the faces that only one of two models, whose places are `pair`, puts into a cell."""
    first, second = pair
    found = disagreement(judged.evaluations[first], judged.evaluations[second], *cell)
    _title(cell)
    st.markdown(_told_of_two(found, cell, names.short(judged, first), names.short(judged, second)))
    groups = {first: found.only_first, second: found.only_second}
    if not any(map(len, groups.values())):
        return
    if st.session_state.get(_WHO) not in groups:
        st.session_state[_WHO] = second
    who = cast(
        int,
        st.segmented_control(
            "Who calls them so",
            list(groups),
            key=_WHO,
            required=True,
            format_func=lambda index: f"Only {names.short(judged, index)} ({len(groups[index]):,})",
            label_visibility="collapsed",
            persist_state="session",
        ),
    )
    _sheet(judged, who, cell, groups[who], f"{first}.{second}.{who}")


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def _title(cell: Cell) -> None:
    true, predicted = cell
    right = true == predicted
    st.subheader(f"{true.capitalize()} faces called {predicted}" + (": right" if right else ""), anchor=False)


def _told(evaluation: Evaluation, cell: Cell, count: int, model: str) -> str:
    """How many faces, as a share of its row and of its column."""
    true, predicted = cell
    row, column = evaluation.emotions.index(true), evaluation.emotions.index(predicted)
    of_row = int(evaluation.confusion[row].sum())
    of_column = int(evaluation.confusion[:, column].sum())
    if of_row == 0:
        return f"Not one of these faces is labelled {true}, so nothing was asked."
    if count == 0:
        return f"Not one of the **{of_row:,}** {true} faces was called {predicted}."
    were = "was" if count == 1 else "were"
    told = (
        f"**{count:,} of {of_row:,}** {true} faces {were} called {predicted}, **{_percent(count / of_row)}** "
        f"(95\u00a0% interval {Proportion(count, of_row).range_95})."
    )
    told += (
        f" They are {_percent(count / of_column)} of the {of_column:,} faces that {model} called {predicted}."
        if true == predicted or count < of_column
        else f" {model[0].upper()}{model[1:]} called no other face {predicted}."
    )
    return told


def _told_of_two(found: Disagreement, cell: Cell, first: str, second: str) -> str:
    true, predicted = cell
    if found.asked == 0:
        return f"Not one of these faces is labelled {true}, so nothing was asked."
    by_first = len(found.both) + len(found.only_first)
    by_second = len(found.both) + len(found.only_second)
    points = signed(100 * (by_second - by_first) / found.asked)
    told = (
        f"Of **{found.asked:,}** {true} faces {first} called **{by_first:,}** {predicted}, {second} "
        f"**{by_second:,}**: {points} points. "
    )
    if not len(found.only_first) and not len(found.only_second):
        return told + ("They are the very same faces." if by_first else "Neither ever did.")
    alone = len(found.only_first) + len(found.only_second)
    told += f"Both agree on {phrases.faces(len(found.both))}; on {alone:,} only one says so. "
    return told + (
        "A difference this small **could be chance**."
        if found.could_be_chance
        else "That is **hardly chance** (McNemar's test)."
    )


def _percent(share: float) -> str:
    return percent(share) if share < 0.1 else percent(share, 0)


# ── the faces ────────────────────────────────────────────────────────────────────────────────────


def _sheet(judged: Judged, index: int, cell: Cell, faces: NDArray[np.intp], key: str) -> None:
    """A page of the faces, the most confident first; all of them can be opened, marked and mended."""
    if len(faces) == 0:
        st.caption("No face here. The arrows below the matrix lead on.")
        return
    if judged.faces.votes is not None:
        st.caption(_sided(judged, cell, faces))
    # Each cell turns its own pages, and marks its own faces.
    page = f"evaluation.cell_page.{key}.{cell[0]}.{cell[1]}"
    shown = paging.open_page(page, len(faces), FACES_PER_PAGE)
    rows = judged.faces.rows[faces]
    here = rows[shown].tolist()
    selection = Selection("evaluation", frozenset(rows.tolist()))
    selection.button()
    selection.bar(
        judged.dataset,
        here,
        places=judged.places_of(faces[np.isin(rows, selection.marked)]).tolist(),
        reason=f"called {cell[1]} by {judged.models[index].title}"[:200],
    )
    face_sheet.show(
        judged.faces.images[faces[shown]],
        _captions(judged, index, cell, faces[shown], selection.marked),
        key="evaluation.cell_sheet",
        side="4.6rem",
        on_open=state.set_opened_face,
        on_select=selection.on_select(here),
    )
    order = f", the most confident first; the number is the model's score for “{cell[1]}”."
    paging.page_buttons(page, shown, len(faces), FACES_PER_PAGE, order)
    if not selection.is_on:
        face_card.open_face(judged, rows)


def _captions(
    judged: Judged, index: int, cell: Cell, shown: NDArray[np.intp], marked: Sequence[int]
) -> list[face_sheet.Caption]:
    evaluation, (true, predicted) = judged.evaluations[index], cell
    scores = evaluation.probabilities[shown, evaluation.emotions.index(predicted)]
    votes = judged.faces.votes
    outcomes = None if votes is None else vote_outcomes(votes[shown])
    captions = []
    for number, (row, score) in enumerate(zip(judged.faces.rows[shown], scores, strict=True)):
        outcome = -1 if outcomes is None else int(outcomes[number])
        won = "" if outcome < 0 else figures.VOTE_TITLES[VOTE_OUTCOMES[outcome]].lower()
        captions.append(
            face_sheet.Caption(
                true.capitalize(),
                true.color,
                f"row {row}: {true}, called {predicted} with {percent(score, 0)}"
                + (f", voters: {won}" if won else ""),
                int(row),
                chosen=int(row) in marked,
                badge=percent(score, 0),
                notes=(f"Votes: {won}",) if won else (),
            )
        )
    return captions


def _sided(judged: Judged, cell: Cell, faces: NDArray[np.intp]) -> str:
    """Whether FER+'s voters side with the label or with the model."""
    assert judged.faces.votes is not None
    outcomes = vote_outcomes(judged.faces.votes[faces])
    true, predicted = (int((outcomes == VOTE_OUTCOMES.index(VOTE_OF[emotion])).sum()) for emotion in cell)
    voted = int((outcomes >= 0).sum())
    if voted == 0:
        return "FER+'s voters did not judge these faces."
    if cell[0] == cell[1]:
        return f"FER+'s ten voters mostly agree on {true:,} of {voted:,}."
    return (
        f"FER+'s ten voters side with the model on **{predicted:,}** of {voted:,}, with the label on "
        f"{true:,}."
    )
