"""Crowd votes (FER+): whom people side with on the faces of a list, in a few sentences."""

from fer.evaluation.galleries import Gallery
from fer.evaluation.people import PeopleSide, people_side
from fer.statistics import percent
from pages.parts.evaluation.judged import Judged

# The front of a list, of which it is said apart from the whole.
FRONT = 50


def said(judged: Judged, gallery: Gallery) -> str:
    """Return whom FER+'s voters side with on the faces of a gallery, as sentences; empty without votes."""
    if judged.faces.votes is None or len(gallery) == 0:
        return ""
    if judged.view.labels != "given":
        return "The labels are the FER+ voters' own here, so they cannot be asked whom they side with."
    sentences = []
    for most in (FRONT, len(gallery)):
        if most == FRONT and len(gallery) <= FRONT:
            continue
        side = people_side(judged.evaluation, gallery.first(most), judged.faces.votes)
        if side is not None:
            sentences.append(_side_taken(side, most, len(gallery)))
    if not sentences:
        return ""
    return (
        "**Whom do people side with?** "
        + " ".join(sentences)
        + " Faces on which no answer leads are not counted."
    )


def _side_taken(side: PeopleSide, most: int, of: int) -> str:
    which = f"On all {of:,}" if most == of else f"On the first {most}"
    text = (
        f"{which}, the answer that leads among FER+'s ten voters is what is said here, and not the label, "
        f"for **{side.with_suggestion:,} of {side.asked:,}** ({percent(side.siding.share, 0)}, 95\u00a0% "
        f"interval {side.siding.range_95}); it is the label for {side.with_label:,}, and something else "
        f"again for {side.with_neither:,}"
    )
    if most == FRONT and side.siding.interval_95[0] > 0.5:
        return text + ": most of these “mistakes” are the label's, not the model's."
    return text + "."
