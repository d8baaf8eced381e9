"""Confusion matrix view: which emotion is called which, and the faces behind each number."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import cast

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from fer import figures
from fer.emotions import Emotion
from fer.evaluation.comparison import compare_confusions
from fer.statistics import percent, signed
from pages.parts import components, mending, state
from pages.parts.evaluation import names
from pages.parts.evaluation.confusion import cell_faces, matrix_chart
from pages.parts.evaluation.judged import Judged

_OF, _CELLS = "evaluation.matrix_of", "evaluation.cells"
_CELL_TITLES: dict[str, figures.Cells] = {
    "Row %": "row share",
    "Column %": "column share",
    "Counts": "count",
}
_READ: dict[figures.Cells, str] = {
    "row share": "Of the faces that show an emotion, how many were called what. Each row makes 100\u00a0%; "
    "the diagonal is the recall.",
    "column share": "Of the faces that were called an emotion, how many show what. Each column makes "
    "100\u00a0%; the diagonal is the precision.",
    "count": "How many faces. The shade is the share of the row, or common emotions would drown the rare.",
}
_MOST_LISTED = 6


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """What is drawn, and where one can go in it.

    Attributes:
        figure: the matrix.
        emotions: of its rows, and of its columns.
        weights: (k, k) by which the cells beside the diagonal are ranked; the greatest first, 0 for none.
        texts: what the list of the greatest says of a cell, given its row and column.
    """

    figure: go.Figure
    emotions: tuple[Emotion, ...]
    weights: NDArray[np.float64]
    texts: dict[tuple[int, int], str]

    def ranked(self) -> list[tuple[Emotion, Emotion]]:
        """The cells beside the diagonal that hold something, the greatest first."""
        order = np.argsort(-self.weights, axis=None, kind="stable")
        places = [divmod(int(at), len(self.emotions)) for at in order]
        return [
            (self.emotions[row], self.emotions[column])
            for row, column in places
            if row != column and self.weights[row, column] > 0
        ]

    def place_of(self, cell: tuple[Emotion, Emotion] | None) -> tuple[int, int] | None:
        """The row and column of a cell; None where it is none of this matrix."""
        if cell is None or not set(cell) <= set(self.emotions):
            return None
        return self.emotions.index(cell[0]), self.emotions.index(cell[1])


@st.fragment
def confusion_view(judged: Judged) -> None:
    """Draw the view; a click runs only this part again."""
    mending.settle()
    names.show_letters(judged)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        pair = _choose_models(judged)
        cells: figures.Cells = "row share"
        if len(pair) == 1:
            title = st.segmented_control(
                "Cells show",
                list(_CELL_TITLES),
                default="Row %",
                required=True,
                key=_CELLS,
                persist_state="session",
            )
            cells = _CELL_TITLES[title]
    matrix = _one(judged, pair[0], cells) if len(pair) == 1 else _difference(judged, pair)
    place = matrix.place_of(state.cell())
    cell = None if place is None else (matrix.emotions[place[0]], matrix.emotions[place[1]])
    numbers, faces = st.columns([11, 9], gap="large")
    with numbers:
        matrix_chart.show(
            matrix.figure,
            "evaluation.matrix",
            place,
            lambda row, column: state.set_cell((matrix.emotions[row], matrix.emotions[column])),
            description="Confusion matrix: rows are what the faces show, columns what the model said. The "
            "arrow keys lead from cell to cell.",
        )
        _steps(matrix, place, "mistake" if len(pair) == 1 else "difference")
        st.caption(_READ[cells] if len(pair) == 1 else _read_difference(judged, pair))
        _commonest(matrix, cell, "Commonest mistakes" if len(pair) == 1 else "Greatest differences")
    with faces:
        if cell is None:
            _how_to_read()
        elif len(pair) == 1:
            cell_faces.show(judged, pair[0], cell)
        else:
            cell_faces.show_disagreement(judged, pair, cell)


# ── what is drawn ────────────────────────────────────────────────────────────────────────────────


def _choose_models(judged: Judged) -> tuple[int, ...]:
    """Whose matrix, as the model's place; or the difference between two models, as both places."""
    places = range(len(judged.models))
    options = [(place,) for place in places] + list(combinations(places, 2))
    if len(options) == 1:
        return options[0]
    titles = {
        option: names.short(judged, option[0])
        if len(option) == 1
        else f"{names.short(judged, option[1])} − {names.short(judged, option[0])}"
        for option in options
    }
    if st.session_state.get(_OF) not in options:
        st.session_state[_OF] = options[0]
    return cast(
        "tuple[int, ...]",
        st.segmented_control(
            "Matrix of",
            options,
            key=_OF,
            required=True,
            format_func=titles.__getitem__,
            persist_state="session",
            help="One model's, or the difference between two.",
        ),
    )


