"""Multi-selection: faces of a sheet that are marked, to be left out or relabelled together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from fer.datasets import Dataset
from pages.parts import mending, phrases, state


@dataclass(frozen=True, slots=True)
class Selection:
    """The marked faces of one list, by whatever number `face_sheet` knows them by.

    Attributes:
        key: begins the widgets' keys, "<page>" or "<page>.<noun>".
        there: the faces of the list; a mark of another list, or of a face that is gone, is none here.
    """

    key: str
    there: frozenset[int] | None = None

    @property
    def is_on(self) -> bool:
        """Whether a click marks a face instead of opening it."""
        return bool(st.session_state.get(f"{self.key}.selecting"))

    @property
    def marked(self) -> list[int]:
        """The marked faces; none while nothing is being marked."""
        kept = cast("list[int]", st.session_state.get(f"{self.key}.selected", [])) if self.is_on else []
        return kept if self.there is None else [face for face in kept if face in self.there]

    def clear(self) -> None:
        """Take every mark away."""
        st.session_state[f"{self.key}.selected"] = []

    def on_select(self, shown: Sequence[int]) -> Callable[[list[int]], None] | None:
        """Return what `face_sheet` calls with the marks among `shown`; None while a click opens a face."""
        return (lambda faces: self._mark(shown, faces)) if self.is_on else None

    def button(self) -> None:
        """Draw the button that begins and ends marking."""
        st.button(
            "Select",
            icon=":material/check_circle:",
            key=f"{self.key}.select",
            type="primary" if self.is_on else "secondary",
            on_click=self._toggle,
            help="Mark several faces to leave them out or change their label together.",
        )

    def bar(
        self,
        dataset: Dataset,
        shown: Sequence[int],
        *,
        places: Sequence[int] | None = None,
        reason: str = "",
        more: Callable[[list[int]], None] = lambda marked: None,
    ) -> None:
        """Draw what can be done to the marked faces; nothing while none is being marked.

        Args:
            dataset: as it came.
            shown: the faces on the open page.
            places: of the marked faces in the dataset's arrays; the marks themselves if left out.
            reason: kept with each change, unless the learner writes another.
            more: draws buttons of its own for the marked faces.
        """
        if not self.is_on:
            return
        marked = self.marked
        with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True):
            st.markdown(
                f"**{phrases.faces(len(marked))}** selected"
                if marked
                else "Click the faces to mend; with Shift, a whole stretch.",
                width="content",
            )
            more(marked)
            mending.buttons(
                dataset,
                marked if places is None else places,
                f"{self.key}.selection",
                reason=reason,
                on_done=self.clear,
            )
            st.button(
                "All on this page",
                type="tertiary",
                key=f"{self.key}.select_page",
                on_click=self._mark,
                args=(shown, shown),
            )
            if marked:
                st.button("None", type="tertiary", key=f"{self.key}.select_none", on_click=self.clear)

    def _mark(self, shown: Sequence[int], faces: Sequence[int]) -> None:
        elsewhere = [face for face in self.marked if face not in set(shown)]
        st.session_state[f"{self.key}.selected"] = elsewhere + sorted(faces)

    def _toggle(self) -> None:
        st.session_state[f"{self.key}.selecting"] = not self.is_on
        state.set_face(None)
        state.set_opened_face(None)
        self.clear()
