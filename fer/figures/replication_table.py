"""Heat map: S0's Table 1, a sweep of batch size against epochs that fills while its runs go on."""

from collections.abc import Sequence

import plotly.graph_objects as go

from fer.evaluation.replication.table import Cell
from fer.figures.style import ACCENT_RGB, layout
from fer.runs import RunStatus
from fer.statistics import percent

_ROW_HEIGHT = 78
_WORDS = {
    RunStatus.QUEUED: "waits for its turn",
    RunStatus.STOPPED: "stopped",
    RunStatus.FAILED: "failed",
    RunStatus.LOST: "stopped",
}
# Nothing is told apart by a shade alone: each cell says its figure, and words are read on every shade.
_SHADES = [[0.0, f"rgba({ACCENT_RGB}, 0.08)"], [1.0, f"rgba({ACCENT_RGB}, 0.30)"]]
_LEAST_SPREAD = 0.02
_EMPTY = "rgba(128, 128, 128, 0.10)"


def table_figure(cells: Sequence[Cell]) -> go.Figure:
    """A row for each batch size, a column for each number of epochs, the accuracy in each cell.

    A cell that is not full yet says how far it is, in its latest epoch's accuracy; the published figure
    stands below ours. There is one cell at least.
    """
    sizes = list(dict.fromkeys(cell.batch_size for cell in cells))
    columns = sorted({cell.epochs for cell in cells})
    at = {(cell.batch_size, cell.epochs): cell for cell in cells}
    shares = {place: cell.latest.accuracy for place, cell in at.items() if cell.latest is not None}
    low, high = (min(shares.values()), max(shares.values())) if shares else (0.5, 0.7)
    missing = max(_LEAST_SPREAD - (high - low), 0) / 2
    places = {
        "x": [_column(epochs) for epochs in columns],
        "y": [_row(size) for size in sizes],
        "showscale": False,
        "xgap": 3,
        "ygap": 3,
    }
    empty = [[0] * len(columns) for _ in sizes]
    figure = go.Figure()
    # The empty cells, below the others: Plotly gives a heat map without a value no room at all.
    figure.add_heatmap(z=empty, colorscale=[[0, _EMPTY], [1, _EMPTY]], hoverinfo="skip", **places)
    figure.add_heatmap(
        z=[[shares.get((size, epochs)) for epochs in columns] for size in sizes],
        customdata=[[[_hover(at[size, epochs])] for epochs in columns] for size in sizes],
        hovertemplate="%{customdata[0]}<extra></extra>",
        hoverongaps=False,
        colorscale=_SHADES,
        zmin=low - missing,
        zmax=high + missing,
        **places,
    )
    for cell in cells:
        place = {"x": _column(cell.epochs), "y": _row(cell.batch_size)}
        figure.add_annotation(text=_text(cell), showarrow=False, font={"size": 13}, **place)
    figure.update_layout(layout(height=_ROW_HEIGHT * len(sizes) + 40))
    axis = {"fixedrange": True, "showgrid": False, "ticks": "", "type": "category"}
    figure.update_xaxes(side="top", **axis)
    figure.update_yaxes(autorange="reversed", automargin=True, **axis)
    return figure


def _row(batch_size: int) -> str:
    return f"batches<br>of {batch_size}"


def _column(epochs: int) -> str:
    return f"{epochs} epochs" if epochs > 1 else "1 epoch"


def _text(cell: Cell) -> str:
    if cell.latest is not None:
        figure = percent(cell.latest.accuracy)
        lines = [f"<b>{figure}</b>"] if cell.is_full else [figure, f"{cell.done} of {cell.epochs}"]
    else:
        lines = [_standing(cell)]
    if cell.published:
        # Lines of their own: on a telephone a cell is twenty letters wide.
        lines += [
            f"<span style='font-size:11px'>{line}</span>"
            for line in (f"S0: {cell.published_in_words}", cell.verdict)
            if line
        ]
    return "<br>".join(lines)


def _standing(cell: Cell) -> str:
    if cell.status is None:
        return "not begun"
    return _WORDS.get(cell.status, "begins")


def _hover(cell: Cell) -> str:
    if cell.latest is None or cell.best is None:
        return f"batches of {cell.batch_size}: {_standing(cell)}"
    return (
        f"batches of {cell.batch_size}, epoch {cell.latest.epoch} of {cell.epochs}: {cell.latest.in_words}"
        f"<br>best so far: {cell.best.in_words}, epoch {cell.best.epoch}"
        + (f"<br>S0: {cell.published_in_words}" if cell.published else "")
    )
