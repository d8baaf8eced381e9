"""Face captions: what is said under judged faces, and of one that is not among them."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from fer import figures
from fer.datasets.browsing import vote_outcomes
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import Emotion
from pages.parts import face_sheet, pickers
from pages.parts.evaluation.judged import Judged


def captions(
    judged: Judged,
    faces: NDArray[np.intp],
    *,
    badges: Sequence[str] = (),
    answers: Sequence[Emotion] = (),
    notes: Callable[[int], Sequence[str]] = lambda index: (),
    chosen: Collection[int] = (),
) -> list[face_sheet.Caption]:
    """Return what stands under judged faces: label and answer, how it came, what most voters saw.

    A caption's `row` is the face's row in the source.

    Args:
        judged: whose faces.
        faces: (m,) indices among `judged.faces`.
        badges: for each what stands in its corner; empty for none.
        answers: for each what it is called; the first model's answers if left out.
        notes: more lines for the face of an index.
        chosen: the rows of those that are marked.
    """
    evaluation = judged.evaluation
    came_as = judged.dataset.labels[judged.places_of(faces)]
    shown = []
    for number, index in enumerate(faces.tolist()):
        label = judged.faces.emotions[judged.faces.labels[index]]
        answer = answers[number] if answers else evaluation.emotions[evaluation.predicted_labels[index]]
        source = judged.dataset.emotions[came_as[number]]
        lines = [] if source is label else [f"came as {source}"]
        lines += [*notes(index), *_voted(judged, index)]
        row = int(judged.faces.rows[index])
        right = answer is label
        shown.append(
            face_sheet.Caption(
                f"{label.capitalize()} ✓" if right else f"{label.capitalize()} → {answer}",
                label.color,
                f"row {row}: labelled {label}, called {answer}",
                row,
                chosen=row in chosen,
                badge=badges[number] if badges else "",
                notes=tuple(lines),
            )
        )
    return shown


def _voted(judged: Judged, index: int) -> list[str]:
    """What most FER+ voters saw in a face, as one line; none without votes."""
    if judged.faces.votes is None:
        return []
    votes = judged.faces.votes[index]
    outcome = int(vote_outcomes(votes[None])[0])
    if outcome < 0:
        return []
    if outcome >= len(VOTE_NAMES):
        return ["FER+: a tie"]
    title = figures.VOTE_TITLES[VOTE_NAMES[outcome]].lower()
    return [f"FER+: {title}, {int(votes[outcome])} of {int(votes.sum())}"]


def why_missing(judged: Judged, row: int) -> str:
    """Return in a sentence why the face at `row` of the source is not among those that are judged."""
    found = np.flatnonzero(judged.dataset.rows == row)
    if len(found) == 0:
        return (
            f"There is no row {row:,}: the rows of {judged.dataset.source.title} go from "
            f"{int(judged.dataset.rows.min()):,} to {int(judged.dataset.rows.max()):,}."
        )
    split = str(judged.dataset.splits[found[0]])
    if judged.view.splits is None and split != judged.split:
        titles = {str(known): title for known, title in pickers.SPLIT_TITLES.items()}
        return (
            f"Row {row:,} is a face of the {titles[split].lower()} split; choose that split to see it here."
        )
    return f"Row {row:,} is not among these faces: in this state of the dataset it is left out, or elsewhere."
