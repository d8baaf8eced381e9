"""Batch editing: mending many faces in one gesture, undoing it, and what was mended so far."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.datasets import Dataset
from fer.datasets.editions import Edition, Mending
from fer.datasets.quality import QualityIssue
from fer.datasets.quality.lessons import LESSONS
from pages.parts import mending, phrases


def heading(issue: QualityIssue, count: str) -> None:
    """What the issue is, how many faces show it (`count`), how it is measured and what it does to a model."""
    lesson = LESSONS[issue]
    st.header(lesson.title, anchor=False)
    st.markdown(f"{count}  \n{lesson.consequence}")
    st.markdown(f"**What to do.** {lesson.remedy}")
    st.caption(f"**How it is measured.** {lesson.definition}")


def mend_button(
    dataset: Dataset,
    label: str,
    mendings: Sequence[Mending],
    key: str,
    help: str | None = None,
    *,
    done: str = "left out",
    icon: str = ":material/visibility_off:",
    on_done: Callable[[], None] = lambda: None,
) -> None:
    """Draw a button that mends many faces in one gesture; it says how many."""
    text = f"{label} ({len(mendings):,})"
    if st.button(text, icon=icon, key=f"dataset.mend_{key}", disabled=not mendings, help=help):
        if mending.mend(dataset, mendings, f"{phrases.faces(len(mendings))} {done}"):
            on_done()
        st.rerun()


def undo_button(dataset: Dataset, edition: Edition | None) -> None:
    """Draw the button that takes the last gesture back; nothing where there is none."""
    if edition is None or not edition.changes:
        return
    text, icon = "Undo the last change", ":material/undo:"
    if st.button(text, icon=icon, type="tertiary", key="dataset.issue_undo"):
        mending.undo_last(dataset)
        st.rerun()


def mended_so_far(dataset: Dataset, places: NDArray[np.intp], edition: Edition | None) -> None:
    """Say what the open edition did to these faces."""
    if edition is None:
        st.caption(
            f"No edition is open: your first change makes one called “{mending.DEFAULT_NAME}”. The data "
            "itself is never changed."
        )
        return
    changes = mending.changes_of(edition)
    actions: Counter[str] = Counter(
        changes[row].action for row in dataset.rows[places].tolist() if row in changes
    )
    if not actions:
        st.caption(f"The edition “{edition.name}” has changed none of these faces yet.")
        return
    done = [
        f"{does} {actions[action]:,} {what}"
        for action, does, what in (("exclude", "leaves", "out"), ("relabel", "gives", "another label"))
        if actions[action]
    ]
    st.caption(f"Of these faces “{edition.name}” {phrases.listed(done)}.")
