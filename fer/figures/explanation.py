"""A map of places laid over the face it is of."""

from base64 import b64encode

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fer.explanation import enlarged
from fer.explanation.shading import OPPOSES as _OPPOSES
from fer.explanation.shading import SUPPORTS as _SUPPORTS
from fer.figures.style import layout

SUPPORTS, OPPOSES = (f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in (_SUPPORTS, _OPPOSES))
_SUPPORTS_RGB, _OPPOSES_RGB = (", ".join(map(str, color)) for color in (_SUPPORTS, _OPPOSES))
_STRONGEST = 0.78  # how much of the face a colour hides at most
# A smoothed map has no more detail than its places; so many points make its lines smooth.
_POINTS = 64
# Where the lines run, as a share of the map's largest value.
_LINES = (0.4, 0.8)


def place_map_figure(
    image: NDArray[np.uint8],
    values: NDArray[np.float32],
    least: float,
    *,
    as_places: bool = False,
    unit: str = "",
    percent: bool = False,
    box: tuple[int, int, int, int] | None = None,
) -> go.Figure:
    """A map of places over a face: one colour speaks for the emotion, the other against it.

    Colour is not the only cue: places carry their signed number, and in a smoothed map solid lines run around
    what speaks for, broken ones around what speaks against.

    Args:
        image: (h, w, 1 or 3) uint8.
        values: (rows, columns), above 0 for, below 0 against; as coarse as they are.
        least: the full colour stands for the largest value, but for no less than this.
        as_places: draw each place as it is, with its number; otherwise smoothed, with lines.
        unit: what stands behind the number where one points at a place.
        percent: the values are probabilities, and told in percentage points.
        box: (left, top, right, bottom) in pixels of the face, drawn as a frame.
    """
    height, width = image.shape[:2]
    limit = max(float(np.abs(values).max()), least)
    shown = values if as_places else enlarged(values, min(height, _POINTS), min(width, _POINTS))
    rows, columns = shown.shape
    place = {"x0": width / columns / 2, "dx": width / columns, "y0": height / rows / 2, "dy": height / rows}
    figure = go.Figure(
        go.Heatmap(
            z=shown,
            **place,
            zmin=-limit,
            zmax=limit,
            zsmooth=False if as_places else "best",
            xgap=1.5 if as_places else 0,
            ygap=1.5 if as_places else 0,
            showscale=False,
            colorscale=[
                [0, f"rgba({_OPPOSES_RGB}, {_STRONGEST})"],
                [0.5, f"rgba({_OPPOSES_RGB}, 0)"],
                [0.5, f"rgba({_SUPPORTS_RGB}, 0)"],
                [1, f"rgba({_SUPPORTS_RGB}, {_STRONGEST})"],
            ],
            text=[[_number(value, percent) for value in row] for row in shown],
            texttemplate="%{text}" if as_places else None,
            textfont={
                "color": "#ffffff",
                "shadow": "0 0 3px #000",
                "weight": 600,
                "size": _text_size(columns),
            },
            hovertemplate=f"<b>%{{text}}</b> {unit}<extra></extra>",
        )
    )
    if not as_places:
        for sign, color, dash in ((1, SUPPORTS, "solid"), (-1, OPPOSES, "4px 3px")):
            _add_lines(figure, sign * shown, place, limit, color, dash)
    figure.update_layout(
        layout(
            height=270,
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            images=[
                {
                    "source": _data_url(image),
                    "xref": "x",
                    "yref": "y",
                    "x": 0,
                    "y": 0,
                    "sizex": width,
                    "sizey": height,
                    "sizing": "stretch",
                    "layer": "below",
                }
            ],
            shapes=[] if box is None else [_frame(box)],
        )
    )
    figure.update_xaxes(visible=False, range=[0, width], constrain="domain", fixedrange=True)
    figure.update_yaxes(
        visible=False,
        range=[height, 0],
        constrain="domain",
        constraintoward="top",
        scaleanchor="x",
        fixedrange=True,
    )
    return figure


def _add_lines(
    figure: go.Figure,
    values: NDArray[np.float32],
    place: dict[str, float],
    limit: float,
    color: str,
    dash: str,
) -> None:
    lowest, highest = (share * limit for share in _LINES)
    if values.max() <= lowest:
        return
    contours = {"start": lowest, "end": highest, "size": highest - lowest, "coloring": "none"}
    # A dark line under a light one is seen on every grey.
    for width, ink in ((3.5, "rgba(0, 0, 0, 0.55)"), (1.6, color)):
        figure.add_contour(
            z=values,
            **place,
            contours=contours,
            line={"width": width, "color": ink, "dash": dash, "smoothing": 1},
            showscale=False,
            showlegend=False,
            hoverinfo="skip",
        )


def _frame(box: tuple[int, int, int, int]) -> dict[str, object]:
    left, top, right, bottom = box
    return {
        "type": "rect",
        "x0": left,
        "y0": top,
        "x1": right,
        "y1": bottom,
        "line": {"color": "#ffffff", "width": 2},
    }


def _number(value: float, percent: bool) -> str:
    text = f"{100 * value:+.0f}" if percent else f"{value:+.1f}"
    return text.replace("-", "−")


def _text_size(columns: int) -> int:
    return 15 if columns <= 4 else 11 if columns <= 8 else 8


def _data_url(image: NDArray[np.uint8]) -> str:
    """The face as a picture, enlarged here: each browser would smooth 48 pixels in its own way."""
    times = max(1, 384 // max(image.shape[:2]))
    grown = cv2.resize(image, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    pixels = grown if grown.ndim == 2 or grown.shape[2] == 1 else cv2.cvtColor(grown, cv2.COLOR_RGB2BGR)
    return "data:image/png;base64," + b64encode(cv2.imencode(".png", pixels)[1].tobytes()).decode()