def _one(judged: Judged, index: int, cells: figures.Cells) -> Matrix:
    evaluation = judged.evaluations[index]
    counts = evaluation.confusion
    support = counts.sum(axis=1)
    return Matrix(
        figures.confusion_figure(evaluation, cells),
        evaluation.emotions,
        counts.astype(np.float64),
        {
            (row, column): f"{counts[row, column]:,} of {support[row]:,}, "
            f"{percent(counts[row, column] / max(support[row], 1), 0)}"
            for row, column in np.ndindex(counts.shape)
        },
    )


def _difference(judged: Judged, pair: Sequence[int]) -> Matrix:
    first, second = (judged.evaluations[index] for index in pair)
    difference = compare_confusions(first, second)
    points = difference.points
    return Matrix(
        figures.confusion_difference_figure(
            difference, names.short(judged, pair[0]), names.short(judged, pair[1])
        ),
        difference.emotions,
        np.abs(points),
        {
            (row, column): f"{signed(100 * float(points[row, column]), 0)} points"
            for row, column in np.ndindex(points.shape)
        },
    )


def _read_difference(judged: Judged, pair: Sequence[int]) -> str:
    first, second = (names.short(judged, index) for index in pair)
    return (
        f"How many more of each row {second} calls so than {first} does, in percentage points: petrol where "
        f"{second} says it more often, amber where {first} does. On the diagonal more is better, beside it "
        "less is."
    )


# ── where one can go ─────────────────────────────────────────────────────────────────────────────


def _steps(matrix: Matrix, place: tuple[int, int] | None, what: str) -> None:
    """Buttons to the cells around, and to the next mistake; the arrow keys do the same on the matrix."""
    row, column = (0, 0) if place is None else place
    last = len(matrix.emotions) - 1
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for title, icon, down, right in (
            ("Left", "arrow_back", 0, -1),
            ("Up", "arrow_upward", -1, 0),
            ("Down", "arrow_downward", 1, 0),
            ("Right", "arrow_forward", 0, 1),
        ):
            to = (row, column) if place is None else (row + down, column + right)
            there = 0 <= to[0] <= last and 0 <= to[1] <= last
            st.button(
                "",
                icon=f":material/{icon}:",
                key=f"evaluation.cell_{title.lower()}",
                help=f"The cell {'above' if down < 0 else 'below' if down else f'to the {title.lower()}'}; "
                "on the matrix, the arrow keys do the same.",
                disabled=not there,
                on_click=state.set_cell,
                args=((matrix.emotions[to[0]], matrix.emotions[to[1]]) if there else None,),
            )
        ranked = matrix.ranked()
        cell = None if place is None else (matrix.emotions[row], matrix.emotions[column])
        at = ranked.index(cell) + 1 if cell in ranked else 0
        st.button(
            f"Next {what}",
            icon=":material/skip_next:",
            key="evaluation.next_mistake",
            # Not while a face lies over the page: its own keys are meant then.
            shortcut=None if state.opened_face() is not None else "N",
            disabled=not ranked,
            on_click=state.set_cell,
            args=(ranked[at % len(ranked)] if ranked else None,),
            help="Through the cells beside the diagonal, the greatest first.",
        )


def _commonest(matrix: Matrix, cell: tuple[Emotion, Emotion] | None, title: str) -> None:
    """The greatest cells beside the diagonal as buttons that lead to them."""
    ranked = matrix.ranked()
    key = "evaluation-listed" if cell is None else "evaluation-listed-beside-faces"
    with st.container(gap="xsmall", key=key):
        st.html(components.style(__file__))
        st.subheader(title, anchor=False)
        if not ranked:
            st.markdown("There is not a single mistake here." if title == "Commonest mistakes" else "None.")
        for number, listed in enumerate(ranked[:_MOST_LISTED]):
            place = matrix.place_of(listed)
            assert place is not None
            true, predicted = listed
            st.button(
                f"**{true.capitalize()}** called **{predicted}** · {matrix.texts[place]}",
                key=f"evaluation.mistake.{number}",
                type="secondary" if listed == cell else "tertiary",
                on_click=state.set_cell,
                args=(listed,),
            )


def _how_to_read() -> None:
    with st.container(border=True, gap="small"):
        st.markdown(
            "### :material/touch_app: Click a cell to see its faces\n\n"
            "Each **row** holds the faces that show one emotion, each **column** what the model said. The "
            "diagonal is what it got right; everything beside it is a mistake, and mistakes have patterns."
            "\n\nThen look at the faces: would you have called them otherwise? Some labels are wrong, and "
            "can be mended here."
        )
