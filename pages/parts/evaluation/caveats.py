"""Caveats beside the figures: whose faces these are, and whether the model knows them."""

import streamlit as st

from fer.evaluation.caveats import CaveatKind, caveats_of
from pages.parts import phrases
from pages.parts.evaluation.judged import Judged

_ICONS: dict[CaveatKind, str] = {
    "imported": ":material/move_item:",
    "other dataset": ":material/alt_route:",
    "training faces": ":material/visibility:",
    "unknown splits": ":material/visibility:",
    "other splits": ":material/visibility:",
    "left out": ":material/filter_alt:",
    "augmented": ":material/filter_none:",
    "changed": ":material/edit_note:",
}
_MILD = ("other dataset", "augmented", "changed")


def show(judged: Judged) -> None:
    """Draw the sentences that these models and these faces need, and no others."""
    for kind, text in caveats_of(judged, phrases.plain):
        if kind == "test":
            st.caption(text)
        elif kind in _ICONS:
            hint = " The **Splits** of the dataset page set them alike." if kind == "other splits" else ""
            (st.info if kind in _MILD else st.warning)(text + hint, icon=_ICONS[kind])
