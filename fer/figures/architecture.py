"""Architecture diagram: a network as a column of boxes that a face falls through."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from fer.figures.style import ACCENT_RGB, QUIET, layout
from fer.models.blueprint import Blueprint, Layer

_ROW_PIXELS = 58
# The boxes stand in the left part of the figure, the words to their right; the unit is its width.
_MIDDLE, _WIDEST, _WORDS = 0.175, 0.27, 0.34

# Layers that open a box; every other one joins the box before it.
_TITLES = {
    "InputLayer": "the face",
    "Conv2D": "convolution",
    "SeparableConv2D": "separable convolution",
    "DepthwiseConv2D": "convolution, each map by itself",
    "Dense": "dense layer",
    "Add": "plus the shortcut",
    "Multiply": "times the shortcut",
    "GlobalAveragePooling2D": "mean of each map",
    "Flatten": "all in one row",
}
_FOLLOWERS = {
    "BatchNormalization": "norm",
    "MaxPooling2D": "max",
    "AveragePooling2D": "mean",
    "Dropout": "dropout",
    "StochasticDepth": "sometimes left out",
    "Rescaling": "scaled",
    "Normalization": "norm",
    "Flip": "",
}
_ACTIVATIONS = {"relu": "ReLU", "elu": "ELU", "silu": "swish", "softmax": "softmax", "sigmoid": "sigmoid"}
# How keras.applications name the layers of one of their blocks. With more boxes than a person would scroll
# through, each block is drawn as one.
_BLOCK = re.compile(r"(block\d+[a-z]|conv\d+_block\d+)_")
_FOLDED_ABOVE = 60


@dataclass(eq=False, slots=True)
class Box:
    """Layers that are drawn as one.

    Attributes:
        title: what it does.
        layers: the layers it holds, in order.
        sources: the boxes its input comes from.
        inside: what is in it, in a few words, where it is a whole block.
    """

    title: str
    layers: list[Layer] = field(default_factory=list)
    sources: list["Box"] = field(default_factory=list)
    inside: str = ""

    @property
    def followers(self) -> str:
        """What is done with the output of its first layer, in a few words."""
        if self.inside:
            return self.inside
        words = []
        for layer in self.layers:
            if layer.kind == "Activation":
                words.append(_ACTIVATIONS.get(layer.detail, layer.detail))
            elif layer.kind in _FOLLOWERS:
                words.append(f"{_FOLLOWERS[layer.kind]} {layer.detail}".strip())
            elif "," in layer.detail:  # an activation of the layer's own
                words.append(_ACTIVATIONS.get(layer.detail.split(", ")[1], ""))
        return " · ".join(words)


def boxes(blueprint: Blueprint) -> list[Box]:
    """The layers of a network, gathered into the boxes that are drawn, in the order of the layers."""
    found: list[Box] = []
    box_of: dict[str, Box] = {}
    for layer in blueprint.layers:
        # A slice only prepares the convolution behind it.
        after_slice = bool(layer.inputs) and box_of[layer.inputs[0]].layers[-1].kind == "Slice"
        if layer.kind == "Slice" or (layer.kind in _TITLES and not after_slice):
            kernel = layer.detail.split(",")[0]
            box = Box(f"{kernel} {_TITLES.get(layer.kind, '')}".strip())
            box.sources = [box_of[name] for name in layer.inputs]
            found.append(box)
        else:
            box = box_of[layer.inputs[0]]
            if after_slice:
                box.title = f"{layer.detail} of {box.title}"
        box.layers.append(layer)
        box_of[layer.name] = box
    return found


def architecture_figure(blueprint: Blueprint) -> go.Figure:
    """What a face goes through: each box as wide as its maps are, and the darker the more there are of them.

    A shortcut leaves the column and joins it again further down; what it does on the way is said there. Of a
    network with very many layers each block is one box, its shortcuts inside.
    """
    every = boxes(blueprint)
    if len(every) > _FOLDED_ABOVE:
        every = _folded(every)
    uses = Counter(source for box in every for source in box.sources)
    shortcuts = [_shortcut(box, uses) for box in every if len(box.sources) > 1]
    way_to = {end: way for _, end, way in shortcuts}
    aside = {box for way in way_to.values() for box in way}
    rows = [box for box in every if box not in aside]
    row_of = {box: row for row, box in enumerate(rows)}
    figure = go.Figure()
    figure.add_scatter(
        x=[_MIDDLE] * len(rows),
        y=list(range(len(rows))),
        mode="markers",
        marker={"size": 40, "opacity": 0},
        showlegend=False,
        customdata=[_figures(box, way_to.get(box, [])) for box in rows],
        hovertemplate="%{customdata[0]} come out<br>%{customdata[1]} parameters<br>"
        "%{customdata[2]} multiply-adds<extra></extra>",
    )
    # Gathered, because Plotly looks at all shapes again for each one that is added by itself.
    shapes: list[dict[str, Any]] = []
    most = max(layer.output_shape[-1] for layer in blueprint.layers)
    for row, box in enumerate(rows):
        shape = box.layers[-1].output_shape
        half = _half_width(shape)
        depth = math.log(shape[-1]) / math.log(most)
        if row:
            down = {"x0": _MIDDLE, "x1": _MIDDLE, "y0": row - 0.7, "y1": row - 0.3}
            shapes.append({"type": "line", **down, "line": {"color": QUIET, "width": 1}})
        shapes.append(
            {
                "type": "rect",
                "x0": _MIDDLE - half,
                "x1": _MIDDLE + half,
                "y0": row - 0.3,
                "y1": row + 0.3,
                "line": {"width": 0},
                "fillcolor": f"rgba({ACCENT_RGB}, {0.18 + 0.72 * depth:.2f})",
            }
        )
    for start, end, _ in shortcuts:
        # One shortcut begins where another ends: a little below and above the middle they stay apart.
        top, bottom, left = row_of[start] + 0.14, row_of[end] - 0.14, 0.01
        path = (
            f"M {_MIDDLE - _half_width(start.layers[-1].output_shape)} {top} L {left} {top} "
            f"L {left} {bottom} L {_MIDDLE - _half_width(end.layers[-1].output_shape)} {bottom}"
        )
        shapes.append({"type": "path", "path": path, "line": {"color": QUIET, "width": 1.5, "dash": "dot"}})
    figure.update_layout(
        shapes=shapes, annotations=[_words(row, box, way_to.get(box, [])) for row, box in enumerate(rows)]
    )
    figure.update_layout(
        layout(
            height=_ROW_PIXELS * len(rows) + 8, margin={"l": 0, "r": 0, "t": 4, "b": 4}, hovermode="closest"
        )
    )
    figure.update_xaxes(range=[0, 1], visible=False, fixedrange=True)
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5], visible=False, fixedrange=True)
    return figure


def _folded(every: Sequence[Box]) -> list[Box]:
    """The boxes, those of each block of keras.applications in one; a box of no block stays."""
    found: list[Box] = []
    holder: dict[Box, Box] = {}
    last = ""
    for box in every:
        names = (match[1] for layer in box.layers if (match := _BLOCK.match(layer.name)))
        block = next(names, "")
        if not block or block != last:
            found.append(Box(block.replace("_", " ") or box.title))
        folded = found[-1]
        holder[box] = folded
        folded.layers += box.layers
        folded.sources += [
            holder[source]
            for source in box.sources
            if holder[source] is not folded and holder[source] not in folded.sources
        ]
        if block:
            folded.inside = " · ".join(filter(None, [folded.inside, _in_short(box)]))
        last = block
    return found


def _in_short(box: Box) -> str:
    """What a box of a block does, in a word or two; empty for a part of what another one tells."""
    first = box.layers[0]
    match first.kind:
        case "Add":
            return "shortcut"
        case "Multiply":
            return "maps weighed"
        case "DepthwiseConv2D":
            return f"{first.detail} map by map"
        case "Conv2D" if first.output_shape[:2] == (1, 1):
            return ""  # a weight for each map
        case "GlobalAveragePooling2D":
            return ""
    return box.title.removesuffix(" convolution")


def _words(row: int, box: Box, way: Sequence[Box]) -> dict[str, Any]:
    """What stands beside a box, as an annotation."""
    size, parameters, _ = _figures(box, way)
    lines = [f"<b>{box.title}</b>", *filter(None, [box.followers, *(step.title for step in way)])]
    return {
        "x": _WORDS,
        "y": row,
        "text": "<br>".join([*lines, size if parameters == "0" else f"{size} · {parameters} parameters"]),
        "showarrow": False,
        "xanchor": "left",
        "align": "left",
        "font": {"size": 12},
    }


def _figures(box: Box, way: Sequence[Box]) -> tuple[str, str, str]:
    """What comes out of a box, and what it and the shortcut into it cost."""
    layers = [layer for step in (*way, box) for layer in step.layers]
    return (
        box.layers[-1].size,
        f"{sum(layer.parameters for layer in layers):,}",
        f"{sum(layer.multiply_adds for layer in layers):,}",
    )


def _half_width(shape: Sequence[int]) -> float:
    """By the root of the side: a map of one pixel can be seen beside one of forty-eight."""
    side = shape[1] if len(shape) == 3 else 1
    return _WIDEST / 2 * math.sqrt(side / 48)


def _shortcut(end: Box, uses: Mapping[Box, int]) -> tuple[Box, Box, list[Box]]:
    """Where the shortcut into `end`, where two ways meet, began, its end, and the boxes on it.

    It is the shorter way of the two. `uses` tells how many boxes take each one's output.
    """

    def way_back(box: Box) -> list[Box]:
        way = []
        while uses[box] == 1:
            way.append(box)
            # Where two ways met further up, this one goes on where they parted.
            box = box.sources[0] if len(box.sources) == 1 else _shortcut(box, uses)[0]
        return [*way, box]

    *boxes_on_it, start = min(map(way_back, end.sources), key=len)
    return start, end, boxes_on_it
